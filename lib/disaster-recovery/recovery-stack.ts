import { Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { RecoverySettings } from './recovery-settings';

/** Properties of all stacks of a system. */
export interface RecoveryStackProps extends Required<Pick<StackProps, 'env'>> {
  readonly settings: RecoverySettings;
}

/** A stack of a system in two regions. */
export class RecoveryStack extends Stack {
  constructor(scope: Construct, id: string, { env, settings }: RecoveryStackProps, description: string) {
    super(scope, id, {
      env,
      description: `${settings.names.systemName}: ${description} (AWS Standard Patterns)`,
      terminationProtection: settings.profile.deletionProtection,
    });
  }
}
