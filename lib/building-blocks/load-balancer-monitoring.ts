import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { Monitoring } from './monitoring';

/** Percent of answers that may be errors of the servers or the load balancer. */
const ERROR_RATE = 5;

/** Seconds in which 99 of 100 requests should be answered. */
const LATENCY = 2;

const PERIOD = Duration.minutes(1);

/**
 * Adds what the users of a load balancer notice: no server, a sick server, errors, slowness.
 *
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
 */
export function addLoadBalancerMonitoring(
  monitoring: Monitoring,
  loadBalancer: elbv2.ApplicationLoadBalancer,
  targetGroup: elbv2.ApplicationTargetGroup,
): void {
  const servers = addServerAlarms(monitoring, targetGroup);
  const requests = addRequestAlarms(monitoring, loadBalancer);
  monitoring.dashboard.addWidgets(servers, ...requests);
}

/** Adds alarms on servers that nobody can reach; returns their graph. */
function addServerAlarms(
  monitoring: Monitoring,
  targetGroup: elbv2.ApplicationTargetGroup,
): cloudwatch.GraphWidget {
  const healthy = targetGroup.metrics.healthyHostCount({
    statistic: 'Maximum',
    period: PERIOD,
    label: 'healthy',
  });
  const unhealthy = targetGroup.metrics.unhealthyHostCount({
    statistic: 'Minimum',
    period: PERIOD,
    label: 'unhealthy',
  });
  monitoring.addAlarm('NoHealthyServer', {
    alarmDescription: 'No server passes its health check: nobody is served.',
    metric: healthy,
    comparisonOperator: cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
    threshold: 1,
    evaluationPeriods: 2,
    // Without any registered server there is no datapoint, and nobody is served either.
    treatMissingData: cloudwatch.TreatMissingData.BREACHING,
  });
  monitoring.addAlarm('ServerUnhealthy', {
    alarmDescription:
      'A server has failed its health check for five minutes, and the group has not replaced it.',
    metric: unhealthy,
    threshold: 1,
    evaluationPeriods: 5,
    treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
  });
  return new cloudwatch.GraphWidget({
    title: 'Servers in the load balancer',
    left: [healthy, unhealthy],
    width: 6,
  });
}

/**
 * Adds alarms on errors and slowness of all requests to a load balancer; returns graphs of three quarters of a row.
 *
 * @param prefix what stands before the alarms' ids, where several load balancers are watched in one place
 */
export function addRequestAlarms(
  monitoring: Monitoring,
  loadBalancer: elbv2.IApplicationLoadBalancer,
  prefix = '',
): cloudwatch.GraphWidget[] {
  const requests = loadBalancer.metrics.requestCount({ period: PERIOD, label: 'requests' });
  const errorRate = errorRateOf(loadBalancer, requests, PERIOD);
  const latency = loadBalancer.metrics.targetResponseTime({ statistic: 'p99', period: PERIOD, label: 'p99' });
  monitoring.addAlarm(`${prefix}ErrorRateHigh`, {
    alarmDescription: `More than ${ERROR_RATE} % of the requests end in an error of the servers or the load balancer.`,
    metric: errorRate,
    comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
    threshold: ERROR_RATE,
    evaluationPeriods: 5,
    datapointsToAlarm: 3,
    treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
  });
  monitoring.addAlarm(`${prefix}LatencyHigh`, {
    alarmDescription: `One request of a hundred has waited more than ${LATENCY} seconds for its answer.`,
    metric: latency,
    comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
    threshold: LATENCY,
    evaluationPeriods: 5,
    datapointsToAlarm: 3,
    treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
    // A p99 of a handful of requests is that of the slowest one.
    evaluateLowSampleCountPercentile: 'ignore',
  });
  return [
    new cloudwatch.GraphWidget({ title: 'Requests a minute', left: [requests], width: 6 }),
    new cloudwatch.GraphWidget({ title: 'Errors, percent', left: [errorRate], width: 6 }),
    new cloudwatch.GraphWidget({ title: 'Latency, seconds', left: [latency], width: 6 }),
  ];
}

/**
 * Errors in percent of the requests. Those that found no server are no part of RequestCount: the load balancer's own
 * errors are added to it. Errors are no datapoint while there are none.
 */
function errorRateOf(
  loadBalancer: elbv2.IApplicationLoadBalancer,
  requests: cloudwatch.Metric,
  period: Duration,
): cloudwatch.MathExpression {
  const { HttpCodeElb, HttpCodeTarget } = elbv2;
  return new cloudwatch.MathExpression({
    expression:
      'IF(FILL(requests, 0) + FILL(own, 0) > 0, 100 * (FILL(servers, 0) + FILL(own, 0)) / (FILL(requests, 0) + FILL(own, 0)), 0)',
    usingMetrics: {
      requests,
      own: loadBalancer.metrics.httpCodeElb(HttpCodeElb.ELB_5XX_COUNT, { period }),
      servers: loadBalancer.metrics.httpCodeTarget(HttpCodeTarget.TARGET_5XX_COUNT, { period }),
    },
    period,
    label: 'errors',
  });
}
