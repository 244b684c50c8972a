import { Duration, Stack } from 'aws-cdk-lib';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as route53 from 'aws-cdk-lib/aws-route53';
import { describe, expect, test } from 'vitest';
import { ReleasedServers } from '../lib/blue-green-service/released-servers';
import type { ReleasedServersProps } from '../lib/blue-green-service/released-servers-options';
import { createApp } from './support/apps';
import type { BadInput } from './support/bad-input';

const ARN = 'arn:aws:acm:ap-northeast-1:123456789012:certificate/12345678-1234-1234-1234-123456789012';
const stack = new Stack(createApp(), 'Stack');
const { region } = stack;
const vpc = new ec2.Vpc(stack, 'Existing', { maxAzs: 2 });
const zoneOf = (id: string, zoneName: string) =>
  route53.HostedZone.fromHostedZoneAttributes(stack, id, { hostedZoneId: 'Z0123456789ABCDEFGHIJ', zoneName });
const hostedZone = zoneOf('Zone', 'example.com');
const certificate = acm.Certificate.fromCertificateArn(stack, 'Certificate', ARN);
const privateZone = new route53.PrivateHostedZone(stack, 'Private', { vpc, zoneName: 'example.com' });
const domainName = 'board.example.com';
const RELEASED_TO =
  'is no number of servers of which one can be released to while others serve; give 2 to 100, no token.';
const roomFor = (least: number) =>
  `leaves no room for new servers beside the old ones; give more than minCapacity (${least}), at most 100, no token.`;

describe('refuses', () => {
  const cases: BadInput<ReleasedServersProps>[] = [
    ['a single server', { minCapacity: 1 }, `minCapacity: 1 ${RELEASED_TO}`],
    ['two servers and a half', { minCapacity: 2.5 }, `minCapacity: 2.5 ${RELEASED_TO}`],
    ['too many servers', { minCapacity: 101 }, `minCapacity: 101 ${RELEASED_TO}`],
    ['no room', { minCapacity: 3, maxCapacity: 3 }, `maxCapacity: 3 ${roomFor(3)}`],
    ['less than the default', { maxCapacity: 2 }, `maxCapacity: 2 ${roomFor(2)}`],
    ['more than the default', { minCapacity: 4 }, `maxCapacity: 4 ${roomFor(4)}`],
    ['room for half a server', { maxCapacity: 3.5 }, `maxCapacity: 3.5 ${roomFor(2)}`],
    ['too much room', { maxCapacity: 101 }, `maxCapacity: 101 ${roomFor(2)}`],
    ['no load', { targetCpu: 0 }, 'targetCpu: 0 is not possible; give 1 to 100 percent, without a fraction.'],
    [
      'more load than there is',
      { targetCpu: 101 },
      'targetCpu: 101 is not possible; give 1 to 100 percent, without a fraction.',
    ],
    [
      'a deployment that is not known',
      { deploymentConfig: 'ThreeAtATime' as 'OneAtATime' },
      'deploymentConfig: "ThreeAtATime" is not known; give one of AllAtOnce, HalfAtATime, OneAtATime.',
    ],
    [
      'a deployment named like what every object has',
      { deploymentConfig: 'toString' as 'OneAtATime' },
      'deploymentConfig: "toString" is not known; give one of AllAtOnce, HalfAtATime, OneAtATime.',
    ],
    [
      'a name without its zone',
      { domainName },
      `domainName: "${domainName}" needs the zone that holds its record; give hostedZone too.`,
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
      'a private zone as a proof',
      { domainName, hostedZone: privateZone },
      'hostedZone: "example.com" is private and can prove no certificate; give a public zone, or a certificate where one can be given.',
    ],
    [
      'a certificate without a name',
      { certificate },
      `certificate: "${ARN}" is of no use without a name; give domainName too.`,
    ],
    ...[
      'AWS_REGION',
      'HOST',
      'PORT',
      'POST_TOKEN',
      'POST_TOKEN_SECRET_ARN',
      'SERVER_ID',
      'SERVER_ZONE',
      'TABLE_NAME',
      'VERSION',
    ].map(
      (name): BadInput<ReleasedServersProps> => [
        `the variable ${name}`,
        { environment: { [name]: 'x' } },
        `environment.${name}: "x" would replace what the pattern itself sets; leave it out.`,
      ],
    ),
    ...['1ST', 'A-B', 'A B', 'AB=', ''].map(
      (name): BadInput<ReleasedServersProps> => [
        `the variable '${name}'`,
        { environment: { [name]: 'x' } },
        `environment.${name}: "x" has no name of a variable; give letters, digits and _, no digit first.`,
      ],
    ),
    ...['a\nb', 'a\rb', 'END\nEND_OF_FILE\n'].map(
      (value): BadInput<ReleasedServersProps> => [
        `the value ${JSON.stringify(value)}`,
        { environment: { TITLE: value } },
        `environment.TITLE: ${JSON.stringify(value)} has more than one line; give one.`,
      ],
    ),
    [
      'a range for a network that exists',
      { cidr: '10.1.0.0/16', vpc },
      'cidr: "10.1.0.0/16" belongs to a new network; leave out cidr or vpc.',
    ],
    [
      'a delay of more than an hour',
      { deregistrationDelay: Duration.hours(2) },
      'deregistrationDelay: "Duration.hours(2)" is not possible; give 0 to 3600 whole seconds.',
    ],
    [
      'an image that is none',
      { amiId: 'ami' },
      `amiId: "ami" is no id of an image; give one like 'ami-0123456789abcdef0'.`,
    ],
    ['an address that is none', { alarmEmail: 'nobody' }, 'alarmEmail: "nobody" is no e-mail address.'],
  ];

  test.each(cases)('%s', (name, props, problem) => {
    const id = name.replaceAll(/[^\w ]/g, '.');
    expect(() => new ReleasedServers(stack, id, props)).toThrow(
      new Error(`ReleasedServers at Stack/${id} has a problem:\n  - ${problem}`),
    );
  });

  test('all of it in one error', () => {
    const props = {
      cidr: 'x',
      minCapacity: 0,
      targetCpu: 0,
      certificate,
      environment: { PORT: '1' },
      amiId: '',
      alarmEmail: '',
    };
    expect(() => new ReleasedServers(stack, 'Bad', props)).toThrow(
      /^ReleasedServers at Stack\/Bad has 7 problems:\n {2}- cidr: "x" .*\n {2}- minCapacity: 0 .*\n {2}- targetCpu: 0 .*\n {2}- certificate: .*\n {2}- environment\.PORT: .*\n {2}- amiId: "" .*\n {2}- alarmEmail: "" .*$/,
    );
  });

  const good: ReleasedServersProps[] = [
    { minCapacity: 2, maxCapacity: 3, targetCpu: 1 },
    { minCapacity: 99, maxCapacity: 100, targetCpu: 100 },
    { domainName: region, hostedZone: zoneOf('TokenZone', region) },
    { domainName, hostedZone, certificate },
    { domainName, hostedZone: privateZone, certificate },
    { environment: { _a1: '', TITLE: region, PORTAL: 'a = b # c' }, alarmEmail: region, amiId: region },
    { deploymentConfig: 'HalfAtATime', cidr: '192.168.0.0/24', deregistrationDelay: Duration.seconds(0) },
  ];
  test.each(good.map((props, index) => [index, props] as const))(
    'not what is allowed: %s',
    (index, props) => {
      expect(() => new ReleasedServers(stack, `Good${index}`, props)).not.toThrow();
    },
  );
});
