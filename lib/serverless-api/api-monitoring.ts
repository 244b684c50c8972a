import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { Monitoring } from '../building-blocks/monitoring';

/** An API's metrics, whose names differ between the kinds of API. */
export interface ApiMetrics {
  readonly requests: cloudwatch.MetricProps;
  readonly clientErrors: cloudwatch.MetricProps;
  readonly serverErrors: cloudwatch.MetricProps;

  /** Milliseconds from a request to its answer. */
  readonly latency: cloudwatch.MetricProps;
}

/** Percent of answers that may be errors of the API or the function. */
const ERROR_RATE = 5;

/** Seconds in which 99 of 100 requests should be answered, a cold start included. */
const LATENCY = 3;

/**
 * Adds what the users of an API notice: errors and slowness.
 *
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-metrics.html
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-metrics-and-dimensions.html
 */
export function addApiMonitoring(monitoring: Monitoring, metrics: ApiMetrics): void {
  const period = Duration.minutes(1);
  const sum = (props: cloudwatch.MetricProps, label: string) =>
    new cloudwatch.Metric({ ...props, statistic: 'Sum', period, label });
  const requests = sum(metrics.requests, 'requests');
  const errors = sum(metrics.serverErrors, 'errors');
  const refusals = sum(metrics.clientErrors, 'refusals');
  const latency = new cloudwatch.Metric({ ...metrics.latency, statistic: 'p99', period, label: 'p99' });

  monitoring.addAlarm('ApiErrorRateHigh', {
    alarmDescription: `More than ${ERROR_RATE} % of the requests end in an error of the API or its function.`,
    metric: new cloudwatch.MathExpression({
      // Errors are no datapoint while there are none.
      expression: 'IF(requests > 0, 100 * FILL(errors, 0) / requests, 0)',
      usingMetrics: { requests, errors },
      period,
      label: 'errors',
    }),
    comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
    threshold: ERROR_RATE,
    evaluationPeriods: 5,
    datapointsToAlarm: 3,
    treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
  });
  monitoring.addAlarm('ApiLatencyHigh', {
    alarmDescription: `One request of a hundred has waited more than ${LATENCY} seconds for its answer.`,
    metric: latency,
    comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
    threshold: LATENCY * 1000,
    evaluationPeriods: 5,
    datapointsToAlarm: 3,
    treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
    // A p99 of a handful of requests is that of the slowest one.
    evaluateLowSampleCountPercentile: 'ignore',
  });
  monitoring.dashboard.addWidgets(
    new cloudwatch.GraphWidget({ title: 'Requests a minute', left: [requests], width: 8 }),
    new cloudwatch.GraphWidget({ title: 'Errors and refusals a minute', left: [errors, refusals], width: 8 }),
    new cloudwatch.GraphWidget({ title: 'Latency, milliseconds', left: [latency], width: 8 }),
  );
}
