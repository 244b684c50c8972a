import { Duration, Stack, Token } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as route53 from 'aws-cdk-lib/aws-route53';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import * as sns from 'aws-cdk-lib/aws-sns';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BlueGreenService, type BlueGreenServiceProps } from '../lib/blue-green-service/blue-green-service';
import { BlueGreenServiceStack } from '../lib/blue-green-service/blue-green-service-stack';
import { checkProps } from '../lib/blue-green-service/check-props';
import type { PathService, ServiceOptions } from '../lib/blue-green-service/service-options';
import { Problems } from '../lib/building-blocks/problems';
import { PRODUCTION, SANDBOX } from '../lib/profile';
import { createApp, theOnly } from './support/apps';
import type { BadInput } from './support/bad-input';
import { partsOf, synthesizeService, variablesOf } from './support/blue-green-service';
import { alarmsOf } from './support/fleet-alarms';
import { plain, plainText } from './support/resources';

const ZONE = { hostedZoneId: 'Z0123456789ABCDEFGHIJ', zoneName: 'example.com' };
const ARN = 'arn:aws:acm:ap-northeast-1:123456789012:certificate/12345678-1234-1234-1234-123456789012';
const OFFICES = "Name the ranges of your offices, like '198.51.100.0/24', or leave it out.";
const NO_PATH = "is no path; give one that starts with '/', without spaces, of up to 128 characters.";
const NO_PATTERN =
  "is no pattern of some paths; give one like '/api/*', of up to 128 letters, digits and _-.$/~\"'@:+&*?.";
const NO_NAME = 'is no name; give 1 to 32 letters, digits and hyphens that begin with a letter.';

const stack = new Stack(createApp(), 'Stack', { env: { region: 'ap-northeast-1' } });
const hostedZone = route53.HostedZone.fromHostedZoneAttributes(stack, 'Zone', ZONE);
const certificate = acm.Certificate.fromCertificateArn(stack, 'Certificate', ARN);
const vpc = new ec2.Vpc(stack, 'Vpc');
const alarm = cloudwatch.Alarm.fromAlarmName(stack, 'Alarm', 'alarm');
const secret = ecs.Secret.fromSecretsManager(new secretsmanager.Secret(stack, 'Secret'));

const minutes = (count: number) => Duration.minutes(count);
const seconds = (count: number) => Duration.seconds(count);
const admin = (differences: Partial<PathService>, name = 'admin'): BlueGreenServiceProps => ({
  pathServices: { [name]: { pathPatterns: ['/admin/*'], priority: 10, ...differences } },
});
const whole = (prop: string, value: unknown, allowed: string) =>
  `${prop}: ${value} is not possible; give ${allowed}, without a fraction.`;
const time = (prop: string, duration: Duration, allowed: string) =>
  `${prop}: "${duration.toString()}" is not possible; give ${allowed}.`;

/** Numbers that a prop of a service refuses, and what it takes. */
const NUMBERS: [keyof ServiceOptions & string, bad: number[], allowed: string][] = [
  ['containerPort', [0, -1, 65_536, 80.5, Number.NaN], '1 to 65535 '],
  ['targetCpu', [9, 91, 50.5], '10 to 90 percent'],
  ['targetRequests', [0, 0.5], '1 or more requests'],
];

/** What each prop of a service refuses. */
const OF_SERVICE: BadInput<Partial<ServiceOptions>>[] = [
  ...NUMBERS.flatMap(([prop, bad, allowed]) =>
    bad.map(
      (value): BadInput<Partial<ServiceOptions>> => [
        `${prop} ${value}`,
        { [prop]: value },
        whole(prop, JSON.stringify(value), allowed),
      ],
    ),
  ),
  ['no tasks', { minCapacity: 0 }, whole('minCapacity', 0, '1 or more tasks')],
  ['half a task', { minCapacity: 1.5 }, whole('minCapacity', 1.5, '1 or more tasks')],
  ['half a task at most', { maxCapacity: 2.5 }, whole('maxCapacity', 2.5, '1 or more tasks')],
  [
    'more tasks at least than at most',
    { minCapacity: 4, maxCapacity: 3 },
    'minCapacity: 4 is more than maxCapacity, 3; give less.',
  ],
  [
    'more tasks at least than at most by default',
    { minCapacity: 7 },
    'minCapacity: 7 is more than maxCapacity, 6; give less.',
  ],
  [
    'fewer tasks at most than at least by default',
    { maxCapacity: 1 },
    'minCapacity: 2 is more than maxCapacity, 1; give less.',
  ],
  [
    'a delay of more than an hour',
    { deregistrationDelay: seconds(3601) },
    time('deregistrationDelay', seconds(3601), '0 to 3600 whole seconds'),
  ],
  [
    'a delay of half a second',
    { deregistrationDelay: Duration.millis(500) },
    time('deregistrationDelay', Duration.millis(500), '0 to 3600 whole seconds'),
  ],
  [
    'a second to stop',
    { stopTimeout: seconds(1) },
    time('stopTimeout', seconds(1), '2 to 120 whole seconds'),
  ],
  [
    'more than two minutes to stop',
    { stopTimeout: seconds(121) },
    time('stopTimeout', seconds(121), '2 to 120 whole seconds'),
  ],
  [
    'a grace period of half a second',
    { healthCheckGracePeriod: Duration.millis(500) },
    time('healthCheckGracePeriod', Duration.millis(500), 'whole seconds'),
  ],
  ...['alive', '', '/a b', '/ä', `/${'a'.repeat(128)}`].map(
    (path): BadInput<Partial<ServiceOptions>> => [
      `a health check at "${path.slice(0, 9)}"`,
      { healthCheckPath: path },
      `healthCheckPath: "${path}" ${NO_PATH}`,
    ],
  ),
  ['a version without a slash', { versionPath: 'version' }, `versionPath: "version" ${NO_PATH}`],
  [
    'a check without a slash',
    { validationChecks: [{ path: '/' }, { path: 'ready' }] },
    `validationChecks.path: "ready" ${NO_PATH}`,
  ],
  ...[99, 600, 200.5].map(
    (status): BadInput<Partial<ServiceOptions>> => [
      `a check of status ${status}`,
      { validationChecks: [{ path: '/', status }] },
      whole('validationChecks.status', status, '100 to 599 '),
    ],
  ),
  [
    'the variable of the port',
    { application: { environment: { PORT: '1' } } },
    'application: "PORT" is a variable that the service itself sets; leave it out, or give containerPort.',
  ],
  [
    'the variable of the port as a secret',
    { application: { secrets: { PORT: secret } } },
    'application: "PORT" is a variable that the service itself sets; leave it out, or give containerPort.',
  ],
  [
    'the variable of traces',
    { tracing: true, application: { environment: { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://x' } } },
    'application: "OTEL_EXPORTER_OTLP_ENDPOINT" is a variable that the service itself sets; leave it out, or leave out tracing.',
  ],
  [
    'a variable that is a secret, too',
    { application: { environment: { A: '1', B: '2' }, secrets: { B: secret } } },
    'application: "B" is a variable and a secret, and can be only one of them; leave one out.',
  ],
  [
    'the port of the collector',
    { tracing: true, containerPort: 4318 },
    'containerPort: 4318 is that of the collector of traces; give another one, or leave out tracing.',
  ],
  [
    'a CPU that Fargate does not have',
    { cpu: 300 },
    'cpu: 300 is no size of Fargate; give one of 256, 512, 1024, 2048, 4096, 8192, 16384, 32768 units.',
  ],
  [
    'too much memory for the default CPU',
    { memoryLimitMiB: 4096 },
    "memoryLimitMiB: 4096 can't be had with 256 CPU units; Fargate offers one of 512, 1024, 2048 MiB with them.",
  ],
  [
    'the default memory with more CPU',
    { cpu: 1024 },
    "memoryLimitMiB: 512 can't be had with 1024 CPU units; Fargate offers 2048 to 8192 in steps of 1024 MiB with them.",
  ],
  [
    'memory between the steps',
    { cpu: 8192, memoryLimitMiB: 17_408 },
    "memoryLimitMiB: 17408 can't be had with 8192 CPU units; Fargate offers 16384 to 61440 in steps of 4096 MiB with them.",
  ],
];

const OF_DEPLOYMENT: BadInput<BlueGreenServiceProps>[] = [
  [
    'an unknown controller',
    { deployment: 'rolling' as 'ecs' },
    "deployment: \"rolling\" is unknown; give one of 'ecs', 'codeDeploy'.",
  ],
  [
    'an unknown strategy',
    { deploymentStrategy: 'slow' as 'canary' },
    "deploymentStrategy: \"slow\" is unknown; give one of 'blueGreen', 'linear', 'canary'.",
  ],
  ...[0, 100, 1.5, -1].map(
    (stepPercent): BadInput<BlueGreenServiceProps> => [
      `a canary of ${stepPercent} percent`,
      { deploymentStrategy: 'canary', canaryConfiguration: { stepPercent } },
      whole('canaryConfiguration.stepPercent', stepPercent, '1 to 99 percent'),
    ],
  ),
  ...[0, 2, 100, 3.5].map(
    (stepPercent): BadInput<BlueGreenServiceProps> => [
      `steps of ${stepPercent} percent`,
      { deploymentStrategy: 'linear', linearConfiguration: { stepPercent } },
      whole('linearConfiguration.stepPercent', stepPercent, '3 to 99 percent'),
    ],
  ),
  [
    'no steps with CodeDeploy',
    { deployment: 'codeDeploy', deploymentStrategy: 'linear', linearConfiguration: { stepPercent: 0 } },
    whole('linearConfiguration.stepPercent', 0, '1 to 99 percent'),
  ],
  ...[seconds(30), minutes(0), minutes(1381), seconds(90)].map(
    (stepBakeTime): BadInput<BlueGreenServiceProps> => [
      `steps of ${stepBakeTime.toString()}`,
      { deploymentStrategy: 'linear', linearConfiguration: { stepBakeTime } },
      time('linearConfiguration.stepBakeTime', stepBakeTime, '1 to 1380 whole minutes'),
    ],
  ),
  [
    'a canary of no time',
    { deploymentStrategy: 'canary', canaryConfiguration: { stepBakeTime: minutes(0) } },
    time('canaryConfiguration.stepBakeTime', minutes(0), '1 to 1380 whole minutes'),
  ],
  ...(['ecs', 'codeDeploy'] as const).map(
    (deployment): BadInput<BlueGreenServiceProps> => [
      `steps that take longer than CloudFormation waits, with ${deployment}`,
      {
        deployment,
        deploymentStrategy: 'linear',
        linearConfiguration: { stepPercent: 30, stepBakeTime: minutes(527) },
        bakeTime: minutes(400),
      },
      'linearConfiguration: 1981 minutes, with bakeTime, are more than the 1980 that CloudFormation takes; give less time or fewer steps.',
    ],
  ),
  [
    'a canary that takes longer than CloudFormation waits',
    {
      deploymentStrategy: 'canary',
      canaryConfiguration: { stepBakeTime: minutes(1000) },
      bakeTime: minutes(981),
    },
    'canaryConfiguration: 1981 minutes, with bakeTime, are more than the 1980 that CloudFormation takes; give less time or fewer steps.',
  ],
  [
    'a canary where all users move at once',
    { canaryConfiguration: { stepPercent: 5 } },
    "canaryConfiguration: 5 is for another strategy; give deploymentStrategy 'canary'.",
  ],
  [
    'steps of a canary',
    { deploymentStrategy: 'canary', linearConfiguration: { stepBakeTime: minutes(1) } },
    "linearConfiguration: {} is for another strategy; give deploymentStrategy 'linear'.",
  ],
  ...[seconds(90), minutes(1381)].map(
    (bakeTime): BadInput<BlueGreenServiceProps> => [
      `a bake time of ${bakeTime.toString()}`,
      { bakeTime },
      time('bakeTime', bakeTime, '0 to 1380 whole minutes'),
    ],
  ),
  ...[{}, { rollbackOnErrors: false, deploymentAlarms: [alarm] }, { deployment: 'codeDeploy' as const }].map(
    (props, index): BadInput<BlueGreenServiceProps> => [
      `no bake time with alarms ${index}`,
      { bakeTime: minutes(0), ...props },
      'bakeTime: "Duration.minutes(0)" leaves the alarms no time to ring; give at least a minute, or rollbackOnErrors: false and no deploymentAlarms.',
    ],
  ),
  [
    'an alarm twice',
    { deploymentAlarms: [alarm, alarm, alarm] },
    'deploymentAlarms: "Stack/Alarm" is there twice; give each alarm once.',
  ],
];

const OF_PATHS: BadInput<BlueGreenServiceProps>[] = [
  ...['1st', 'a_b', '', '-a', 'a'.repeat(33)].map(
    (name): BadInput<BlueGreenServiceProps> => [
      `a service called "${name}"`,
      admin({}, name),
      `pathServices: "${name}" ${NO_NAME}`,
    ],
  ),
  [
    'the name of the service of all paths',
    admin({}, 'Service'),
    'pathServices: "Service" is the name of the service that takes all paths; give another one.',
  ],
  [
    'no path',
    admin({ pathPatterns: [] }),
    'pathServices.admin.pathPatterns: [] are too many or none; give 1 to 5.',
  ],
  [
    'too many paths',
    admin({ pathPatterns: ['/a', '/b', '/c', '/d', '/e', '/f'] }),
    'pathServices.admin.pathPatterns: ["/a","/b","/c","/d","/e","/f"] are too many or none; give 1 to 5.',
  ],
  ...['admin/*', '*', '', '/*', '/**', '/a b', '/a#b', `/${'a'.repeat(128)}`].map(
    (pattern): BadInput<BlueGreenServiceProps> => [
      `the path "${pattern.slice(0, 9)}"`,
      admin({ pathPatterns: ['/fine', pattern] }),
      `pathServices.admin.pathPatterns: "${pattern}" ${NO_PATTERN}`,
    ],
  ),
  ...[0, 50_000, 1.5].map(
    (priority): BadInput<BlueGreenServiceProps> => [
      `priority ${priority}`,
      admin({ priority }),
      whole('pathServices.admin.priority', priority, '1 to 49999 '),
    ],
  ),
  [
    'a priority twice',
    {
      pathServices: {
        admin: { pathPatterns: ['/admin/*'], priority: 10 },
        api: { pathPatterns: ['/api/*'], priority: 10 },
      },
    },
    'pathServices.api.priority: 10 is that of admin, too; give each its own.',
  ],
  [
    'a path twice',
    {
      pathServices: {
        admin: { pathPatterns: ['/a', '/b', '/b'], priority: 10 },
        api: { pathPatterns: ['/c', '/a'], priority: 11 },
      },
    },
    'pathServices.api.pathPatterns: "/a" is a path of admin, too; leave one of them out.',
  ],
];

const OF_FRONT: BadInput<BlueGreenServiceProps>[] = [
  ...[80, 443].map(
    (testPort): BadInput<BlueGreenServiceProps> => [
      `the port ${testPort} for tests`,
      { testPort },
      `testPort: ${testPort} is a production listener's: users would reach a version that nobody has tried; give another one, like 8443.`,
    ],
  ),
  ...[0, 65_536, 8443.5].map(
    (testPort): BadInput<BlueGreenServiceProps> => [
      `the test port ${testPort}`,
      { testPort },
      whole('testPort', testPort, '1 to 65535 '),
    ],
  ),
  [
    'everywhere',
    { testClientRanges: ['0.0.0.0/0'] },
    `testClientRanges: "0.0.0.0/0" is everywhere, or nearly so. ${OFFICES}`,
  ],
  [
    'IPv6',
    { testClientRanges: ['10.0.0.0/8', '2001:db8::/32'] },
    `testClientRanges: "2001:db8::/32" is IPv6, and the network is IPv4 only. ${OFFICES}`,
  ],
  [
    'too many ranges',
    { testClientRanges: Array.from({ length: 31 }, (_, index) => `10.${index}.0.0/16`) },
    'testClientRanges: 31 ranges do not fit into a security group; give at most 30.',
  ],
  [
    'a range for a network that exists',
    { cidr: '10.1.0.0/16', vpc },
    'cidr: "10.1.0.0/16" belongs to a new network; leave out cidr or vpc.',
  ],
  [
    'a range that is too small',
    { cidr: '10.0.0.0/25' },
    'cidr: "10.0.0.0/25" is smaller than /24, which leaves no room for the tiers; choose /16 to /24.',
  ],
  ...(['loadBalancerSubnets', 'taskSubnets'] as const).map(
    (prop): BadInput<BlueGreenServiceProps> => [
      `${prop} of no network`,
      { [prop]: { subnetGroupName: 'A' } },
      `${prop}: ["subnetGroupName"] are those of an existing network; give vpc too.`,
    ],
  ),
  [
    'a name without its zone',
    { domainName: 'board.example.com' },
    'domainName: "board.example.com" needs the zone that holds its record; give hostedZone too.',
  ],
  [
    'a zone without a name',
    { hostedZone },
    'hostedZone: "example.com" is of no use without a name in it; give domainName too.',
  ],
  [
    'a name of another zone',
    { hostedZone, domainName: 'badexample.com' },
    'domainName: "badexample.com" is not in the zone example.com; give a name that is.',
  ],
  [
    'a certificate without a name',
    { certificate },
    `certificate: "${ARN}" is of no use without a name; give domainName too.`,
  ],
  [
    'a private zone as a proof',
    {
      domainName: 'board.example.com',
      hostedZone: new route53.PrivateHostedZone(stack, 'Private', { vpc, zoneName: 'example.com' }),
    },
    'hostedZone: "example.com" is private and can prove no certificate; give a public zone, or a certificate where one can be given.',
  ],
  ['an address that is none', { alarmEmail: 'nobody' }, 'alarmEmail: "nobody" is no e-mail address.'],
];

/** The first error of a construct with these props. */
function errorOf(props: BlueGreenServiceProps, id: string): string {
  try {
    new BlueGreenService(stack, id, props);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  return 'none';
}

describe('refuses', () => {
  test.each([...OF_SERVICE, ...OF_DEPLOYMENT, ...OF_PATHS, ...OF_FRONT])('%s', (name, props, problem) => {
    const id = name.replaceAll('/', '-');
    expect(errorOf(props, id)).toBe(`BlueGreenService at Stack/${id} has a problem:\n  - ${problem}`);
  });

  test.each(OF_SERVICE)('%s, of a path service', (name, props, problem) => {
    const id = `Path ${name.replaceAll('/', '-')}`;
    expect(errorOf(admin(props), id)).toBe(
      `BlueGreenService at Stack/${id} has a problem:\n  - pathServices.admin.${problem}`,
    );
  });

  test('all of it in one error', () => {
    const message = errorOf(
      {
        deployment: 'x' as 'ecs',
        bakeTime: seconds(1),
        cpu: 1,
        containerPort: 0,
        testPort: 80,
        testClientRanges: ['x'],
        cidr: 'y',
        certificate,
        alarmEmail: '',
        ...admin({ priority: 0, cpu: 2 }),
      },
      'Bad',
    );
    const [first, ...lines] = message.split('\n');
    expect(first).toBe('BlueGreenService at Stack/Bad has 11 problems:');
    expect(lines.map((line) => line.replace(/^ {2}- (\S+): .*$/, '$1'))).toEqual([
      'deployment',
      'bakeTime',
      'containerPort',
      'cpu',
      'pathServices.admin.cpu',
      'pathServices.admin.priority',
      'testPort',
      'testClientRanges',
      'cidr',
      'certificate',
      'alarmEmail',
    ]);
  });

  test('tokens where they decide what is made', () => {
    const token = Token.asString({ Ref: 'Kind' });
    expect(errorOf({ deployment: token as 'ecs' }, 'KindToken')).toContain('deployment: ');
    expect(errorOf({ deploymentStrategy: token as 'linear' }, 'StrategyToken')).toContain(
      'deploymentStrategy: ',
    );
  });
});

/** The problems that the checks find. */
function isRefused(props: BlueGreenServiceProps): boolean {
  const problems = new Problems(stack);
  checkProps(props, problems);
  try {
    problems.throwIfAny();
    return false;
  } catch {
    return true;
  }
}

describe('what Fargate offers', () => {
  /** GiB by CPU units: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html */
  const OFFERED: Record<number, number[]> = {
    256: [0.5, 1, 2],
    512: [1, 2, 3, 4],
    1024: [2, 3, 4, 5, 6, 7, 8],
    2048: Array.from({ length: 13 }, (_, index) => index + 4),
    4096: Array.from({ length: 23 }, (_, index) => index + 8),
    8192: Array.from({ length: 12 }, (_, index) => index * 4 + 16),
    16384: Array.from({ length: 12 }, (_, index) => index * 8 + 32),
    32768: [60, 120, 244],
  };

  test('is taken, and nothing else', () => {
    const isTaken = (cpu: number, memoryLimitMiB: number) => !isRefused({ cpu, memoryLimitMiB });
    for (const [cpu, sizes] of Object.entries(OFFERED)) {
      const taken = Array.from({ length: 1000 }, (_, index) => (index + 1) / 4).filter((gib) =>
        isTaken(Number(cpu), gib * 1024),
      );
      expect([cpu, taken]).toEqual([cpu, sizes]);
    }
  });

  test('is taken, whatever is asked for', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.integer({ min: 0, max: 40_000 }), fc.constantFrom(...Object.keys(OFFERED).map(Number))),
        fc.oneof(
          fc.integer({ min: 0, max: 300_000 }),
          fc.integer({ min: 0, max: 250 }).map((gib) => gib * 1024),
        ),
        (cpu, memoryLimitMiB) => {
          const isOffered = OFFERED[cpu]?.includes(memoryLimitMiB / 1024) ?? false;
          expect(isRefused({ cpu, memoryLimitMiB })).toBe(!isOffered);
        },
      ),
      { numRuns: 2000 },
    );
  });
});

test('limits are those that are named, whatever is asked for', () => {
  const limits: [from: number, to: number, props: (value: number) => BlueGreenServiceProps][] = [
    [1, 65_535, (containerPort) => ({ containerPort })],
    [1, 65_535, (testPort) => ({ testPort })],
    [10, 90, (targetCpu) => ({ targetCpu })],
    [1, 99, (stepPercent) => ({ deploymentStrategy: 'canary', canaryConfiguration: { stepPercent } })],
    [3, 99, (stepPercent) => ({ deploymentStrategy: 'linear', linearConfiguration: { stepPercent } })],
    [1, 49_999, (priority) => admin({ priority })],
    [100, 599, (status) => ({ validationChecks: [{ path: '/', status }] })],
    [0, 3600, (delay) => ({ deregistrationDelay: Duration.millis(delay * 1000) })],
    [2, 120, (timeout) => ({ stopTimeout: Duration.millis(timeout * 1000) })],
    [1, 1380, (time) => ({ bakeTime: Duration.millis(time * 60_000) })],
    [0, 1380, (time) => ({ rollbackOnErrors: false, bakeTime: Duration.millis(time * 60_000) })],
  ];
  for (const [from, to, propsOf] of limits) {
    const near = fc.constantFrom(from - 1, from, from + 1, from + 0.5, to - 1, to, to + 1, to + 0.5);
    fc.assert(
      fc.property(fc.oneof(near, fc.integer({ min: 0, max: 70_000 })), (value) => {
        fc.pre(value >= 0);
        const isAllowed = Number.isInteger(value) && value >= from && value <= to;
        const isPortOfUsers = 'testPort' in propsOf(value) && [80, 443].includes(value);
        expect([value, isRefused(propsOf(value))]).toEqual([value, !isAllowed || isPortOfUsers]);
      }),
    );
  }
});

describe('takes', () => {
  const agnostic = new Stack(createApp(), 'Agnostic');
  const { region } = agnostic;
  const number = Token.asNumber({ Ref: 'Number' });
  const aMinute = Duration.minutes(number);
  const aSecond = Duration.seconds(number);
  const ownVpc = new ec2.Vpc(agnostic, 'Vpc', { maxAzs: 2 });
  const own = cloudwatch.Alarm.fromAlarmName(agnostic, 'Own', 'own');
  const other = cloudwatch.Alarm.fromAlarmName(agnostic, 'Other', 'other');
  const zone = route53.HostedZone.fromHostedZoneAttributes(agnostic, 'TokenZone', {
    hostedZoneId: region,
    zoneName: region,
  });
  const good: Record<string, BlueGreenServiceProps> = {
    'the least': {
      containerPort: 1,
      testPort: 1,
      minCapacity: 1,
      maxCapacity: 1,
      targetCpu: 10,
      targetRequests: 1,
      stopTimeout: seconds(2),
      deregistrationDelay: seconds(0),
      healthCheckGracePeriod: seconds(0),
      healthCheckPath: '/',
      bakeTime: minutes(1),
      testClientRanges: [],
    },
    'the most': {
      containerPort: 65_535,
      testPort: 65_535,
      targetCpu: 90,
      stopTimeout: seconds(120),
      deregistrationDelay: Duration.hours(1),
      healthCheckPath: `/${'a'.repeat(127)}`,
      bakeTime: minutes(1380),
      cpu: 32_768,
      memoryLimitMiB: 249_856,
    },
    'no bake time without alarms': { bakeTime: minutes(0), rollbackOnErrors: false },
    'a second test port that is also the container’s': { testPort: 8080 },
    'two alarms': { deploymentAlarms: [own, other] },
    'the port of the collector without one': { containerPort: 4318 },
    'the variable of traces without tracing': {
      application: { environment: { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector' } },
    },
    'CodeDeploy with the smallest steps': {
      deployment: 'codeDeploy',
      deploymentStrategy: 'linear',
      linearConfiguration: { stepPercent: 1 },
    },
    'five patterns with all that they may have': admin({
      pathPatterns: ['/a/*', '/b?c', `/A-z_0.$~"'@:+&`, '/*.html', '/d/'],
      priority: 49_999,
    }),
    'the same paths of one service twice': admin({ pathPatterns: ['/a', '/a'] }),
    'a name of 32 letters': admin({}, `a${'-'.repeat(30)}9`),
    'no check of the version': { versionPath: '', validationChecks: [] },
    'a network': { vpc: ownVpc, taskSubnets: { subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS } },
    'numbers that only CloudFormation knows': {
      containerPort: number,
      testPort: number,
      minCapacity: number,
      maxCapacity: number,
      targetCpu: number,
      targetRequests: number,
      validationChecks: [{ path: region, status: number }],
    },
    'times that only CloudFormation knows': {
      bakeTime: aMinute,
      deregistrationDelay: aSecond,
      healthCheckGracePeriod: aSecond,
    },
    'texts that only CloudFormation knows': {
      healthCheckPath: region,
      versionPath: region,
      alarmEmail: region,
      testClientRanges: [region],
      ...admin({ pathPatterns: [region], priority: 1 }),
    },
    'a name that only CloudFormation knows': { domainName: region, hostedZone: zone },
  };

  test.each(Object.entries(good))('%s', (name, props) => {
    expect(() => new BlueGreenService(agnostic, name.replaceAll('/', '-'), props)).not.toThrow();
  });

  test('ports that only CloudFormation knows, as what they are', () => {
    const template = synthesizeService(() => ({
      containerPort: Token.asNumber({ Ref: 'Port' }),
      testPort: Token.asNumber({ Ref: 'TestPort' }),
      deployment: 'codeDeploy',
    }));
    const { container, starter, validation } = partsOf(template);
    expect(container.Environment).toContainEqual({ Name: 'PORT', Value: { Ref: 'Port' } });
    expect(variablesOf(starter).CONTAINER_PORT).toEqual({ Ref: 'Port' });
    expect(variablesOf(validation).TEST_PORT).toEqual({ Ref: 'TestPort' });
    expect(JSON.stringify(template)).not.toMatch(/-1\.8\d+e\+289/);
  });

  test('a topic, a certificate and a repository of the project', () => {
    const template = synthesizeService((own) => ({
      alarmTopic: new sns.Topic(own, 'Topic'),
      hostedZone: route53.HostedZone.fromHostedZoneAttributes(own, 'Zone', ZONE),
      domainName: 'board.example.com',
      certificate: acm.Certificate.fromCertificateArn(own, 'Certificate', ARN),
    }));
    expect(plain(theOnly(template, 'AWS::SNS::Topic').id)).toBe('Topic');
    for (const { Properties } of Object.values(alarmsOf(template))) {
      expect((Properties.AlarmActions as unknown[]).map(plainText)).toEqual(['<Topic>']);
    }
    expect(JSON.stringify(template)).toContain(ARN);
  });
});

test('what is risky is warned about, and nothing else', () => {
  const warningsOf = (props: BlueGreenServiceProps) =>
    Annotations.fromStack(new BlueGreenServiceStack(createApp(), 'BlueGreenService', props))
      .findWarning('*', Match.anyValue())
      .map(({ entry }) => entry.data);
  for (const profile of [SANDBOX, PRODUCTION]) {
    for (const deployment of ['ecs', 'codeDeploy'] as const) {
      expect(warningsOf({ profile, deployment })).toEqual([]);
    }
    expect(warningsOf({ profile, enableExecuteCommand: true })).toEqual([
      expect.stringContaining('enableExecuteCommand lets people run commands as root'),
    ]);
    expect(warningsOf({ profile, rollbackOnErrors: false })).toEqual([
      expect.stringContaining('Without rollbackOnErrors and deploymentAlarms nothing rolls a release back'),
    ]);
  }
  expect(warningsOf({ minCapacity: 1 })).toEqual([
    expect.stringContaining('With minCapacity 1 nobody is served while the only task'),
  ]);
  expect(warningsOf({ profile: SANDBOX, minCapacity: 1 })).toEqual([]);
});
