import { Aws } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { HandlerCode } from '../../building-blocks/handler-code';
import { NodeFunction } from '../../building-blocks/node-function';
import type { Profile } from '../../profile';
import type { SystemNames } from '../system-names';
import { SMALL_FUNCTION } from './small-function';

/** Properties of NewestCopyFunction. */
export interface NewestCopyFunctionProps {
  readonly names: SystemNames;

  /** The region that the function and the vault are in. */
  readonly region: string;

  readonly profile: Profile;
}

/** Finds the newest copy of the database in the region's vault. */
export class NewestCopyFunction extends NodeFunction {
  constructor(scope: Construct, id: string, { names, profile, region }: NewestCopyFunctionProps) {
    super(scope, id, {
      ...SMALL_FUNCTION,
      description: 'Finds the newest copy of the database',
      code: new HandlerCode('disaster-recovery', 'newest-copy'),
      environment: { VAULT: names.vault },
      whyNoDeadLetterQueue:
        'Workflows wait for its answer; when the schedule gets none, the alarm on the age of the copies fires.',
      profile,
    });
    this.allow(
      ['backup:ListRecoveryPointsByBackupVault'],
      [`arn:${Aws.PARTITION}:backup:${region}:${Aws.ACCOUNT_ID}:backup-vault:${names.vault}`],
    );
  }
}
