import { Duration, type Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { describe, expect, test } from 'vitest';
import { AccessLogBucket } from '../lib/building-blocks/access-log-bucket';
import { HttpLoadBalancer } from '../lib/building-blocks/http-load-balancer';
import { Monitoring } from '../lib/building-blocks/monitoring';
import {
  checkerRequestsPerMinute,
  type Detection,
  detectionShares,
  detectionTime,
  redirectionTime,
  TARGET_DETECTION,
} from '../lib/disaster-recovery/detection-time';
import { FailoverSwitch, switchAlarmName } from '../lib/disaster-recovery/failover-switch';
import { addHealthMonitoring, PrimaryHealth } from '../lib/disaster-recovery/health-checks';
import { PrimaryDownAlarm, primaryDownAlarmName } from '../lib/disaster-recovery/primary-down-alarm';
import { StopAlarm } from '../lib/disaster-recovery/stop-alarm';
import { addSwitchMonitoring } from '../lib/disaster-recovery/switch-monitoring';
import { SwitchRepeater } from '../lib/disaster-recovery/switch-repeater';
import { SANDBOX } from '../lib/profile';
import { metricsOf, stateAfter, stateAfterMetrics } from './support/alarms';
import { resourcesOf, type StackTemplate, theOnly } from './support/apps';
import { switchAlarms } from './support/disaster-recovery-alarms';
import { expectClean, functionIn, NAMES, named, points, templateIn } from './support/disaster-recovery-parts';
import { expectAlarmsThatFire } from './support/fleet-alarms';

const ENDPOINT: Detection = { kind: 'endpoint', requestInterval: 30, failureThreshold: 3 };
const FAST: Detection = { kind: 'endpoint', requestInterval: 10, failureThreshold: 2 };
const ALARM: Detection = { kind: 'alarm', evaluationPeriods: 2 };
const TARGET = { domainName: 'balancer.example.com', protocol: 'https', path: '/health' } as const;

function loadBalancerIn(stack: Stack): HttpLoadBalancer {
  return new HttpLoadBalancer(stack, 'Balancer', {
    vpc: new ec2.Vpc(stack, 'Vpc', { maxAzs: 2, natGateways: 0 }),
    vpcSubnets: { subnetType: ec2.SubnetType.PUBLIC },
    internetFacing: false,
    targetPort: 8080,
    healthCheckPath: '/',
    accessLogs: new AccessLogBucket(stack, 'AccessLogs', { profile: SANDBOX, forCloudFront: false }),
    profile: SANDBOX,
  });
}

describe('the switch', () => {
  const template = templateIn(NAMES.standbyRegion, (stack) => {
    new FailoverSwitch(stack, 'Switch', { names: NAMES, standbyCapacity: 1 });
  });

  test('begins with the primary, the capacity of the standby, and a standby that sleeps', () => {
    const parameters = Object.values(resourcesOf(template, 'AWS::SSM::Parameter')).map(({ Properties }) => [
      Properties.Name,
      Properties.Type,
      Properties.Value,
    ]);
    expect(parameters.sort()).toEqual([
      ['/desk/active-region', 'String', 'ap-northeast-1'],
      ['/desk/database-copy', 'String', 'none'],
      ['/desk/standby-capacity', 'String', '1'],
    ]);
  });

  test('has an alarm that Route 53 takes, which fires at once and keeps its state without data', () => {
    const alarm = theOnly(template, 'AWS::CloudWatch::Alarm');
    expect(alarm.Properties.AlarmName).toBe('desk-failed-over');
    expect(switchAlarmName(NAMES)).toBe('desk-failed-over');
    expect(metricsOf(alarm)).toEqual(switchAlarms(NAMES.systemName).StandbyServes?.watches);
    expect(alarm.Properties).toMatchObject({ EvaluationPeriods: 1, TreatMissingData: 'ignore' });
    for (const refused of ['Metrics', 'DatapointsToAlarm', 'ExtendedStatistic']) {
      expect(alarm.Properties).not.toHaveProperty(refused);
    }
    expect([1, 0].map((value) => stateAfter(alarm, [value]))).toEqual(['ALARM', 'OK']);
  });

  test('says every minute which region serves, and is late for nobody', () => {
    const repeating = templateIn(NAMES.standbyRegion, (stack) => {
      new SwitchRepeater(stack, 'Repeater', { switchFunction: functionIn(stack, 'switch') });
    });
    expect(theOnly(repeating, 'AWS::Scheduler::Schedule').Properties).toMatchObject({
      ScheduleExpression: 'rate(1 minute)',
      State: 'ENABLED',
      Target: {
        Arn: 'arn:aws:lambda:ap-northeast-3:123456789012:function:switch',
        Input: '{}',
        RetryPolicy: { MaximumEventAgeInSeconds: 60, MaximumRetryAttempts: 0 },
      },
    });
  });

  test('tells people that the standby serves, and that nothing says who does', () => {
    const monitored = templateIn(NAMES.standbyRegion, (stack) => {
      addSwitchMonitoring(new Monitoring(stack, 'Monitoring'), NAMES);
    });
    expectAlarmsThatFire(monitored, switchAlarms(NAMES.systemName), {
      Ref: theOnly(monitored, 'AWS::SNS::Topic').id,
    });
  });
});

describe('the health of the primary', () => {
  const checksOf = (template: StackTemplate) => resourcesOf(template, 'AWS::Route53::HealthCheck');
  const build = (detection: Detection, endpoint?: typeof TARGET | { path: string }) =>
    templateIn(NAMES.standbyRegion, (stack) => {
      new PrimaryHealth(stack, 'Health', {
        names: NAMES,
        detection,
        endpoint: endpoint && { ...TARGET, ...endpoint },
      });
    });
  const configOf = (template: StackTemplate, name: string) =>
    named(checksOf(template), `Health${name}`).Properties.HealthCheckConfig;

  test('is that it works and that it serves', () => {
    for (const template of [build(ENDPOINT, TARGET), build(ALARM)]) {
      const idOf = (name: string) => ({
        'Fn::GetAtt': [named(checksOf(template), `Health${name}`).id, 'HealthCheckId'],
      });
      expect(Object.keys(checksOf(template))).toHaveLength(3);
      expect(configOf(template, 'Healthy')).toEqual({
        Type: 'CALCULATED',
        ChildHealthChecks: [idOf('Working'), idOf('Serving')],
        HealthThreshold: 2,
      });
      expect(configOf(template, 'Serving')).toEqual({
        Type: 'CLOUDWATCH_METRIC',
        AlarmIdentifier: { Name: 'desk-failed-over', Region: 'ap-northeast-3' },
        InsufficientDataHealthStatus: 'LastKnownStatus',
      });
      const tags = Object.values(checksOf(template)).map(({ Properties }) => Properties.HealthCheckTags);
      expect(tags).toEqual(
        ['works', 'serves', ''].map((what) => [{ Key: 'Name', Value: `desk primary ${what}`.trim() }]),
      );
    }
  });

  test('is asked of its load balancer, over HTTPS with a name, over HTTP without', () => {
    expect(configOf(build(ENDPOINT, TARGET), 'Working')).toEqual({
      Type: 'HTTPS',
      FullyQualifiedDomainName: 'balancer.example.com',
      Port: 443,
      ResourcePath: '/health',
      RequestInterval: 30,
      FailureThreshold: 3,
      EnableSNI: true,
    });
    const plain = templateIn(NAMES.standbyRegion, (stack) => {
      new PrimaryHealth(stack, 'Health', {
        names: NAMES,
        detection: FAST,
        endpoint: { ...TARGET, protocol: 'http' },
      });
    });
    expect(configOf(plain, 'Working')).toEqual({
      Type: 'HTTP',
      FullyQualifiedDomainName: 'balancer.example.com',
      Port: 80,
      ResourcePath: '/health',
      RequestInterval: 10,
      FailureThreshold: 2,
    });
  });

  test('is read from an alarm in its region, and bad where that says nothing', () => {
    expect(configOf(build(ALARM), 'Working')).toEqual({
      Type: 'CLOUDWATCH_METRIC',
      AlarmIdentifier: { Name: 'desk-primary-down-2m', Region: 'ap-northeast-1' },
      InsufficientDataHealthStatus: 'Unhealthy',
    });
  });

  test('is refused where Route 53 would', () => {
    const impossible = { kind: 'endpoint', requestInterval: 20 as 10, failureThreshold: 11 } as const;
    expect(() => build(impossible, { path: 'health' })).toThrow(
      [
        'PrimaryHealth at Stack/Health has 3 problems:',
        '  - detection.requestInterval: 20 is not possible; Route 53 has 10 and 30.',
        '  - detection.failureThreshold: 11 is not possible; give 1 to 10.',
        '  - endpoint.path: "health" must begin with a slash.',
      ].join('\n'),
    );
    for (const failureThreshold of [0, 1.5]) {
      expect(() => build({ ...ENDPOINT, failureThreshold }, TARGET)).toThrow('give 1 to 10');
    }
    for (const failureThreshold of [1, 10]) {
      expect(() => build({ ...ENDPOINT, failureThreshold }, TARGET)).not.toThrow();
    }
    expect(() => build(ENDPOINT)).toThrow("endpoint: undefined is missing; kind 'endpoint' needs");
    expect(() => build(ALARM, TARGET)).toThrow('endpoint: "balancer.example.com" is of no use with kind');
  });

  test('raises an alarm in us-east-1, where Route 53 reports', () => {
    const template = templateIn('us-east-1', (stack) => {
      addHealthMonitoring(new Monitoring(stack, 'Monitoring'), {
        healthCheckId: 'healthy-id',
        workingCheckId: 'working-id',
        servingCheckId: 'serving-id',
      });
    });
    expectAlarmsThatFire(
      template,
      {
        PrimaryUnhealthy: {
          watches: {
            HealthCheckStatus: {
              namespace: 'AWS/Route53',
              statistic: 'Minimum',
              period: 60,
              dimensions: { HealthCheckId: 'healthy-id' },
            },
          },
          fires: [{ HealthCheckStatus: [1, 0] }],
          stays: [{ HealthCheckStatus: [0, 1] }],
          silent: 'INSUFFICIENT_DATA',
        },
      },
      { Ref: theOnly(template, 'AWS::SNS::Topic').id },
    );
    const dashboard = JSON.stringify(theOnly(template, 'AWS::CloudWatch::Dashboard').Properties);
    for (const id of ['healthy-id', 'working-id', 'serving-id']) expect(dashboard).toContain(id);
  });
});

describe("the alarm on the primary's servers", () => {
  const build = (evaluationPeriods: number) =>
    templateIn(NAMES.primaryRegion, (stack) => {
      const { targetGroup } = loadBalancerIn(stack);
      new PrimaryDownAlarm(stack, 'PrimaryDown', { names: NAMES, targetGroup, evaluationPeriods });
    });
  const template = build(3);

  test('is one that Route 53 takes', () => {
    const alarm = theOnly(template, 'AWS::CloudWatch::Alarm');
    expect(metricsOf(alarm)).toMatchObject({
      HealthyHostCount: { namespace: 'AWS/ApplicationELB', statistic: 'Maximum', period: 60 },
    });
    expect(alarm.Properties.EvaluationPeriods).toBe(3);
    for (const refused of ['Metrics', 'DatapointsToAlarm', 'ExtendedStatistic', 'AlarmActions']) {
      expect(alarm.Properties).not.toHaveProperty(refused);
    }
  });

  test('fires when there is no healthy server, or no server at all', () => {
    const alarm = theOnly(template, 'AWS::CloudWatch::Alarm');
    const fires = [[1, 0, 0, 0], points(3, undefined), [0, undefined, 0]];
    const stays = [
      [0, 0, 1],
      [1, 0, 0],
    ];
    expect(fires.map((series) => stateAfter(alarm, series))).toEqual(fires.map(() => 'ALARM'));
    expect(stays.map((series) => stateAfter(alarm, series))).toEqual(stays.map(() => 'OK'));
  });

  test('has another name with other settings, so that Route 53 sees the change', () => {
    const nameOf = (each: StackTemplate) => theOnly(each, 'AWS::CloudWatch::Alarm').Properties.AlarmName;
    expect(nameOf(template)).toBe('desk-primary-down-3m');
    expect(nameOf(build(1))).toBe(primaryDownAlarmName(NAMES, 1));
    expect(primaryDownAlarmName(NAMES, 1)).not.toBe(primaryDownAlarmName(NAMES, 3));
  });

  test('refuses what is no number of minutes', () => {
    for (const evaluationPeriods of [0, 61, 1.5]) {
      expect(() => build(evaluationPeriods)).toThrow(
        `evaluationPeriods: ${evaluationPeriods} is not possible; give 1 to 60 whole minutes.`,
      );
    }
    for (const evaluationPeriods of [1, 60]) expect(() => build(evaluationPeriods)).not.toThrow();
  });

  test('is on a target group that is as fast as the detection time says', () => {
    const { HealthCheckIntervalSeconds, HealthCheckTimeoutSeconds, UnhealthyThresholdCount } = theOnly(
      template,
      'AWS::ElasticLoadBalancingV2::TargetGroup',
    ).Properties as Record<string, number>;
    expect(
      (UnhealthyThresholdCount ?? 0) * (HealthCheckIntervalSeconds ?? 0) + (HealthCheckTimeoutSeconds ?? 0),
    ).toBe(TARGET_DETECTION);
  });
});

describe('the time of detection', () => {
  test.each([
    // 3 × 30 s, and 3 × 6 s until a request has failed.
    [ENDPOINT, 108, 168],
    [FAST, 32, 92],
    // 35 s of the load balancer, the minute that had begun, and 2 whole ones.
    [ALARM, 215, 275],
    [{ kind: 'alarm', evaluationPeriods: 1 } as const, 155, 215],
  ])('of %o is %i seconds, and everybody is away after %i', (detection, detected, redirected) => {
    expect(detectionTime(detection).toSeconds()).toBe(detected);
    expect(redirectionTime(detection).toSeconds()).toBe(redirected);
    const shares = detectionShares(detection);
    expect(shares.reduce((total, { seconds }) => total + seconds, 0)).toBe(redirected);
    for (const { page } of shares) expect(page).toMatch(/^https:\/\/(docs\.)?aws\.amazon\.com\//);
  });

  test('counts what the checkers ask', () => {
    expect([ENDPOINT, FAST, ALARM].map(checkerRequestsPerMinute)).toEqual([30, 90, 0]);
  });
});

describe('the alarm that ends a game day', () => {
  const build = (detection: Detection, margin?: Duration) => {
    const template = templateIn(NAMES.primaryRegion, (stack) => {
      const { loadBalancer } = loadBalancerIn(stack);
      new StopAlarm(stack, 'Stop', { loadBalancer, detection, margin });
    });
    return { template, alarm: theOnly(template, 'AWS::CloudWatch::Alarm') };
  };
  const errors = (own: (number | undefined)[], servers: (number | undefined)[]) => ({
    HTTPCode_ELB_5XX_Count: own,
    HTTPCode_Target_5XX_Count: servers,
  });

  test('fires when users get errors for longer than DNS should need', () => {
    const { alarm } = build(ALARM);
    // 275 s, and 5 minutes.
    expect(alarm.Properties.EvaluationPeriods).toBe(10);
    const fires = [
      errors(points(10, 1), points(10, undefined)),
      errors(points(10, undefined), points(10, 1)),
      errors([1, 1, 1, 1, 1, ...points(5, undefined)], [...points(5, undefined), 1, 1, 1, 1, 1]),
    ];
    const stays = [
      errors([...points(9, 50), undefined], points(10, undefined)),
      errors([undefined, ...points(9, 50)], points(10, 0)),
      errors(points(10, undefined), points(10, undefined)),
    ];
    expect(fires.map((series) => stateAfterMetrics(alarm, series))).toEqual(fires.map(() => 'ALARM'));
    expect(stays.map((series) => stateAfterMetrics(alarm, series))).toEqual(stays.map(() => 'OK'));
    for (const metric of Object.values(metricsOf(alarm))) {
      expect(metric).toMatchObject({ namespace: 'AWS/ApplicationELB', statistic: 'Sum', period: 60 });
    }
  });

  test("lets the checkers' own errors pass", () => {
    const cases: [Detection, number, number][] = [
      [ENDPOINT, 8, 60],
      [FAST, 7, 180],
    ];
    for (const [detection, minutes, free] of cases) {
      const { alarm } = build(detection);
      expect(alarm.Properties.EvaluationPeriods).toBe(minutes);
      const state = (count: number) =>
        stateAfterMetrics(alarm, errors(points(minutes, count), points(minutes, undefined)));
      expect([free, free + 1].map(state)).toEqual(['OK', 'ALARM']);
    }
  });

  test('takes another margin', () => {
    expect(build(ALARM, Duration.minutes(10)).alarm.Properties.EvaluationPeriods).toBe(15);
  });
});

test('breaks no rule', () => {
  expectClean(NAMES.standbyRegion, /^Stack\/(Switch|Health|Monitoring|Repeater)/, (stack) => {
    new FailoverSwitch(stack, 'Switch', { names: NAMES, standbyCapacity: 1 });
    new PrimaryHealth(stack, 'Health', { names: NAMES, detection: ENDPOINT, endpoint: TARGET });
    new SwitchRepeater(stack, 'Repeater', { switchFunction: functionIn(stack, 'switch') });
    addSwitchMonitoring(new Monitoring(stack, 'Monitoring'), NAMES);
  });
  expectClean(NAMES.primaryRegion, /^Stack\/(Down|Stop)/, (stack) => {
    const { loadBalancer, targetGroup } = loadBalancerIn(stack);
    new PrimaryDownAlarm(stack, 'Down', { names: NAMES, targetGroup, evaluationPeriods: 2 });
    new StopAlarm(stack, 'Stop', { loadBalancer, detection: ENDPOINT });
  });
});
