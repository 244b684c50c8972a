import { Duration } from 'aws-cdk-lib';
import { expect } from 'vitest';
import { copySchedule } from '../../lib/disaster-recovery/copy-times';
import { resourcesOf, theOnly } from './apps';
import { PRIMARY_REGION, type RecoveryTemplates, STANDBY_REGION } from './disaster-recovery';
import { KEY, keyIn } from './disaster-recovery-data';
import { readable } from './disaster-recovery-parts';
import { groupOf, serverRoleOf, statementsOf } from './fleet';

/** The copies of a cold standby: made on a schedule, brought over, kept in vaults of both regions under their keys. */
export function expectCopies(system: RecoveryTemplates): void {
  const { base, primary, profile } = system;
  const days = Math.max(7, profile.backupRetention.toDays());
  for (const template of [primary, base]) {
    const vault = theOnly(template, 'AWS::Backup::BackupVault');
    expect(vault.Properties).toMatchObject({ BackupVaultName: 'shop-copies', EncryptionKeyArn: KEY });
    expect(vault.Properties.LockConfiguration).toEqual(
      profile.deletionProtection ? { MinRetentionDays: days } : undefined,
    );
    expect(vault.DeletionPolicy).toBe(profile.deletionProtection ? 'Retain' : 'Delete');
    const emptiers = Object.values(resourcesOf(template, 'Custom::EmptyVault'));
    expect(emptiers.map(({ Properties }) => Properties.VaultName)).toEqual(
      profile.deletionProtection ? [] : [{ 'Fn::GetAtt': [vault.id, 'BackupVaultName'] }],
    );
  }
  const plan = theOnly(primary, 'AWS::Backup::BackupPlan');
  const [rule] = (plan.Properties.BackupPlan as { BackupPlanRule: Record<string, unknown>[] }).BackupPlanRule;
  expect(readable(rule)).toMatchObject({
    TargetBackupVault: { 'Fn::GetAtt': [theOnly(primary, 'AWS::Backup::BackupVault').id, 'BackupVaultName'] },
    ScheduleExpression: copySchedule(24).expressionString,
    Lifecycle: { DeleteAfterDays: days },
    CopyActions: [
      {
        DestinationBackupVaultArn: `arn:aws:backup:${STANDBY_REGION}:<AWS::AccountId>:backup-vault:shop-copies`,
        Lifecycle: { DeleteAfterDays: days },
      },
    ],
  });
  const tag = { Key: 'disaster-recovery-copy', Value: 'shop' };
  expect(theOnly(primary, 'AWS::RDS::DBInstance').Properties.Tags).toContainEqual(tag);
  expect(groupOf(primary).Properties.Tags).toContainEqual({ ...tag, PropagateAtLaunch: true });
  expect(theOnly(primary, 'AWS::Backup::BackupSelection').Properties.BackupSelection).toMatchObject({
    Conditions: {
      StringEquals: [{ ConditionKey: `aws:ResourceTag/${tag.Key}`, ConditionValue: tag.Value }],
    },
  });
}

/** How long after a copy the next one is due, at most, over a day. */
export function longestGap(hours: number): Duration {
  const [, minute = '', list = ''] =
    /^cron\((\d+) ([\d,]+) /.exec(copySchedule(hours).expressionString) ?? [];
  const times = list.split(',').map((hour) => Number(hour) * 60 + Number(minute));
  const gaps = times.map((time, index) => (times[index + 1] ?? (times[0] ?? 0) + 1440) - time);
  return Duration.minutes(Math.max(...gaps));
}

/** All that the system stores is under the key of its region. */
export function expectEncrypted(system: RecoveryTemplates): void {
  const { base, primary, site, standby } = system;
  for (const template of [primary, base]) {
    expect(theOnly(template, 'AWS::KMS::Key').Properties).toMatchObject({ EnableKeyRotation: true });
    expect(theOnly(template, 'AWS::KMS::Alias').Properties.AliasName).toBe('alias/shop');
  }
  for (const template of [primary, site]) {
    const { BlockDeviceMappings } = theOnly(template, 'AWS::EC2::LaunchTemplate').Properties
      .LaunchTemplateData as { BlockDeviceMappings: { Ebs: unknown }[] };
    expect(BlockDeviceMappings.map(({ Ebs }) => Ebs)).toMatchObject([
      { Encrypted: true, KmsKeyId: keyIn(system, template) },
    ]);
    const region = template === primary ? PRIMARY_REGION : STANDBY_REGION;
    const statements = statementsOf(template, serverRoleOf(template)).filter(
      ({ Condition }) =>
        JSON.stringify(Condition) === `{"StringEquals":{"kms:ViaService":"s3.${region}.amazonaws.com"}}`,
    );
    expect(statements.map(({ Action, Resource }) => [Action, Resource])).toEqual([
      [['kms:Decrypt', 'kms:GenerateDataKey'], keyIn(system, template)],
    ]);
  }
  for (const template of new Set([primary, base, standby, site])) {
    for (const [id, { Properties, Type }] of Object.entries(template.Resources)) {
      const properties = keysOf(Type, Properties ?? {});
      for (const property of properties) {
        expect(Properties?.[property], `${id}: ${property}`).toEqual(keyIn(system, template));
      }
    }
  }
  // Auto Scaling launches servers under a role of its own, which only the key's policy can admit.
  for (const template of [primary, base]) {
    const { KeyPolicy } = theOnly(template, 'AWS::KMS::Key').Properties as {
      KeyPolicy: { Statement: { Sid?: string }[] };
    };
    expect(KeyPolicy.Statement.filter(({ Sid }) => Sid === 'VolumesOfThisAccount')).toHaveLength(1);
  }
}

/** The properties of a resource that must name the region's key. A restored database has that of its copy. */
function keysOf(type: string, properties: Record<string, unknown>): string[] {
  switch (type) {
    case 'AWS::Backup::BackupVault':
      return ['EncryptionKeyArn'];
    case 'AWS::RDS::DBInstance':
      return [
        ...('DBSnapshotIdentifier' in properties ? [] : ['KmsKeyId']),
        ...(properties.EnablePerformanceInsights ? ['PerformanceInsightsKMSKeyId'] : []),
      ];
    case 'AWS::SecretsManager::Secret':
      return ['KmsKeyId'];
    default:
      return [];
  }
}
