import { SHOP_SERVICES, type ShopServiceName } from '../../lib/microservices/shop-services';
import type { WatchedMetric } from './alarms';
import { resourcesOf, type StackTemplate } from './apps';
import type { AlarmCase } from './fleet-alarms';

const minutes = (count: number, value: number | undefined) => Array<number | undefined>(count).fill(value);

const capital = (word: string) => `${word.slice(0, 1).toUpperCase()}${word.slice(1)}`;

/** The namespace of the metrics that a template makes of log lines. */
export function metricNamespaceOf(template: StackTemplate): string {
  const namespaces = Object.values(resourcesOf(template, 'AWS::Logs::MetricFilter')).flatMap(
    ({ Properties }) =>
      (Properties.MetricTransformations as { MetricNamespace: string }[]).map(
        ({ MetricNamespace }) => MetricNamespace,
      ),
  );
  const [namespace = '', ...others] = new Set(namespaces);
  if (others.length > 0) throw new Error(`there are several namespaces: ${namespace}, ${others.join(', ')}`);
  return namespace;
}

/** The alarms of the shop by their ids, with the default thresholds. */
export function shopAlarms(template: StackTemplate): Record<string, AlarmCase> {
  const namespace = metricNamespaceOf(template);
  const own = (statistic: string, period: number, dimensions = {}): WatchedMetric => ({
    namespace,
    statistic,
    period,
    dimensions,
  });
  const ofQueue = (words: string): WatchedMetric => {
    const id = Object.keys(resourcesOf(template, 'AWS::SQS::Queue')).find((each) => each.includes(words));
    return {
      namespace: 'AWS/SQS',
      statistic: 'Maximum',
      period: 300,
      dimensions: { QueueName: { 'Fn::GetAtt': [id, 'QueueName'] } },
    };
  };
  return {
    ...Object.fromEntries(SHOP_SERVICES.flatMap((service) => Object.entries(ofService(service, own)))),
    ...Object.fromEntries(
      ['Product', 'Cart', 'Review'].flatMap((name) => [
        [
          `${name}EventsWaiting`,
          {
            watches: { ApproximateAgeOfOldestMessage: ofQueue(`${name}Queue`) },
            fires: [{ ApproximateAgeOfOldestMessage: [0, 600] }],
            stays: [{ ApproximateAgeOfOldestMessage: [900, 599] }],
            silent: 'OK' as const,
          },
        ],
        [
          `${name}EventsFailed`,
          {
            watches: { ApproximateNumberOfMessagesVisible: ofQueue(`${name}DeadLetters`) },
            fires: [{ ApproximateNumberOfMessagesVisible: [0, 1] }],
            stays: [{ ApproximateNumberOfMessagesVisible: [1, 0] }],
            silent: 'OK' as const,
          },
        ],
      ]),
    ),
    OrdersStuck: {
      watches: { OrdersStuck: own('Sum', 300) },
      fires: [{ OrdersStuck: [undefined, 1] }],
      stays: [{ OrdersStuck: [1, undefined] }],
      silent: 'OK',
    },
    BackgroundWorkFailing: {
      watches: { BackgroundFailures: own('Sum', 300) },
      fires: [{ BackgroundFailures: [1, 150, 1] }],
      stays: [
        { BackgroundFailures: [150, undefined, 150] },
        { BackgroundFailures: [150, 150, undefined] },
        { BackgroundFailures: [undefined, 150, 150] },
      ],
      silent: 'OK',
    },
  };
}

function ofService(
  service: ShopServiceName,
  own: (statistic: string, period: number, dimensions: Record<string, string>) => WatchedMetric,
): Record<string, AlarmCase> {
  const dimensions = { Service: service };
  const errors = (requests: (number | undefined)[], failed: (number | undefined)[]) => ({
    RequestTime: requests,
    Errors: failed,
  });
  return {
    [`${capital(service)}ErrorRateHigh`]: {
      watches: { RequestTime: own('SampleCount', 60, dimensions), Errors: own('Sum', 60, dimensions) },
      fires: [
        errors(minutes(5, 100), [6, undefined, 6, 0, 6]),
        errors([1, undefined, 1, undefined, 1], [1, undefined, 1, undefined, 1]),
      ],
      stays: [
        errors(minutes(5, 100), minutes(5, 5)),
        errors(minutes(5, 100), [100, 100, undefined, 0, 0]),
        errors(minutes(5, 1000), minutes(5, undefined)),
      ],
      silent: 'OK',
    },
    [`${capital(service)}LatencyHigh`]: {
      watches: { RequestTime: own('p99', 60, dimensions) },
      fires: [
        { RequestTime: [3001, 100, 4000, 100, 9999] },
        { RequestTime: [4000, 4000, 4000, undefined, undefined] },
      ],
      stays: [{ RequestTime: minutes(5, 3000) }, { RequestTime: [9999, 9999, undefined, undefined, 100] }],
      silent: 'OK',
    },
  };
}
