import { Aws, Duration, Tags, Validations } from 'aws-cdk-lib';
import * as backup from 'aws-cdk-lib/aws-backup';
import type * as events from 'aws-cdk-lib/aws-events';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct, type IConstruct } from 'constructs';
import { Problems } from '../building-blocks/problems';
import { CopyVault, checkRetention } from './copy-vault';
import type { SystemNames } from './system-names';

/** The tag of what is copied; its value is the system's name. */
export const COPY_TAG = 'disaster-recovery-copy';

/** How late a job may begin before AWS Backup gives it up; the shortest that it takes. */
const START_WINDOW = Duration.hours(1);

/** Properties of Copies. */
export interface CopiesProps {
  readonly names: SystemNames;

  /** The vault of this region. The copies go on to the vault of the same name in the other region. */
  readonly vault: CopyVault;

  /** When copies are made, in UTC; hourly at most. Leave an hour between it and the backup window of a database. */
  readonly schedule: events.Schedule;

  /** How long the copies of both regions are kept, in whole days from 1. AWS advises 7 or more, since copies are incremental. */
  readonly retention: Duration;

  /**
   * What is copied: instances and databases, Auto Scaling groups for their instances, volumes. They get a tag. An instance is
   * copied with its volumes, as an image: do not give its volumes too. The servers of a group that exists already bear the
   * tag after their next replacement.
   */
  readonly resources: readonly IConstruct[];
}

/** Copies of servers and databases in this region's vault, on a schedule, and each of them in the other region's. */
export class Copies extends Construct {
  /** The plan. */
  readonly plan: backup.BackupPlan;

  /** The role under which AWS Backup reads what it copies. */
  readonly role: iam.IRole;

  constructor(scope: Construct, id: string, props: CopiesProps) {
    super(scope, id);
    const { names, resources, retention, schedule, vault } = props;
    const problems = new Problems(this);
    checkRetention(retention, problems);
    if (resources.length === 0) problems.add('resources', [], 'are missing: there would be nothing to copy.');
    problems.throwIfAny();

    for (const resource of resources) Tags.of(resource).add(COPY_TAG, names.systemName);
    this.role = this.createRole();
    const standbyVault = CopyVault.arnIn(this, names, names.standbyRegion);
    this.plan = new backup.BackupPlan(this, 'Plan', {
      backupPlanName: names.vault,
      backupVault: vault.vault,
      backupPlanRules: [
        new backup.BackupPlanRule({
          ruleName: 'to-the-standby',
          scheduleExpression: schedule,
          startWindow: START_WINDOW,
          completionWindow: Duration.hours(24),
          deleteAfter: retention,
          copyActions: [
            {
              destinationBackupVault: backup.BackupVault.fromBackupVaultArn(
                this,
                'StandbyVault',
                standbyVault,
              ),
              deleteAfter: retention,
            },
          ],
        }),
      ],
    });
    this.plan.node.addDependency(vault);
    // Not the plan's own addSelection(): that takes whatever bears the tag, also buckets and tables.
    new backup.CfnBackupSelection(this, 'Selection', {
      backupPlanId: this.plan.backupPlanId,
      backupSelection: {
        selectionName: names.vault,
        iamRoleArn: this.role.roleArn,
        resources: [
          `arn:${Aws.PARTITION}:ec2:*:*:instance/*`,
          `arn:${Aws.PARTITION}:ec2:*:*:volume/*`,
          `arn:${Aws.PARTITION}:rds:*:*:db:*`,
        ],
        conditions: {
          StringEquals: [{ ConditionKey: `aws:ResourceTag/${COPY_TAG}`, ConditionValue: names.systemName }],
        },
      },
    });
  }

  private createRole(): iam.Role {
    const role = new iam.Role(this, 'Role', {
      description: 'Copies servers and databases to the other region',
      assumedBy: new iam.ServicePrincipal('backup.amazonaws.com'),
      managedPolicies: [
        iam.ManagedPolicy.fromAwsManagedPolicyName('service-role/AWSBackupServiceRolePolicyForBackup'),
      ],
    });
    Validations.of(role).acknowledge({
      id: 'AwsSolutions::AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForBackup]',
      reason:
        'AWS extends this policy when AWS Backup needs another right; a copy of it would fall behind, and copies would begin to fail.',
    });
    return role;
  }
}
