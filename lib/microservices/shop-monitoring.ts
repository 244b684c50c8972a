import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as logs from 'aws-cdk-lib/aws-logs';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { checkMinutes } from '../building-blocks/durations';
import type { Monitoring } from '../building-blocks/monitoring';
import { Problems } from '../building-blocks/problems';
import { checkWholeNumber } from '../building-blocks/whole-number';
import type { ShopConsumer } from './shop-events';
import { ShopMetrics, STEPS } from './shop-metrics';
import { SHOP_SERVICES, type ShopServiceName } from './shop-services';

/** From when on people are told. */
export interface ShopThresholds {
  /**
   * Percent of a service's answers that may be errors: 1 to 99.
   *
   * @default 5
   */
  readonly errorRate?: number;

  /**
   * Milliseconds in which 99 of 100 requests to a service should be answered: 1 to 60000, the longest that a load balancer
   * waits by itself.
   *
   * @default 3000
   */
  readonly latency?: number;

  /**
   * How old an event may become before its service has taken it: 1 minute to 1 day, in whole minutes. One that can not be
   * handled is tried for five minutes; queues keep events for four days.
   *
   * @default Duration.minutes(10)
   */
  readonly eventAge?: Duration;
}

/** The queues of the shop, as ShopResources has them. */
export interface ShopQueues {
  readonly queues: Readonly<Record<ShopConsumer, sqs.IQueue>>;
  readonly deadLetterQueues: Readonly<Record<ShopConsumer, sqs.IQueue>>;
}

/** Properties of ShopMonitoring. */
export interface ShopMonitoringProps {
  /** Gets the alarms and the rows of the dashboard. */
  readonly monitoring: Monitoring;

  readonly resources: ShopQueues;

  /** The log group of all applications of the cluster. */
  readonly logGroup: logs.ILogGroup;

  /** The shop's namespace in the cluster. */
  readonly kubernetesNamespace: string;

  /** @default - those of its members */
  readonly thresholds?: ShopThresholds;
}

const { NOT_BREACHING } = cloudwatch.TreatMissingData;
const { GREATER_THAN_THRESHOLD } = cloudwatch.ComparisonOperator;

const CONSUMERS: readonly ShopConsumer[] = ['product', 'cart', 'review'];
const FIVE_MINUTES = Duration.minutes(5);

/**
 * What the shop promises its customers, as alarms and graphs: few errors, quick answers, events that arrive, orders that come
 * to an end. It reads the services' logs, whatever the cluster runs on.
 */
export class ShopMonitoring extends Construct {
  private readonly metrics: ShopMetrics;
  private readonly props: ShopMonitoringProps;

  constructor(scope: Construct, id: string, props: ShopMonitoringProps) {
    super(scope, id);
    this.props = props;
    const { errorRate = 5, eventAge = Duration.minutes(10), latency = 3000 } = props.thresholds ?? {};
    const problems = new Problems(this);
    checkWholeNumber('thresholds.errorRate', errorRate, [1, 99], 'percent', problems);
    checkWholeNumber('thresholds.latency', latency, [1, 60_000], 'milliseconds', problems);
    checkMinutes('thresholds.eventAge', eventAge, [1, 1440], problems);
    problems.throwIfAny();

    const { kubernetesNamespace, logGroup } = props;
    this.metrics = new ShopMetrics(this, 'Metrics', { logGroup, kubernetesNamespace });
    for (const service of SHOP_SERVICES) this.watchService(service, errorRate, latency);
    for (const consumer of CONSUMERS) this.watchEvents(consumer, eventAge);
    this.watchOrders();
    this.addRows();
  }

  private watchService(service: ShopServiceName, errorRate: number, latency: number): void {
    const { monitoring } = this.props;
    const each = { evaluationPeriods: 5, datapointsToAlarm: 3, treatMissingData: NOT_BREACHING };
    monitoring.addAlarm(`${capital(service)}ErrorRateHigh`, {
      ...each,
      alarmDescription: `More than ${errorRate} % of the answers of the service ${service} are errors.`,
      metric: this.metrics.errorRate(service),
      comparisonOperator: GREATER_THAN_THRESHOLD,
      threshold: errorRate,
    });
    monitoring.addAlarm(`${capital(service)}LatencyHigh`, {
      ...each,
      alarmDescription: `One request of a hundred to the service ${service} has waited more than ${latency} ms for its answer.`,
      metric: this.metrics.latency(service),
      comparisonOperator: GREATER_THAN_THRESHOLD,
      threshold: latency,
      // A p99 of a handful of requests is that of the slowest one.
      evaluateLowSampleCountPercentile: 'ignore',
    });
  }

  private watchEvents(consumer: ShopConsumer, eventAge: Duration): void {
    const { monitoring } = this.props;
    monitoring.addAlarm(`${capital(consumer)}EventsWaiting`, {
      alarmDescription: `An event has waited ${eventAge.toMinutes()} minutes or longer for the service ${consumer}: its copies do not run, fail, or are too few.`,
      metric: this.ageOfEvents(consumer),
      threshold: eventAge.toSeconds(),
      evaluationPeriods: 1,
      treatMissingData: NOT_BREACHING,
    });
    monitoring.addAlarm(`${capital(consumer)}EventsFailed`, {
      alarmDescription: `The service ${consumer} could not handle an event in five attempts; it waits in the dead-letter queue. The README says how to look at it and how to replay it.`,
      metric: this.deadLetters(consumer),
      threshold: 1,
      evaluationPeriods: 1,
      treatMissingData: NOT_BREACHING,
    });
  }

  private watchOrders(): void {
    const { monitoring } = this.props;
    monitoring.addAlarm('OrdersStuck', {
      alarmDescription:
        'An order makes no progress though it was tried ten times, or can not be read; the log of the service order says which one and why.',
      metric: this.metrics.ordersStuck(),
      threshold: 1,
      evaluationPeriods: 1,
      treatMissingData: NOT_BREACHING,
    });
    monitoring.addAlarm('BackgroundWorkFailing', {
      alarmDescription:
        'For a quarter of an hour work has failed that no request asks for: events are not published, or unfinished orders not taken up. The logs say which work of which service.',
      metric: this.metrics.backgroundFailures(),
      threshold: 1,
      evaluationPeriods: 3,
      treatMissingData: NOT_BREACHING,
    });
  }

  private addRows(): void {
    const { metrics } = this;
    const graph = (title: string, left: cloudwatch.IMetric[], width: number) =>
      new cloudwatch.GraphWidget({ title, left, width });
    this.props.monitoring.dashboard.addWidgets(
      graph(
        'Requests a minute by service',
        SHOP_SERVICES.map((each) => metrics.requests(each)),
        8,
      ),
      graph(
        'Errors by service, percent',
        SHOP_SERVICES.map((each) => metrics.errorRate(each)),
        8,
      ),
      graph(
        'Latency by service, p99 in milliseconds',
        SHOP_SERVICES.map((each) => metrics.latency(each)),
        8,
      ),
    );
    this.props.monitoring.dashboard.addWidgets(
      graph(
        'Steps of a purchase, p99 in milliseconds',
        STEPS.map((each) => metrics.stepTime(each)),
        6,
      ),
      graph(
        'Stuck orders and failures of background work',
        [metrics.ordersStuck(), metrics.backgroundFailures()],
        6,
      ),
      graph(
        'Oldest event by service, seconds',
        CONSUMERS.map((each) => this.ageOfEvents(each)),
        6,
      ),
      graph(
        'Events that failed by service',
        CONSUMERS.map((each) => this.deadLetters(each)),
        6,
      ),
    );
  }

  private ageOfEvents(consumer: ShopConsumer): cloudwatch.Metric {
    const queue = this.props.resources.queues[consumer];
    return queue.metricApproximateAgeOfOldestMessage({ period: FIVE_MINUTES, label: consumer });
  }

  private deadLetters(consumer: ShopConsumer): cloudwatch.Metric {
    const queue = this.props.resources.deadLetterQueues[consumer];
    return queue.metricApproximateNumberOfMessagesVisible({ period: FIVE_MINUTES, label: consumer });
  }
}

function capital(word: string): string {
  return word.replace(/^./, (letter) => letter.toUpperCase());
}
