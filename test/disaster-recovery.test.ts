import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Duration, NestedStack, type Stack } from 'aws-cdk-lib';
import { expect } from 'vitest';
import { detectionTime, redirectionTime } from '../lib/disaster-recovery/detection-time';
import { PRODUCTION, SANDBOX } from '../lib/profile';
import { metricsOf, stateAfter } from './support/alarms';
import { createApp, resourcesOf, type StackTemplate, templatesOf, theOnly } from './support/apps';
import { rowsOf, type Widget } from './support/dashboards';
import {
  addSystem,
  CLIENT_RANGES,
  cold,
  coldSandbox,
  DOMAIN,
  EVERY,
  PRIMARY_REGION,
  type RecoveryTemplates,
  referencesOf,
  STANDBY_REGION,
  synthesize,
  textsIn,
  warm,
  warmOnline,
  warmSandbox,
} from './support/disaster-recovery';
import {
  copiesAlarms,
  copyAgeAlarm,
  DEFAULT_LAG,
  FILES_OBJECTIVE,
  filesAlarms,
  healthAlarm,
  replicaAlarms,
  siteAlarms,
  switchAlarms,
} from './support/disaster-recovery-alarms';
import { expectCopies, expectEncrypted, longestGap } from './support/disaster-recovery-copies';
import {
  expectLogin,
  expectReplica,
  expectRestored,
  expectSource,
  keyIn,
  nestedParameters,
  parameterNamed,
} from './support/disaster-recovery-data';
import { expectFiles, expectFilesRights } from './support/disaster-recovery-files';
import {
  expectLoadBalancer,
  expectReach,
  expectTiers,
  placesOf,
  siteIn,
} from './support/disaster-recovery-network';
import { named, readable } from './support/disaster-recovery-parts';
import { referenceTo } from './support/disaster-recovery-references';
import {
  expectWiring,
  stepBackIn,
  stepsOf,
  takeOverIn,
  told,
  withoutState,
} from './support/disaster-recovery-steps';
import {
  callsIn,
  changes,
  expectFailuresNamed,
  expectRightsForCalls,
  reachableWith,
  rightsOf,
  type State,
} from './support/disaster-recovery-workflows';
import { fixedNamesIn } from './support/fixed-names';
import { firstBootOf, groupOf, permissionsOf, serverRoleOf, textOf } from './support/fleet';
import { expectAlarms, expectAlarmsThatFire, expectMail, expectTopicForAlarms } from './support/fleet-alarms';
import {
  expectBootHook,
  expectExit,
  expectHardenedServers,
  expectLeave,
  expectOneTemplate,
  expectRollingReplacement,
  expectShippedLogs,
} from './support/fleet-proofs';
import { promisesOf } from './support/promises';
import { nameProblems, productionProblems, sandboxProblems } from './support/round-trip';
import { policiesOf } from './support/scaling';
import { callsOf } from './support/shell';

const promise = promisesOf('disaster-recovery');

const WARM = EVERY.filter(({ isWarm }) => isWarm);
const COLD = EVERY.filter(({ isWarm }) => !isWarm);

const allOf = ({ base, dns, overview, primary, site, standby }: RecoveryTemplates): StackTemplate[] => [
  ...new Set([base, primary, dns, standby, site, overview]),
];

promise('DR-1', () => {
  for (const system of EVERY) {
    expect(referencesOf(system.base)).toEqual([]);
    expect(referencesOf(system.primary)).toEqual([]);
    const zone = system.isInternal ? [`Dns in ${STANDBY_REGION}`] : [];
    const own = [...zone, `StandbyBase in ${STANDBY_REGION}`];
    expect(referencesOf(system.site)).toEqual(own);
    expect(own).toEqual(expect.arrayContaining(referencesOf(system.standby)));
    expect(referencesOf(system.dns)).toContain(`Primary in ${PRIMARY_REGION}`);
    expect(referencesOf(system.overview)).toContain(`Primary in ${PRIMARY_REGION}`);
    const helpers = allOf(system).flatMap(({ Resources }) =>
      Object.values(Resources).filter(({ Type }) => /^Custom::CrossRegion/.test(Type)),
    );
    expect(helpers).toEqual([]);
  }
});

promise('DR-1', () => {
  const app = createApp();
  const stage = addSystem(app, {});
  // The references between the stacks become dependencies with the templates.
  templatesOf(app);
  const { base, dns, overview, primary, standby } = { base: stage.standbyBase, ...stage };
  const waitsFor = (stack: Stack) => stack.dependencies.map(({ node }) => node.id).sort();
  expect([base, primary, dns, standby].map(waitsFor)).toEqual([
    [],
    ['StandbyBase'],
    ['Primary', 'StandbyBase'],
    ['Dns', 'Primary', 'StandbyBase'],
  ]);
  expect([base, primary, dns, standby, overview].map(({ region }) => region)).toEqual([
    STANDBY_REGION,
    PRIMARY_REGION,
    STANDBY_REGION,
    STANDBY_REGION,
    'us-east-1',
  ]);
});

/** What two systems in one account must not both have. */
const namesIn = (templates: Iterable<StackTemplate>) =>
  [...templates].flatMap((template) =>
    fixedNamesIn(template).map(({ name, property }) => `${property} ${name}`),
  );

promise('DR-2', () => {
  for (const system of EVERY) {
    for (const template of allOf(system)) {
      expect(nameProblems(template, { systemName: 'shop' })).toEqual([]);
    }
    // What is said of the other region's resources names this system, or takes any key with its alias alone.
    for (const [template, other] of [
      [system.primary, STANDBY_REGION],
      [system.standby, PRIMARY_REGION],
    ] as const) {
      const arns = textsIn(template, textOf).flatMap(
        (text) => text.match(new RegExp(`:[a-z]+:${other}:[^"]+`, 'g')) ?? [],
      );
      expect(arns.length).toBeGreaterThan(0);
      const unnamed = arns.filter((arn) => !/[:/]shop\b/.test(arn));
      expect(new Set(unnamed.map((arn) => arn.replace(/^.*:(kms):.*:key/, '$1')))).toEqual(
        new Set(unnamed.length > 0 ? ['kms/*'] : []),
      );
    }
  }
});

promise('DR-2', () => {
  for (const strategy of ['warm', 'cold'] as const) {
    const app = createApp();
    for (const systemName of ['shop', 'shop-two']) addSystem(app, { strategy, systemName }, systemName);
    const templates = [...templatesOf(app)];
    const of = (id: string) =>
      namesIn(templates.filter(([path]) => path.startsWith(`${id}/`)).map(([, each]) => each));
    expect(of('shop').length).toBeGreaterThan(10);
    expect(of('shop')).toHaveLength(of('shop-two').length);
    expect(of('shop').filter((name) => of('shop-two').includes(name))).toEqual([]);
  }
});

promise('DR-3', () => {
  for (const system of EVERY) {
    const { base, primary, site } = system;
    const parts = siteIn(primary, PRIMARY_REGION);
    expect(Object.keys(parts).length).toBeGreaterThanOrEqual(18);
    expect(siteIn(site, STANDBY_REGION)).toEqual(parts);
    expect(placesOf(base)).toEqual(placesOf(primary));
    expect([base, primary].map((each) => theOnly(each, 'AWS::EC2::VPC').Properties.CidrBlock)).toEqual([
      '10.1.0.0/16',
      '10.0.0.0/16',
    ]);
    const rights = [primary, site].map((template) =>
      permissionsOf(template, serverRoleOf(template)).map(([actions]) => actions),
    );
    expect(rights[1]).toEqual(rights[0]);
  }
});

promise('DR-3', () => {
  for (const { primary, profile, site } of EVERY) {
    for (const template of [primary, site]) {
      expectHardenedServers(template, profile);
      expectOneTemplate(template);
      expectBootHook(template);
      expectExit(template);
      expectShippedLogs(template, ['/var/log/company-news/company-news.log', 'application']);
      expectLeave(template, 'systemctl stop company-news');
      expect(groupOf(template).Properties).toMatchObject({ MaxSize: '6', HealthCheckType: 'ELB' });
      expect(policiesOf(template, 'TargetTrackingScaling')).toMatchObject([
        { TargetTrackingConfiguration: { TargetValue: 50 } },
      ]);
    }
    expectRollingReplacement(primary);
  }
});

promise('DR-3', () => {
  const counts = (props: Parameters<typeof synthesize>[0]) => {
    const { base, primary, site } = synthesize({ minCapacity: 3, maxCapacity: 8, ...props });
    const capacity = named(resourcesOf(base, 'AWS::SSM::Parameter'), 'SwitchStandbyCapacity').Properties
      .Value;
    return [primary, site].map((template) => {
      const { CreationPolicy, Properties } = groupOf(template);
      expect(Properties.MaxSize).toBe('8');
      const { MinSize } = Properties;
      const { Count } = (CreationPolicy as { ResourceSignal: { Count: number } }).ResourceSignal;
      return `${typeof MinSize === 'string' ? MinSize : `${capacity} at first`}, ${Count}`;
    });
  };
  expect(counts({ standbyCapacity: 2 })).toEqual(['3, 3', '2 at first, 2']);
  expect(counts({})).toEqual(['3, 3', '1 at first, 1']);
  expect(counts({ strategy: 'cold' })).toEqual(['3, 3', '3, 3']);
});

promise('DR-4', () => {
  for (const system of EVERY) {
    const { base, isWarm, primary, site } = system;
    expectReach(primary, system, '10.0.0.0/16');
    expectReach(site, system, '10.1.0.0/16');
    expectLoadBalancer(primary, system, { isTemporary: false });
    expectLoadBalancer(site, system, { isTemporary: !isWarm });
    expectTiers(primary, system, true);
    expectTiers(base, system, isWarm);
  }
  expect(
    [warmOnline, warm, warmSandbox].map(
      ({ primary }) => Object.keys(resourcesOf(primary, 'AWS::WAFv2::WebACL')).length,
    ),
  ).toEqual([1, 0, 0]);
});

promise('DR-4', () => {
  // What asks an internal load balancer is in its network, and what asks one on the internet is in none.
  for (const { base, isInternal, primary, standby } of EVERY) {
    for (const template of [primary, standby]) {
      const { VpcConfig } = named(
        resourcesOf(template, 'AWS::Lambda::Function'),
        'VerificationFunction',
      ).Properties;
      expect(VpcConfig === undefined).toBe(!isInternal);
      if (!isInternal) continue;
      const subnets = (VpcConfig as { SubnetIds: unknown[] }).SubnetIds;
      expect(subnets).toHaveLength(2);
      for (const subnet of subnets) expect(JSON.stringify(subnet)).toContain('LoadBalancerSubnet');
    }
    expect(Object.keys(resourcesOf(base, 'AWS::EC2::SecurityGroup'))).toEqual([]);
  }
});

promise('DR-5', () => {
  for (const system of EVERY) expectSource(system);
  for (const system of WARM) {
    expectReplica(system);
    const { Outputs } = system.base;
    const key = keyIn(system, system.standby) as { 'Fn::GetStackOutput': { OutputName: string } };
    expect(Outputs?.[key['Fn::GetStackOutput'].OutputName]?.Value).toEqual({
      'Fn::GetAtt': [theOnly(system.base, 'AWS::KMS::Key').id, 'Arn'],
    });
  }
});

promise('DR-6', () => {
  for (const system of EVERY) expectLogin(system);
});

promise('DR-7', () => {
  for (const system of EVERY) {
    expectFiles(system);
    expectFilesRights(system);
  }
});

/** The record of a template, with the stack whose load balancer it leads to. */
function recordOf(template: StackTemplate) {
  const { Properties } = theOnly(template, 'AWS::Route53::RecordSet');
  return Properties as Record<string, unknown> & {
    readonly AliasTarget: Record<'DNSName' | 'HostedZoneId', unknown> & { EvaluateTargetHealth: boolean };
  };
}

const balancerOf = (template: StackTemplate, attribute: string) => ({
  'Fn::GetAtt': [theOnly(template, 'AWS::ElasticLoadBalancingV2::LoadBalancer').id, attribute],
});

/** How Route 53 sees the health of the primary. */
function checksOf({ dns }: RecoveryTemplates) {
  const of = (name: string) => {
    const { id, Properties } = named(resourcesOf(dns, 'AWS::Route53::HealthCheck'), `Health${name}`);
    return { id: { 'Fn::GetAtt': [id, 'HealthCheckId'] }, config: Properties.HealthCheckConfig };
  };
  return { working: of('Working'), serving: of('Serving'), healthy: of('Healthy') };
}

promise('DR-8', () => {
  for (const system of EVERY) {
    const { dns, isInternal, primary, site } = system;
    const name = isInternal ? 'intranet.shop.internal.' : 'shop.example.com.';
    const first = recordOf(dns);
    const second = recordOf(site);
    const { healthy, serving, working } = checksOf(system);
    expect(first).toMatchObject({
      Name: name,
      Type: 'A',
      Failover: 'PRIMARY',
      SetIdentifier: 'primary',
      HealthCheckId: healthy.id,
      AliasTarget: { EvaluateTargetHealth: true },
    });
    expect(healthy.config).toEqual({
      Type: 'CALCULATED',
      ChildHealthChecks: [working.id, serving.id],
      HealthThreshold: 2,
    });
    expect(second).toMatchObject({
      Name: name,
      Type: 'A',
      Failover: 'SECONDARY',
      SetIdentifier: 'secondary',
      AliasTarget: { EvaluateTargetHealth: false },
    });
    expect(second).not.toHaveProperty('HealthCheckId');
    for (const [property, attribute] of [
      ['DNSName', 'DNSName'],
      ['HostedZoneId', 'CanonicalHostedZoneID'],
    ] as const) {
      expect(first.AliasTarget[property]).toEqual(
        referenceTo(primary, balancerOf(primary, attribute), { stack: 'Primary', region: PRIMARY_REGION }),
      );
      expect(second.AliasTarget[property]).toEqual(balancerOf(site, attribute));
    }
    if (isInternal) {
      const zone = theOnly(dns, 'AWS::Route53::HostedZone');
      expect(zone.Properties.Name).toBe('shop.internal.');
      expect(zone.Properties.VPCs).toEqual([
        { VPCId: networkOf(system.base, 'StandbyBase', STANDBY_REGION), VPCRegion: STANDBY_REGION },
        { VPCId: networkOf(primary, 'Primary', PRIMARY_REGION), VPCRegion: PRIMARY_REGION },
      ]);
      expect(first.HostedZoneId).toEqual({ Ref: zone.id });
      expect(second.HostedZoneId).toEqual(
        referenceTo(dns, { Ref: zone.id }, { stack: 'Dns', region: STANDBY_REGION }),
      );
    } else {
      expect([first, second].map(({ HostedZoneId }) => HostedZoneId)).toEqual(
        Array(2).fill(DOMAIN.hostedZone.hostedZoneId),
      );
    }
  }
});

const networkOf = (template: StackTemplate, stack: string, region: string) =>
  referenceTo(template, { Ref: theOnly(template, 'AWS::EC2::VPC').id }, { stack, region });

promise('DR-8', () => {
  for (const { site } of WARM)
    expect(theOnly(site, 'AWS::Route53::RecordSet')).not.toHaveProperty('Condition');
  for (const { site, standby } of COLD) {
    // A rehearsal is no reason to lead anybody to it.
    const { Condition } = theOnly(site, 'AWS::Route53::RecordSet') as unknown as { Condition: string };
    const { Conditions } = site as unknown as {
      Conditions: Record<string, { 'Fn::Equals': [{ Ref: string }, string] }>;
    };
    const [given, region] = Conditions[Condition]?.['Fn::Equals'] ?? [];
    expect(region).toBe(STANDBY_REGION);
    expect(nestedParameters(standby)[given?.Ref ?? '']).toEqual({
      Ref: parameterNamed(standby, '/shop/active-region'),
    });
  }
});

promise('DR-8', () => {
  const inMinutes = { kind: 'alarm', evaluationPeriods: 3 } as const;
  const asked = { kind: 'endpoint', requestInterval: 30, failureThreshold: 3 } as const;
  expect([detectionTime(inMinutes), redirectionTime(inMinutes)].map((time) => time.toSeconds())).toEqual([
    275, 335,
  ]);
  expect([detectionTime(asked), redirectionTime(asked)].map((time) => time.toSeconds())).toEqual([108, 168]);
  for (const [readme, unit] of [
    ['README.md', ' s'],
    ['README.ja.md', ' 秒'],
  ] as const) {
    const text = readFileSync(join('lib', 'disaster-recovery', readme), 'utf8');
    for (const [kind, time] of [
      ['alarm', 335],
      ['endpoint', 168],
    ] as const) {
      expect(text).toMatch(new RegExp(`^\\| \`'${kind}'\`.*\\| ${time}${unit} \\|$`, 'm'));
    }
  }
  // What the times are reckoned from is what is deployed.
  expect(checksOf(warm).working.config).toMatchObject({ AlarmIdentifier: { Name: 'shop-primary-down-3m' } });
  expect(checksOf(warmOnline).working.config).toMatchObject({ RequestInterval: 30, FailureThreshold: 3 });
});

promise('DR-9', () => {
  for (const system of EVERY) {
    const { dns, isInternal, primary } = system;
    const { config } = checksOf(system).working;
    const alarms = Object.keys(resourcesOf(primary, 'AWS::CloudWatch::Alarm')).filter((id) =>
      id.startsWith('Down'),
    );
    expect(alarms).toHaveLength(isInternal ? 1 : 0);
    if (!isInternal) {
      expect(config).toEqual({
        Type: 'HTTPS',
        FullyQualifiedDomainName: recordOf(dns).AliasTarget.DNSName,
        Port: 443,
        ResourcePath: '/healthz',
        EnableSNI: true,
        RequestInterval: 30,
        FailureThreshold: 3,
      });
      continue;
    }
    const alarm = named(resourcesOf(primary, 'AWS::CloudWatch::Alarm'), 'Down');
    expect(config).toEqual({
      Type: 'CLOUDWATCH_METRIC',
      AlarmIdentifier: { Name: alarm.Properties.AlarmName, Region: PRIMARY_REGION },
      InsufficientDataHealthStatus: 'Unhealthy',
    });
    for (const refused of ['Metrics', 'DatapointsToAlarm', 'ExtendedStatistic']) {
      expect(alarm.Properties).not.toHaveProperty(refused);
    }
    expect(metricsOf(alarm)).toEqual(
      Object.fromEntries(
        Object.entries(siteAlarms(primary).NoHealthyServer?.watches ?? {}).map(([name, metric]) => [
          name,
          metric,
        ]),
      ),
    );
    expect(stateAfter(alarm, [2, 0, 0, 0])).toBe('ALARM');
    expect(stateAfter(alarm, [0, 0, 1])).toBe('OK');
    expect(stateAfter(alarm, [undefined, undefined, undefined])).toBe('ALARM');
  }
});

promise('DR-9', () => {
  // A public zone may hold the name of load balancers that the internet does not reach.
  const system = synthesize({ ...DOMAIN, clientRanges: CLIENT_RANGES, failureThreshold: 2 });
  expect(checksOf(system).working.config).toMatchObject({
    Type: 'CLOUDWATCH_METRIC',
    AlarmIdentifier: { Name: 'shop-primary-down-2m', Region: PRIMARY_REGION },
  });
  const alarm = named(resourcesOf(system.primary, 'AWS::CloudWatch::Alarm'), 'Down');
  expect(alarm.Properties).toMatchObject({ AlarmName: 'shop-primary-down-2m', EvaluationPeriods: 2 });
  expect(resourcesOf(system.dns, 'AWS::Route53::HostedZone')).toEqual({});
  const watched = synthesize({ ...DOMAIN, healthCheck: 'alarm' });
  expect(checksOf(watched).working.config).toMatchObject({ Type: 'CLOUDWATCH_METRIC' });
  const fast = synthesize({ ...DOMAIN, requestInterval: Duration.seconds(10), failureThreshold: 1 });
  expect(checksOf(fast).working.config).toMatchObject({ RequestInterval: 10, FailureThreshold: 1 });
});

/** The function in a template that works on the switch: its logical id, its environment and its rights. */
function switchFunctionOf(template: StackTemplate) {
  const { id, Properties } = named(resourcesOf(template, 'AWS::Lambda::Function'), 'SwitchFunction');
  const [role = ''] = (Properties.Role as { 'Fn::GetAtt': string[] })['Fn::GetAtt'];
  const { Variables } = Properties.Environment as { Variables: Record<string, unknown> };
  return {
    id,
    variables: Variables,
    rights: permissionsOf(template, role).map(([actions, resource]) => [
      actions,
      resource.replace('<AWS::Partition>', 'aws'),
    ]),
  };
}

promise('DR-10', () => {
  for (const system of EVERY) {
    const { base, primary } = system;
    const alarm = theOnly(base, 'AWS::CloudWatch::Alarm');
    expect(checksOf(system).serving.config).toEqual({
      Type: 'CLOUDWATCH_METRIC',
      AlarmIdentifier: { Name: alarm.Properties.AlarmName, Region: STANDBY_REGION },
      InsufficientDataHealthStatus: 'LastKnownStatus',
    });
    for (const refused of ['Metrics', 'DatapointsToAlarm', 'ExtendedStatistic']) {
      expect(alarm.Properties).not.toHaveProperty(refused);
    }
    expect(metricsOf(alarm)).toEqual(switchAlarms('shop').StandbyServes?.watches);
    expect([1, 0].map((value) => stateAfter(alarm, [value]))).toEqual(['ALARM', 'OK']);
    for (const template of [base, primary]) {
      const { rights, variables } = switchFunctionOf(template);
      expect(variables).toMatchObject({
        SWITCH_REGION: STANDBY_REGION,
        SYSTEM: 'shop',
        PARAMETER: '/shop/active-region',
        PRIMARY_REGION,
        STANDBY_REGION,
      });
      expect(rights).toContainEqual([
        'ssm:GetParameter ssm:PutParameter',
        `arn:aws:ssm:${STANDBY_REGION}:<AWS::AccountId>:parameter/shop/active-region`,
      ]);
    }
  }
});

promise('DR-10', () => {
  for (const { base } of EVERY) {
    const parameter = named(resourcesOf(base, 'AWS::SSM::Parameter'), 'SwitchActiveRegion');
    expect(parameter.Properties).toMatchObject({ Name: '/shop/active-region', Value: PRIMARY_REGION });
    const schedule = theOnly(base, 'AWS::Scheduler::Schedule').Properties;
    const fn = { 'Fn::GetAtt': [switchFunctionOf(base).id, 'Arn'] };
    expect(schedule).toMatchObject({
      ScheduleExpression: 'rate(1 minute)',
      State: 'ENABLED',
      Target: { Arn: fn, Input: '{}' },
    });
    const { RoleArn } = schedule.Target as { RoleArn: { 'Fn::GetAtt': string[] } };
    const role = base.Resources[RoleArn['Fn::GetAtt'][0] ?? ''];
    expect(JSON.stringify(role)).toContain('lambda:InvokeFunction');
    expect(JSON.stringify(role)).toContain(JSON.stringify(fn));
  }
});

promise('DR-11', () => {
  for (const { primary, site } of EVERY) {
    for (const [template, region] of [
      [primary, PRIMARY_REGION],
      [site, STANDBY_REGION],
    ] as const) {
      const script = firstBootOf(template);
      const written = /cat > \/etc\/application\.env <<'END_OF_FILE'\n([\s\S]*?)\nEND_OF_FILE/.exec(
        script,
      )?.[1];
      expect(written).toContain('DATABASE_NAME=app');
      expect(written).not.toContain('DATABASE_HOST');
      const [question = '', answer = ''] = script
        .split('\n')
        .filter((line) => line.includes('DATABASE_HOST'));
      expect(script.indexOf(answer)).toBeLessThan(script.indexOf('systemctl enable --now company-news'));
      expect(script.indexOf(question)).toBeGreaterThan(script.indexOf('cat > /etc/application.env'));
      const calls = callsOf(`${question}\n${answer.replace('>> /etc/application.env', '>&3')}`, {
        aws: 'echo db.example',
      });
      expect(calls).toEqual([
        'aws ssm get-parameter --region AWS::Region --name /shop/database-host --query Parameter.Value --output text',
        'DATABASE_HOST=db.example',
      ]);
      expect(permissionsOf(template, serverRoleOf(template))).toContainEqual([
        'ssm:GetParameter',
        `arn:<AWS::Partition>:ssm:${region}:<AWS::AccountId>:parameter/shop/database-host`,
      ]);
      const parameters = Object.values(resourcesOf(template, 'AWS::SSM::Parameter')).map(({ Properties }) => [
        Properties.Name,
        Properties.Value,
      ]);
      expect(parameters).toEqual([
        [
          '/shop/database-host',
          { 'Fn::GetAtt': [theOnly(template, 'AWS::RDS::DBInstance').id, 'Endpoint.Address'] },
        ],
        ['/shop/load-balancer', balancerOf(template, 'DNSName')],
      ]);
      const [host] = Object.entries(resourcesOf(template, 'AWS::SSM::Parameter')).filter(
        ([, { Properties }]) => Properties.Name === '/shop/database-host',
      );
      expect(groupOf(template).DependsOn).toContain(host?.[0]);
    }
  }
});

promise('DR-12', () => {
  for (const { base, standby } of WARM) {
    const group = groupOf(standby);
    expect(group.Properties.MinSize).toEqual({ Ref: parameterNamed(standby, '/shop/standby-capacity') });
    expect(group.Properties).not.toHaveProperty('DesiredCapacity');
    expect(group).toMatchObject({
      UpdatePolicy: { AutoScalingScheduledAction: { IgnoreUnmodifiedGroupSizeProperties: true } },
    });
    expect(told(takeOverIn(standby), 'KeepCapacity')).toEqual({
      Name: '/shop/standby-capacity',
      Value: '2',
      Overwrite: true,
    });
    expect(told(takeOverIn(standby), 'ScaleUp')).toMatchObject({ MinSize: 2, MaxSize: 6 });
    expect(told(stepBackIn(standby), 'KeepCapacity')).toMatchObject({
      Name: '/shop/standby-capacity',
      Value: '1',
    });
    expect(told(stepBackIn(standby), 'ScaleDown')).toMatchObject({ MinSize: 1, DesiredCapacity: 1 });
    const parameter = named(resourcesOf(base, 'AWS::SSM::Parameter'), 'SwitchStandbyCapacity');
    expect(parameter.Properties).toMatchObject({ Name: '/shop/standby-capacity', Value: '1' });
  }
  for (const { base, standby } of COLD) {
    expect(told(takeOverIn(standby), 'KeepCopy')).toEqual({
      Name: '/shop/database-copy',
      'Value.$': '$.copy.newest.snapshotArn',
      Overwrite: true,
    });
    expect(told(stepBackIn(standby), 'ForgetCopy')).toMatchObject({
      Name: '/shop/database-copy',
      Value: 'none',
    });
    const parameter = named(resourcesOf(base, 'AWS::SSM::Parameter'), 'SwitchDatabaseCopy');
    expect(parameter.Properties).toMatchObject({ Name: '/shop/database-copy', Value: 'none' });
  }
});

promise('DR-13', () => {
  for (const { isWarm, standby } of EVERY) {
    const workflow = takeOverIn(standby);
    const rights = rightsOf(workflow);
    expect(rights.filter((right) => right.includes(PRIMARY_REGION))).toEqual([]);
    const calls = [...reachableWith(workflow, 'disaster')].map((name) => workflow.states[name]);
    expect(JSON.stringify(calls.map((state) => state?.Parameters))).not.toContain(`:${PRIMARY_REGION}:`);
    // The function that asks the other region to step back is not among them.
    const functions = calls.flatMap((state) => state?.Parameters?.FunctionName ?? []);
    expect(functions.filter((each) => String(each).includes('StartStepBack'))).toEqual([]);
    expect(functions.length).toBeGreaterThan(2);
    if (isWarm) expect(told(workflow, 'StepBackOther')?.FunctionName).toMatch(/StartStepBack/);
    for (const id of ['VerificationFunction', 'WorkflowsNewestCopyFunction']) {
      const found = Object.entries(resourcesOf(standby, 'AWS::Lambda::Function')).filter(([each]) =>
        each.startsWith(id),
      );
      for (const [, { Properties }] of found) {
        expect(JSON.stringify(Properties)).not.toContain(PRIMARY_REGION);
      }
    }
  }
});

promise('DR-14', () => {
  for (const { isWarm, primary, standby } of EVERY) {
    for (const template of [primary, standby]) {
      const workflow = takeOverIn(template);
      for (const mode of [undefined, 'check']) {
        const reached = [...reachableWith(workflow, mode)];
        expect(reached).toContain('Report');
        const written = reached.filter((name) => {
          const state = workflow.states[name];
          return state?.Type === 'Task' && changes(state);
        });
        // A look that fails is told.
        expect(written).toEqual(['NotifyFailure']);
      }
      for (const mode of ['Check', 'disaster ', '']) {
        expect([...reachableWith(workflow, mode)]).toEqual(['ChooseMode', 'UnknownMode']);
      }
    }
    const modes = (template: StackTemplate) =>
      String((takeOverIn(template).states.UnknownMode as { Cause?: string }).Cause);
    expect(modes(primary)).toContain('check, planned, disaster;');
    expect(modes(standby)).toContain(isWarm ? 'check, planned, disaster;' : 'check, rehearsal, disaster;');
  }
});

promise('DR-15', () => {
  for (const { isWarm, primary, standby } of EVERY) {
    const keeps = (template: StackTemplate) =>
      template === standby ? ['KeepCapacity', 'ScaleUp'] : ['ScaleUp'];
    for (const template of isWarm ? [primary, standby] : [primary]) {
      expect(stepsOf(takeOverIn(template), 'disaster')).toEqual([
        'Switch',
        'Promote',
        'PointServers',
        'ReplaceServers',
        ...keeps(template),
        'Verify',
        'Notify',
        'NotifyFailure',
      ]);
      expectWiring(template, template === primary ? PRIMARY_REGION : STANDBY_REGION);
    }
    if (isWarm) continue;
    expect(stepsOf(takeOverIn(standby), 'disaster')).toEqual([
      'KeepCopy',
      'Rebuild',
      'Verify',
      'Switch',
      'Notify',
      'NotifyFailure',
    ]);
    expect(stepsOf(takeOverIn(standby), 'rehearsal')).not.toContain('Switch');
    expect(told(takeOverIn(standby), 'Rebuild')).toMatchObject({
      StackName: '<AWS::StackId>',
      UsePreviousTemplate: true,
    });
  }
});

promise('DR-15', () => {
  for (const { isInternal, primary, standby } of EVERY) {
    for (const template of [primary, standby]) {
      const { Environment } = named(
        resourcesOf(template, 'AWS::Lambda::Function'),
        'VerificationFunction',
      ).Properties;
      expect(Environment).toMatchObject({
        Variables: isInternal
          ? { PROTOCOL: 'http', HOST: 'intranet.shop.internal', CHECK_PATH: '/' }
          : { PROTOCOL: 'https', HOST: 'shop.example.com', CHECK_PATH: '/' },
      });
    }
  }
  const other = synthesize({ checkPath: '/news' });
  const fn = named(resourcesOf(other.standby, 'AWS::Lambda::Function'), 'VerificationFunction');
  expect(fn.Properties.Environment).toMatchObject({ Variables: { CHECK_PATH: '/news' } });
});

promise('DR-16', () => {
  for (const { isWarm, primary, standby } of EVERY) {
    for (const template of isWarm ? [primary, standby] : [primary]) {
      const workflow = takeOverIn(template);
      // The metric and its health check take up to a minute each, an answer of DNS lives for one, and one is to spare.
      expect(workflow.states.WaitForClients).toMatchObject({ Type: 'Wait', Seconds: 240 });
      const drains = (workflow.states.MustDrain?.Choices ?? [])[0];
      expect(JSON.stringify(drains)).toContain('"StringEquals":"planned"');
      expect(drains?.Next).toBe('WaitForClients');
      // From there no way leads to the promotion but over a lag of 0.
      expect(
        reachableWith({ ...withoutState(workflow, 'Drain'), startAt: 'WaitForClients' }, 'planned'),
      ).not.toContain('Promote');
      const [caughtUp] = workflow.states.DrainResult?.Choices ?? [];
      expect(JSON.stringify(caughtUp)).toContain('"NumericEquals":0');
      expect(told(workflow, 'Drain')).toMatchObject({ 'StartTime.$': '$.drain.start' });
      expect(stepsOf(workflow, 'planned')).toContain('StepBackOther');
      // Before users are turned, the replica must be near.
      expect(
        JSON.stringify(workflow.states.Confirm?.Choices?.find(({ Next }) => Next === 'ReplicaBehind')),
      ).toContain('"NumericLessThanEquals":60');
    }
  }
});

promise('DR-17', () => {
  for (const { primary, standby } of EVERY) {
    for (const template of [primary, standby]) {
      for (const workflow of [takeOverIn(template), stepBackIn(template)]) expectFailuresNamed(workflow);
    }
  }
});

promise('DR-18', () => {
  for (const system of EVERY) {
    const { isWarm, primary, profile, standby } = system;
    for (const [template, other] of isWarm
      ? ([
          [primary, STANDBY_REGION],
          [standby, PRIMARY_REGION],
        ] as const)
      : ([[primary, STANDBY_REGION]] as const)) {
      const region = template === primary ? PRIMARY_REGION : STANDBY_REGION;
      const workflow = stepBackIn(template);
      const database = theOnly(template, 'AWS::RDS::DBInstance').Properties;
      const key = keyIn(system, template);
      const keyText =
        'Fn::GetAtt' in (key as object)
          ? textOf(key)
          : expect.stringMatching(/^<DisasterRecovery-StandbyBase\.\S+Key\S+Arn/);
      expect(told(workflow, 'CreateReplica')).toEqual({
        DbInstanceIdentifier: 'shop-database',
        SourceDBInstanceIdentifier: `arn:aws:rds:${other}:<AWS::AccountId>:db:shop-database`,
        DbInstanceClass: database.DBInstanceClass,
        DbSubnetGroupName: textOf(database.DBSubnetGroupName),
        DbParameterGroupName: textOf(database.DBParameterGroupName),
        VpcSecurityGroupIds: (database.VPCSecurityGroups as unknown[]).map(textOf),
        KmsKeyId: keyText,
        MultiAZ: profile.multiAz,
        PubliclyAccessible: false,
        AutoMinorVersionUpgrade: true,
        CopyTagsToSnapshot: true,
        DeletionProtection: profile.deletionProtection,
        MaxAllocatedStorage: database.MaxAllocatedStorage,
        ...(!isWarm && { Tags: [{ Key: 'disaster-recovery-copy', Value: 'shop' }] }),
      });
      expect(told(takeOverIn(template), 'Promote')).toEqual({
        DbInstanceIdentifier: 'shop-database',
        BackupRetentionPeriod: profile.backupRetention.toDays(),
      });
      expect(callsIn(workflow).Retire).toBe(
        profile.deletionProtection ? 'rds:modifyDBInstance' : 'rds:deleteDBInstance',
      );
      expect(told(workflow, 'Retire')).toEqual(
        profile.deletionProtection
          ? {
              DbInstanceIdentifier: 'shop-database',
              'NewDBInstanceIdentifier.$': '$.retired.name',
              ApplyImmediately: true,
            }
          : { DbInstanceIdentifier: 'shop-database', SkipFinalSnapshot: true, DeleteAutomatedBackups: true },
      );
      expect(told(takeOverIn(template), 'StepBack')).toMatchObject({
        StateMachineArn: `arn:aws:states:${region}:<AWS::AccountId>:stateMachine:shop-step-back`,
      });
      const starter = named(resourcesOf(template, 'AWS::Lambda::Function'), 'WorkflowsStartStepBack');
      expect(told(takeOverIn(template), 'StepBackOther')?.FunctionName).toBe(`<${starter.id}.Arn>`);
      const target = `arn:aws:states:${other}:<AWS::AccountId>:stateMachine:shop-step-back`;
      expect(readable(starter.Properties.Environment)).toMatchObject({
        Variables: { OTHER_REGION: other, STATE_MACHINE_ARN: target },
      });
      const [role = ''] = (starter.Properties.Role as { 'Fn::GetAtt': string[] })['Fn::GetAtt'];
      expect(
        permissionsOf(template, role).map(([actions, on]) => [
          actions,
          on.replace('<AWS::Partition>', 'aws'),
        ]),
      ).toContainEqual(['states:StartExecution', target]);
    }
  }
});

promise('DR-18', () => {
  // The protection of a restored database must go before the database can.
  for (const { profile, standby } of COLD) {
    const workflow = stepBackIn(standby);
    expect(stepsOf(workflow, '')).toEqual([
      ...(profile.deletionProtection ? ['Unprotect'] : []),
      'ForgetCopy',
      'Rebuild',
      'Notify',
      'NotifyFailure',
    ]);
    if (!profile.deletionProtection) continue;
    expect(told(workflow, 'Unprotect')).toEqual({
      DbInstanceIdentifier: 'shop-database',
      DeletionProtection: false,
      ApplyImmediately: true,
    });
  }
});

promise('DR-19', () => {
  for (const { primary, standby } of EVERY) {
    for (const [template, other] of [
      [primary, STANDBY_REGION],
      [standby, PRIMARY_REGION],
    ] as const) {
      const workflow = stepBackIn(template);
      expect(workflow.states.Begin).toMatchObject({ Type: 'Pass', Parameters: {}, Next: 'FindActive' });
      expect(told(workflow, 'FindActive')?.Payload).toEqual({});
      const { Choices = [], Default } = workflow.states.IsOtherActive as State;
      expect(Default).toBe('StillActive');
      expect(Choices.map(({ Next: _next, ...when }) => when)).toEqual([
        {
          And: [
            { Variable: '$.switch.activeRegion', IsPresent: true },
            { Variable: '$.switch.activeRegion', StringEquals: other },
          ],
        },
      ]);
      // Nothing is changed before that, and no way leads around it.
      const before = reachableWith(withoutState(workflow, 'IsOtherActive'), undefined);
      const written = [...before].filter((name) => {
        const state = workflow.states[name];
        return state?.Type === 'Task' && changes(state);
      });
      expect(written).toEqual(['NotifyFailure']);
    }
  }
});

promise('DR-20', () => {
  for (const system of COLD) expectCopies(system);
  for (const { base, primary, standby } of WARM) {
    for (const template of [base, primary, standby]) {
      const found = Object.values(template.Resources).filter(({ Type }) => Type.startsWith('AWS::Backup::'));
      expect(found).toEqual([]);
    }
  }
});

promise('DR-20', () => {
  for (const hours of [3, 4, 6, 8, 12, 24]) expect(longestGap(hours).toHours()).toBe(hours);
  const often = synthesize({
    strategy: 'cold',
    copyInterval: Duration.hours(3),
    recoveryPointObjective: Duration.hours(4),
    profile: { ...SANDBOX, backupRetention: Duration.days(20) },
  });
  const { BackupPlan } = theOnly(often.primary, 'AWS::Backup::BackupPlan').Properties;
  expect(BackupPlan).toMatchObject({
    BackupPlanRule: [
      {
        ScheduleExpression: 'cron(45 1,4,7,10,13,16,19,22 * * ? *)',
        Lifecycle: { DeleteAfterDays: 20 },
        CopyActions: [{ Lifecycle: { DeleteAfterDays: 20 } }],
      },
    ],
  });
});

const COSTLY =
  /^AWS::(AutoScaling::|RDS::|ElasticLoadBalancingV2::|WAFv2::|EC2::(EIP|NatGateway|LaunchTemplate|Instance|Volume|VPNGateway)$)/;

promise('DR-21', () => {
  for (const system of COLD) {
    const { base, profile, site, standby } = system;
    for (const template of [base, standby]) {
      const paid = Object.entries(template.Resources).filter(
        ([, { Properties, Type }]) => COSTLY.test(Type) || Properties?.VpcEndpointType === 'Interface',
      );
      expect(paid).toEqual([]);
    }
    const nested = theOnly(standby, 'AWS::CloudFormation::Stack');
    const { Condition } = nested as unknown as { Condition: string };
    const { Conditions } = standby as unknown as { Conditions: Record<string, unknown> };
    expect(Conditions[Condition]).toEqual({
      'Fn::Not': [{ 'Fn::Equals': [{ Ref: parameterNamed(standby, '/shop/database-copy') }, 'none'] }],
    });
    expectRestored(system);
    expect(Object.keys(nestedParameters(standby)).sort()).toEqual(
      Object.keys(site.Parameters ?? {})
        .filter((id) => id in nestedParameters(standby))
        .sort(),
    );
    const gateways = Object.keys(resourcesOf(site, 'AWS::EC2::NatGateway'));
    expect(gateways).toHaveLength(profile.natGateways);
    const routes = Object.entries(resourcesOf(site, 'AWS::EC2::Route'));
    expect(
      routes.map(([, { Properties }]) => [Properties.DestinationCidrBlock, Properties.NatGatewayId]),
    ).toEqual(
      [0, 1].map((zone) => [
        '0.0.0.0/0',
        { 'Fn::GetAtt': [gateways[zone % gateways.length], 'NatGatewayId'] },
      ]),
    );
    const places = Object.values(resourcesOf(site, 'AWS::EC2::NatGateway')).map(({ Properties }) =>
      JSON.stringify(Properties.SubnetId),
    );
    for (const place of places) expect(place).toContain('PublicSubnet');
    expect(new Set(places).size).toBe(gateways.length);
    expect(new Set(routes.map(([, { Properties }]) => JSON.stringify(Properties.RouteTableId))).size).toBe(2);
    for (const [, { Properties }] of routes) {
      expect(JSON.stringify(Properties.RouteTableId)).toContain('ServerSubnet');
    }
    expect(groupOf(site).DependsOn).toEqual(
      expect.arrayContaining([...gateways, ...routes.map(([id]) => id)]),
    );
  }
});

promise('DR-21', () => {
  const app = createApp();
  const stage = addSystem(app, { strategy: 'cold' });
  const inside = stage.standby.node.findAll().filter((each) => NestedStack.isNestedStack(each));
  expect(inside).toHaveLength(1);
  expect(stage.standby.site).toBeUndefined();
  for (const { site, standby } of COLD) {
    // Awake, it tells the topic that is there always.
    const topic = { Ref: theOnly(standby, 'AWS::SNS::Topic').id };
    const [given = ''] =
      Object.entries(nestedParameters(standby)).find(
        ([, value]) => JSON.stringify(value) === JSON.stringify(topic),
      ) ?? [];
    expectAlarms(site, siteAlarms(site), { Ref: given });
    expect(resourcesOf(site, 'AWS::SNS::Topic')).toEqual({});
  }
});

const topicOf = (template: StackTemplate) => ({ Ref: theOnly(template, 'AWS::SNS::Topic').id });

promise('DR-22', () => {
  for (const system of EVERY) {
    const { dns, isWarm, overview, primary, standby } = system;
    expectAlarms(
      primary,
      {
        ...siteAlarms(primary),
        ...filesAlarms(PRIMARY_REGION),
        ...replicaAlarms(isWarm ? DEFAULT_LAG : FILES_OBJECTIVE),
        ...(isWarm ? {} : copiesAlarms()),
      },
      topicOf(primary),
    );
    const always = { ...filesAlarms(STANDBY_REGION), ...switchAlarms('shop') };
    if (isWarm) {
      const alarms = { ...siteAlarms(standby), ...always, ...replicaAlarms(DEFAULT_LAG) };
      expectAlarms(standby, alarms, topicOf(standby));
    } else {
      expectAlarmsThatFire(standby, { ...always, ...copyAgeAlarm(standby) }, topicOf(standby));
    }
    const health = referenceTo(dns, checksOf(system).healthy.id, { stack: 'Dns', region: STANDBY_REGION });
    expectAlarmsThatFire(overview, healthAlarm(health), topicOf(overview));
    for (const template of [primary, standby, overview]) expectTopicForAlarms(template);
  }
});

promise('DR-22', () => {
  for (const { standby } of COLD) {
    const schedule = theOnly(standby, 'AWS::Scheduler::Schedule').Properties;
    const fn = named(resourcesOf(standby, 'AWS::Lambda::Function'), 'WorkflowsNewestCopy').id;
    expect(schedule).toMatchObject({
      ScheduleExpression: 'rate(15 minutes)',
      Target: { Arn: { 'Fn::GetAtt': [fn, 'Arn'] }, Input: JSON.stringify({ maxAgeSeconds: 26 * 3600 }) },
    });
    expect(standby.Resources[fn]?.Properties.Environment).toMatchObject({
      Variables: { VAULT: 'shop-copies' },
    });
  }
  const tight = synthesize({
    recoveryPointObjective: Duration.seconds(90),
    alarmEmail: 'alarms@example.com',
  });
  const alarm = named(resourcesOf(tight.standby, 'AWS::CloudWatch::Alarm'), 'MonitoringReplicaLagHigh');
  expect(alarm.Properties.Threshold).toBe(90);
  for (const template of [tight.primary, tight.standby, tight.overview]) {
    expectMail(template, 'alarms@example.com');
  }
  const aged = synthesize({
    strategy: 'cold',
    copyInterval: Duration.hours(6),
    recoveryPointObjective: Duration.hours(9),
  });
  expect(theOnly(aged.standby, 'AWS::Scheduler::Schedule').Properties.Target).toMatchObject({
    Input: JSON.stringify({ maxAgeSeconds: 9 * 3600 }),
  });
});

promise('DR-23', () => {
  for (const { isWarm, overview } of EVERY) {
    expect(Object.keys(resourcesOf(overview, 'AWS::CloudWatch::Dashboard'))).toHaveLength(1);
    const pairs = rowsOf(overview).filter((row) => row.length === 2 && row[0]?.type === 'metric');
    expect(pairs.map(([left]) => left?.properties.title)).toEqual([
      'Requests and errors',
      'Servers',
      'Database',
    ]);
    for (const [left, right] of pairs) {
      expect(left?.properties.region).toBe(PRIMARY_REGION);
      const sleeps = right?.type === 'text';
      expect(sleeps).toBe(!isWarm && left?.properties.title !== 'Database');
      if (sleeps) continue;
      expect(right?.properties.region).toBe(STANDBY_REGION);
      expect(right?.properties.title).toBe(left?.properties.title);
      const metrics = (widget: Widget | undefined) => widget?.properties.metrics?.map(([, name]) => name);
      expect(metrics(right)).toEqual(metrics(left));
      expect(metrics(left)?.length).toBeGreaterThanOrEqual(2);
    }
  }
});

promise('DR-24', () => {
  for (const gameDay of [true, false]) {
    for (const profile of [PRODUCTION, SANDBOX]) {
      const { primary } = synthesize({ gameDay, profile });
      expect(Object.keys(resourcesOf(primary, 'AWS::FIS::ExperimentTemplate'))).toHaveLength(gameDay ? 2 : 0);
    }
  }
  expect(
    [warm, warmSandbox, cold, coldSandbox].map(
      ({ primary }) => Object.keys(resourcesOf(primary, 'AWS::FIS::ExperimentTemplate')).length,
    ),
  ).toEqual([0, 2, 0, 2]);
});

promise('DR-24', () => {
  for (const { primary } of [warmSandbox, coldSandbox, synthesize({ ...DOMAIN, gameDay: true })]) {
    const online =
      'AWS::CertificateManager::Certificate' in
      Object.fromEntries(Object.values(primary.Resources).map(({ Type }) => [Type, 1]));
    const alarm = named(resourcesOf(primary, 'AWS::CloudWatch::Alarm'), 'StopAlarm');
    for (const { Properties } of Object.values(resourcesOf(primary, 'AWS::FIS::ExperimentTemplate'))) {
      expect(Properties.StopConditions).toEqual([
        { Source: 'aws:cloudwatch:alarm', Value: { 'Fn::GetAtt': [alarm.id, 'Arn'] } },
      ]);
    }
    const servers = named(resourcesOf(primary, 'AWS::FIS::ExperimentTemplate'), 'GameDayServers');
    const resourceTags = { 'disaster-recovery-game-day': 'shop' };
    expect(servers.Properties.Targets).toMatchObject({
      Fleet: { ResourceType: 'aws:ec2:autoscaling-group', ResourceTags: resourceTags },
      Servers: { ResourceType: 'aws:ec2:instance', ResourceTags: resourceTags },
    });
    expect(groupOf(primary).Properties.Tags).toContainEqual({
      Key: 'disaster-recovery-game-day',
      Value: 'shop',
      PropagateAtLaunch: true,
    });
    const zone = named(resourcesOf(primary, 'AWS::FIS::ExperimentTemplate'), 'GameDayZone');
    expect(zone.Properties.Targets).toMatchObject({
      Subnets: {
        ResourceType: 'aws:ec2:subnet',
        Parameters: { vpc: { Ref: theOnly(primary, 'AWS::EC2::VPC').id } },
      },
    });
    expect(zone.Properties.Actions).toMatchObject({ CutOff: { Parameters: { duration: 'PT30M' } } });
    // It waits for as long as DNS may take, and longer than an experiment it does not.
    const minutes = Number(alarm.Properties.EvaluationPeriods);
    const detection = online
      ? ({ kind: 'endpoint', requestInterval: 30, failureThreshold: 3 } as const)
      : ({ kind: 'alarm', evaluationPeriods: 3 } as const);
    expect(minutes * 60).toBeGreaterThan(redirectionTime(detection).toSeconds());
    expect(minutes).toBeLessThan(30);
    const errors = metricsOf(alarm);
    expect(Object.keys(errors)).toEqual(['HTTPCode_ELB_5XX_Count', 'HTTPCode_Target_5XX_Count']);
    for (const { dimensions } of Object.values(errors)) {
      expect(dimensions).toEqual({ LoadBalancer: balancerOf(primary, 'LoadBalancerFullName') });
    }
  }
});

const UNNAMED = /^(autoscaling:Describe\w+|cloudwatch:GetMetricData|logs:\w+|xray:\w+) on \*$/;

promise('DR-25', () => {
  for (const { primary, standby } of EVERY) {
    for (const [template, region] of [
      [primary, PRIMARY_REGION],
      [standby, STANDBY_REGION],
    ] as const) {
      const stays = [
        `arn:aws:autoscaling:${region}:<AWS::AccountId>:autoScalingGroup:*:autoScalingGroupName/<`,
        `arn:aws:events:${region}:<AWS::AccountId>:rule/StepFunctionsGetEventsForStepFunctionsExecutionRule`,
        `arn:aws:states:${region}:<AWS::AccountId>:execution:shop-step-back:*`,
        `arn:aws:ssm:${region}::parameter/aws/service/ami-amazon-linux-latest/*`,
        `arn:aws:ssm:${region}:<AWS::AccountId>:parameter/cdk-bootstrap/*`,
      ];
      for (const workflow of [takeOverIn(template), stepBackIn(template)]) {
        expectRightsForCalls(workflow);
        for (const { Action, Condition, Effect, Resource } of workflow.statements) {
          expect(Effect).toBe('Allow');
          for (const action of [Action].flat()) {
            expect(action).not.toContain('*');
            for (const resource of Resource) {
              const right = `${action} on ${resource}`;
              const isOurs = /[:/]shop[-/]/.test(resource) || /^<[^>]+>$/.test(resource);
              const isConditional = Condition !== undefined;
              const isKnown = stays.some((each) => resource.startsWith(each));
              const isOfRds = /:(og:default:mysql|pg:<|subgrp:<)/.test(resource);
              expect(isOurs || isConditional || isKnown || isOfRds || UNNAMED.test(right), right).toBe(true);
            }
          }
        }
      }
    }
  }
});

promise('DR-25', () => {
  for (const { isWarm, primary, standby } of EVERY) {
    for (const template of isWarm ? [primary, standby] : [primary]) {
      const { statements } = stepBackIn(template);
      const conditionsOf = (action: string) =>
        statements.filter(({ Action }) => [Action].flat().includes(action)).map(({ Condition }) => Condition);
      expect(conditionsOf('kms:CreateGrant')).toEqual([
        { StringEquals: { 'kms:ViaService': expect.anything() } },
        {
          StringEquals: { 'kms:ViaService': expect.anything() },
          'ForAnyValue:StringEquals': { 'kms:ResourceAliases': 'alias/shop' },
        },
      ]);
      expect(conditionsOf('iam:PassRole')).toEqual([
        { StringEquals: { 'iam:PassedToService': 'ec2.amazonaws.com' } },
      ]);
      const passed = statements.filter(({ Action }) => Action === 'iam:PassRole');
      expect(passed.flatMap(({ Resource }) => Resource)).toEqual([`<${serverRoleOf(template)}.Arn>`]);
    }
  }
});

promise('DR-26', () => {
  for (const system of EVERY) {
    expectEncrypted(system);
    if (system.profile === SANDBOX) {
      for (const template of [system.base, system.primary, system.dns, system.overview, system.standby]) {
        expect(sandboxProblems(template, { systemName: 'shop' })).toEqual([]);
      }
    } else {
      for (const template of allOf(system)) expect(productionProblems(template)).toEqual([]);
    }
  }
});
