import { Duration, Lazy, Stack } from 'aws-cdk-lib';
import * as logs from 'aws-cdk-lib/aws-logs';
import { describe, expect, test } from 'vitest';
import { Monitoring } from '../lib/building-blocks/monitoring';
import { ShopMonitoring, type ShopThresholds } from '../lib/microservices/shop-monitoring';
import { SHOP_SERVICES } from '../lib/microservices/shop-services';
import { SANDBOX } from '../lib/profile';
import { stateAfterMetrics } from './support/alarms';
import { resourcesOf, templateOfConstructs } from './support/apps';
import { rowsOf } from './support/dashboards';
import { alarmsOf, expectAlarmsThatFire } from './support/fleet-alarms';
import { fieldOf, type LogEvent, matchesFilter } from './support/log-filters';
import { evaluateMetricMath } from './support/metric-math';
import { metricNamespaceOf, shopAlarms } from './support/shop-alarms';
import { addShop } from './support/shop-stack';
import { validate } from './support/validation';

function addMonitoring(stack: Stack, thresholds?: ShopThresholds): void {
  const { shop } = addShop(stack, SANDBOX);
  new ShopMonitoring(stack, 'ShopWatch', {
    monitoring: new Monitoring(stack, 'Monitoring'),
    resources: shop,
    logGroup: new logs.LogGroup(stack, 'Applications', { retention: logs.RetentionDays.ONE_WEEK }),
    kubernetesNamespace: 'shop',
    thresholds,
  });
}

const build = (thresholds?: ShopThresholds) =>
  templateOfConstructs((stack) => addMonitoring(stack, thresholds));

const template = build();

/** A datapoint that a log line makes. */
interface Datapoint {
  readonly metric: string;
  readonly value: number;
  readonly dimensions?: Readonly<Record<string, unknown>>;
}

interface Transformation {
  readonly MetricName: string;
  readonly MetricValue: string;
  readonly Dimensions?: readonly { readonly Key: string; readonly Value: string }[];
}

/** The datapoints that CloudWatch Logs makes of an event. */
function datapointsOf(event: LogEvent): Datapoint[] {
  return Object.values(resourcesOf(template, 'AWS::Logs::MetricFilter')).flatMap(({ Properties }) => {
    const { FilterPattern, MetricTransformations } = Properties as {
      FilterPattern: string;
      MetricTransformations: [Transformation];
    };
    if (!matchesFilter(FilterPattern, event)) return [];
    const [{ Dimensions, MetricName, MetricValue }] = MetricTransformations;
    const value = MetricValue.startsWith('$') ? fieldOf(event, MetricValue) : MetricValue;
    const dimensions = Dimensions?.map(({ Key, Value }) => [Key, fieldOf(event, Value)]);
    return [
      {
        metric: MetricName,
        value: Number(value),
        ...(dimensions && { dimensions: Object.fromEntries(dimensions) }),
      },
    ];
  });
}

const REQUEST = {
  level: 'info',
  time: '2026-11-21T18:00:00.000Z',
  service: 'order',
  event: 'request',
  method: 'PUT',
  path: '/orders/1',
  status: 200,
  ms: 12,
  requestId: 'r1',
};

const event = (line: object, namespace = 'shop'): LogEvent => ({
  stream: 'stdout',
  log_processed: line,
  kubernetes: { pod_name: 'order-5d9', namespace_name: namespace },
});

const ofOrder = { dimensions: { Service: 'order' } };
const time = (value: number) => ({ metric: 'RequestTime', value, ...ofOrder });
const error = { metric: 'Errors', value: 1, ...ofOrder };

describe('a line of a log', () => {
  test.each<[string, object, Datapoint[]]>([
    ['of an answer is a time', REQUEST, [time(12)]],
    ['of an answer that took no time is a time', { ...REQUEST, ms: 0 }, [time(0)]],
    ['of an error is an error, too', { ...REQUEST, status: 500 }, [time(12), error]],
    ['of a service that others lack is an error, too', { ...REQUEST, status: 503 }, [time(12), error]],
    ['of a refusal is none', { ...REQUEST, status: 499 }, [time(12)]],
    ['of an answer to other services is a time', { ...REQUEST, port: 'internal' }, [time(12)]],
    ['of a health check that fails is nothing', { ...REQUEST, path: '/readyz', status: 503 }, []],
    ['of a health check of the process is nothing', { ...REQUEST, path: '/healthz', status: 500 }, []],
    [
      'of a step is its time',
      { ...REQUEST, event: 'step', step: 'reserve', ms: 3.4, path: undefined, status: undefined },
      [{ metric: 'StepTime', value: 3.4, dimensions: { Step: 'reserve' } }],
    ],
    ['of a step without a name is nothing', { ...REQUEST, event: 'step' }, []],
    [
      'of a stuck order is counted',
      { service: 'order', level: 'error', event: 'order stuck', orderId: 'o1', attempts: 10 },
      [{ metric: 'OrdersStuck', value: 1 }],
    ],
    [
      'of an order that can not be read is counted',
      { service: 'order', level: 'error', event: 'order unreadable', orderId: 'o1' },
      [{ metric: 'OrdersStuck', value: 1 }],
    ],
    ['of an order that waits is nothing', { service: 'order', event: 'order postponed' }, []],
    [
      'of background work that failed is counted',
      { service: 'review', level: 'error', event: 'background', name: 'outbox' },
      [{ metric: 'BackgroundFailures', value: 1 }],
    ],
    ['of anything else is nothing', { service: 'order', event: 'started', ms: 5 }, []],
    ['without a service is nothing', { ...REQUEST, service: undefined }, []],
    ['without a time is no time', { ...REQUEST, ms: undefined, status: 500 }, [error]],
  ])('%s', (_, line, expected) => {
    expect(datapointsOf(event(line))).toEqual(expected);
  });

  test.each([
    REQUEST,
    { event: 'order stuck' },
    { event: 'background' },
    { event: 'step', step: 'pay', ms: 1 },
  ])('of another application is nothing: %j', (line) => {
    expect(datapointsOf(event(line))).not.toEqual([]);
    expect(datapointsOf(event(line, 'shop2'))).toEqual([]);
    expect(datapointsOf(line)).toEqual([]);
  });
});

describe('metrics', () => {
  const filters = Object.values(resourcesOf(template, 'AWS::Logs::MetricFilter')).map(
    ({ Properties }) =>
      Properties as { LogGroupName: unknown; MetricTransformations: Record<string, unknown>[] },
  );

  test('are made of the log group of the applications', () => {
    const [logGroup] = Object.keys(resourcesOf(template, 'AWS::Logs::LogGroup'));
    for (const { LogGroupName } of filters) expect(LogGroupName).toEqual({ Ref: logGroup });
  });

  test('have no default value, which CloudWatch Logs refuses beside dimensions', () => {
    const transformations = filters.flatMap(({ MetricTransformations }) => MetricTransformations);
    for (const transformation of transformations) expect(transformation).not.toHaveProperty('DefaultValue');
  });

  test('are five filters, and 20 metrics to be paid for', () => {
    const times: Record<string, number> = { Service: 6, Step: 6 };
    const counts = filters.flatMap(({ MetricTransformations }) =>
      MetricTransformations.map(({ Dimensions }) => {
        const [dimension] = (Dimensions ?? []) as { Key: string }[];
        return dimension ? times[dimension.Key] : 1;
      }),
    );
    expect(counts.toSorted()).toEqual([1, 1, 6, 6, 6]);
  });

  test('of two shops do not mix', () => {
    const both = ['One', 'Two'].map((id) =>
      metricNamespaceOf(
        templateOfConstructs((stack) => {
          new ShopMonitoring(stack, id, {
            monitoring: new Monitoring(stack, 'Monitoring'),
            resources: addShop(stack, SANDBOX).shop,
            logGroup: logs.LogGroup.fromLogGroupName(stack, 'Applications', 'applications'),
            kubernetesNamespace: 'shop',
          });
        }),
      ),
    );
    expect(both[0]).toMatch(/^Shop\/[\w-]+$/);
    expect(new Set(both).size).toBe(2);
  });
});

describe('alarms', () => {
  test('fire when they should, and no others are there', () => {
    const topics = Object.keys(resourcesOf(template, 'AWS::SNS::Topic'));
    const Ref = topics.find((id) => id.startsWith('MonitoringAlarmTopic'));
    expectAlarmsThatFire(template, shopAlarms(template), { Ref });
  });

  test('take a minute without an error for one with none', () => {
    const metrics = alarmsOf(template).CartErrorRateHigh?.Properties.Metrics as { Expression?: string }[];
    const expression = `${metrics.find(({ Expression }) => Expression)?.Expression}`;
    expect(evaluateMetricMath(expression, { cartRequests: 10, cartErrors: undefined })).toBe(0);
    expect(evaluateMetricMath(expression, { cartRequests: 10, cartErrors: 1 })).toBe(10);
  });

  test('on latency wait for enough requests', () => {
    const alarms = alarmsOf(template);
    for (const service of SHOP_SERVICES) {
      const name = service.replace(/^./, (letter) => letter.toUpperCase());
      expect(alarms[`${name}LatencyHigh`]?.Properties.EvaluateLowSampleCountPercentile).toBe('ignore');
    }
  });

  test('fire at other thresholds, and say so', () => {
    const alarms = alarmsOf(build({ errorRate: 1, latency: 250, eventAge: Duration.minutes(1) }));
    const state = (name: string, series: Record<string, number[]>) => {
      const alarm = alarms[name];
      return alarm && stateAfterMetrics(alarm, series);
    };
    const five = (value: number) => Array<number>(5).fill(value);
    expect(state('CartErrorRateHigh', { RequestTime: five(100), Errors: five(2) })).toBe('ALARM');
    expect(state('CartErrorRateHigh', { RequestTime: five(100), Errors: five(1) })).toBe('OK');
    expect(state('CartLatencyHigh', { RequestTime: five(251) })).toBe('ALARM');
    expect(state('CartLatencyHigh', { RequestTime: five(250) })).toBe('OK');
    expect(state('CartEventsWaiting', { ApproximateAgeOfOldestMessage: [60] })).toBe('ALARM');
    expect(state('CartEventsWaiting', { ApproximateAgeOfOldestMessage: [59] })).toBe('OK');
    expect(alarms.CartErrorRateHigh?.Properties.AlarmDescription).toContain('More than 1 %');
    expect(alarms.CartLatencyHigh?.Properties.AlarmDescription).toContain('250 ms');
    expect(alarms.CartEventsWaiting?.Properties.AlarmDescription).toContain('waited 1 minutes');
  });
});

test('the dashboard shows two rows, each line of a graph once', () => {
  const rows = rowsOf(template).slice(1);
  const titles = rows.map((row) => row.map(({ properties: { title } }) => title));
  expect(titles).toEqual([
    ['Requests a minute by service', 'Errors by service, percent', 'Latency by service, p99 in milliseconds'],
    [
      'Steps of a purchase, p99 in milliseconds',
      'Stuck orders and failures of background work',
      'Oldest event by service, seconds',
      'Events that failed by service',
    ],
  ]);
  const shown = (row: number, column: number) => JSON.stringify(rows[row]?.[column]?.properties.metrics);
  for (const service of SHOP_SERVICES) {
    for (const column of [0, 1, 2]) expect(shown(0, column)).toContain(`"label":"${service}"`);
  }
  for (const step of ['reserve', 'pay', 'confirm', 'record', 'release', 'void']) {
    expect(shown(1, 0)).toContain(`"label":"${step}"`);
  }
  for (const consumer of ['product', 'cart', 'review']) {
    for (const column of [2, 3]) expect(shown(1, column)).toContain(`"label":"${consumer}"`);
  }
});

describe('thresholds that can not be', () => {
  test.each<[ShopThresholds, RegExp]>([
    [{ errorRate: 0 }, /thresholds\.errorRate: 0 is not possible; give 1 to 99 percent/],
    [{ errorRate: 100 }, /thresholds\.errorRate: 100 .*1 to 99/],
    [{ errorRate: 2.5 }, /thresholds\.errorRate: 2\.5/],
    [{ latency: 0 }, /thresholds\.latency: 0 .*1 to 60000 milliseconds/],
    [{ latency: 60_001 }, /thresholds\.latency: 60001/],
    [
      { eventAge: Duration.seconds(30) },
      /thresholds\.eventAge: "Duration\.seconds\(30\)" .*1 to 1440 whole minutes/,
    ],
    [{ eventAge: Duration.hours(25) }, /thresholds\.eventAge/],
  ])('are refused: %j', (thresholds, message) => {
    expect(() => build(thresholds)).toThrow(message);
  });

  test('are told at once', () => {
    expect(() => build({ errorRate: 0, latency: 0 })).toThrow(
      /ShopMonitoring at Stack\/ShopWatch has 2 problems/,
    );
  });

  test.each<ShopThresholds>([
    { errorRate: 1, latency: 1, eventAge: Duration.minutes(1) },
    { errorRate: 99, latency: 60_000, eventAge: Duration.days(1) },
    { errorRate: Lazy.number({ produce: () => 7 }) },
  ])('are not: %j', (thresholds) => {
    expect(() => build(thresholds)).not.toThrow();
  });
});

test('nothing is unacknowledged in AwsSolutions and Serverless', () => {
  const { findings, stale } = validate((app) => {
    addMonitoring(new Stack(app, 'Stack', { env: { region: 'ap-northeast-1' } }));
  });
  expect(findings.filter(({ pack }) => ['AwsSolutions', 'Serverless'].includes(pack))).toEqual([]);
  expect(stale).toEqual([]);
});
