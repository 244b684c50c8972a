import { Duration, RemovalPolicy, Size, type Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Schedule } from 'aws-cdk-lib/aws-events';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as ssm from 'aws-cdk-lib/aws-ssm';
import { describe, expect, test } from 'vitest';
import { Monitoring } from '../lib/building-blocks/monitoring';
import { Copies, type CopiesProps } from '../lib/disaster-recovery/copies';
import { addCopiesMonitoring, CopyAge } from '../lib/disaster-recovery/copies-monitoring';
import { CopyVault, type CopyVaultProps } from '../lib/disaster-recovery/copy-vault';
import {
  addIncomingFilesMonitoring,
  addOutgoingFilesMonitoring,
  addReplicaMonitoring,
} from '../lib/disaster-recovery/replication-monitoring';
import { PRODUCTION, type Profile, SANDBOX } from '../lib/profile';
import type { StackTemplate } from './support/apps';
import { resourcesOf, theOnly } from './support/apps';
import {
  expectClean,
  functionIn,
  NAMES,
  PROFILES,
  points,
  readable,
  templateIn,
} from './support/disaster-recovery-parts';
import { expectAlarmsThatFire } from './support/fleet-alarms';

const retention = Duration.days(14);
const STANDBY_VAULT = 'arn:aws:backup:ap-northeast-3:<AWS::AccountId>:backup-vault:desk-copies';
const schedule = Schedule.cron({ hour: '*/6', minute: '0' });

function vaultIn(stack: Stack, profile: Profile, props: Partial<CopyVaultProps> = {}): CopyVault {
  const key = new kms.Key(stack, 'Key', { enableKeyRotation: true });
  return new CopyVault(stack, 'Copies', { names: NAMES, key, retention, profile, ...props });
}

function copiesIn(stack: Stack, profile: Profile, props: Partial<CopiesProps> = {}): void {
  const vault = vaultIn(stack, profile, {
    emptier: (scope) => {
      new ssm.StringParameter(scope, 'Emptier', { stringValue: scope.vault.backupVaultName });
    },
  });
  const volume = new ec2.Volume(stack, 'Disk', {
    availabilityZone: 'ap-northeast-1a',
    encrypted: true,
    size: Size.gibibytes(1),
    removalPolicy: RemovalPolicy.DESTROY,
  });
  new Copies(stack, 'Plan', { names: NAMES, vault, schedule, retention, resources: [volume], ...props });
}

const topicOf = (template: StackTemplate) => ({ Ref: theOnly(template, 'AWS::SNS::Topic').id });

describe('the vault', () => {
  const build = (profile: Profile, props: Partial<CopyVaultProps> = {}) =>
    templateIn(NAMES.standbyRegion, (stack) => {
      vaultIn(stack, profile, props);
    });

  test("has a name that the other region knows, and the region's key", () => {
    for (const [, profile] of PROFILES) {
      const template = build(profile);
      expect(theOnly(template, 'AWS::Backup::BackupVault').Properties).toMatchObject({
        BackupVaultName: 'desk-copies',
        EncryptionKeyArn: { 'Fn::GetAtt': [theOnly(template, 'AWS::KMS::Key').id, 'Arn'] },
      });
    }
    templateIn(NAMES.primaryRegion, (stack) => {
      expect(readable(stack.resolve(CopyVault.arnIn(stack, NAMES, 'ap-northeast-3')))).toBe(STANDBY_VAULT);
    });
  });

  test('takes no copies of other accounts', () => {
    const { AccessPolicy } = theOnly(build(SANDBOX), 'AWS::Backup::BackupVault').Properties;
    expect(AccessPolicy).toMatchObject({
      Statement: [
        {
          Effect: 'Deny',
          Principal: { AWS: '*' },
          Action: 'backup:CopyIntoBackupVault',
          Resource: '*',
          Condition: { StringNotEquals: { 'aws:PrincipalAccount': { Ref: 'AWS::AccountId' } } },
        },
      ],
    });
  });

  test('is locked and kept in production, in a mode that can be taken back, and neither in a sandbox', () => {
    const production = theOnly(build(PRODUCTION), 'AWS::Backup::BackupVault');
    expect(production.Properties.LockConfiguration).toEqual({ MinRetentionDays: 14 });
    expect(production.DeletionPolicy).toBe('Retain');
    const sandbox = theOnly(build(SANDBOX), 'AWS::Backup::BackupVault');
    expect(sandbox.Properties).not.toHaveProperty('LockConfiguration');
    expect(sandbox.DeletionPolicy).toBe('Delete');
  });

  test('is emptied where it is destroyed, and only there', () => {
    const emptied = (profile: Profile) => {
      const seen: string[] = [];
      build(profile, { emptier: (vault) => seen.push(vault.node.path) });
      return seen;
    };
    expect(emptied(SANDBOX)).toEqual(['Stack/Copies']);
    expect(emptied(PRODUCTION)).toEqual([]);
  });

  test('refuses a retention that AWS Backup does not count', () => {
    for (const wrong of [Duration.hours(36), Duration.hours(0), Duration.days(36_501)]) {
      expect(() => build(SANDBOX, { retention: wrong })).toThrow(
        `is not possible; give 1 to 36,500 whole days.`,
      );
    }
    for (const right of [Duration.hours(24), Duration.days(36_500)]) {
      expect(() => build(SANDBOX, { retention: right })).not.toThrow();
    }
  });
});

describe('the copies', () => {
  const build = (profile: Profile, props: Partial<CopiesProps> = {}) =>
    templateIn(NAMES.primaryRegion, (stack) => copiesIn(stack, profile, props));
  const template = build(SANDBOX);

  test('are made on the schedule, begin soon, and go on to the vault of the other region', () => {
    const { BackupPlan } = theOnly(template, 'AWS::Backup::BackupPlan').Properties;
    expect(readable(BackupPlan)).toEqual({
      BackupPlanName: 'desk-copies',
      BackupPlanRule: [
        {
          RuleName: 'to-the-standby',
          ScheduleExpression: 'cron(0 */6 * * ? *)',
          StartWindowMinutes: 60,
          CompletionWindowMinutes: 1440,
          TargetBackupVault: {
            'Fn::GetAtt': [theOnly(template, 'AWS::Backup::BackupVault').id, 'BackupVaultName'],
          },
          Lifecycle: { DeleteAfterDays: 14 },
          CopyActions: [
            {
              DestinationBackupVaultArn: STANDBY_VAULT,
              Lifecycle: { DeleteAfterDays: 14 },
            },
          ],
        },
      ],
    });
  });

  test('are of the instances, volumes and databases with the tag of this system, of nothing else', () => {
    const arn = (rest: string) => ({ 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, rest]] });
    expect(theOnly(template, 'AWS::Backup::BackupSelection').Properties).toEqual({
      BackupPlanId: { 'Fn::GetAtt': [theOnly(template, 'AWS::Backup::BackupPlan').id, 'BackupPlanId'] },
      BackupSelection: {
        SelectionName: 'desk-copies',
        IamRoleArn: { 'Fn::GetAtt': [theOnly(template, 'AWS::IAM::Role').id, 'Arn'] },
        Resources: [arn(':ec2:*:*:instance/*'), arn(':ec2:*:*:volume/*'), arn(':rds:*:*:db:*')],
        Conditions: {
          StringEquals: [{ ConditionKey: 'aws:ResourceTag/disaster-recovery-copy', ConditionValue: 'desk' }],
        },
      },
    });
    expect(theOnly(template, 'AWS::EC2::Volume').Properties.Tags).toContainEqual({
      Key: 'disaster-recovery-copy',
      Value: 'desk',
    });
  });

  test('are made under a role that only AWS Backup takes, with the rights to back up and none to restore', () => {
    const { AssumeRolePolicyDocument, ManagedPolicyArns, ...rest } = theOnly(template, 'AWS::IAM::Role')
      .Properties as Record<string, unknown>;
    expect(AssumeRolePolicyDocument).toMatchObject({
      Statement: [{ Action: 'sts:AssumeRole', Principal: { Service: 'backup.amazonaws.com' } }],
    });
    expect(JSON.stringify(ManagedPolicyArns)).toContain('/AWSBackupServiceRolePolicyForBackup');
    expect(ManagedPolicyArns).toHaveLength(1);
    expect(Object.keys(rest)).toEqual(['Description']);
    expect(resourcesOf(template, 'AWS::IAM::Policy')).toEqual({});
  });

  test('stop before the vault is emptied', () => {
    const emptier = theOnly(template, 'AWS::SSM::Parameter').id;
    expect(theOnly(template, 'AWS::Backup::BackupPlan').DependsOn).toContain(emptier);
  });

  test('refuse to be of nothing', () => {
    expect(() => build(SANDBOX, { resources: [], retention: Duration.hours(1) })).toThrow(
      [
        'Copies at Stack/Plan has 2 problems:',
        '  - retention: "Duration.hours(1)" is not possible; give 1 to 36,500 whole days.',
        '  - resources: [] are missing: there would be nothing to copy.',
      ].join('\n'),
    );
  });

  test('tell when one fails', () => {
    const monitored = templateIn(NAMES.primaryRegion, (stack) => {
      addCopiesMonitoring(new Monitoring(stack, 'Monitoring'), NAMES);
    });
    const ofVault = (metricName: string) => ({
      watches: {
        [metricName]: {
          namespace: 'AWS/Backup',
          statistic: 'Sum',
          period: 300,
          dimensions: { BackupVaultName: 'desk-copies' },
        },
      },
      fires: [{ [metricName]: [undefined, 1] }, { [metricName]: [4] }],
      stays: [{ [metricName]: [1, undefined] }, { [metricName]: [0] }],
      silent: 'OK' as const,
    });
    expectAlarmsThatFire(
      monitored,
      {
        BackupFailed: ofVault('NumberOfBackupJobsFailed'),
        BackupExpired: ofVault('NumberOfBackupJobsExpired'),
        CopyFailed: ofVault('NumberOfCopyJobsFailed'),
      },
      topicOf(monitored),
    );
    const dashboard = JSON.stringify(theOnly(monitored, 'AWS::CloudWatch::Dashboard').Properties);
    expect(dashboard).toContain('NumberOfBackupJobsCompleted');
    expect(dashboard).toContain('NumberOfCopyJobsCompleted');
  });

  test('tell in the standby when the newest is too old, when there is none, and when nobody looks', () => {
    const monitored = templateIn(NAMES.standbyRegion, (stack) => {
      new CopyAge(stack, 'Age', {
        newestCopy: functionIn(stack, 'newest-copy'),
        maxAge: Duration.hours(8),
        monitoring: new Monitoring(stack, 'Monitoring'),
      });
    });
    expect(theOnly(monitored, 'AWS::Scheduler::Schedule').Properties).toMatchObject({
      ScheduleExpression: 'rate(15 minutes)',
      Target: {
        Arn: 'arn:aws:lambda:ap-northeast-3:123456789012:function:newest-copy',
        Input: '{"maxAgeSeconds":28800}',
        RetryPolicy: { MaximumEventAgeInSeconds: 900 },
      },
    });
    expectAlarmsThatFire(
      monitored,
      {
        CopyTooOld: {
          watches: {
            Errors: {
              namespace: 'AWS/Lambda',
              statistic: 'Sum',
              period: 3600,
              dimensions: { FunctionName: 'newest-copy' },
            },
          },
          fires: [{ Errors: [0, 1] }, { Errors: [0, undefined] }],
          stays: [{ Errors: [4, 0] }],
          silent: 'ALARM',
        },
      },
      topicOf(monitored),
    );
  });
});

describe('replication', () => {
  test('of the database tells when it lags by more than the objective, and when it has stopped', () => {
    const monitored = templateIn(NAMES.standbyRegion, (stack) => {
      const monitoring = new Monitoring(stack, 'Monitoring');
      addReplicaMonitoring(monitoring, { names: NAMES, maxLag: Duration.minutes(1) });
    });
    const watches = {
      ReplicaLag: {
        namespace: 'AWS/RDS',
        statistic: 'Maximum',
        period: 60,
        dimensions: { DBInstanceIdentifier: 'desk-database' },
      },
    };
    expectAlarmsThatFire(
      monitored,
      {
        ReplicaLagHigh: {
          watches,
          fires: [{ ReplicaLag: [0, ...points(5, 61)] }],
          stays: [
            { ReplicaLag: points(5, 60) },
            { ReplicaLag: [...points(4, 900), 0] },
            { ReplicaLag: points(5, -1) },
          ],
          silent: 'OK',
        },
        ReplicationBroken: {
          watches,
          fires: [{ ReplicaLag: [0, ...points(5, -1)] }],
          stays: [
            { ReplicaLag: points(5, 0) },
            { ReplicaLag: [...points(4, -1), 30] },
            { ReplicaLag: points(5, 900) },
          ],
          silent: 'OK',
        },
      },
      topicOf(monitored),
    );
  });

  const files = (metricName: string, statistic: string, source: string, destination: string) => ({
    [metricName]: {
      namespace: 'AWS/S3',
      statistic,
      period: 300,
      dimensions: {
        SourceBucket: { 'Fn::Join': ['', ['desk-files-', { Ref: 'AWS::AccountId' }, `-${source}`]] },
        DestinationBucket: {
          'Fn::Join': ['', ['desk-files-', { Ref: 'AWS::AccountId' }, `-${destination}`]],
        },
        RuleId: 'all-files',
      },
    },
  });

  test('of files tells where they arrive that they are late', () => {
    for (const [source, destination] of [
      [NAMES.primaryRegion, NAMES.standbyRegion],
      [NAMES.standbyRegion, NAMES.primaryRegion],
    ] as const) {
      const monitored = templateIn(destination, (stack) => {
        addIncomingFilesMonitoring(new Monitoring(stack, 'Monitoring'), {
          names: NAMES,
          sourceRegion: source,
          ruleId: 'all-files',
          maxLatency: Duration.minutes(15),
        });
      });
      expectAlarmsThatFire(
        monitored,
        {
          FilesLate: {
            watches: files('ReplicationLatency', 'Maximum', source, destination),
            fires: [{ ReplicationLatency: [0, 901, 901, 1200] }],
            stays: [{ ReplicationLatency: [900, 900, 900] }, { ReplicationLatency: [5000, 5000, 2] }],
            silent: 'OK',
          },
        },
        topicOf(monitored),
      );
      const dashboard = JSON.stringify(theOnly(monitored, 'AWS::CloudWatch::Dashboard').Properties);
      expect(dashboard).toContain('BytesPendingReplication');
      expect(dashboard).toContain('OperationsPendingReplication');
      // The test's evaluation does not know that the state stays as it was.
      const [alarm] = Object.values(resourcesOf(monitored, 'AWS::CloudWatch::Alarm'));
      expect(alarm?.Properties.TreatMissingData).toBe('ignore');
    }
  });

  test('of files tells where they come from that one failed', () => {
    const monitored = templateIn(NAMES.primaryRegion, (stack) => {
      addOutgoingFilesMonitoring(new Monitoring(stack, 'Monitoring'), {
        names: NAMES,
        sourceRegion: NAMES.primaryRegion,
        ruleId: 'all-files',
      });
    });
    expectAlarmsThatFire(
      monitored,
      {
        FilesNotReplicated: {
          watches: files('OperationsFailedReplication', 'Sum', NAMES.primaryRegion, NAMES.standbyRegion),
          fires: [{ OperationsFailedReplication: [0, 1] }],
          stays: [{ OperationsFailedReplication: [1, 0] }],
          silent: 'OK',
        },
      },
      topicOf(monitored),
    );
    const [alarm] = Object.values(resourcesOf(monitored, 'AWS::CloudWatch::Alarm'));
    expect(alarm?.Properties.TreatMissingData).toBe('ignore');
  });
});

test.each(PROFILES)('breaks no rule in %s', (_, profile) => {
  expectClean(NAMES.primaryRegion, /^Stack\/(Copies|Plan|Age|Monitoring)/, (stack) => {
    copiesIn(stack, profile);
    const monitoring = new Monitoring(stack, 'Monitoring');
    addCopiesMonitoring(monitoring, NAMES);
    addReplicaMonitoring(monitoring, { names: NAMES, maxLag: Duration.minutes(1) });
    new CopyAge(stack, 'Age', {
      newestCopy: functionIn(stack, 'newest-copy'),
      maxAge: Duration.hours(8),
      monitoring,
    });
  });
});
