import { Duration, Stack, Token } from 'aws-cdk-lib';
import { Schedule } from 'aws-cdk-lib/aws-autoscaling';
import { describe, expect, test } from 'vitest';
import { Intranet } from '../lib/intranet/intranet';
import { IntranetStack } from '../lib/intranet/intranet-stack';
import type { Scaling, ScalingOptions } from '../lib/intranet/scaling-options';
import { type Profile, SANDBOX } from '../lib/profile';
import { metricsOf, stateAfter } from './support/alarms';
import { createApp, resourcesOf, type StackTemplate, templateOf, theOnly } from './support/apps';
import type { BadInput } from './support/bad-input';
import { groupOf, textOf } from './support/fleet';
import { changeAt, policiesOf, stepAlarmsOf } from './support/scaling';

const clientRanges = ['10.0.0.0/8'];

function synthesize(options: ScalingOptions, profile: Profile = SANDBOX): StackTemplate {
  return templateOf((app) => new IntranetStack(app, 'Intranet', { clientRanges, profile, ...options }));
}

const CPU_STEPS = [
  { upper: 25, change: -1 },
  { lower: 60, change: 1 },
];

describe('targets', () => {
  const targets = (scaling?: Scaling) =>
    policiesOf(synthesize({ scaling }), 'TargetTrackingScaling').map(
      ({ TargetTrackingConfiguration }) => TargetTrackingConfiguration,
    );
  const cpu = (TargetValue: number) => ({
    PredefinedMetricSpecification: { PredefinedMetricType: 'ASGAverageCPUUtilization' },
    TargetValue,
  });
  const requests = (TargetValue: number) => ({
    PredefinedMetricSpecification: { PredefinedMetricType: 'ALBRequestCountPerTarget' },
    TargetValue,
  });

  test.each<[string, Scaling | undefined, object[]]>([
    ['nothing', undefined, [cpu(50)]],
    ['an empty wish', {}, [cpu(50)]],
    [
      'schedules alone',
      { schedules: [{ schedule: Schedule.expression('0 8 * * *'), minCapacity: 2 }] },
      [cpu(50)],
    ],
    ['a forecast alone', { predictive: {} }, [cpu(50)]],
    ['a load', { targetCpu: 70 }, [cpu(70)]],
    ['requests', { targetRequests: 600 }, [requests(600)]],
    ['a load and requests', { targetCpu: 70, targetRequests: 600 }, [cpu(70), requests(600)]],
    ['the least load', { targetCpu: 10 }, [cpu(10)]],
    ['the greatest load', { targetCpu: 90 }, [cpu(90)]],
    ['steps', { cpuSteps: CPU_STEPS }, []],
  ])('of %s', (_, scaling, expected) => {
    expect(targets(scaling)).toHaveLength(expected.length);
    expect(targets(scaling)).toMatchObject(expected);
  });
});

describe('requests', () => {
  const template = synthesize({ scaling: { targetRequests: 600, predictive: { mode: 'forecastAndScale' } } });
  const targetGroup = theOnly(template, 'AWS::ElasticLoadBalancingV2::TargetGroup').id;
  const loadBalancer = theOnly(template, 'AWS::ElasticLoadBalancingV2::LoadBalancer').id;
  const listener = theOnly(template, 'AWS::ElasticLoadBalancingV2::Listener').id;

  test('are those of the intranet', () => {
    const [policy] = policiesOf(template, 'TargetTrackingScaling') as {
      TargetTrackingConfiguration: {
        PredefinedMetricSpecification: { ResourceLabel: { 'Fn::Join': [string, unknown[]] } };
      };
    }[];
    const label = policy?.TargetTrackingConfiguration.PredefinedMetricSpecification.ResourceLabel;
    expect(JSON.stringify(label)).toContain(JSON.stringify({ Ref: listener }));
    expect(label?.['Fn::Join'][1].at(-1)).toEqual({ 'Fn::GetAtt': [targetGroup, 'TargetGroupFullName'] });
  });

  test('are forecast for the same target group, where they are the only target', () => {
    const [policy] = policiesOf(template, 'PredictiveScaling') as {
      PredictiveScalingConfiguration: { MetricSpecifications: Record<string, unknown>[] };
    }[];
    const [specification] = policy?.PredictiveScalingConfiguration.MetricSpecifications ?? [];
    expect(specification).toMatchObject({
      TargetValue: 600,
      PredefinedMetricPairSpecification: { PredefinedMetricType: 'ALBRequestCount' },
    });
    const pair = specification?.PredefinedMetricPairSpecification as { ResourceLabel: unknown } | undefined;
    expect(textOf(pair?.ResourceLabel)).toBe(
      `<${loadBalancer}.LoadBalancerFullName>/<${targetGroup}.TargetGroupFullName>`,
    );
  });

  test('have a label only once the listener is there', () => {
    const policies = Object.values(resourcesOf(template, 'AWS::AutoScaling::ScalingPolicy'));
    expect(policies).toHaveLength(2);
    for (const { DependsOn } of policies) expect(DependsOn).toContain(listener);
  });
});

describe('steps', () => {
  const steps = [
    { lower: 80, change: 2 },
    { upper: 10, change: -2 },
    { lower: 60, change: 1 },
    { upper: 25, change: -1 },
    { lower: 95, change: 4 },
  ];
  const template = synthesize({ scaling: { cpuSteps: steps } });

  test.each([
    [0, -2],
    [10, -2],
    [10.1, -1],
    [25, -1],
    [25.1, 0],
    [59.9, 0],
    [60, 1],
    [79.9, 1],
    [80, 2],
    [94.9, 2],
    [95, 4],
    [100, 4],
  ])('at a load of %s percent change the number by %s, whatever their order', (load, change) => {
    expect(changeAt(template, load)).toBe(change);
  });

  test('have bounds from the threshold on', () => {
    const adjustments = stepAlarmsOf(template).map(({ alarm, policy }) => [
      alarm.Properties.Threshold,
      policy.Properties.StepAdjustments,
    ]);
    expect(adjustments).toEqual([
      [
        60,
        [
          { MetricIntervalLowerBound: 0, MetricIntervalUpperBound: 20, ScalingAdjustment: 1 },
          { MetricIntervalLowerBound: 20, MetricIntervalUpperBound: 35, ScalingAdjustment: 2 },
          { MetricIntervalLowerBound: 35, ScalingAdjustment: 4 },
        ],
      ],
      [
        25,
        [
          { MetricIntervalLowerBound: -15, MetricIntervalUpperBound: 0, ScalingAdjustment: -1 },
          { MetricIntervalUpperBound: -15, ScalingAdjustment: -2 },
        ],
      ],
    ]);
    for (const { policy } of stepAlarmsOf(template)) {
      expect(policy.Properties).toMatchObject({
        AdjustmentType: 'ChangeInCapacity',
        MetricAggregationType: 'Average',
        AutoScalingGroupName: { Ref: groupOf(template).id },
      });
      // Without one of their own, the group's warm-up counts.
      expect(policy.Properties).not.toHaveProperty('EstimatedInstanceWarmup');
    }
  });

  test.each([
    ['five minutes', undefined, 300],
    ['a minute', true, 60],
  ] as const)(
    'look at the load once in %s, as often as the servers send it',
    (_, detailedMonitoring, period) => {
      const profile = { ...SANDBOX, ...(detailedMonitoring ? { detailedMonitoring } : {}) };
      const each = synthesize({ scaling: { cpuSteps: CPU_STEPS } }, profile);
      const alarms = stepAlarmsOf(each).map(({ alarm }) => alarm);
      expect(alarms).toHaveLength(2);
      for (const alarm of alarms) {
        expect(metricsOf(alarm)).toEqual({
          CPUUtilization: {
            namespace: 'AWS/EC2',
            statistic: 'Average',
            period,
            dimensions: { AutoScalingGroupName: { Ref: groupOf(each).id } },
          },
        });
      }
    },
  );

  test('take two looks, and nothing follows from none', () => {
    const [add, remove] = stepAlarmsOf(template).map(({ alarm }) => alarm);
    if (!add || !remove) throw new Error('there are two alarms');
    expect(stateAfter(add, [59, 60])).toBe('OK');
    expect(stateAfter(add, [60, 60])).toBe('ALARM');
    expect(stateAfter(remove, [26, 25])).toBe('OK');
    expect(stateAfter(remove, [25, 25])).toBe('ALARM');
    for (const alarm of [add, remove])
      expect(stateAfter(alarm, [undefined, undefined])).toBe('INSUFFICIENT_DATA');
  });

  test('are no reason for a mail', () => {
    for (const { alarm } of stepAlarmsOf(template)) {
      expect(alarm.Properties.AlarmActions).toHaveLength(1);
      expect(alarm.Properties).not.toHaveProperty('OKActions');
      expect(alarm.Properties.AlarmDescription).toContain('It is no reason to worry.');
    }
  });
});

describe('schedules', () => {
  const morning = Schedule.cron({ weekDay: 'MON-FRI', hour: '8', minute: '30' });
  const evening = Schedule.cron({ weekDay: 'MON-FRI', hour: '19', minute: '0' });
  const scheduled = (scaling: Scaling) =>
    Object.values(resourcesOf(synthesize({ scaling }), 'AWS::AutoScaling::ScheduledAction')).map(
      ({ Properties: { AutoScalingGroupName, ...properties } }) => properties,
    );

  test('set what they are given and no more, in their time zone', () => {
    const schedules = [
      { schedule: morning, minCapacity: 4, maxCapacity: 12 },
      { schedule: evening, minCapacity: 2 },
      { schedule: Schedule.expression('0 0 1 * *'), maxCapacity: 3 },
    ];
    expect(scheduled({ schedules, timeZone: 'Asia/Tokyo' })).toEqual([
      { Recurrence: '30 8 * * MON-FRI', TimeZone: 'Asia/Tokyo', MinSize: 4, MaxSize: 12 },
      { Recurrence: '0 19 * * MON-FRI', TimeZone: 'Asia/Tokyo', MinSize: 2 },
      { Recurrence: '0 0 1 * *', TimeZone: 'Asia/Tokyo', MaxSize: 3 },
    ]);
  });

  test('are in UTC where nothing is said', () => {
    expect(scheduled({ schedules: [{ schedule: morning, minCapacity: 3 }] })).toMatchObject([
      { TimeZone: 'Etc/UTC' },
    ]);
  });
});

describe('a forecast', () => {
  const forecast = (scaling: Scaling) =>
    policiesOf(synthesize({ scaling }), 'PredictiveScaling').map(
      ({ PredictiveScalingConfiguration }) => PredictiveScalingConfiguration,
    );
  const cpu = (TargetValue: number) => [
    { TargetValue, PredefinedMetricPairSpecification: { PredefinedMetricType: 'ASGCPUUtilization' } },
  ];
  const HonorMaxCapacity = { MaxCapacityBreachBehavior: 'HonorMaxCapacity' };

  test.each<[string, Scaling, object[]]>([
    ['nothing', { targetCpu: 60 }, []],
    [
      'the default',
      { predictive: {} },
      [{ ...HonorMaxCapacity, Mode: 'ForecastOnly', MetricSpecifications: cpu(50) }],
    ],
    [
      'a look ahead',
      { targetCpu: 60, predictive: { mode: 'forecastOnly' } },
      [{ ...HonorMaxCapacity, Mode: 'ForecastOnly', MetricSpecifications: cpu(60) }],
    ],
    [
      'scaling by the load, where there are two targets',
      {
        targetCpu: 60,
        targetRequests: 600,
        predictive: { mode: 'forecastAndScale', schedulingBufferTime: Duration.minutes(10) },
      },
      [
        {
          ...HonorMaxCapacity,
          Mode: 'ForecastAndScale',
          SchedulingBufferTime: 600,
          MetricSpecifications: cpu(60),
        },
      ],
    ],
  ])('of %s', (_, scaling, expected) => {
    expect(forecast(scaling)).toEqual(expected);
  });
});

describe('refuses', () => {
  const stack = new Stack(createApp(), 'Stack');
  const daily = Schedule.cron({ hour: '8', minute: '0' });
  const noon = Schedule.cron({ hour: '12', minute: '0' });
  const text = JSON.stringify(CPU_STEPS);
  const steps = (cpuSteps: Scaling['cpuSteps'], more: ScalingOptions = {}) => ({
    ...more,
    scaling: { cpuSteps },
  });
  const swing = (upper: number, lower: number, min: number, after: number): BadInput<ScalingOptions> => {
    const cpuSteps = [
      { upper, change: -1 },
      { lower, change: 1 },
    ];
    return [
      `steps at ${upper} and ${lower} with ${min} servers`,
      { minCapacity: min, scaling: { cpuSteps } },
      `scaling.cpuSteps: ${JSON.stringify(cpuSteps)} swing to and fro: when ${min + 1} servers at ${upper} % become ${min}, these come to ${after} %, and at ${lower} % servers are added again. Move them apart.`,
    ];
  };
  const swinging = (
    name: string,
    options: ScalingOptions,
    cpuSteps: NonNullable<Scaling['cpuSteps']>,
    how: string,
    schedules?: Scaling['schedules'],
  ): BadInput<ScalingOptions> => [
    name,
    { ...options, scaling: { cpuSteps, schedules } },
    `scaling.cpuSteps: ${JSON.stringify(cpuSteps)} swing to and fro: ${how} Move them apart.`,
  ];
  const number = Token.asNumber({ Ref: 'Number' });
  const wayOfSteps =
    'is no step; give a whole change, with lower alone where it adds servers and upper alone where it takes them away, in percent above 0 and below 100.';
  const cases: BadInput<ScalingOptions>[] = [
    ['no server', { minCapacity: 0 }, 'minCapacity: 0 is no number of servers; give 1 or more.'],
    ['half a server', { minCapacity: 1.5 }, 'minCapacity: 1.5 is no number of servers; give 1 or more.'],
    [
      'a maximum that is the minimum',
      { minCapacity: 3, maxCapacity: 3 },
      'maxCapacity: 3 leaves nothing to scale; give more than minCapacity (3).',
    ],
    [
      'a maximum below the default minimum',
      { maxCapacity: 1 },
      'maxCapacity: 1 leaves nothing to scale; give more than minCapacity (2).',
    ],
    [
      'a minimum above the default maximum',
      { minCapacity: 6 },
      'maxCapacity: 6 leaves nothing to scale; give more than minCapacity (6).',
    ],
    [
      'a maximum that is no whole number',
      { maxCapacity: 6.5 },
      'maxCapacity: 6.5 leaves nothing to scale; give more than minCapacity (2).',
    ],
    ...[9, 91, 0, -1].map(
      (targetCpu): BadInput<ScalingOptions> => [
        `a load of ${targetCpu}`,
        { scaling: { targetCpu } },
        `scaling.targetCpu: ${targetCpu} would scale always or never; give percent, 10 to 90.`,
      ],
    ),
    [
      'no requests',
      { scaling: { targetRequests: 0 } },
      'scaling.targetRequests: 0 is no load; give the requests a minute that a server answers well.',
    ],
    [
      'steps with a target of the load',
      { scaling: { cpuSteps: CPU_STEPS, targetCpu: 50 } },
      `scaling.cpuSteps: ${text} fight with targetCpu: the steps would take servers away while the target still wants them. Leave one out; AWS advises targets.`,
    ],
    [
      'steps with a target of requests',
      { scaling: { cpuSteps: CPU_STEPS, targetRequests: 50 } },
      `scaling.cpuSteps: ${text} fight with targetRequests: the steps would take servers away while the target still wants them. Leave one out; AWS advises targets.`,
    ],
    [
      'steps with a forecast',
      { scaling: { cpuSteps: CPU_STEPS, predictive: {} } },
      `scaling.cpuSteps: ${text} name no load for predictive scaling to aim at; give targetCpu in their place.`,
    ],
    [
      'a step of nothing',
      steps([{ lower: 50, change: 0 }]),
      `scaling.cpuSteps: {"lower":50,"change":0} ${wayOfSteps}`,
    ],
    [
      'a step of half a server',
      steps([...CPU_STEPS, { lower: 80, change: 1.5 }]),
      `scaling.cpuSteps: {"lower":80,"change":1.5} ${wayOfSteps}`,
    ],
    [
      'a step that adds without a lower bound',
      steps([{ upper: 50, change: 1 }]),
      `scaling.cpuSteps: {"upper":50,"change":1} ${wayOfSteps}`,
    ],
    [
      'a step that takes away without an upper bound',
      steps([{ lower: 50, change: -1 }]),
      `scaling.cpuSteps: {"lower":50,"change":-1} ${wayOfSteps}`,
    ],
    [
      'steps up only',
      steps([{ lower: 50, change: 1 }]),
      'scaling.cpuSteps: [{"lower":50,"change":1}] lead one way only; add one that scales down.',
    ],
    [
      'steps down only',
      steps([{ upper: 50, change: -1 }]),
      'scaling.cpuSteps: [{"upper":50,"change":-1}] lead one way only; add one that scales up.',
    ],
    ['no steps', steps([]), 'scaling.cpuSteps: [] lead one way only; add one that scales up.'],
    swing(40, 60, 2, 60),
    swing(40, 59, 2, 60),
    swing(30, 60, 1, 60),
    swing(45, 60, 2, 68),
    swing(60, 60, 5, 72),
    swing(70, 60, 5, 84),
    [
      'steps of which the nearest swing',
      {
        scaling: {
          cpuSteps: [
            { upper: 10, change: -2 },
            { upper: 50, change: -1 },
            { lower: 90, change: 2 },
            { lower: 70, change: 1 },
          ],
        },
      },
      'scaling.cpuSteps: [{"upper":10,"change":-2},{"upper":50,"change":-1},{"lower":90,"change":2},{"lower":70,"change":1}] swing to and fro: when 3 servers at 50 % become 2, these come to 75 %, and at 70 % servers are added again. Move them apart.',
    ],
    swinging(
      'a step that takes two servers away and swings',
      { minCapacity: 1 },
      [
        { upper: 40, change: -2 },
        { lower: 90, change: 1 },
      ],
      'when 3 servers at 40 % become 1, these come to 120 %, and at 90 % servers are added again.',
    ),
    swinging(
      'steps of which the farthest swings',
      { minCapacity: 1 },
      [
        { upper: 20, change: -1 },
        { upper: 15, change: -4 },
        { lower: 75, change: 1 },
      ],
      'when 5 servers at 15 % become 1, these come to 75 %, and at 75 % servers are added again.',
    ),
    swinging(
      'a step that takes away more servers than there can be and swings',
      { minCapacity: 1, maxCapacity: 2 },
      [
        { upper: 40, change: -4 },
        { lower: 80, change: 1 },
      ],
      'when 2 servers at 40 % become 1, these come to 80 %, and at 80 % servers are added again.',
    ),
    swinging(
      'a step that adds four servers and swings',
      { minCapacity: 2 },
      [
        { lower: 60, change: 4 },
        { upper: 25, change: -1 },
      ],
      'when 2 servers at 60 % become 6, these come to 20 %, and at 25 % servers are taken away again.',
    ),
    swinging(
      'a step that adds more servers than there can be and swings',
      { minCapacity: 2, maxCapacity: 4 },
      [
        { lower: 60, change: 9 },
        { upper: 30, change: -1 },
      ],
      'when 2 servers at 60 % become 4, these come to 30 %, and at 30 % servers are taken away again.',
    ),
    swinging(
      'steps that swing once a schedule lowers the minimum',
      { minCapacity: 5 },
      [
        { upper: 40, change: -1 },
        { lower: 65, change: 1 },
      ],
      'when 2 servers at 40 % become 1, these come to 80 %, and at 65 % servers are added again.',
      [
        { schedule: daily, minCapacity: 4 },
        { schedule: noon, minCapacity: 1 },
      ],
    ),
    ...(
      [
        ['adding', { lower: 60, change: 2 }],
        ['taking away', { upper: 25, change: -2 }],
      ] as const
    ).map(([way, step]): BadInput<ScalingOptions> => {
      const cpuSteps = [...CPU_STEPS, step];
      const problem = 'have a bound twice in one direction; say each once.';
      return [
        `a bound twice, ${way}`,
        steps(cpuSteps),
        `scaling.cpuSteps: ${JSON.stringify(cpuSteps)} ${problem}`,
      ];
    }),
    // What only CloudFormation knows can't be put in order, and of two bounds one would be dropped.
    ...[
      { lower: 60, upper: 80, change: 1 },
      { lower: 10, upper: 30, change: -1 },
      { lower: 0, change: 1 },
      { lower: 100, change: 1 },
      { lower: -1, change: 1 },
      { lower: Number.NaN, change: 1 },
      { upper: 0, change: -1 },
      { upper: 100, change: -1 },
      { upper: 101, change: -1 },
      { lower: number, change: 1 },
      { upper: number, change: -1 },
      { lower: 80, change: number },
      { upper: 10, change: number },
    ].map(
      (step): BadInput<ScalingOptions> => [
        `the step ${JSON.stringify(step)}`,
        steps([...CPU_STEPS, step]),
        `scaling.cpuSteps: ${JSON.stringify(step)} ${wayOfSteps}`,
      ],
    ),
    ...(
      [
        ['cooldown', Duration.millis(500), 'whole seconds'],
        ['scaling.predictive.schedulingBufferTime', Duration.seconds(3600), '0 to 3599 whole seconds'],
        ['scaling.predictive.schedulingBufferTime', Duration.hours(1), '0 to 3599 whole seconds'],
        ['scaling.predictive.schedulingBufferTime', Duration.millis(500), '0 to 3599 whole seconds'],
      ] as const
    ).map(
      ([prop, duration, allowed]): BadInput<ScalingOptions> => [
        `${prop} of ${duration}`,
        prop === 'cooldown'
          ? { cooldown: duration }
          : { scaling: { predictive: { schedulingBufferTime: duration } } },
        `${prop}: "${duration}" is not possible; give ${allowed}.`,
      ],
    ),
    // JavaScript takes them, Auto Scaling does not.
    ...['asia/tokyo', 'Asia/tokyo', 'utc', '+09:00', ''].map(
      (timeZone): BadInput<ScalingOptions> => [
        `the time zone '${timeZone.replace('/', ' ')}'`,
        { scaling: { timeZone } },
        `scaling.timeZone: "${timeZone}" is no IANA name of a time zone; give one like 'Asia/Tokyo'.`,
      ],
    ),
    ...(
      [
        [{ minCapacity: 2.5 }, '2.5'],
        [{ minCapacity: 0 }, '0'],
        [{ maxCapacity: 2.5 }, '2.5'],
        [{ maxCapacity: 0 }, '0'],
        [{ minCapacity: 2, maxCapacity: 3.5 }, '2 and 3.5'],
        [{ minCapacity: -1, maxCapacity: 3 }, '-1 and 3'],
      ] as const
    ).map(
      ([capacity, named]): BadInput<ScalingOptions> => [
        `${JSON.stringify(capacity)} at a time`,
        { scaling: { schedules: [{ schedule: daily, ...capacity }] } },
        `scaling.schedules: "0 8 * * *" names ${named} servers; give 1 or more.`,
      ],
    ),
    [
      'steps that swing when a schedule raises the maximum',
      {
        minCapacity: 1,
        maxCapacity: 2,
        scaling: {
          cpuSteps: [
            { upper: 35, change: -4 },
            { lower: 80, change: 1 },
          ],
          schedules: [{ schedule: daily, maxCapacity: 10 }],
        },
      },
      'scaling.cpuSteps: [{"upper":35,"change":-4},{"lower":80,"change":1}] swing to and fro: when 5 servers at 35 % become 1, these come to 175 %, and at 80 % servers are added again. Move them apart.',
    ],
    [
      'a time zone in capitals',
      { scaling: { timeZone: 'ASIA/TOKYO' } },
      `scaling.timeZone: "ASIA/TOKYO" is no IANA name of a time zone; give one like 'Asia/Tokyo'.`,
    ],
    [
      'no server where there are steps',
      { minCapacity: 0, scaling: { cpuSteps: CPU_STEPS } },
      'minCapacity: 0 is no number of servers; give 1 or more.',
    ],
    [
      'a time zone that is none',
      { scaling: { timeZone: 'Japan/Tokyo' } },
      `scaling.timeZone: "Japan/Tokyo" is no IANA name of a time zone; give one like 'Asia/Tokyo'.`,
    ],
    [
      'a schedule of nothing',
      { scaling: { schedules: [{ schedule: daily }] } },
      'scaling.schedules: "0 8 * * *" changes nothing; give minCapacity or maxCapacity.',
    ],
    [
      'a time that comes twice',
      {
        scaling: {
          schedules: [
            { schedule: daily, minCapacity: 3 },
            { schedule: noon, minCapacity: 2 },
            { schedule: daily, maxCapacity: 4 },
          ],
        },
      },
      'scaling.schedules: "0 8 * * *" comes twice; say each time once.',
    ],
    [
      'a minimum above the maximum at a time',
      { scaling: { schedules: [{ schedule: daily, minCapacity: 5, maxCapacity: 4 }] } },
      'scaling.schedules: "0 8 * * *" asks for at least 5 and at most 4 servers; give a maxCapacity that is not less.',
    ],
    [
      'a minimum at a time above the usual maximum',
      { scaling: { schedules: [{ schedule: daily, minCapacity: 7 }] } },
      'scaling.schedules: "0 8 * * *" asks for at least 7 and at most 6 servers; give a maxCapacity that is not less.',
    ],
    [
      'a maximum at a time below the usual minimum',
      { minCapacity: 3, scaling: { schedules: [{ schedule: daily, maxCapacity: 2 }] } },
      'scaling.schedules: "0 8 * * *" asks for at least 3 and at most 2 servers; give a maxCapacity that is not less.',
    ],
  ];

  test.each(cases)('%s', (name, options, problem) => {
    expect(() => new Intranet(stack, name, { clientRanges, ...options })).toThrow(
      new Error(`Intranet at Stack/${name} has a problem:\n  - ${problem}`),
    );
  });

  test('all that fights in one error', () => {
    const scaling = { cpuSteps: CPU_STEPS, targetCpu: 5, targetRequests: 5, predictive: {}, timeZone: 'x' };
    expect(() => new Intranet(stack, 'Bad', { clientRanges, maxCapacity: 2, scaling })).toThrow(
      /^Intranet at Stack\/Bad has 6 problems:\n {2}- maxCapacity: .*\n {2}- scaling.targetCpu: .*\n {2}- scaling.cpuSteps: .* fight with targetCpu.*\n {2}- scaling.cpuSteps: .* fight with targetRequests.*\n {2}- scaling.cpuSteps: .* predictive .*\n {2}- scaling.timeZone: .*$/,
    );
  });

  const apart = (upper: number, lower: number, minCapacity: number): ScalingOptions => ({
    minCapacity,
    scaling: {
      cpuSteps: [
        { upper, change: -1 },
        { lower, change: 1 },
      ],
    },
  });
  const good: [string, ScalingOptions][] = [
    ['one server more than the least', { minCapacity: 1, maxCapacity: 2 }],
    ['steps that are just apart with 2 servers', apart(40, 61, 2)],
    ['steps that are just apart with 1 server', apart(30, 61, 1)],
    ['steps that are just apart with 5 servers', apart(50, 61, 5)],
    ['the least and the greatest bound', apart(1, 99, 1)],
    [
      'a step that takes two servers away and is just apart',
      {
        minCapacity: 1,
        scaling: {
          cpuSteps: [
            { upper: 29, change: -2 },
            { lower: 88, change: 1 },
          ],
        },
      },
    ],
    [
      'a step that adds four servers and is just apart',
      {
        minCapacity: 2,
        scaling: {
          cpuSteps: [
            { lower: 60, change: 4 },
            { upper: 19, change: -1 },
          ],
        },
      },
    ],
    [
      'a step that adds as many servers as there can be and is just apart',
      {
        minCapacity: 2,
        maxCapacity: 3,
        scaling: {
          cpuSteps: [
            { lower: 60, change: 9 },
            { upper: 39, change: -1 },
          ],
        },
      },
    ],
    [
      'steps that are just apart with the minimum of a schedule',
      {
        minCapacity: 5,
        scaling: { ...apart(40, 61, 5).scaling, schedules: [{ schedule: daily, minCapacity: 2 }] },
      },
    ],
    [
      'steps that are just apart with a schedule that raises the minimum',
      {
        minCapacity: 2,
        scaling: { ...apart(40, 61, 2).scaling, schedules: [{ schedule: daily, minCapacity: 4 }] },
      },
    ],
    ['one request a minute', { scaling: { targetRequests: 1 } }],
    ['the same number at a time', { scaling: { schedules: [{ schedule: daily, minCapacity: 6 }] } }],
    [
      'fixed servers at a time',
      { scaling: { schedules: [{ schedule: daily, minCapacity: 4, maxCapacity: 4 }] } },
    ],
    ['tokens of capacity', { minCapacity: number, maxCapacity: number }],
    ['a token of the least capacity', { minCapacity: number, maxCapacity: 1 }],
    ['a token of the greatest capacity', { minCapacity: 9, maxCapacity: number }],
    [
      'tokens of capacity at a time',
      {
        scaling: {
          schedules: [
            { schedule: daily, minCapacity: number, maxCapacity: 1 },
            { schedule: noon, maxCapacity: number },
          ],
        },
      },
    ],
    ['steps with a token of the least capacity', { ...apart(70, 60, 2), minCapacity: number }],
    ['steps with a token of the greatest capacity', { ...apart(70, 60, 2), maxCapacity: number }],
    [
      'steps with a token of the least capacity at a time',
      { scaling: { ...apart(70, 60, 2).scaling, schedules: [{ schedule: daily, minCapacity: number }] } },
    ],
    [
      'a cooldown and a buffer of nothing',
      {
        cooldown: Duration.seconds(0),
        scaling: { predictive: { schedulingBufferTime: Duration.seconds(0) } },
      },
    ],
    ['a token of the time zone', { scaling: { timeZone: stack.region } }],
    [
      'a buffer that is just below an hour',
      { scaling: { predictive: { schedulingBufferTime: Duration.seconds(3599) } } },
    ],
    [
      'tokens of durations',
      {
        cooldown: Duration.seconds(number),
        scaling: { predictive: { schedulingBufferTime: Duration.seconds(number) } },
      },
    ],
    ...['America/Port-au-Prince', 'America/Argentina/Buenos_Aires', 'Etc/GMT+9', 'UTC'].map(
      (timeZone): [string, ScalingOptions] => [
        `the time zone ${timeZone.replaceAll('/', ' ')}`,
        { scaling: { timeZone, schedules: [{ schedule: daily, minCapacity: 3 }] } },
      ],
    ),
    ['tokens of targets', { scaling: { targetCpu: number, targetRequests: number } }],
  ];
  test.each(good)('not %s', (name, options) => {
    const other = new Stack(createApp(), 'Other');
    expect(() => new Intranet(other, name, { clientRanges, ...options })).not.toThrow();
  });
});
