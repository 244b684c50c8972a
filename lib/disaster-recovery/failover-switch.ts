import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as ssm from 'aws-cdk-lib/aws-ssm';
import { Construct } from 'constructs';
import { FAILED_OVER, NAMESPACE, SYSTEM_DIMENSION } from '../../lambda/disaster-recovery/failed-over-metric';
import { ASLEEP, type SystemNames } from './system-names';

/** The name of the alarm that is in ALARM while the standby serves. Route 53 finds it by this name from another stack. */
export function switchAlarmName(names: SystemNames): string {
  return `${names.systemName}-failed-over`;
}

/**
 * Which region serves, as a metric in the standby's region: 1 the standby, 0 the primary.
 *
 * Its highest value of a minute: a failover counts at once, also when the minute began with a 0. Without a label: with one,
 * aws-cloudwatch writes an alarm on it as metric math, which Route 53 refuses.
 */
export function failedOverMetric(names: SystemNames): cloudwatch.Metric {
  return new cloudwatch.Metric({
    namespace: NAMESPACE,
    metricName: FAILED_OVER,
    dimensionsMap: { [SYSTEM_DIMENSION]: names.systemName },
    statistic: 'Maximum',
    period: Duration.minutes(1),
    region: names.standbyRegion,
  });
}

/** Properties of FailoverSwitch. */
export interface FailoverSwitchProps {
  readonly names: SystemNames;

  /** How many servers the standby has at least while the primary serves. */
  readonly standbyCapacity: number;
}

/**
 * What says which region serves. It is in the standby's region, since it must work when the primary's is gone.
 *
 * The workflows change the parameters. A deployment leaves what they wrote alone, as long as the values given here stay the
 * same: CloudFormation compares templates, not what is deployed. So do not change `standbyCapacity` while the standby serves.
 */
export class FailoverSwitch extends Construct {
  /** The name of the region that serves; the primary's at first. */
  readonly activeRegion: ssm.StringParameter;

  /** How many servers the standby has at least. */
  readonly standbyCapacity: ssm.StringParameter;

  /** The snapshot of which a cold standby's database is made, or 'none' while it sleeps. */
  readonly databaseCopy: ssm.StringParameter;

  /**
   * The alarm that a Route 53 health check watches. It has neither metric math nor a choice of datapoints, which Route 53
   * refuses
   * (https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/health-checks-creating-values.html).
   */
  readonly alarm: cloudwatch.Alarm;

  constructor(scope: Construct, id: string, props: FailoverSwitchProps) {
    super(scope, id);
    const { names } = props;
    this.activeRegion = new ssm.StringParameter(this, 'ActiveRegion', {
      parameterName: names.activeRegionParameter,
      description: 'The region that serves',
      stringValue: names.primaryRegion,
    });
    this.standbyCapacity = new ssm.StringParameter(this, 'StandbyCapacity', {
      parameterName: names.standbyCapacityParameter,
      description: 'How many servers the standby has at least',
      stringValue: String(props.standbyCapacity),
    });
    this.databaseCopy = new ssm.StringParameter(this, 'DatabaseCopy', {
      parameterName: names.databaseCopyParameter,
      description: `The snapshot of which the standby's database is made; ${ASLEEP} while it sleeps`,
      stringValue: ASLEEP,
    });
    this.alarm = new cloudwatch.Alarm(this, 'FailedOver', {
      alarmName: switchAlarmName(names),
      alarmDescription:
        "The standby's region serves. Route 53 keeps the primary out of its answers until the failback.",
      metric: failedOverMetric(names),
      threshold: 1,
      evaluationPeriods: 1,
      treatMissingData: cloudwatch.TreatMissingData.IGNORE,
    });
  }
}
