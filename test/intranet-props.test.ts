import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Duration, Stack, Token } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as route53 from 'aws-cdk-lib/aws-route53';
import * as sns from 'aws-cdk-lib/aws-sns';
import { describe, expect, test } from 'vitest';
import { Intranet, type IntranetProps } from '../lib/intranet/intranet';
import { IntranetStack, type IntranetStackProps } from '../lib/intranet/intranet-stack';
import { PRODUCTION, SANDBOX } from '../lib/profile';
import {
  createApp,
  resourcesOf,
  type StackTemplate,
  templateOf,
  templateOfConstructs,
  theOnly,
  withAssembly,
} from './support/apps';
import { type BadInput, badCommonInput, goodCommonInput } from './support/bad-input';
import { startNews } from './support/company-news';
import { attributesOf, fileIn, firstBootOf, serverOf } from './support/fleet';
import { alarmsOf } from './support/fleet-alarms';
import { expectOwnApplication, expectOwnKey } from './support/fleet-proofs';
import { allowedConnections } from './support/network';

const ZONE = { hostedZoneId: 'Z0123456789ABCDEFGHIJ', zoneName: 'example.com' };
const ARN = 'arn:aws:acm:ap-northeast-1:123456789012:certificate/12345678-1234-1234-1234-123456789012';
const clientRanges = ['10.0.0.0/8'];

function synthesize(props: Partial<IntranetStackProps>): StackTemplate {
  return templateOf((app) => new IntranetStack(app, 'Intranet', { clientRanges, ...props }));
}

/** An intranet without a stack of its own. */
function synthesizeIntranet(propsOf: (stack: Stack) => Partial<IntranetProps>): StackTemplate {
  return templateOfConstructs((stack) => new Intranet(stack, 'Site', { clientRanges, ...propsOf(stack) }));
}

const zoneOf = (stack: Stack) => route53.HostedZone.fromHostedZoneAttributes(stack, 'Zone', ZONE);
const certificateOf = (stack: Stack) => acm.Certificate.fromCertificateArn(stack, 'Certificate', ARN);

describe('takes what a project has', () => {
  test('a topic', () => {
    const template = synthesizeIntranet((stack) => ({ alarmTopic: new sns.Topic(stack, 'Topic') }));
    const { id } = theOnly(template, 'AWS::SNS::Topic');
    expect(id).toMatch(/^Topic/);
    for (const { Properties } of Object.values(alarmsOf(template))) {
      expect(Properties).toMatchObject({ AlarmActions: [{ Ref: id }], OKActions: [{ Ref: id }] });
    }
  });

  test('a key, for the volumes, the database and its secret', () => {
    expectOwnKey(synthesizeIntranet((stack) => ({ key: new kms.Key(stack, 'Key'), keptVolumeSize: 10 })));
  });

  test('an application', () => {
    expectOwnApplication((application) =>
      synthesizeIntranet((stack) => ({ application: application(stack) })),
    );
  });

  test('an image', () => {
    expect(serverOf(synthesize({ amiId: 'ami-0123456789abcdef0' })).ImageId).toBe('ami-0123456789abcdef0');
    const machineImage = ec2.MachineImage.genericLinux({ 'ap-northeast-1': 'ami-1' });
    expect(serverOf(synthesize({ machineImage, env: { region: 'ap-northeast-1' } })).ImageId).toBe('ami-1');
  });

  test('wishes about the load balancer', () => {
    const attributes = (props: Partial<IntranetStackProps>) =>
      attributesOf(theOnly(synthesize(props), 'AWS::ElasticLoadBalancingV2::TargetGroup'));
    expect(attributes({})).toEqual({
      'deregistration_delay.timeout_seconds': '60',
      'stickiness.enabled': 'false',
    });
    const props = { stickinessCookieDuration: Duration.hours(2), deregistrationDelay: Duration.seconds(300) };
    expect(attributes(props)).toEqual({
      'deregistration_delay.timeout_seconds': '300',
      'stickiness.enabled': 'true',
      'stickiness.type': 'lb_cookie',
      'stickiness.lb_cookie.duration_seconds': '7200',
    });
  });

  test('a range for the network, and wishes about the database', () => {
    const template = synthesize({ cidr: '172.16.0.0/20', multiAz: false, databaseName: 'shop' });
    expect(theOnly(template, 'AWS::EC2::VPC').Properties.CidrBlock).toBe('172.16.0.0/20');
    expect(theOnly(template, 'AWS::RDS::DBInstance').Properties).toMatchObject({
      MultiAZ: false,
      DBName: 'shop',
    });
    expect(firstBootOf(template)).toContain('\nDATABASE_NAME=shop\n');
  });

  test('as many ranges as a security group takes rules for', () => {
    const ranges = Array.from({ length: 30 }, (_, index) => `10.${index}.0.0/16`);
    const template = synthesizeIntranet((stack) => ({
      clientRanges: ranges,
      domainName: 'intranet.example.com',
      hostedZone: zoneOf(stack),
    }));
    const rules = allowedConnections(template, 'Ingress').filter(({ group }) =>
      group.startsWith('LoadBalancer'),
    );
    expect(rules).toHaveLength(60);
  });
});

test('employees may post', () => {
  const unit = fileIn(firstBootOf(synthesize({})), '/etc/systemd/system/company-news.service');
  expect(unit).toContain('Environment=ALLOW_POSTS=true');
  expect(unit).toContain('Environment="SITE_TITLE=Intranet"');
});

test('the sample brings what its pages load, and serves it by itself', async () => {
  const app = createApp();
  const stack = new IntranetStack(app, 'Intranet', { clientRanges });
  withAssembly(app, (assembly) => {
    const script = firstBootOf(assembly.getStackArtifact(stack.artifactId).template);
    const [, hash] = /^aws s3 cp .*\/([0-9a-f]{64})\.zip \/tmp\/company-news\.zip$/m.exec(script) ?? [];
    const files = readdirSync(join(assembly.directory, `asset.${hash}`), { recursive: true });
    expect(files).toEqual(
      expect.arrayContaining(['server.cjs', ...OWN_FILES.map((path) => `public/${path}`)]),
    );
    expect(script).toMatch(/^ExecStart=\S+ \/opt\/company-news\/server\.cjs$/m);
  });
  const news = await startNews(firstBootOf(synthesize({})));
  try {
    const page = await (await news.get()).text();
    for (const path of OWN_FILES) {
      expect(page).toContain(`"/${path}"`);
      expect((await news.get(`/${path}`)).status).toBe(200);
    }
  } finally {
    await news.end();
  }
});

const OWN_FILES = ['stylesheet/site.css', 'javascript/site.js', 'image/logo.svg'];

test('outputs are what a person uses next', () => {
  const { Outputs } = synthesize({});
  expect(Object.keys(Outputs ?? {})).toEqual([
    'IntranetUrl',
    'SessionManagerCommand',
    'DatabaseSecretArn',
    'Dashboard',
  ]);
});

test('volumes that stay are warned about, and nothing else', () => {
  const warningsOf = (props: Partial<IntranetStackProps>) =>
    Annotations.fromStack(new IntranetStack(createApp(), 'Intranet', { clientRanges, ...props }))
      .findWarning('*', Match.anyValue())
      .map(({ entry }) => entry.data);
  expect(warningsOf({ keptVolumeSize: 20 })).toEqual([
    expect.stringContaining('keptVolumeSize leaves a volume behind for each server that goes'),
  ]);
  for (const profile of [SANDBOX, PRODUCTION]) {
    expect(warningsOf({ profile, egress: 'endpoints' })).toEqual([]);
    expect(warningsOf({ profile, scaling: { targetCpu: 50, targetRequests: 100, predictive: {} } })).toEqual(
      [],
    );
  }
});

describe('refuses', () => {
  const stack = new Stack(createApp(), 'Stack', { env: { region: 'ap-northeast-1' } });
  const hostedZone = zoneOf(stack);
  const certificate = certificateOf(stack);
  const vpc = new ec2.Vpc(stack, 'Vpc');
  const domainName = 'intranet.example.com';
  const offices = "Name the ranges of your offices, like '198.51.100.0/24', or leave it out.";
  const cases: BadInput<Partial<IntranetProps>>[] = [
    ...badCommonInput(stack),
    [
      'nobody',
      { clientRanges: [] },
      "clientRanges: [] lets nobody in; name your company's ranges, like '10.0.0.0/8'.",
    ],
    [
      'too many ranges',
      { clientRanges: Array.from({ length: 31 }, (_, index) => `10.${index}.0.0/16`) },
      'clientRanges: 31 ranges do not fit into a security group; give at most 30.',
    ],
    [
      'everywhere',
      { clientRanges: ['0.0.0.0/0'] },
      `clientRanges: "0.0.0.0/0" is everywhere, or nearly so. ${offices}`,
    ],
    [
      'everywhere after a good range',
      { clientRanges: ['10.0.0.0/8', '128.0.0.0/1'] },
      `clientRanges: "128.0.0.0/1" is everywhere, or nearly so. ${offices}`,
    ],
    [
      'IPv6',
      { clientRanges: ['2001:db8::/32'] },
      `clientRanges: "2001:db8::/32" is IPv6, and the network is IPv4 only. ${offices}`,
    ],
    ['IPv6 everywhere', { clientRanges: ['::/0'] }, `clientRanges: "::/0" is everywhere. ${offices}`],
    [
      'a range of people that starts elsewhere',
      { clientRanges: ['10.1.0.0/8'] },
      `clientRanges: "10.1.0.0/8" does not start at its first address; did you mean '10.0.0.0/8'?`,
    ],
    [
      'egress of a network that exists',
      { vpc, egress: 'nat' },
      'egress: "nat" belongs to a new network; leave out egress or vpc.',
    ],
    ...(['loadBalancerSubnets', 'serverSubnets', 'databaseSubnets'] as const).map(
      (prop): BadInput<Partial<IntranetProps>> => [
        `${prop} of no network`,
        { [prop]: { subnetGroupName: 'A' } },
        `${prop}: ["subnetGroupName"] are those of an existing network; give vpc too.`,
      ],
    ),
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
      'a certificate without a name',
      { certificate },
      `certificate: "${ARN}" is of no use without a name; give domainName too.`,
    ],
    [
      'a private zone as a proof',
      {
        domainName,
        hostedZone: new route53.PrivateHostedZone(stack, 'Private', { vpc, zoneName: 'example.com' }),
      },
      'hostedZone: "example.com" is private and can prove no certificate; give a public zone, or a certificate where one can be given.',
    ],
  ];

  test.each(cases)('%s', (name, props, problem) => {
    expect(() => new Intranet(stack, name, { clientRanges, ...props })).toThrow(
      new Error(`Intranet at Stack/${name} has a problem:\n  - ${problem}`),
    );
  });

  test('all of it in one error', () => {
    const props = { clientRanges: ['x'], cidr: 'y', certificate, minCapacity: 0, amiId: '', alarmEmail: '' };
    expect(() => new Intranet(stack, 'Bad', props)).toThrow(
      /^Intranet at Stack\/Bad has 6 problems:\n {2}- clientRanges: "x" .*\n {2}- cidr: "y" .*\n {2}- certificate: .*\n {2}- minCapacity: 0 .*\n {2}- amiId: "" .*\n {2}- alarmEmail: "" .*$/,
    );
  });

  const agnostic = new Stack(createApp(), 'Agnostic');
  const { region } = agnostic;
  const tokenZone = route53.HostedZone.fromHostedZoneAttributes(agnostic, 'TokenZone', {
    hostedZoneId: region,
    zoneName: region,
  });
  const good: Partial<IntranetProps>[] = [
    ...goodCommonInput(agnostic),
    { clientRanges: [region] },
    { domainName: region, hostedZone: tokenZone },
    { domainName, hostedZone: tokenZone },
    { domainName: 'example.com', hostedZone: zoneOf(agnostic), certificate: certificateOf(agnostic) },
    { egress: 'endpoints', cidr: '10.0.0.0/24' },
  ];
  test.each(good.map((props, index) => [index, props] as const))(
    'not what is allowed: %s',
    (index, props) => {
      expect(() => new Intranet(agnostic, `Good${index}`, { clientRanges, ...props })).not.toThrow();
    },
  );

  test('no existing network that is used as it is', () => {
    const template = synthesizeIntranet((scope) => ({
      vpc: new ec2.Vpc(scope, 'Existing', { maxAzs: 2, subnetConfiguration: TIERS }),
      serverSubnets: { subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS },
    }));
    expect(resourcesOf(template, 'AWS::EC2::VPCEndpoint')).toEqual({});
  });
});

const TIERS = [
  { name: 'A', subnetType: ec2.SubnetType.PUBLIC },
  { name: 'B', subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS },
  { name: 'C', subnetType: ec2.SubnetType.PRIVATE_ISOLATED },
];

test('refuses a token of the time of a cookie, which aws-cdk-lib would not take', () => {
  const stickinessCookieDuration = Duration.seconds(Token.asNumber({ Ref: 'Seconds' }));
  const stack = new Stack(createApp(), 'Stack');
  expect(
    () => new Intranet(stack, 'Intranet', { clientRanges: ['10.0.0.0/8'], stickinessCookieDuration }),
  ).toThrow(
    /has a problem:\n {2}- stickinessCookieDuration: .* is a token, which aws-cdk-lib does not take; give 1 to 604800 whole seconds\.$/,
  );
});
