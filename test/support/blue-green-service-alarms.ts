import type { WatchedMetric } from './alarms';
import type { StackTemplate } from './apps';
import { listenersOf, partsOf } from './blue-green-service';
import type { AlarmCase } from './fleet-alarms';

type Points = readonly (number | undefined)[];

const minutes = (count: number, value: number | undefined): Points =>
  Array<number | undefined>(count).fill(value);
const NONE = minutes(5, undefined);

/** The alarms of a service by their ids, without what they are called after. */
export function serviceAlarms(
  template: StackTemplate,
  environment = 'BetaService',
  port = '80',
): Record<string, AlarmCase> {
  const { blue, green, workflow } = partsOf(template, environment);
  const { id: listener, Properties } = listenersOf(template)[port] ?? {};
  const { Ref: balancer } = (Properties?.LoadBalancerArn ?? {}) as { Ref?: string };
  const part = (index: number) => ({ 'Fn::Select': [index, { 'Fn::Split': ['/', { Ref: listener }] }] });
  const at = (group: { id: string }, name: string, statistic: string): WatchedMetric => ({
    name,
    namespace: 'AWS/ApplicationELB',
    statistic,
    period: 60,
    dimensions: {
      // app/<name>/<id>, out of the listener's ARN.
      LoadBalancer: { 'Fn::Join': ['', [part(1), '/', part(2), '/', part(3)]] },
      TargetGroup: { 'Fn::GetAtt': [group.id, 'TargetGroupFullName'] },
    },
  });
  const both = (name: string, statistic: string, suffix = '') => ({
    [`blue${suffix}`]: at(blue, name, statistic),
    [`green${suffix}`]: at(green, name, statistic),
  });
  const ofWorkflow = (): WatchedMetric => ({
    namespace: 'AWS/States',
    statistic: 'Sum',
    period: 60,
    dimensions: { StateMachineArn: { Ref: workflow.id } },
  });
  const errors = (
    requests: [Points, Points],
    failed: [Points, Points],
    own: Points = minutes(3, undefined),
  ) => ({
    HTTPCode_ELB_5XX_Count: own,
    blue: requests[0],
    green: requests[1],
    blueErrors: failed[0],
    greenErrors: failed[1],
  });
  return {
    ErrorRateHigh: {
      watches: {
        ...both('RequestCount', 'Sum'),
        ...both('HTTPCode_Target_5XX_Count', 'Sum', 'Errors'),
        HTTPCode_ELB_5XX_Count: {
          namespace: 'AWS/ApplicationELB',
          statistic: 'Sum',
          period: 60,
          dimensions: { LoadBalancer: { 'Fn::GetAtt': [balancer, 'LoadBalancerFullName'] } },
        },
      },
      fires: [
        errors([minutes(3, 100), minutes(3, undefined)], [[6, undefined, 6], minutes(3, undefined)]),
        errors([minutes(3, undefined), minutes(3, 100)], [minutes(3, undefined), [undefined, 6, 6]]),
        // Containers that break off, and nobody who could answer.
        errors(
          [minutes(3, 94), minutes(3, undefined)],
          [minutes(3, undefined), minutes(3, undefined)],
          [6, 6, 6],
        ),
        errors(
          [minutes(3, undefined), minutes(3, undefined)],
          [minutes(3, undefined), minutes(3, undefined)],
          [1, 1, 1],
        ),
        // Half of the users are on the new version, and only that one errs.
        errors([minutes(3, 50), minutes(3, 50)], [minutes(3, 0), minutes(3, 6)]),
        errors([minutes(3, 50), minutes(3, 50)], [minutes(3, 3), minutes(3, 3)]),
      ],
      stays: [
        errors([minutes(3, 100), minutes(3, undefined)], [minutes(3, 5), minutes(3, undefined)]),
        errors([minutes(3, 100), minutes(3, 100)], [minutes(3, 5), minutes(3, 5)]),
        errors([minutes(3, undefined), minutes(3, 100)], [minutes(3, undefined), [100, 0, 0]]),
        errors([minutes(3, 0), minutes(3, 0)], [minutes(3, 0), minutes(3, 0)]),
        errors([minutes(3, 95), minutes(3, 0)], [minutes(3, 0), minutes(3, 0)], minutes(3, 5)),
      ],
      silent: 'OK',
    },
    NoHealthyTask: {
      watches: both('HealthyHostCount', 'Maximum'),
      fires: [
        { blue: [2, 0, 0], green: minutes(3, undefined) },
        { blue: minutes(3, undefined), green: [2, 0, 0] },
        { blue: [2, 0, undefined], green: [2, 0, 0] },
      ],
      stays: [
        { blue: minutes(3, undefined), green: minutes(3, 2) },
        { blue: minutes(3, 1), green: minutes(3, undefined) },
        { blue: [2, 1, 0], green: [0, 0, 1] },
        { blue: [2, 0, 1], green: minutes(3, 0) },
      ],
      silent: 'ALARM',
    },
    TaskUnhealthy: {
      watches: both('UnHealthyHostCount', 'Minimum'),
      fires: [
        { blue: minutes(5, 1), green: NONE },
        { blue: NONE, green: minutes(5, 1) },
        { blue: [1, 1, 0, 0, 1], green: [0, 0, 1, 2, 0] },
      ],
      stays: [
        { blue: [1, 1, 1, 0, 1], green: NONE },
        { blue: minutes(5, 0), green: minutes(5, 0) },
      ],
      silent: 'OK',
    },
    LatencyHigh: {
      watches: both('TargetResponseTime', 'p99', 'Time'),
      fires: [
        { blueTime: [2.1, 0.1, 3, 0.1, 10], greenTime: NONE },
        { blueTime: NONE, greenTime: [3, 3, 3, undefined, undefined] },
        { blueTime: [3, 0.1, 0.1, 0.1, 0.1], greenTime: [0.1, 3, 3, 0.1, 0.1] },
      ],
      stays: [
        { blueTime: minutes(5, 2), greenTime: minutes(5, 2) },
        { blueTime: [3, 3, 1, 1, 1], greenTime: NONE },
      ],
      silent: 'OK',
    },
    ReleaseFailed: {
      watches: { ExecutionsFailed: ofWorkflow(), ExecutionsTimedOut: ofWorkflow() },
      fires: [
        { ExecutionsFailed: [0, 1], ExecutionsTimedOut: [undefined, undefined] },
        { ExecutionsFailed: [undefined, undefined], ExecutionsTimedOut: [0, 1] },
      ],
      stays: [{ ExecutionsFailed: [1, 0], ExecutionsTimedOut: [0, 0] }],
      silent: 'OK',
    },
  };
}

/** Cases by the ids of a service's alarms. */
export const alarmsOfService = (name: string, cases: Record<string, AlarmCase>): Record<string, AlarmCase> =>
  Object.fromEntries(Object.entries(cases).map(([id, each]) => [`${name}${id}`, each]));
