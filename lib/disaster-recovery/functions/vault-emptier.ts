import { Aws, CustomResource, Duration, RemovalPolicy } from 'aws-cdk-lib';
import type * as backup from 'aws-cdk-lib/aws-backup';
import { Construct } from 'constructs';
import { HandlerCode } from '../../building-blocks/handler-code';
import { NodeFunction } from '../../building-blocks/node-function';
import { Problems } from '../../building-blocks/problems';
import type { Profile } from '../../profile';

/** Properties of VaultEmptier. */
export interface VaultEmptierProps {
  /** The vault, which is deleted after it was emptied. */
  readonly vault: backup.IBackupVault;

  /** One that keeps what leaves a stack is rejected: all copies would be deleted. */
  readonly profile: Profile;
}

const ANY_COPY = 'Copies are made while nobody deploys, and only AWS Backup knows their names.';

/** What AWS Backup may do in the function's name, and the function itself may not. */
const BY_BACKUP = { 'ForAnyValue:StringEquals': { 'aws:CalledVia': 'backup.amazonaws.com' } };

/**
 * The kinds of copies that a system has: EC2's images, EBS's snapshots, RDS's snapshots. Each is deleted with the right of
 * the service that keeps it, as AWSBackupFullAccess has it:
 * https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSBackupFullAccess.html
 */
const KINDS = [
  { pattern: 'arn:<AWS::Partition>:ec2:<AWS::Region>::image/*', action: 'ec2:DeregisterImage' },
  { pattern: 'arn:<AWS::Partition>:ec2:<AWS::Region>::snapshot/*', action: 'ec2:DeleteSnapshot' },
  {
    pattern: 'arn:<AWS::Partition>:rds:<AWS::Region>:<AWS::AccountId>:snapshot:awsbackup:*',
    action: 'rds:DeleteDBSnapshot',
  },
];

/**
 * Empties a vault when its stack is deleted: AWS Backup deletes no vault that holds recovery points, and the stack would
 * stay. For sandboxes.
 */
export class VaultEmptier extends Construct {
  /** The function, its role and its log. */
  readonly handler: NodeFunction;

  constructor(scope: Construct, id: string, { profile, vault }: VaultEmptierProps) {
    super(scope, id);
    this.checkProfile(profile);
    this.handler = new NodeFunction(this, 'Handler', {
      memorySize: 256,
      // The most that Lambda gives: it deletes what it can in this time, and says what is left.
      timeout: Duration.minutes(15),
      description: 'Empties the vault before it is deleted',
      code: new HandlerCode('disaster-recovery', 'empty-vault'),
      whyNoDeadLetterQueue: 'CloudFormation itself notices when no answer comes, and says so in the stack.',
      profile,
    });
    this.allowDeletion(vault);
    const resource = new CustomResource(this, 'Resource', {
      resourceType: 'Custom::EmptyVault',
      serviceToken: this.handler.function.functionArn,
      // Lambda calls a function that fails again, with a pause.
      serviceTimeout: Duration.minutes(30),
      properties: { VaultName: vault.backupVaultName },
    });
    resource.node.addDependency(vault, this.handler);
  }

  private checkProfile({ removalPolicy }: Profile): void {
    if (removalPolicy === RemovalPolicy.DESTROY) return;
    const problems = new Problems(this);
    problems.add(
      'profile.removalPolicy',
      removalPolicy,
      `keeps what leaves a stack; leave VaultEmptier out, or give ${RemovalPolicy.DESTROY}.`,
    );
    problems.throwIfAny();
  }

  private allowDeletion(vault: backup.IBackupVault): void {
    this.handler.allow(['backup:ListRecoveryPointsByBackupVault'], [vault.backupVaultArn]);
    for (const { action, pattern } of KINDS) {
      this.handler.allowMatching(['backup:DeleteRecoveryPoint'], pattern, ANY_COPY);
      this.handler.allowMatching([action], pattern, ANY_COPY, BY_BACKUP);
    }
    // Without it, AWS Backup may answer that it deletes a recovery point, and let it expire instead:
    // https://docs.aws.amazon.com/aws-backup/latest/devguide/deleting-backups.html#deleting-backups-troubleshooting
    this.handler.allow(
      ['iam:CreateServiceLinkedRole'],
      [
        `arn:${Aws.PARTITION}:iam::${Aws.ACCOUNT_ID}:role/aws-service-role/backup.amazonaws.com/AWSServiceRoleForBackup`,
      ],
      { StringEquals: { 'iam:AWSServiceName': 'backup.amazonaws.com' } },
    );
  }
}
