import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Construct } from 'constructs';
import { Problems } from '../building-blocks/problems';
import type { SystemNames } from './system-names';

/**
 * The name of the alarm that is in ALARM while the primary has no healthy server.
 *
 * It holds what Route 53 copies from the alarm. Route 53 does not notice when an alarm's settings change, only when the
 * health check names another alarm
 * (https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/health-checks-updating-cloudwatch-alarm-settings.html).
 *
 * @param evaluationPeriods for how many minutes there must be no healthy server
 */
export function primaryDownAlarmName(names: SystemNames, evaluationPeriods: number): string {
  return `${names.systemName}-primary-down-${evaluationPeriods}m`;
}

/** Properties of PrimaryDownAlarm. */
export interface PrimaryDownAlarmProps {
  readonly names: SystemNames;

  /** The servers, as the load balancer of the primary sees them. */
  readonly targetGroup: elbv2.ApplicationTargetGroup;

  /** For how many minutes there must be no healthy server, 1 to 60. */
  readonly evaluationPeriods: number;
}

/**
 * Tells that the primary has no healthy server, for a Route 53 health check: the checkers of Route 53 are outside of the VPC
 * and can't reach an internal load balancer
 * (https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-failover-private-hosted-zones.html).
 *
 * One metric, one of the statistics that Route 53 knows, and all periods of the window: it takes no alarm with metric math,
 * percentiles or some datapoints of many. It notifies nobody; that is for the alarms of the load balancer.
 */
export class PrimaryDownAlarm extends Construct {
  /** The alarm. */
  readonly alarm: cloudwatch.Alarm;

  constructor(scope: Construct, id: string, props: PrimaryDownAlarmProps) {
    super(scope, id);
    const { evaluationPeriods, names, targetGroup } = props;
    const problems = new Problems(this);
    if (!Number.isInteger(evaluationPeriods) || evaluationPeriods < 1 || evaluationPeriods > 60) {
      problems.add('evaluationPeriods', evaluationPeriods, 'is not possible; give 1 to 60 whole minutes.');
    }
    problems.throwIfAny();
    this.alarm = new cloudwatch.Alarm(this, 'Alarm', {
      alarmName: primaryDownAlarmName(names, evaluationPeriods),
      alarmDescription: "The primary has no healthy server. Route 53 answers with the standby's address.",
      metric: targetGroup.metrics.healthyHostCount({ statistic: 'Maximum', period: Duration.minutes(1) }),
      comparisonOperator: cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
      threshold: 1,
      evaluationPeriods,
      // Without any registered server there is no datapoint, and nobody is served either.
      treatMissingData: cloudwatch.TreatMissingData.BREACHING,
    });
  }
}
