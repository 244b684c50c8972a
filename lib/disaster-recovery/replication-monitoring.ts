import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { Monitoring } from '../building-blocks/monitoring';
import type { SystemNames } from './system-names';

/** Properties of addReplicaMonitoring. */
export interface ReplicaMonitoringProps {
  readonly names: SystemNames;

  /** How far the replica may be behind: the recovery point objective of the database, in whole seconds from 1. */
  readonly maxLag: Duration;
}

/**
 * Adds the alarms on a replica that lags or that replicates no more, and the graph, in the replica's region.
 *
 * RDS reports the lag in seconds, and -1 while replication is not active
 * (https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ReadRepl.Monitoring.html). A database that is no replica
 * reports nothing: after a failover both alarms are quiet in the region that took over, and watch in the other one as soon as
 * it steps back. So both regions have them.
 */
export function addReplicaMonitoring(monitoring: Monitoring, props: ReplicaMonitoringProps): void {
  const lag = new cloudwatch.Metric({
    namespace: 'AWS/RDS',
    metricName: 'ReplicaLag',
    dimensionsMap: { DBInstanceIdentifier: props.names.database },
    statistic: 'Maximum',
    period: Duration.minutes(1),
    label: 'lag',
  });
  const seconds = props.maxLag.toSeconds();
  monitoring.addAlarm('ReplicaLagHigh', {
    alarmDescription: `The replica has been more than ${seconds} seconds behind for five minutes: a failover would now lose more than was agreed. Look at the writes of the source and the size of the replica.`,
    metric: lag,
    comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
    threshold: seconds,
    evaluationPeriods: 5,
    treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
  });
  monitoring.addAlarm('ReplicationBroken', {
    alarmDescription:
      'The replica has not replicated for five minutes. RDS ends a replication that was stopped for 30 days. Look at its events and at the replication state of the instance.',
    metric: lag,
    comparisonOperator: cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
    threshold: 0,
    evaluationPeriods: 5,
    treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
  });
  monitoring.dashboard.addWidgets(
    new cloudwatch.GraphWidget({
      title: 'Replica: lag, seconds (-1: not replicating)',
      left: [lag],
      leftAnnotations: [{ value: seconds, label: 'objective' }],
      width: 12,
    }),
  );
}

/** Properties of addIncomingFilesMonitoring and addOutgoingFilesMonitoring. */
export interface FilesMonitoringProps {
  readonly names: SystemNames;

  /** The region from which the files come. */
  readonly sourceRegion: string;

  /** The id of the replication rule of the source's bucket. */
  readonly ruleId: string;
}

/** Properties of addIncomingFilesMonitoring. */
export interface IncomingFilesMonitoringProps extends FilesMonitoringProps {
  /** How far the files may be behind, in whole seconds from 60. */
  readonly maxLatency: Duration;
}

/**
 * Adds the alarm on files that come too late, and the graphs of what is still to come, in the region of the bucket that
 * receives them: S3 reports latency and pending operations there, so that both can be seen when the source's region is gone
 * (https://docs.aws.amazon.com/AmazonS3/latest/userguide/repl-metrics.html). Missing data is ignored, as AWS asks for
 * (https://docs.aws.amazon.com/AmazonS3/latest/userguide/metrics-dimensions.html).
 */
export function addIncomingFilesMonitoring(
  monitoring: Monitoring,
  props: IncomingFilesMonitoringProps,
): void {
  const latency = filesMetric(props, 'ReplicationLatency', 'Maximum', 'latency');
  const seconds = props.maxLatency.toSeconds();
  monitoring.addAlarm('FilesLate', {
    alarmDescription: `Files from ${props.sourceRegion} have been more than ${seconds} seconds late for a quarter of an hour.`,
    metric: latency,
    comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
    threshold: seconds,
    evaluationPeriods: 3,
    treatMissingData: cloudwatch.TreatMissingData.IGNORE,
  });
  monitoring.dashboard.addWidgets(
    new cloudwatch.GraphWidget({
      title: `Files from ${props.sourceRegion}: latency, seconds`,
      left: [latency],
      leftAnnotations: [{ value: seconds, label: 'objective' }],
      width: 12,
    }),
    new cloudwatch.GraphWidget({
      title: `Files from ${props.sourceRegion}: pending`,
      left: [filesMetric(props, 'BytesPendingReplication', 'Maximum', 'bytes')],
      right: [filesMetric(props, 'OperationsPendingReplication', 'Maximum', 'operations')],
      width: 12,
    }),
  );
}

/** Adds the alarm on files that S3 could not replicate, and the graph, in the region of the bucket that sends them. */
export function addOutgoingFilesMonitoring(monitoring: Monitoring, props: FilesMonitoringProps): void {
  const destination = props.names.otherThan(props.sourceRegion);
  const failed = filesMetric(props, 'OperationsFailedReplication', 'Sum', 'failed');
  monitoring.addAlarm('FilesNotReplicated', {
    alarmDescription: `Files were not replicated to ${destination}, and S3 does not try again. Look at the rights of the replication role and at both keys, then replicate what failed with S3 Batch Replication.`,
    metric: failed,
    threshold: 1,
    evaluationPeriods: 1,
    treatMissingData: cloudwatch.TreatMissingData.IGNORE,
  });
  monitoring.dashboard.addWidgets(
    new cloudwatch.GraphWidget({ title: `Files to ${destination}: failed`, left: [failed], width: 12 }),
  );
}

function filesMetric(
  { names, ruleId, sourceRegion }: FilesMonitoringProps,
  metricName: string,
  statistic: string,
  label: string,
): cloudwatch.Metric {
  return new cloudwatch.Metric({
    namespace: 'AWS/S3',
    metricName,
    dimensionsMap: {
      SourceBucket: names.bucket(sourceRegion),
      DestinationBucket: names.bucket(names.otherThan(sourceRegion)),
      RuleId: ruleId,
    },
    statistic,
    period: Duration.minutes(5),
    label,
  });
}
