import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as ecs from 'aws-cdk-lib/aws-ecs';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Monitoring } from '../building-blocks/monitoring';
import type { ServiceGroups } from './service-routes';

/** Percent of a service's answers that may be errors. */
const ERROR_RATE = 5;

/** Seconds in which 99 of 100 requests should be answered. */
const LATENCY = 2;

const PERIOD = Duration.minutes(1);

/** The metrics of a service whichever of its two groups users reach. */
export class ServiceMetrics {
  /** Targets that pass their health checks. */
  readonly healthy: cloudwatch.MathExpression;

  /** Targets that fail them. */
  readonly unhealthy: cloudwatch.MathExpression;

  /** Requests a minute. */
  readonly requests: cloudwatch.MathExpression;

  /** Errors in percent of the answers, those that the load balancer gives for want of one among them. */
  readonly errorRate: cloudwatch.MathExpression;

  /** The seconds in which 99 of 100 requests were answered. */
  readonly latency: cloudwatch.MathExpression;

  constructor({ blue, green }: ServiceGroups, loadBalancer: elbv2.ApplicationLoadBalancer) {
    const of = (metric: (group: elbv2.ApplicationTargetGroup) => cloudwatch.IMetric) => ({
      blue: metric(blue),
      green: metric(green),
    });
    const sum = 'FILL(blue, 0) + FILL(green, 0)';
    this.healthy = expression('healthy', sum, of(hosts('healthyHostCount', 'Maximum')));
    this.unhealthy = expression('unhealthy', sum, of(hosts('unhealthyHostCount', 'Minimum')));
    this.requests = expression('requests', sum, of(requestCount));
    const errors = of((group) =>
      group.metrics.httpCodeTarget(elbv2.HttpCodeTarget.TARGET_5XX_COUNT, { period: PERIOD }),
    );
    const requests = of(requestCount);
    const all = 'FILL(blue, 0) + FILL(green, 0) + FILL(own, 0)';
    this.errorRate = expression(
      'errors',
      `IF(${all} > 0, 100 * (FILL(blueErrors, 0) + FILL(greenErrors, 0) + FILL(own, 0)) / (${all}), 0)`,
      {
        ...requests,
        blueErrors: errors.blue,
        greenErrors: errors.green,
        // CloudWatch has them for the load balancer as a whole only: a container that breaks off is one of them.
        own: loadBalancer.metrics.httpCodeElb(elbv2.HttpCodeElb.ELB_5XX_COUNT, { period: PERIOD }),
      },
    );
    // One graph takes both expressions, and each metric of a graph needs an id of its own.
    const times = of((group) => group.metrics.targetResponseTime({ statistic: 'p99', period: PERIOD }));
    this.latency = expression('p99', 'MAX([FILL(blueTime, 0), FILL(greenTime, 0)])', {
      blueTime: times.blue,
      greenTime: times.green,
    });
  }
}

/** Adds the alarm that rolls a deployment back. It is there before the service, which is told its name. */
export function addReleaseAlarm(
  monitoring: Monitoring,
  name: string,
  { errorRate }: ServiceMetrics,
): cloudwatch.Alarm {
  return monitoring.addAlarm(`${name}ErrorRateHigh`, {
    alarmDescription: `More than ${ERROR_RATE} % of the answers of ${name} are errors; a release that is on its way is rolled back.`,
    metric: errorRate,
    comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
    threshold: ERROR_RATE,
    evaluationPeriods: 3,
    datapointsToAlarm: 2,
    treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
  });
}

/** Adds the alarm on a release that did not end well. */
export function addReleaseFailedAlarm(
  monitoring: Monitoring,
  name: string,
  workflow: sfn.IStateMachine,
): void {
  monitoring.addAlarm(`${name}ReleaseFailed`, {
    alarmDescription: `A release of ${name} failed or was rolled back; the log of its workflow says why.`,
    metric: expression('failed', 'FILL(failed, 0) + FILL(timedOut, 0)', {
      failed: workflow.metricFailed({ period: PERIOD }),
      timedOut: workflow.metricTimedOut({ period: PERIOD }),
    }),
    threshold: 1,
    evaluationPeriods: 1,
    treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
  });
}

/** Adds what users of a service notice, and the graphs of a release. */
export function addServiceMonitoring(
  monitoring: Monitoring,
  name: string,
  metrics: ServiceMetrics,
  groups: ServiceGroups,
  service: ecs.FargateService,
): void {
  monitoring.addAlarm(`${name}NoHealthyTask`, {
    alarmDescription: `No task of ${name} passes its health check: nobody is served.`,
    metric: metrics.healthy,
    comparisonOperator: cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
    threshold: 1,
    evaluationPeriods: 2,
    // Without any registered task there is no datapoint, and nobody is served either.
    treatMissingData: cloudwatch.TreatMissingData.BREACHING,
  });
  monitoring.addAlarm(`${name}TaskUnhealthy`, {
    alarmDescription: `A task of ${name} has failed its health check for five minutes, and ECS has not replaced it.`,
    metric: metrics.unhealthy,
    threshold: 1,
    evaluationPeriods: 5,
    treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
  });
  monitoring.addAlarm(`${name}LatencyHigh`, {
    alarmDescription: `One request of a hundred to ${name} has waited more than ${LATENCY} seconds for its answer.`,
    metric: metrics.latency,
    comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
    threshold: LATENCY,
    evaluationPeriods: 5,
    datapointsToAlarm: 3,
    treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
  });
  const graph = (title: string, left: cloudwatch.IMetric[]) =>
    new cloudwatch.GraphWidget({ title: `${name}: ${title}`, left, width: 6 });
  const count = hosts('healthyHostCount', 'Maximum');
  monitoring.dashboard.addWidgets(
    graph('healthy tasks by group', [
      count(groups.blue).with({ label: 'blue', color: cloudwatch.Color.BLUE }),
      count(groups.green).with({ label: 'green', color: cloudwatch.Color.GREEN }),
    ]),
    graph('requests a minute by group', [
      requestCount(groups.blue).with({ label: 'blue', color: cloudwatch.Color.BLUE }),
      requestCount(groups.green).with({ label: 'green', color: cloudwatch.Color.GREEN }),
    ]),
    graph('errors, percent; latency, seconds', [metrics.errorRate, metrics.latency]),
    graph('CPU and memory, percent', [
      service.metricCpuUtilization({ period: PERIOD, label: 'CPU' }),
      service.metricMemoryUtilization({ period: PERIOD, label: 'memory' }),
    ]),
  );
}

function hosts(name: 'healthyHostCount' | 'unhealthyHostCount', statistic: string) {
  return (group: elbv2.ApplicationTargetGroup) => group.metrics[name]({ statistic, period: PERIOD });
}

function requestCount(group: elbv2.ApplicationTargetGroup): cloudwatch.Metric {
  return group.metrics.requestCount({ period: PERIOD });
}

function expression(
  label: string,
  text: string,
  usingMetrics: Record<string, cloudwatch.IMetric>,
): cloudwatch.MathExpression {
  return new cloudwatch.MathExpression({ expression: text, usingMetrics, period: PERIOD, label });
}
