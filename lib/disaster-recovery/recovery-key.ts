import * as kms from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import type { Profile } from '../profile';
import type { SystemNames } from './system-names';

/** Properties of RecoveryKey. */
export interface RecoveryKeyProps {
  readonly names: SystemNames;
  readonly profile: Profile;
}

/**
 * A region's own key, for all that the region stores. The other region knows it by its alias.
 *
 * Not a multi-Region key: its material would be the same in both regions, and what happens to one would happen to both.
 */
export class RecoveryKey extends Construct {
  /** The key. */
  readonly key: kms.IKey;

  constructor(scope: Construct, id: string, { names, profile }: RecoveryKeyProps) {
    super(scope, id);
    this.key = new kms.Key(this, 'Key', {
      description: `What ${names.systemName} stores in this region`,
      alias: names.keyAlias,
      enableKeyRotation: true,
      removalPolicy: profile.removalPolicy,
    });
  }
}
