import { Duration } from 'aws-cdk-lib';
import type { WatchedMetric } from './alarms';
import type { StackTemplate } from './apps';
import { PRIMARY_REGION, STANDBY_REGION } from './disaster-recovery';
import { points } from './disaster-recovery-parts';
import { type AlarmCase, fleetAlarms } from './fleet-alarms';

const bucketIn = (region: string) => ({
  'Fn::Join': ['', ['shop-files-', { Ref: 'AWS::AccountId' }, `-${region}`]],
});

const otherThan = (region: string) => (region === PRIMARY_REGION ? STANDBY_REGION : PRIMARY_REGION);

function files(from: string, statistic: string): WatchedMetric {
  return {
    namespace: 'AWS/S3',
    statistic,
    period: 300,
    dimensions: {
      SourceBucket: bucketIn(from),
      DestinationBucket: bucketIn(otherThan(from)),
      RuleId: 'everything',
    },
  };
}

/** The alarms on files that come into a region late, and on those that do not leave it. */
export function filesAlarms(region: string): Record<string, AlarmCase> {
  return {
    FilesLate: {
      watches: { ReplicationLatency: files(otherThan(region), 'Maximum') },
      fires: [{ ReplicationLatency: [901, 950, 1000] }],
      stays: [{ ReplicationLatency: [901, 900, 1000] }],
      silent: 'OK',
    },
    FilesNotReplicated: {
      watches: { OperationsFailedReplication: files(region, 'Sum') },
      fires: [{ OperationsFailedReplication: [0, 1] }],
      stays: [{ OperationsFailedReplication: [1, 0] }],
      silent: 'OK',
    },
  };
}

/** The alarms on a replica that is too far behind, or has stopped. */
export function replicaAlarms(objective: Duration): Record<string, AlarmCase> {
  const watches = {
    ReplicaLag: {
      namespace: 'AWS/RDS',
      statistic: 'Maximum',
      period: 60,
      dimensions: { DBInstanceIdentifier: 'shop-database' },
    },
  };
  const most = objective.toSeconds();
  return {
    ReplicaLagHigh: {
      watches,
      fires: [{ ReplicaLag: points(5, most + 1) }],
      stays: [{ ReplicaLag: points(5, most) }, { ReplicaLag: [...points(4, most + 1), most] }],
      silent: 'OK',
    },
    ReplicationBroken: {
      watches,
      fires: [{ ReplicaLag: points(5, -1) }],
      stays: [{ ReplicaLag: points(5, 0) }, { ReplicaLag: [...points(4, -1), 3] }],
      silent: 'OK',
    },
  };
}

/** The alarms on backups and on their copies, in the region that makes them. */
export function copiesAlarms(): Record<string, AlarmCase> {
  return Object.fromEntries(
    Object.entries({
      BackupFailed: 'NumberOfBackupJobsFailed',
      BackupExpired: 'NumberOfBackupJobsExpired',
      CopyFailed: 'NumberOfCopyJobsFailed',
    }).map(([name, metric]) => [
      name,
      {
        watches: {
          [metric]: {
            namespace: 'AWS/Backup',
            statistic: 'Sum',
            period: 300,
            dimensions: { BackupVaultName: 'shop-copies' },
          },
        },
        fires: [{ [metric]: [0, 1] }],
        stays: [{ [metric]: [1, 0] }],
        silent: 'OK' as const,
      },
    ]),
  );
}

/** The alarms on who serves a system. */
export function switchAlarms(system: string): Record<string, AlarmCase> {
  const failedOver = (statistic: string, period: number) => ({
    FailedOver: { namespace: 'DisasterRecovery', statistic, period, dimensions: { System: system } },
  });
  return {
    StandbyServes: {
      watches: failedOver('Maximum', 60),
      fires: [{ FailedOver: [0, 1] }],
      stays: [{ FailedOver: [1, 0] }],
      silent: 'OK',
    },
    SwitchSilent: {
      watches: failedOver('SampleCount', 300),
      fires: [{ FailedOver: [5, ...points(3, undefined)] }],
      stays: [{ FailedOver: [undefined, undefined, 1] }, { FailedOver: [1, undefined, undefined] }],
      silent: 'ALARM',
    },
  };
}

/** The alarm on the age of the newest copy, which a function tells by its failures. */
export function copyAgeAlarm(template: StackTemplate): Record<string, AlarmCase> {
  const [id = ''] = Object.entries(template.Resources).flatMap(([name, { Type }]) =>
    Type === 'AWS::Lambda::Function' && name.startsWith('WorkflowsNewestCopy') ? [name] : [],
  );
  return {
    CopyTooOld: {
      watches: {
        Errors: {
          namespace: 'AWS/Lambda',
          statistic: 'Sum',
          period: 3600,
          dimensions: { FunctionName: { Ref: id } },
        },
      },
      fires: [{ Errors: [0, 1] }],
      stays: [{ Errors: [1, 0] }],
      silent: 'ALARM',
    },
  };
}

/** The alarm on what Route 53 makes of the primary. */
export function healthAlarm(healthCheckId: unknown): Record<string, AlarmCase> {
  return {
    PrimaryUnhealthy: {
      watches: {
        HealthCheckStatus: {
          namespace: 'AWS/Route53',
          statistic: 'Minimum',
          period: 60,
          dimensions: { HealthCheckId: healthCheckId },
        },
      },
      fires: [{ HealthCheckStatus: [1, 0] }],
      stays: [{ HealthCheckStatus: [0, 1] }],
      silent: 'INSUFFICIENT_DATA',
    },
  };
}

/** The alarms of a region with servers, in the stack that has them. */
export const siteAlarms = fleetAlarms;

export const DEFAULT_LAG = Duration.minutes(5);

/** Files are there within this time, and so is the replica of a failback where the standby is cold. */
export const FILES_OBJECTIVE = Duration.minutes(15);
