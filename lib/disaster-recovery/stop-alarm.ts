import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Construct } from 'constructs';
import { checkerRequestsPerMinute, type Detection, redirectionTime } from './detection-time';

/** How much longer than reckoned users may be led away late: Route 53 and CloudWatch promise no time of their own. */
const DEFAULT_MARGIN = Duration.minutes(5);

/** Properties of StopAlarm. */
export interface StopAlarmProps {
  /** The load balancer of the primary. */
  readonly loadBalancer: elbv2.ApplicationLoadBalancer;

  /** How Route 53 looks at the primary. */
  readonly detection: Detection;

  /**
   * What is added to the time in which DNS should have led the users away.
   *
   * @default 5 minutes
   */
  readonly margin?: Duration;
}

/**
 * The alarm that ends a game day: users still get errors from the primary when DNS should long have led them away.
 *
 * Errors before that are what the game day is about. It counts the errors of the load balancer, which has no server any more,
 * and those of servers. The checkers of Route 53 get errors too, and go on asking: an endpoint that is checked has twice
 * their number for free, and fewer errors of users than that go unseen.
 */
export class StopAlarm extends Construct {
  /** The alarm. */
  readonly alarm: cloudwatch.Alarm;

  constructor(scope: Construct, id: string, props: StopAlarmProps) {
    super(scope, id);
    const { detection, loadBalancer, margin = DEFAULT_MARGIN } = props;
    const period = Duration.minutes(1);
    const minutes = Math.ceil(redirectionTime(detection).plus(margin).toSeconds() / 60);
    this.alarm = new cloudwatch.Alarm(this, 'Alarm', {
      alarmDescription: `Users have got errors from this region for ${minutes} minutes: DNS did not lead them to the other region. A running experiment is stopped.`,
      metric: new cloudwatch.MathExpression({
        // Errors are no datapoint while there are none.
        expression: 'FILL(own, 0) + FILL(servers, 0)',
        usingMetrics: {
          own: loadBalancer.metrics.custom('HTTPCode_ELB_5XX_Count', { statistic: 'Sum', period }),
          servers: loadBalancer.metrics.custom('HTTPCode_Target_5XX_Count', { statistic: 'Sum', period }),
        },
        period,
        label: 'errors',
      }),
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
      threshold: 2 * checkerRequestsPerMinute(detection),
      evaluationPeriods: minutes,
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
    });
  }
}
