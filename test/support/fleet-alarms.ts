import { expect } from 'vitest';
import type { Profile } from '../../lib/profile';
import { type AlarmState, metricsOf, stateAfterMetrics, type WatchedMetric } from './alarms';
import { type Resource, resourcesOf, type StackTemplate, theOnly } from './apps';
import { groupOf } from './fleet';

type Series = Readonly<Record<string, readonly (number | undefined)[]>>;

/** What an alarm watches, and what makes it fire or stay. */
export interface AlarmCase {
  readonly watches: Record<string, WatchedMetric>;
  readonly fires: Series[];
  readonly stays: Series[];

  /** Its state when none of its metrics has a datapoint. */
  readonly silent: AlarmState;
}

const GIB = 2 ** 30;
const minutes = (count: number, value: number | undefined) => Array<number | undefined>(count).fill(value);

/** A metric of the group, each minute. */
export function groupMetric(template: StackTemplate, statistic: string): WatchedMetric {
  const dimensions = { AutoScalingGroupName: { Ref: groupOf(template).id } };
  return { namespace: 'AWS/AutoScaling', statistic, period: 60, dimensions };
}

/** The alarms of a load balancer, a fleet and a database, by their ids. */
export function fleetAlarms(template: StackTemplate): Record<string, AlarmCase> {
  const loadBalancer = theOnly(template, 'AWS::ElasticLoadBalancingV2::LoadBalancer').id;
  const targetGroup = theOnly(template, 'AWS::ElasticLoadBalancingV2::TargetGroup').id;
  const [listener = ''] = Object.keys(resourcesOf(template, 'AWS::ElasticLoadBalancingV2::Listener')).filter(
    (id) => /Listener[0-9A-F]{8}$/.test(id),
  );
  const part = (index: number) => ({ 'Fn::Select': [index, { 'Fn::Split': ['/', { Ref: listener }] }] });
  const atTargets = (statistic: string): WatchedMetric => ({
    namespace: 'AWS/ApplicationELB',
    statistic,
    period: 60,
    dimensions: {
      // app/<name>/<id>, out of the listener's ARN.
      LoadBalancer: { 'Fn::Join': ['', [part(1), '/', part(2), '/', part(3)]] },
      TargetGroup: { 'Fn::GetAtt': [targetGroup, 'TargetGroupFullName'] },
    },
  });
  const atLoadBalancer = (statistic: string): WatchedMetric => ({
    namespace: 'AWS/ApplicationELB',
    statistic,
    period: 60,
    dimensions: { LoadBalancer: { 'Fn::GetAtt': [loadBalancer, 'LoadBalancerFullName'] } },
  });
  const atDatabase = (statistic: string): WatchedMetric => ({
    namespace: 'AWS/RDS',
    statistic,
    period: 300,
    dimensions: { DBInstanceIdentifier: { Ref: theOnly(template, 'AWS::RDS::DBInstance').id } },
  });
  const errors = (
    requests: (number | undefined)[],
    own: (number | undefined)[],
    servers: (number | undefined)[],
  ): Series => ({
    RequestCount: requests,
    HTTPCode_ELB_5XX_Count: own,
    HTTPCode_Target_5XX_Count: servers,
  });
  return {
    NoHealthyServer: {
      watches: { HealthyHostCount: atTargets('Maximum') },
      fires: [{ HealthyHostCount: [2, 0, 0] }, { HealthyHostCount: [0, undefined] }],
      stays: [{ HealthyHostCount: [0, 1] }, { HealthyHostCount: [0, 0, 2] }],
      silent: 'ALARM',
    },
    ServerUnhealthy: {
      watches: { UnHealthyHostCount: atTargets('Minimum') },
      fires: [{ UnHealthyHostCount: [0, 1, 1, 1, 2, 1] }],
      stays: [{ UnHealthyHostCount: [1, 1, 1, 0, 1] }, { UnHealthyHostCount: [1, 1, undefined, 1, 1] }],
      silent: 'OK',
    },
    ErrorRateHigh: {
      watches: {
        RequestCount: atLoadBalancer('Sum'),
        HTTPCode_ELB_5XX_Count: atLoadBalancer('Sum'),
        HTTPCode_Target_5XX_Count: atLoadBalancer('Sum'),
      },
      fires: [
        errors(minutes(5, 100), minutes(5, undefined), [6, undefined, 6, 0, 6]),
        // Without any server there are no requests, only the load balancer's own answers.
        errors(minutes(5, undefined), minutes(5, 20), minutes(5, undefined)),
        errors(minutes(5, 98), minutes(5, 2), minutes(5, 4)),
      ],
      stays: [
        errors(minutes(5, 100), minutes(5, undefined), minutes(5, 5)),
        errors(minutes(5, 100), minutes(5, undefined), [50, undefined, 50, undefined, undefined]),
        errors(minutes(5, 98), minutes(5, 2), minutes(5, 3)),
        errors(minutes(5, 1000), minutes(5, undefined), minutes(5, undefined)),
        errors(minutes(5, 0), minutes(5, 0), minutes(5, 0)),
      ],
      silent: 'OK',
    },
    LatencyHigh: {
      watches: { TargetResponseTime: atLoadBalancer('p99') },
      fires: [
        { TargetResponseTime: [2.1, 0.1, 3, 0.1, 10] },
        { TargetResponseTime: [3, 3, 3, undefined, undefined] },
      ],
      stays: [{ TargetResponseTime: minutes(5, 2) }, { TargetResponseTime: [3, 3, undefined, undefined, 1] }],
      silent: 'OK',
    },
    FleetTooSmall: {
      watches: {
        GroupDesiredCapacity: groupMetric(template, 'Maximum'),
        GroupInServiceInstances: groupMetric(template, 'Minimum'),
      },
      fires: [
        { GroupDesiredCapacity: minutes(15, 2), GroupInServiceInstances: minutes(15, 1) },
        { GroupDesiredCapacity: minutes(15, 2), GroupInServiceInstances: minutes(15, 0) },
      ],
      stays: [
        // A group without servers in service sends 0; without a datapoint there is no group that says anything.
        { GroupDesiredCapacity: minutes(15, 2), GroupInServiceInstances: minutes(15, undefined) },
        { GroupDesiredCapacity: minutes(15, 2), GroupInServiceInstances: [...minutes(14, 1), 2] },
        { GroupDesiredCapacity: minutes(15, 2), GroupInServiceInstances: minutes(15, 2) },
        // An instance refresh runs new servers beside the old ones.
        { GroupDesiredCapacity: minutes(15, 2), GroupInServiceInstances: minutes(15, 3) },
      ],
      silent: 'OK',
    },
    DatabaseStorageLow: {
      watches: { FreeStorageSpace: atDatabase('Minimum') },
      fires: [{ FreeStorageSpace: [1.9 * GIB, 1.9 * GIB, 1.8 * GIB] }],
      stays: [{ FreeStorageSpace: [2 * GIB, 1.9 * GIB, 1.8 * GIB] }],
      silent: 'INSUFFICIENT_DATA',
    },
    DatabaseConnectionsHigh: {
      watches: { DatabaseConnections: atDatabase('Maximum') },
      fires: [{ DatabaseConnections: [48, 55, 60] }],
      stays: [{ DatabaseConnections: [47, 55, 60] }],
      silent: 'INSUFFICIENT_DATA',
    },
  };
}

/** The alarms that notify people, by the ids that they were added with. */
export function alarmsOf(template: StackTemplate): Record<string, Resource & { readonly id: string }> {
  const found = Object.entries(resourcesOf(template, 'AWS::CloudWatch::Alarm')).flatMap(([id, alarm]) => {
    const name = /Monitoring(\w+)[0-9A-F]{8}$/.exec(id)?.[1];
    return name ? [[name, { id, ...alarm }] as const] : [];
  });
  return Object.fromEntries(found);
}

/** These alarms are there and no others; each watches what it should, fires when it should, and tells the topic. */
export function expectAlarms(
  template: StackTemplate,
  cases: Record<string, AlarmCase>,
  topic: unknown,
): void {
  expectAlarmsThatFire(template, cases, topic);
  const alarms = alarmsOf(template);
  for (const { DependsOn } of Object.values(alarms)) {
    // Before the servers are there, an alarm on their number would tell what everyone knows.
    expect(DependsOn).toContain(groupOf(template).id);
  }
  // A p99 of a handful of requests is that of the slowest one.
  expect(alarms.LatencyHigh?.Properties.EvaluateLowSampleCountPercentile).toBe('ignore');
}

/** As `expectAlarms`, where there is no fleet. */
export function expectAlarmsThatFire(
  template: StackTemplate,
  cases: Record<string, AlarmCase>,
  topic: unknown,
): void {
  const alarms = alarmsOf(template);
  expect(Object.keys(alarms).sort()).toEqual(Object.keys(cases).sort());
  const dashboard = JSON.stringify(theOnly(template, 'AWS::CloudWatch::Dashboard').Properties);
  for (const [name, { fires, silent, stays, watches }] of Object.entries(cases)) {
    const alarm = alarms[name];
    if (!alarm) throw new Error(`there is no alarm ${name}`);
    expect(metricsOf(alarm)).toEqual(watches);
    expect(alarm.Properties).toMatchObject({ AlarmActions: [topic], OKActions: [topic] });
    expect(alarm.Properties).not.toHaveProperty('ActionsEnabled');
    expect(String(alarm.Properties.AlarmDescription)).toMatch(/\S/);
    expect(dashboard).toContain(alarm.id);
    const nothing = Object.fromEntries(
      Object.keys(watches).map((metric) => [metric, minutes(15, undefined)]),
    );
    const states = (series: readonly Series[]) => series.map((each) => stateAfterMetrics(alarm, each));
    expect({ name, fires: states(fires), stays: states(stays), silent: states([nothing]) }).toEqual({
      name,
      fires: fires.map(() => 'ALARM'),
      stays: stays.map(() => 'OK'),
      silent: [silent],
    });
  }
}

/** The stack's own topic lets alarms of this account publish, and nothing in clear text. */
export function expectTopicForAlarms(template: StackTemplate): void {
  const topic = theOnly(template, 'AWS::SNS::Topic');
  // Under the account's own SNS key, alarms can't publish.
  expect(topic.Properties).toBeUndefined();
  const { PolicyDocument } = theOnly(template, 'AWS::SNS::TopicPolicy').Properties as {
    PolicyDocument: { Statement: Record<string, unknown>[] };
  };
  const allowed = PolicyDocument.Statement.filter(({ Effect }) => Effect === 'Allow');
  // A policy of the topic's own replaces SNS's default one: without this statement no alarm could publish.
  expect(allowed).toMatchObject([
    {
      Action: 'sns:Publish',
      Principal: { Service: 'cloudwatch.amazonaws.com' },
      Resource: { Ref: topic.id },
      Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
    },
  ]);
  expect(JSON.stringify(allowed)).toContain('":alarm:*"');
  expect(PolicyDocument.Statement.filter(({ Effect }) => Effect === 'Deny')).toMatchObject([
    { Action: 'sns:Publish', Condition: { Bool: { 'aws:SecureTransport': 'false' } }, Principal: '*' },
  ]);
}

/** The group sends all its metrics, each minute: without them its alarms and graphs see nothing. */
export function expectGroupMetrics(template: StackTemplate): void {
  expect(groupOf(template).Properties.MetricsCollection).toEqual([{ Granularity: '1Minute' }]);
}

/** How often the servers' CPU load is graphed: as often as they send it. */
export function expectCpuPeriod(template: StackTemplate, { detailedMonitoring }: Profile): void {
  const dashboard = JSON.stringify(theOnly(template, 'AWS::CloudWatch::Dashboard').Properties);
  const [, period] =
    /\\"CPUUtilization\\",\\"AutoScalingGroupName\\".{0,120}?\\"period\\":(\d+)/.exec(dashboard) ?? [];
  // The dashboard's own default, five minutes, stands in no graph.
  expect(period ?? '300').toBe(detailedMonitoring ? '60' : '300');
}

/** What the topic is told goes to an address. */
export function expectMail(template: StackTemplate, address: string): void {
  expect(theOnly(template, 'AWS::SNS::Subscription').Properties).toMatchObject({
    Protocol: 'email',
    Endpoint: address,
    TopicArn: { Ref: theOnly(template, 'AWS::SNS::Topic').id },
  });
}
