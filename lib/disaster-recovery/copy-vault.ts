import { ArnFormat, Aws, type Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as backup from 'aws-cdk-lib/aws-backup';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { Problems } from '../building-blocks/problems';
import type { Profile } from '../profile';
import type { SystemNames } from './system-names';

/** Adds to `problems` a retention that AWS Backup does not take: it counts whole days, 1 to 36,500; tokens pass. */
export function checkRetention(retention: Duration, problems: Problems): void {
  if (retention.isUnresolved()) return;
  const days = retention.toDays({ integral: false });
  if (Number.isInteger(days) && days >= 1 && days <= 36_500) return;
  problems.add('retention', retention.toString(), 'is not possible; give 1 to 36,500 whole days.');
}

/** Properties of CopyVault. */
export interface CopyVaultProps {
  readonly names: SystemNames;

  /** The region's key. What is copied into the vault is encrypted with it, whatever the original had. */
  readonly key: kms.IKey;

  /** How long a copy is kept, at least a day. Where the vault is locked, no copy goes earlier, nor comes with less. */
  readonly retention: Duration;

  /**
   * Makes, in the scope of the vault, what deletes the copies when the stack is destroyed: CloudFormation deletes no vault
   * that holds some. Called where the profile's removal policy is to destroy, and only there.
   *
   * @default - the vault must be empty before the stack can be destroyed
   */
  readonly emptier?: (vault: CopyVault) => void;

  readonly profile: Profile;
}

/**
 * A region's vault for copies, under a name that the other region knows.
 *
 * In production it is locked in governance mode: nobody deletes a copy before its time without first taking the lock off, which
 * needs a right of its own. Compliance mode would be for ever, and is for those whom a law obliges
 * (https://docs.aws.amazon.com/aws-backup/latest/devguide/vault-lock.html).
 *
 * Let what fills the vault depend on it (`plan.node.addDependency(vault)`): then a stack that is destroyed stops making copies
 * before the emptier looks.
 */
export class CopyVault extends Construct {
  /** The vault. */
  readonly vault: backup.IBackupVault;

  constructor(scope: Construct, id: string, props: CopyVaultProps) {
    super(scope, id);
    const { emptier, key, names, profile, retention } = props;
    const problems = new Problems(this);
    checkRetention(retention, problems);
    problems.throwIfAny();
    this.vault = new backup.BackupVault(this, 'Vault', {
      backupVaultName: names.vault,
      encryptionKey: key,
      removalPolicy: profile.removalPolicy,
      lockConfiguration: profile.deletionProtection ? { minRetention: retention } : undefined,
      accessPolicy: new iam.PolicyDocument({
        statements: [
          new iam.PolicyStatement({
            sid: 'NoCopiesOfOthers',
            effect: iam.Effect.DENY,
            principals: [new iam.AnyPrincipal()],
            actions: ['backup:CopyIntoBackupVault'],
            resources: ['*'],
            conditions: { StringNotEquals: { 'aws:PrincipalAccount': Aws.ACCOUNT_ID } },
          }),
        ],
      }),
    });
    if (profile.removalPolicy === RemovalPolicy.DESTROY) emptier?.(this);
  }

  /** The ARN of a region's vault, also of one that is in another stack. */
  static arnIn(scope: Construct, names: SystemNames, region: string): string {
    return Stack.of(scope).formatArn({
      service: 'backup',
      region,
      resource: 'backup-vault',
      resourceName: names.vault,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
  }
}
