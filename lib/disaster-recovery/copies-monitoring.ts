import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import * as scheduler from 'aws-cdk-lib/aws-scheduler';
import * as targets from 'aws-cdk-lib/aws-scheduler-targets';
import { Construct } from 'constructs';
import type { Monitoring } from '../building-blocks/monitoring';
import { scheduleRole } from '../building-blocks/schedule-role';
import type { SystemNames } from './system-names';

/**
 * Adds the alarms on backups and copies that failed, and the graphs, in the region that makes them.
 *
 * AWS Backup counts by vault; the vault of a copy job is its destination, which has the same name here. It reports numbers above
 * zero only, every five minutes (https://docs.aws.amazon.com/aws-backup/latest/devguide/cloudwatch.html), so that no data means
 * no failure. In which region a copy job counts is not written there; jobs belong to the region that starts them. That no copy
 * came at all is seen where copies arrive, by CopyAge.
 */
export function addCopiesMonitoring(monitoring: Monitoring, names: SystemNames): void {
  const jobs = (metricName: string, label: string) =>
    new cloudwatch.Metric({
      namespace: 'AWS/Backup',
      metricName,
      dimensionsMap: { BackupVaultName: names.vault },
      statistic: 'Sum',
      period: Duration.minutes(5),
      label,
    });
  const failedBackups = jobs('NumberOfBackupJobsFailed', 'failed');
  const expiredBackups = jobs('NumberOfBackupJobsExpired', 'not begun in time');
  const failedCopies = jobs('NumberOfCopyJobsFailed', 'failed');
  const fires = {
    threshold: 1,
    evaluationPeriods: 1,
    treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
  };
  monitoring.addAlarm('BackupFailed', {
    ...fires,
    alarmDescription:
      'A backup failed. A database refuses one during its own backup or maintenance window and in the hour before: look at the job, then at the schedule.',
    metric: failedBackups,
  });
  monitoring.addAlarm('BackupExpired', {
    ...fires,
    alarmDescription: 'A backup did not begin within an hour, and was given up. Look at the job.',
    metric: expiredBackups,
  });
  monitoring.addAlarm('CopyFailed', {
    ...fires,
    alarmDescription: `A backup was not copied to ${names.standbyRegion}. Look at the job, at both keys, and at the retention if the vault is locked.`,
    metric: failedCopies,
  });
  monitoring.dashboard.addWidgets(
    new cloudwatch.GraphWidget({
      title: 'Backups',
      left: [jobs('NumberOfBackupJobsCompleted', 'completed'), failedBackups, expiredBackups],
      width: 12,
    }),
    new cloudwatch.GraphWidget({
      title: `Copies to ${names.standbyRegion}`,
      left: [jobs('NumberOfCopyJobsCompleted', 'completed'), failedCopies],
      width: 12,
    }),
  );
}

/** Properties of CopyAge. */
export interface CopyAgeProps {
  /**
   * The function that finds the newest copy of the database. With `{ "maxAgeSeconds": n }` it fails where that copy is older,
   * as it does where there is none.
   */
  readonly newestCopy: lambda.IFunction;

  /** How old the newest copy may be: the recovery point objective, in whole seconds. */
  readonly maxAge: Duration;

  readonly monitoring: Monitoring;
}

/**
 * Looks into the standby's vault every 15 minutes, and raises an alarm where the newest copy is older than the objective.
 *
 * It asks the vault itself, in the region that survives. The numbers of AWS Backup would not do: those of a copy job are not
 * documented to be in this region, and they tell that a job ended, not what is in the vault.
 */
export class CopyAge extends Construct {
  constructor(scope: Construct, id: string, { maxAge, monitoring, newestCopy }: CopyAgeProps) {
    super(scope, id);
    new scheduler.Schedule(this, 'Check', {
      description: 'Looks how old the newest copy is',
      schedule: scheduler.ScheduleExpression.rate(Duration.minutes(15)),
      target: new targets.LambdaInvoke(newestCopy, {
        input: scheduler.ScheduleTargetInput.fromObject({ maxAgeSeconds: maxAge.toSeconds() }),
        role: scheduleRole(this, 'Role', {
          description: 'Looks how old the newest copy is',
          function: newestCopy,
        }),
        maxEventAge: Duration.minutes(15),
      }),
    });
    const failures = newestCopy.metricErrors({
      statistic: 'Sum',
      period: Duration.hours(1),
      label: 'checks that found none',
    });
    monitoring.addAlarm('CopyTooOld', {
      alarmDescription: `The newest copy of the database in this region is older than ${maxAge.toHumanString()}, there is none, or nobody could look. A rebuild would now lose more than was agreed. Look at the log of the function, then at the copy jobs of the primary's region.`,
      metric: failures,
      threshold: 1,
      evaluationPeriods: 1,
      // Without a check nobody knows.
      treatMissingData: cloudwatch.TreatMissingData.BREACHING,
    });
    monitoring.dashboard.addWidgets(
      new cloudwatch.GraphWidget({
        title: 'Checks of the newest copy',
        left: [newestCopy.metricInvocations({ period: Duration.hours(1), label: 'checks' }), failures],
        width: 12,
      }),
    );
  }
}
