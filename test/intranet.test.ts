import { Duration, Stack } from 'aws-cdk-lib';
import { Schedule } from 'aws-cdk-lib/aws-autoscaling';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as route53 from 'aws-cdk-lib/aws-route53';
import { expect } from 'vitest';
import { Intranet, type IntranetProps } from '../lib/intranet/intranet';
import { IntranetStack, type IntranetStackProps } from '../lib/intranet/intranet-stack';
import type { Scaling } from '../lib/intranet/scaling-options';
import { PRODUCTION, type Profile, SANDBOX } from '../lib/profile';
import {
  createApp,
  resourcesOf,
  type StackTemplate,
  templateOf,
  templateOfConstructs,
  theOnly,
} from './support/apps';
import { OWN_APPLICATION } from './support/bad-input';
import {
  attributesOf,
  firstBootOf,
  groupOf,
  permissionsOf,
  serverOf,
  serverRoleOf,
  textOf,
  tiersOf,
} from './support/fleet';
import {
  type AlarmCase,
  alarmsOf,
  expectAlarms,
  expectCpuPeriod,
  expectGroupMetrics,
  expectMail,
  expectTopicForAlarms,
  fleetAlarms,
  groupMetric,
} from './support/fleet-alarms';
import {
  expectBootHook,
  expectBootOrder,
  expectDatabase,
  expectExit,
  expectHardenedServers,
  expectLeave,
  expectOneTemplate,
  expectOtherServers,
  expectOwnFleet,
  expectRollingReplacement,
  expectServerRole,
  expectShippedLogs,
  expectSignals,
} from './support/fleet-proofs';
import { allowedConnections, routesOf, subnetsOf } from './support/network';
import { promisesOf } from './support/promises';
import { productionProblems, sandboxProblems } from './support/round-trip';
import { changeAt, policiesOf, stepAlarmsOf } from './support/scaling';

const promise = promisesOf('intranet');

const ZONE = { hostedZoneId: 'Z0123456789ABCDEFGHIJ', zoneName: 'example.com' };
const DOMAIN = { hostedZone: ZONE, domainName: 'intranet.example.com' };
const ARN = 'arn:aws:acm:ap-northeast-1:123456789012:certificate/12345678-1234-1234-1234-123456789012';
const clientRanges = ['10.0.0.0/8', '192.168.0.0/16'];

function synthesize(props: Partial<IntranetStackProps> = {}): StackTemplate {
  return templateOf((app) => new IntranetStack(app, 'Intranet', { clientRanges, ...props }));
}

const nat = synthesize();
const endpoints = synthesize({ egress: 'endpoints' });
const natSandbox = synthesize({ profile: SANDBOX });
const endpointsSandbox = synthesize({ profile: SANDBOX, egress: 'endpoints' });
const named = synthesize(DOMAIN);

const WITH_NAT: [StackTemplate, Profile][] = [
  [nat, PRODUCTION],
  [natSandbox, SANDBOX],
  [named, PRODUCTION],
];
const WITH_ENDPOINTS: [StackTemplate, Profile][] = [
  [endpoints, PRODUCTION],
  [endpointsSandbox, SANDBOX],
];
const EVERY = [...WITH_NAT, ...WITH_ENDPOINTS];

const GROUP = 'LoadBalancerSecurityGroup';

promise('IN-1', () => {
  for (const [template] of EVERY) {
    const ports = template === named ? ['443', '80'] : ['80'];
    const expected = clientRanges.flatMap((peer) => ports.map((port) => ({ group: GROUP, peer, port })));
    const ingress = allowedConnections(template, 'Ingress').filter(({ group }) => group === GROUP);
    expect(ingress).toHaveLength(expected.length);
    expect(ingress).toEqual(expect.arrayContaining(expected));
    const ranges = allowedConnections(template, 'Ingress').filter(({ peer }) => /[./:]/.test(peer));
    expect(ranges).toEqual(ingress);
    const loadBalancer = theOnly(template, 'AWS::ElasticLoadBalancingV2::LoadBalancer').Properties;
    expect(loadBalancer.Scheme).toBe('internal');
    expect(loadBalancer.SecurityGroups).toHaveLength(1);
  }
});

promise('IN-1', () => {
  for (const [template, profile] of EVERY) {
    const gateways = Object.values(resourcesOf(template, 'AWS::EC2::NatGateway'));
    const addresses = gateways.map(({ Properties }) => Properties.AllocationId);
    const hasNat = WITH_NAT.some(([each]) => each === template);
    expect(gateways).toHaveLength(hasNat ? profile.natGateways : 0);
    expect(addresses).toEqual(
      Object.keys(resourcesOf(template, 'AWS::EC2::EIP')).map((id) => ({
        'Fn::GetAtt': [id, 'AllocationId'],
      })),
    );
    for (const { Properties } of Object.values(resourcesOf(template, 'AWS::EC2::Subnet'))) {
      expect(Properties.MapPublicIpOnLaunch).toBe(false);
    }
    expect(serverOf(template).NetworkInterfaces).toMatchObject([{ AssociatePublicIpAddress: false }]);
    expect(theOnly(template, 'AWS::RDS::DBInstance').Properties.PubliclyAccessible).toBe(false);
  }
});

const byText = (one: object, other: object) => JSON.stringify(one).localeCompare(JSON.stringify(other));

promise('IN-2', () => {
  for (const [template] of EVERY) {
    const toEndpoints = WITH_ENDPOINTS.some(([each]) => each === template)
      ? [{ group: 'ServersSecurityGroup', peer: 'NetworkEndpointsSecurityGroup', port: '443' }]
      : [];
    const inside = allowedConnections(template, 'Ingress').filter(
      ({ group }) => group === 'ServersSecurityGroup' || group === 'DatabaseSecurityGroup',
    );
    expect(inside).toEqual([
      { group: 'DatabaseSecurityGroup', peer: 'ServersSecurityGroup', port: '3306' },
      { group: 'ServersSecurityGroup', peer: GROUP, port: '8080' },
    ]);
    expect(allowedConnections(template, 'Egress').sort(byText)).toEqual(
      [
        { group: GROUP, peer: 'ServersSecurityGroup', port: '8080' },
        { group: 'ServersSecurityGroup', peer: '0.0.0.0/0', port: '443' },
        { group: 'ServersSecurityGroup', peer: 'DatabaseSecurityGroup', port: '3306' },
        ...toEndpoints,
      ].sort(byText),
    );
    expect(theOnly(template, 'AWS::RDS::DBInstance').Properties.Port).toBe('3306');
    expect(theOnly(template, 'AWS::ElasticLoadBalancingV2::TargetGroup').Properties).toMatchObject({
      Port: 8080,
      Protocol: 'HTTP',
      HealthCheckPath: '/healthz',
    });
  }
});

promise('IN-3', () => {
  const closed = {
    'LoadBalancer 0': 'none',
    'LoadBalancer 1': 'none',
    'Database 0': 'none',
    'Database 1': 'none',
  };
  const toNat = '0.0.0.0/0 to AWS::EC2::NatGateway';
  const toInternet = '0.0.0.0/0 to AWS::EC2::InternetGateway';
  for (const [template] of WITH_NAT) {
    const open = { 'Server 0': toNat, 'Server 1': toNat, 'Nat 0': toInternet, 'Nat 1': toInternet };
    expect(routesOf(template)).toEqual({ ...closed, ...open });
  }
  for (const [template] of WITH_ENDPOINTS) {
    expect(routesOf(template)).toEqual({ ...closed, 'Server 0': 'none', 'Server 1': 'none' });
  }
});

promise('IN-3', () => {
  for (const [template] of EVERY) {
    const { Subnets } = theOnly(template, 'AWS::ElasticLoadBalancingV2::LoadBalancer').Properties;
    expect(tiersOf(template, Subnets)).toEqual(['LoadBalancer 0', 'LoadBalancer 1']);
    expect(tiersOf(template, groupOf(template).Properties.VPCZoneIdentifier)).toEqual([
      'Server 0',
      'Server 1',
    ]);
    const { SubnetIds } = theOnly(template, 'AWS::RDS::DBSubnetGroup').Properties;
    expect(tiersOf(template, SubnetIds)).toEqual(['Database 0', 'Database 1']);
    // A route table of its own for each subnet.
    const tables = Object.values(resourcesOf(template, 'AWS::EC2::SubnetRouteTableAssociation')).map(
      ({ Properties }) => JSON.stringify(Properties.RouteTableId),
    );
    expect(new Set(tables).size).toBe(subnetsOf(template).length);
    const gateways = Object.values(resourcesOf(template, 'AWS::EC2::NatGateway'));
    for (const { Properties } of gateways) {
      expect(tiersOf(template, [Properties.SubnetId])[0]).toMatch(/^Nat /);
    }
  }
});

/** The interface endpoints of a template by service. */
function interfaceEndpointsOf(template: StackTemplate) {
  const all = Object.entries(resourcesOf(template, 'AWS::EC2::VPCEndpoint'))
    .filter(([, { Properties }]) => Properties.VpcEndpointType === 'Interface')
    .map(([id, { Properties }]) => [
      textOf(Properties.ServiceName).split('.').at(-1) ?? '',
      { id, Properties },
    ]);
  return Object.fromEntries(all) as Record<string, { id: string; Properties: Record<string, unknown> }>;
}

promise('IN-4', () => {
  for (const [template] of WITH_ENDPOINTS) {
    for (const type of ['InternetGateway', 'VPCGatewayAttachment', 'NatGateway', 'EIP', 'Route']) {
      expect(resourcesOf(template, `AWS::EC2::${type}`)).toEqual({});
    }
    const found = interfaceEndpointsOf(template);
    expect(Object.keys(found).sort()).toEqual([
      'autoscaling',
      'cloudformation',
      'logs',
      'secretsmanager',
      'ssm',
      'ssmmessages',
    ]);
    for (const { id, Properties } of Object.values(found)) {
      expect(tiersOf(template, Properties.SubnetIds)).toEqual(['Server 0', 'Server 1']);
      expect(Properties).toMatchObject({ PrivateDnsEnabled: true, SecurityGroupIds: [expect.anything()] });
      expect(JSON.stringify(Properties.SecurityGroupIds)).toContain('EndpointsSecurityGroup');
      // The first boot needs them.
      expect(groupOf(template).DependsOn).toContain(id);
    }
    const entrances = allowedConnections(template, 'Ingress').filter(({ group }) =>
      group.includes('Endpoint'),
    );
    expect(entrances).toEqual([
      { group: 'NetworkEndpointsSecurityGroup', peer: 'ServersSecurityGroup', port: '443' },
    ]);
    const [rule = ''] = Object.keys(resourcesOf(template, 'AWS::EC2::SecurityGroupIngress')).filter((id) =>
      id.includes('Endpoints'),
    );
    expect(groupOf(template).DependsOn).toContain(rule);
  }
});

promise('IN-4', () => {
  for (const [template] of WITH_ENDPOINTS) {
    // Whatever the role names, and what the boot signals without a right of its own.
    const services = permissionsOf(template, serverRoleOf(template))
      .flatMap(([actions]) => actions.split(' '))
      .map((action) => action.split(':')[0] ?? '');
    expect(firstBootOf(template)).toContain('cfn-signal');
    const reached = new Set([...Object.keys(interfaceEndpointsOf(template)), 's3']);
    expect(new Set([...services, 'cloudformation'])).toEqual(reached);
    const [gateway] = Object.values(resourcesOf(template, 'AWS::EC2::VPCEndpoint')).filter(
      ({ Properties }) => Properties.VpcEndpointType === 'Gateway',
    );
    expect(textOf(gateway?.Properties.ServiceName)).toMatch(/\.s3$/);
    const tables = Object.keys(resourcesOf(template, 'AWS::EC2::RouteTable')).filter((id) =>
      id.includes('ServerSubnet'),
    );
    expect(tables).toHaveLength(2);
    expect(gateway?.Properties.RouteTableIds).toEqual(expect.arrayContaining(tables.map((Ref) => ({ Ref }))));
    // Nobody else may speak to a port 443 at all.
    const toHttps = allowedConnections(template, 'Egress').filter(({ port }) => port === '443');
    expect(new Set(toHttps.map(({ group }) => group))).toEqual(new Set(['ServersSecurityGroup']));
  }
  for (const [template] of WITH_NAT) expect(interfaceEndpointsOf(template)).toEqual({});
});

promise('IN-5', () => {
  for (const [before, after] of [
    [nat, endpoints],
    [natSandbox, endpointsSandbox],
  ] as const) {
    expect(subnetsOf(before).filter(({ tier }) => tier !== 'Nat')).toEqual(subnetsOf(after));
    expect(subnetsOf(after)).toHaveLength(6);
    for (const type of [
      'AWS::EC2::VPC',
      'AWS::RDS::DBInstance',
      'AWS::RDS::DBSubnetGroup',
      'AWS::RDS::DBParameterGroup',
      'AWS::ElasticLoadBalancingV2::LoadBalancer',
      'AWS::ElasticLoadBalancingV2::TargetGroup',
    ]) {
      expect(theOnly(after, type)).toEqual(theOnly(before, type));
    }
    expect(groupOf(after).Properties).toEqual(groupOf(before).Properties);
  }
});

const targetTracking = (metric: string, target: number) => ({
  TargetTrackingConfiguration: {
    PredefinedMetricSpecification: { PredefinedMetricType: metric },
    TargetValue: target,
  },
});

promise('IN-6', () => {
  for (const [template] of EVERY) {
    const policies = Object.values(resourcesOf(template, 'AWS::AutoScaling::ScalingPolicy'));
    expect(policies.map(({ Properties }) => Properties)).toEqual([
      {
        AutoScalingGroupName: { Ref: groupOf(template).id },
        PolicyType: 'TargetTrackingScaling',
        ...targetTracking('ASGAverageCPUUtilization', 50),
      },
    ]);
    expect(groupOf(template).Properties).toMatchObject({ MinSize: '2', MaxSize: '6' });
  }
});

promise('IN-6', () => {
  const both = synthesize({
    scaling: { targetCpu: 65, targetRequests: 600 },
    minCapacity: 3,
    maxCapacity: 9,
  });
  expect(policiesOf(both, 'TargetTrackingScaling')).toMatchObject([
    targetTracking('ASGAverageCPUUtilization', 65),
    targetTracking('ALBRequestCountPerTarget', 600),
  ]);
  // A policy that may only add servers would never take them away again.
  for (const policy of policiesOf(both, 'TargetTrackingScaling')) {
    expect(policy.TargetTrackingConfiguration).not.toHaveProperty('DisableScaleIn');
  }
  expect(groupOf(both).Properties).toMatchObject({ MinSize: '3', MaxSize: '9' });
  expect(groupOf(both).CreationPolicy).toMatchObject({ ResourceSignal: { Count: 3 } });
  const requests = synthesize({ scaling: { targetRequests: 600 } });
  expect(policiesOf(requests, 'TargetTrackingScaling')).toMatchObject([
    targetTracking('ALBRequestCountPerTarget', 600),
  ]);
});

promise('IN-6', () => {
  const cpuSteps = [
    { upper: 25, change: -1 },
    { lower: 60, change: 1 },
    { lower: 80, change: 2 },
  ];
  const stepped = synthesize({ scaling: { cpuSteps } });
  expect(policiesOf(stepped, 'TargetTrackingScaling')).toEqual([]);
  expect([0, 25, 26, 59, 60, 79, 80, 100].map((load) => changeAt(stepped, load))).toEqual([
    -1, -1, 0, 0, 1, 1, 2, 2,
  ]);
});

const WEEK: Scaling = {
  timeZone: 'Asia/Tokyo',
  schedules: [
    {
      schedule: Schedule.cron({ weekDay: 'MON-FRI', hour: '8', minute: '30' }),
      minCapacity: 3,
      maxCapacity: 8,
    },
    { schedule: Schedule.cron({ weekDay: 'MON-FRI', hour: '19', minute: '0' }), minCapacity: 2 },
  ],
};

promise('IN-7', () => {
  const scheduled = synthesize({ scaling: WEEK });
  const actions = Object.values(resourcesOf(scheduled, 'AWS::AutoScaling::ScheduledAction'));
  const common = { AutoScalingGroupName: { Ref: groupOf(scheduled).id }, TimeZone: 'Asia/Tokyo' };
  expect(actions.map(({ Properties }) => Properties)).toEqual([
    { ...common, Recurrence: '30 8 * * MON-FRI', MinSize: 3, MaxSize: 8 },
    { ...common, Recurrence: '0 19 * * MON-FRI', MinSize: 2 },
  ]);
  // The load still decides between the least and the most.
  expect(policiesOf(scheduled, 'TargetTrackingScaling')).toHaveLength(1);
});

promise('IN-7', () => {
  for (const template of [nat, endpoints, synthesize({ scaling: WEEK })]) {
    expect(groupOf(template)).toMatchObject({
      UpdatePolicy: { AutoScalingScheduledAction: { IgnoreUnmodifiedGroupSizeProperties: true } },
    });
    expect(groupOf(template).Properties).toMatchObject({ MinSize: '2', MaxSize: '6' });
    expect(groupOf(template).Properties).not.toHaveProperty('DesiredCapacity');
  }
});

promise('IN-8', () => {
  const forecast = (scaling: Scaling) =>
    policiesOf(synthesize({ scaling }), 'PredictiveScaling').map(
      (policy) => policy.PredictiveScalingConfiguration,
    );
  expect(policiesOf(nat, 'PredictiveScaling')).toEqual([]);
  const configuration = (mode: string, target: number, metric: string) => ({
    Mode: mode,
    MaxCapacityBreachBehavior: 'HonorMaxCapacity',
    MetricSpecifications: [
      { TargetValue: target, PredefinedMetricPairSpecification: { PredefinedMetricType: metric } },
    ],
  });
  expect(forecast({ predictive: {} })).toEqual([configuration('ForecastOnly', 50, 'ASGCPUUtilization')]);
  expect(forecast({ targetCpu: 60, predictive: { mode: 'forecastOnly' } })).toEqual([
    configuration('ForecastOnly', 60, 'ASGCPUUtilization'),
  ]);
  expect(forecast({ targetCpu: 60, predictive: { mode: 'forecastAndScale' } })).toEqual([
    configuration('ForecastAndScale', 60, 'ASGCPUUtilization'),
  ]);
  expect(forecast({ targetRequests: 600, predictive: { mode: 'forecastAndScale' } })).toMatchObject([
    configuration('ForecastAndScale', 600, 'ALBRequestCount'),
  ]);
});

promise('IN-8', () => {
  // The dynamic policy stays: a forecast alone takes no servers away.
  const predictive = { mode: 'forecastAndScale' } as const;
  for (const scaling of [
    { predictive },
    { targetCpu: 60, predictive },
    { targetRequests: 600, predictive },
  ]) {
    expect(policiesOf(synthesize({ scaling }), 'TargetTrackingScaling')).toHaveLength(1);
  }
});

promise('IN-9', () => {
  const stack = new Stack(createApp(), 'Stack');
  const cpuSteps = [
    { upper: 25, change: -1 },
    { lower: 60, change: 1 },
  ];
  const fights: [Scaling, string][] = [
    [{ cpuSteps, targetCpu: 50 }, 'fight with targetCpu: the steps would take servers away'],
    [{ cpuSteps, targetRequests: 600 }, 'fight with targetRequests: the steps would take servers away'],
    [{ cpuSteps, predictive: {} }, 'name no load for predictive scaling to aim at'],
    [
      { cpuSteps: [{ upper: 40, change: -1 }, cpuSteps[1] ?? { change: 1 }] },
      'swing to and fro: when 3 servers at 40 % become 2, these come to 60 %, and at 60 % servers are added again.',
    ],
    [
      { cpuSteps: [{ upper: 30, change: -2 }, cpuSteps[1] ?? { change: 1 }] },
      'swing to and fro: when 4 servers at 30 % become 2, these come to 60 %, and at 60 % servers are added again.',
    ],
    [
      { cpuSteps: [cpuSteps[0] ?? { change: -1 }, { lower: 60, change: 4 }] },
      'swing to and fro: when 2 servers at 60 % become 6, these come to 20 %, and at 25 % servers are taken away again.',
    ],
    [
      {
        cpuSteps: [{ upper: 35, change: -1 }, cpuSteps[1] ?? { change: 1 }],
        schedules: [{ schedule: Schedule.expression('0 8 * * *'), minCapacity: 1 }],
      },
      'swing to and fro: when 2 servers at 35 % become 1, these come to 70 %, and at 60 % servers are added again.',
    ],
    [
      { cpuSteps: [...cpuSteps, { lower: 60, change: 2 }] },
      'have a bound twice in one direction; say each once.',
    ],
    [{ cpuSteps: cpuSteps.slice(0, 1) }, 'lead one way only; add one that scales up.'],
    [
      { schedules: [{ schedule: Schedule.expression('0 8 * * *'), minCapacity: 7 }] },
      'asks for at least 7 and at most 6 servers',
    ],
  ];
  for (const [index, [scaling, reason]] of fights.entries()) {
    expect(() => new Intranet(stack, `Fight${index}`, { clientRanges, scaling })).toThrow(reason);
  }
  expect(() => new Intranet(stack, 'Fixed', { clientRanges, minCapacity: 2, maxCapacity: 2 })).toThrow(
    'leaves nothing to scale',
  );
});

promise('IN-10', () => {
  for (const [template] of EVERY) {
    expectShippedLogs(template, ['/var/log/company-news/company-news.log', 'application']);
    expectLeave(template, 'systemctl stop company-news');
    expect(firstBootOf(template)).toContain('StandardOutput=append:/var/log/company-news/company-news.log');
  }
});

promise('IN-11', () => {
  for (const [template] of EVERY) {
    expectBootHook(template);
    expectSignals(template);
    expectBootOrder(template);
    expect(groupOf(template).DependsOn).toEqual(
      expect.arrayContaining(
        Object.keys(resourcesOf(template, 'AWS::ElasticLoadBalancingV2::Listener')).filter((id) =>
          /BalancerListener[0-9A-F]{8}$/.test(id),
        ),
      ),
    );
  }
  for (const [template] of WITH_NAT) {
    const ways = Object.keys(resourcesOf(template, 'AWS::EC2::Route')).filter((id) =>
      id.includes('ServerSubnet'),
    );
    expect(ways).toHaveLength(2);
    expect(groupOf(template).DependsOn).toEqual(expect.arrayContaining(ways));
  }
});

promise('IN-11', () => {
  for (const [template] of EVERY) expectExit(template);
});

promise('IN-12', () => {
  for (const [template] of EVERY) {
    expectRollingReplacement(template);
    expectOneTemplate(template);
  }
});

promise('IN-12', () => {
  const others: Partial<IntranetStackProps>[] = [
    { amiId: 'ami-0123456789abcdef0' },
    { instanceType: new ec2.InstanceType('m8g.large') },
    { application: { ...OWN_APPLICATION, port: 8080, healthCheckPath: '/healthz' } },
  ];
  for (const props of others) expectOtherServers(nat, synthesize(props));
});

promise('IN-13', () => {
  for (const [template] of EVERY) {
    expectGroupMetrics(template);
    expect(groupOf(template).Properties).toMatchObject({
      DefaultInstanceWarmup: 120,
      HealthCheckGracePeriod: 300,
      TerminationPolicies: ['OldestLaunchTemplate', 'Default'],
    });
    // Auto Scaling's own.
    expect(groupOf(template).Properties).not.toHaveProperty('Cooldown');
  }
});

promise('IN-13', () => {
  expectOwnFleet((props) => synthesize(props));
  expect(groupOf(synthesize({ cooldown: Duration.seconds(90) })).Properties.Cooldown).toBe('90');
});

promise('IN-14', () => {
  for (const [template, profile] of EVERY) {
    expectHardenedServers(template, profile);
    expectServerRole(template);
    const { Ref: parameter } = serverOf(template).ImageId as { Ref: string };
    expect(template.Parameters?.[parameter]?.Default).toMatch(/\/al2023-ami-kernel-[\d.]+-arm64$/);
  }
});

/** The alarms of an intranet. */
function intranetAlarms(template: StackTemplate): Record<string, AlarmCase> {
  const series = (desired: (number | undefined)[], maximum: (number | undefined)[]) => ({
    GroupDesiredCapacity: desired,
    GroupMaxSize: maximum,
  });
  const minutes = (count: number, value: number | undefined) => Array<number | undefined>(count).fill(value);
  return {
    ...fleetAlarms(template),
    FleetAtMaximum: {
      watches: {
        GroupDesiredCapacity: groupMetric(template, 'Minimum'),
        GroupMaxSize: groupMetric(template, 'Maximum'),
      },
      fires: [series(minutes(15, 6), minutes(15, 6)), series([2, ...minutes(15, 6)], minutes(16, 6))],
      stays: [
        series(minutes(15, 5), minutes(15, 6)),
        series([...minutes(14, 6), 5], minutes(15, 6)),
        // A schedule has raised the maximum.
        series(minutes(15, 6), [...minutes(14, 6), 8]),
        series([...minutes(14, 6), undefined], minutes(15, 6)),
      ],
      silent: 'OK',
    },
  };
}

promise('IN-15', () => {
  for (const [template, profile] of EVERY) {
    expectAlarms(template, intranetAlarms(template), { Ref: theOnly(template, 'AWS::SNS::Topic').id });
    expectTopicForAlarms(template);
    expectCpuPeriod(template, profile);
  }
});

promise('IN-15', () => {
  const mailed = synthesize({ alarmEmail: 'alarms@example.com' });
  expectMail(mailed, 'alarms@example.com');
  // The alarms that scale are not among those that notify.
  const cpuSteps = [
    { upper: 25, change: -1 },
    { lower: 60, change: 1 },
  ];
  const stepped = synthesize({ scaling: { cpuSteps } });
  expect(Object.keys(alarmsOf(stepped)).sort()).toEqual(Object.keys(intranetAlarms(stepped)).sort());
  expect(stepAlarmsOf(stepped)).toHaveLength(2);
  expect(Object.keys(resourcesOf(stepped, 'AWS::CloudWatch::Alarm'))).toHaveLength(
    Object.keys(alarmsOf(stepped)).length + 2,
  );
});

promise('IN-16', () => {
  for (const template of [natSandbox, endpointsSandbox, synthesize({ ...DOMAIN, profile: SANDBOX })]) {
    expect(sandboxProblems(template)).toEqual([]);
  }
  for (const [template, profile] of EVERY) {
    if (profile === PRODUCTION) expect(productionProblems(template)).toEqual([]);
    const loadBalancer = theOnly(template, 'AWS::ElasticLoadBalancingV2::LoadBalancer');
    const isProtected = String(profile === PRODUCTION);
    expect(attributesOf(loadBalancer)['deletion_protection.enabled']).toBe(isProtected);
    expect(theOnly(template, 'AWS::RDS::DBInstance').Properties.DeletionProtection).toBe(
      profile === PRODUCTION,
    );
    const { id, Properties } = theOnly(template, 'AWS::S3::Bucket');
    expect(Properties).toMatchObject({
      LifecycleConfiguration: { Rules: [{ ExpirationInDays: profile.logRetention }] },
      OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
    });
    expect(attributesOf(loadBalancer)).toMatchObject({
      'access_logs.s3.bucket': { Ref: id },
      'access_logs.s3.enabled': 'true',
    });
  }
});

promise('IN-16', () => {
  const isProtected = (props: Partial<IntranetStackProps>) =>
    new IntranetStack(createApp(), 'Intranet', { clientRanges, ...props }).terminationProtection;
  expect([
    isProtected({}),
    isProtected({ terminationProtection: false }),
    isProtected({ profile: SANDBOX }),
  ]).toEqual([true, false, false]);
});

const listenersOf = (template: StackTemplate) =>
  Object.values(resourcesOf(template, 'AWS::ElasticLoadBalancingV2::Listener'))
    .map(({ Properties }) => Properties)
    .sort((one, other) => Number(one.Port) - Number(other.Port));

promise('IN-17', () => {
  const certificate = theOnly(named, 'AWS::CertificateManager::Certificate');
  expect(certificate.Properties).toMatchObject({
    DomainName: 'intranet.example.com',
    ValidationMethod: 'DNS',
    DomainValidationOptions: [{ DomainName: 'intranet.example.com', HostedZoneId: ZONE.hostedZoneId }],
  });
  const targetGroup = theOnly(named, 'AWS::ElasticLoadBalancingV2::TargetGroup').id;
  expect(listenersOf(named)).toMatchObject([
    {
      Port: 80,
      Protocol: 'HTTP',
      DefaultActions: [
        { Type: 'redirect', RedirectConfig: { Port: '443', Protocol: 'HTTPS', StatusCode: 'HTTP_301' } },
      ],
    },
    {
      Port: 443,
      Protocol: 'HTTPS',
      SslPolicy: expect.stringMatching(/^ELBSecurityPolicy-TLS13-1-2-/),
      Certificates: [{ CertificateArn: { Ref: certificate.id } }],
      DefaultActions: [{ Type: 'forward', TargetGroupArn: { Ref: targetGroup } }],
    },
  ]);
  expect(theOnly(named, 'AWS::Route53::RecordSet').Properties).toMatchObject({
    Name: 'intranet.example.com.',
    Type: 'A',
    HostedZoneId: ZONE.hostedZoneId,
  });
  const loadBalancer = theOnly(named, 'AWS::ElasticLoadBalancingV2::LoadBalancer').id;
  const { AliasTarget } = theOnly(named, 'AWS::Route53::RecordSet').Properties as {
    AliasTarget: { DNSName: unknown };
  };
  expect(textOf(AliasTarget.DNSName)).toBe(`dualstack.<${loadBalancer}.DNSName>`);
  expect(named.Outputs?.IntranetUrl?.Value).toBe('https://intranet.example.com');
});

promise('IN-17', () => {
  const own = synthesize({ ...DOMAIN, certificateArn: ARN });
  expect(resourcesOf(own, 'AWS::CertificateManager::Certificate')).toEqual({});
  expect(listenersOf(own).map(({ Certificates, Port }) => [Port, Certificates])).toEqual([
    [80, undefined],
    [443, [{ CertificateArn: ARN }]],
  ]);
  // A private zone can hold the record, and proves nothing.
  const hidden = templateOfConstructs((stack) => {
    const vpc = new ec2.Vpc(stack, 'Vpc');
    const hostedZone = new route53.PrivateHostedZone(stack, 'Zone', { vpc, zoneName: 'example.com' });
    const certificate = acm.Certificate.fromCertificateArn(stack, 'Certificate', ARN);
    new Intranet(stack, 'Intranet', {
      clientRanges,
      hostedZone,
      domainName: 'intranet.example.com',
      certificate,
    });
  });
  const zone = { Ref: theOnly(hidden, 'AWS::Route53::HostedZone').id };
  expect(theOnly(hidden, 'AWS::Route53::RecordSet').Properties.HostedZoneId).toEqual(zone);
  for (const template of [nat, endpoints]) {
    expect(listenersOf(template)).toMatchObject([
      { Port: 80, Protocol: 'HTTP', DefaultActions: [{ Type: 'forward' }] },
    ]);
    const { id } = theOnly(template, 'AWS::ElasticLoadBalancingV2::LoadBalancer');
    expect(textOf(template.Outputs?.IntranetUrl?.Value)).toBe(`http://<${id}.DNSName>`);
  }
});

promise('IN-18', () => {
  for (const [template, profile] of EVERY) expectDatabase(template, profile);
});

/** An intranet in a network that was there before it. */
function synthesizeInNetwork(props: Partial<IntranetProps>): StackTemplate {
  return templateOfConstructs((stack) => {
    const subnetConfiguration = [
      { name: 'Public', subnetType: ec2.SubnetType.PUBLIC },
      { name: 'Private', subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS },
      { name: 'Other', subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS },
      { name: 'Isolated', subnetType: ec2.SubnetType.PRIVATE_ISOLATED },
      { name: 'Data', subnetType: ec2.SubnetType.PRIVATE_ISOLATED },
    ];
    const vpc = new ec2.Vpc(stack, 'Vpc', { maxAzs: 2, natGateways: 1, subnetConfiguration });
    new Intranet(stack, 'Site', { clientRanges, vpc, ...props });
  });
}

promise('IN-19', () => {
  const tiers = { loadBalancerSubnets: 'Public', serverSubnets: 'Other', databaseSubnets: 'Data' };
  const named = Object.entries(tiers).map(([prop, subnetGroupName]) => [prop, { subnetGroupName }]);
  const template = synthesizeInNetwork(Object.fromEntries(named));
  expect(theOnly(template, 'AWS::EC2::VPC').id).toMatch(/^Vpc/);
  const network =
    /^AWS::EC2::(Subnet|Route|RouteTable|NatGateway|EIP|InternetGateway|FlowLog|VPCEndpoint|VPCGatewayAttachment|SubnetRouteTableAssociation)$/;
  const made = Object.entries(template.Resources).filter(
    ([id, { Type }]) => network.test(Type) && !id.startsWith('Vpc'),
  );
  expect(made).toEqual([]);
  const vpcId = { Ref: theOnly(template, 'AWS::EC2::VPC').id };
  for (const { Properties } of Object.values(resourcesOf(template, 'AWS::EC2::SecurityGroup'))) {
    expect(Properties.VpcId).toEqual(vpcId);
  }
  expect(theOnly(template, 'AWS::ElasticLoadBalancingV2::TargetGroup').Properties.VpcId).toEqual(vpcId);
  expect(placesIn(template)).toEqual([
    ['Public 0', 'Public 1'],
    ['Other 0', 'Other 1'],
    ['Data 0', 'Data 1'],
  ]);
});

/** The subnets of load balancer, servers and database. */
function placesIn(template: StackTemplate): string[][] {
  const { Subnets } = theOnly(template, 'AWS::ElasticLoadBalancingV2::LoadBalancer').Properties;
  const { VPCZoneIdentifier } = groupOf(template).Properties;
  const { SubnetIds } = theOnly(template, 'AWS::RDS::DBSubnetGroup').Properties;
  return [Subnets, VPCZoneIdentifier, SubnetIds].map((subnets) => tiersOf(template, subnets));
}

promise('IN-19', () => {
  const vpcOf = (stack: Stack) => new ec2.Vpc(stack, 'Vpc', { maxAzs: 2, subnetConfiguration: THREE_TIERS });
  const template = templateOfConstructs((stack) => {
    new Intranet(stack, 'Site', { clientRanges, vpc: vpcOf(stack) });
  });
  expect(placesIn(template)).toEqual([
    ['Private 0', 'Private 1'],
    ['Private 0', 'Private 1'],
    ['Isolated 0', 'Isolated 1'],
  ]);
  expect(theOnly(template, 'AWS::ElasticLoadBalancingV2::LoadBalancer').Properties.Scheme).toBe('internal');
});

const THREE_TIERS = [
  { name: 'Public', subnetType: ec2.SubnetType.PUBLIC },
  { name: 'Private', subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS },
  { name: 'Isolated', subnetType: ec2.SubnetType.PRIVATE_ISOLATED },
];

promise('IN-20', () => {
  for (const egress of ['nat', 'endpoints'] as const) {
    const two = templateOfConstructs((stack) => {
      for (const id of ['First', 'Second']) {
        new Intranet(stack, id, { clientRanges, egress, profile: SANDBOX });
      }
    });
    const groups = Object.values(resourcesOf(two, 'AWS::AutoScaling::AutoScalingGroup')).map(
      ({ Properties }) => textOf(Properties.AutoScalingGroupName),
    );
    expect(groups).toHaveLength(2);
    expect(new Set(groups).size).toBe(2);
    // Unique in the account and region by the stack's name.
    for (const group of groups) expect(group).toMatch(/^<AWS::StackName>-/);
    expect(sandboxProblems(two)).toEqual([]);
  }
});
