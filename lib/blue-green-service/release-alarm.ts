import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { HttpLoadBalancer } from '../building-blocks/http-load-balancer';
import type { Monitoring } from '../building-blocks/monitoring';

/** Percent of the servers' answers that may be errors during a release. */
const ERROR_RATE = 5;

/** Errors a minute that are too few to tell anything. */
const LEAST_ERRORS = 5;

/**
 * Adds the alarm that stops a release: answers of the servers that are errors, in a single minute.
 *
 * It watches nothing that new servers must cure. While an alarm of a deployment group is on, CodeDeploy also fails the
 * deployments to servers that are being launched, and Auto Scaling ends those: an alarm on sick or missing servers would
 * keep itself on. Whether a server with the release is healthy CodeDeploy asks the load balancer by itself.
 * https://docs.aws.amazon.com/codedeploy/latest/userguide/troubleshooting-auto-scaling.html#troubleshooting-deployment-failed-because-no-instances-found
 */
export function addReleaseAlarm(
  monitoring: Monitoring,
  { loadBalancer, targetGroup }: HttpLoadBalancer,
): cloudwatch.Alarm {
  const period = Duration.minutes(1);
  return monitoring.addAlarm('ReleaseErrors', {
    alarmDescription: `In one minute more than ${ERROR_RATE} % of the requests have ended in an error of a server. A release that is under way is stopped and rolled back.`,
    metric: new cloudwatch.MathExpression({
      expression: `IF(FILL(errors, 0) >= ${LEAST_ERRORS}, 100 * FILL(errors, 0) / FILL(requests, 1), 0)`,
      usingMetrics: {
        errors: targetGroup.metrics.httpCodeTarget(elbv2.HttpCodeTarget.TARGET_5XX_COUNT, { period }),
        requests: loadBalancer.metrics.requestCount({ period }),
      },
      period,
      label: 'errors of the servers, percent',
    }),
    comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
    threshold: ERROR_RATE,
    evaluationPeriods: 1,
    treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
  });
}
