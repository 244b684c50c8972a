import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Stack, Token } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as route53 from 'aws-cdk-lib/aws-route53';
import * as sns from 'aws-cdk-lib/aws-sns';
import { describe, expect, test } from 'vitest';
import { CloudFrontEdge } from '../lib/building-blocks/cloud-front-edge';
import { CorporateSite, type CorporateSiteProps } from '../lib/corporate-site/corporate-site';
import { CorporateSiteStack, type CorporateSiteStackProps } from '../lib/corporate-site/corporate-site-stack';
import { SANDBOX } from '../lib/profile';
import {
  createApp,
  resourcesOf,
  type StackTemplate,
  templateOf,
  templateOfConstructs,
  theOnly,
} from './support/apps';
import { type BadInput, badCommonInput, goodCommonInput } from './support/bad-input';
import { badSiteDomains } from './support/bad-site-domains';
import { fileIn, firstBootOf, groupOf, serverRoleOf, statementsOf } from './support/fleet';
import { alarmsOf } from './support/fleet-alarms';
import { expectOwnApplication, expectOwnFleet, expectOwnKey } from './support/fleet-proofs';
import { allowedConnections } from './support/network';

const ZONE = { hostedZoneId: 'Z0123456789ABCDEFGHIJ', zoneName: 'example.com' };
const DOMAIN = { hostedZone: ZONE, domainName: 'www.example.com' };
const ARN = 'arn:aws:acm:us-east-1:123456789012:certificate/12345678-1234-1234-1234-123456789012';
const WEB_ACL =
  'arn:aws:wafv2:us-east-1:123456789012:global/webacl/site/12345678-1234-1234-1234-123456789012';

function synthesize(props: CorporateSiteStackProps): StackTemplate {
  return templateOf((app) => new CorporateSiteStack(app, 'CorporateSite', props));
}

/** A site without a stack of its own. */
function synthesizeSite(propsOf: (stack: Stack) => CorporateSiteProps): StackTemplate {
  return templateOfConstructs((stack) => new CorporateSite(stack, 'Site', propsOf(stack)));
}

const certificateOf = (stack: Stack, id: string, region: string) =>
  acm.Certificate.fromCertificateArn(stack, id, ARN.replace('us-east-1', region));
const zoneOf = (stack: Stack) => route53.HostedZone.fromHostedZoneAttributes(stack, 'Zone', ZONE);

const configOf = (template: StackTemplate) =>
  theOnly(template, 'AWS::CloudFront::Distribution').Properties.DistributionConfig as {
    CacheBehaviors: { PathPattern: string }[];
  };

describe('takes what a project has', () => {
  test.each(['publicLoadBalancer', 'cloudFrontVpcOrigin'] as const)('a network, with %s', (exposure) => {
    const template = synthesizeSite((stack) => ({
      exposure,
      profile: SANDBOX,
      vpc: new ec2.Vpc(stack, 'Vpc', {
        maxAzs: 2,
        subnetConfiguration: [
          { name: 'A', subnetType: ec2.SubnetType.PUBLIC },
          { name: 'B', subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS },
          { name: 'C', subnetType: ec2.SubnetType.PRIVATE_ISOLATED },
        ],
      }),
    }));
    const vpcId = { Ref: theOnly(template, 'AWS::EC2::VPC').id };
    for (const type of ['AWS::EC2::SecurityGroup', 'AWS::ElasticLoadBalancingV2::TargetGroup']) {
      for (const { Properties } of Object.values(resourcesOf(template, type))) {
        expect(Properties.VpcId).toEqual(vpcId);
      }
    }
    expect(resourcesOf(template, 'AWS::EC2::FlowLog')).toEqual({});
    const tiers = (subnets: unknown) =>
      (subnets as { Ref: string }[]).map(({ Ref }) => /^Vpc([ABC])Subnet[12]/.exec(Ref)?.[1]).join('');
    const { Subnets } = theOnly(template, 'AWS::ElasticLoadBalancingV2::LoadBalancer').Properties;
    expect(tiers(Subnets)).toBe(exposure === 'publicLoadBalancer' ? 'AA' : 'BB');
    expect(tiers(groupOf(template).Properties.VPCZoneIdentifier)).toBe('BB');
    expect(tiers(theOnly(template, 'AWS::RDS::DBSubnetGroup').Properties.SubnetIds)).toBe('CC');
  });

  test('a network as aws-cdk-lib makes it, without an isolated tier', () => {
    const template = synthesizeSite((stack) => ({ profile: SANDBOX, vpc: new ec2.Vpc(stack, 'Vpc') }));
    const { SubnetIds } = theOnly(template, 'AWS::RDS::DBSubnetGroup').Properties;
    expect(SubnetIds).toEqual([
      { Ref: expect.stringMatching(/^VpcPrivateSubnet1/) },
      { Ref: expect.stringMatching(/^VpcPrivateSubnet2/) },
    ]);
  });

  test('a topic', () => {
    const template = synthesizeSite((stack) => ({ alarmTopic: new sns.Topic(stack, 'Topic') }));
    const { id } = theOnly(template, 'AWS::SNS::Topic');
    expect(id).toMatch(/^Topic/);
    for (const { Properties } of Object.values(alarmsOf(template))) {
      expect(Properties).toMatchObject({ AlarmActions: [{ Ref: id }], OKActions: [{ Ref: id }] });
    }
  });

  test('a key, for the volumes, the database and the secrets', () => {
    const template = synthesizeSite((stack) => ({ key: new kms.Key(stack, 'Key'), keptVolumeSize: 10 }));
    expectOwnKey(template);
    const { id } = theOnly(template, 'AWS::KMS::Key');
    expect(theOnly(template, 'AWS::SecretsManager::Secret').Properties.KmsKeyId).toEqual({
      'Fn::GetAtt': [id, 'Arn'],
    });
  });

  test('a key that was imported, with which the servers read the secret', () => {
    const keyArn = 'arn:aws:kms:ap-northeast-1:123456789012:key/12345678-1234-1234-1234-123456789012';
    const template = synthesizeSite((stack) => ({ key: kms.Key.fromKeyArn(stack, 'Key', keyArn) }));
    const decrypting = statementsOf(template, serverRoleOf(template)).filter(
      ({ Action }) => Action === 'kms:Decrypt',
    );
    expect(decrypting).toMatchObject([
      {
        Resource: keyArn,
        Condition: { StringEquals: { 'kms:ViaService': 'secretsmanager.ap-northeast-1.amazonaws.com' } },
      },
    ]);
  });

  test('certificates', () => {
    const template = synthesizeSite((stack) => ({
      domainName: 'www.example.com',
      hostedZone: zoneOf(stack),
      certificate: certificateOf(stack, 'Edge', 'us-east-1'),
      loadBalancerCertificate: certificateOf(stack, 'Regional', 'ap-northeast-1'),
    }));
    expect(resourcesOf(template, 'AWS::CertificateManager::Certificate')).toEqual({});
    expect(configOf(template)).toMatchObject({ ViewerCertificate: { AcmCertificateArn: ARN } });
    expect(theOnly(template, 'AWS::ElasticLoadBalancingV2::Listener').Properties.Certificates).toEqual([
      { CertificateArn: ARN.replace('us-east-1', 'ap-northeast-1') },
    ]);
  });

  test('the certificate of a stack in us-east-1, which then has no second one', () => {
    const app = createApp();
    const stack = new CorporateSiteStack(app, 'CorporateSite', { ...DOMAIN, certificateArn: ARN });
    expect(stack.node.tryFindChild('Edge')).toBeUndefined();
    const template = synthesize({ ...DOMAIN, certificateArn: ARN });
    expect(configOf(template)).toMatchObject({ ViewerCertificate: { AcmCertificateArn: ARN } });
    // Nothing looks at the requests at CloudFront, so it happens at the load balancer.
    expect(theOnly(template, 'AWS::WAFv2::WebACL').Properties.Scope).toBe('REGIONAL');
  });

  test('an edge of its own, with or without a firewall', () => {
    const edge = (props: Partial<ConstructorParameters<typeof CloudFrontEdge>[2]>) =>
      templateOfConstructs((stack) => {
        const { webAclId } = new CloudFrontEdge(stack, 'Edge', {
          domainName: 'www.example.com',
          hostedZone: zoneOf(stack),
          ...props,
        });
        expect(webAclId !== undefined).toBe(
          props.profile !== SANDBOX && props.webApplicationFirewall !== false,
        );
      });
    expect(theOnly(edge({}), 'AWS::WAFv2::WebACL').Properties.Scope).toBe('CLOUDFRONT');
    for (const props of [{ profile: SANDBOX }, { webApplicationFirewall: false }]) {
      expect(resourcesOf(edge(props), 'AWS::WAFv2::WebACL')).toEqual({});
    }
  });

  test('an application', () => {
    expectOwnApplication((application) => synthesizeSite((stack) => ({ application: application(stack) })));
  });

  test('wishes about the fleet', () => {
    expectOwnFleet((props) => synthesize(props));
  });

  test('a number of servers, and room for half as many again', () => {
    const group = groupOf(synthesize({ serverCount: 5 }));
    expect(group.Properties).toMatchObject({ MinSize: '5', MaxSize: '8' });
    expect(group.CreationPolicy).toMatchObject({ ResourceSignal: { Count: 5 } });
    expect(groupOf(synthesize({})).Properties).toMatchObject({ MinSize: '2', MaxSize: '3' });
  });

  test('a range for the network, and wishes about the database', () => {
    const template = synthesize({ cidr: '192.168.0.0/20', multiAz: false, databaseName: 'shop' });
    expect(theOnly(template, 'AWS::EC2::VPC').Properties.CidrBlock).toBe('192.168.0.0/20');
    expect(theOnly(template, 'AWS::RDS::DBInstance').Properties).toMatchObject({
      MultiAZ: false,
      DBName: 'shop',
    });
    expect(firstBootOf(template)).toContain('\nDATABASE_NAME=shop\n');
  });

  test('static files, and the paths of them', () => {
    const folder = mkdtempSync(join(tmpdir(), 'static-'));
    try {
      writeFileSync(join(folder, 'a.txt'), 'a');
      const template = synthesize({ staticContent: folder, staticPaths: ['/assets/*', '/robots.txt'] });
      expect(configOf(template).CacheBehaviors.map(({ PathPattern }) => PathPattern)).toEqual([
        '/assets/*',
        '/robots.txt',
      ]);
      const upload = theOnly(template, 'Custom::CDKBucketDeployment').Properties;
      expect(upload.DistributionPaths).toEqual(['/assets/*', '/robots.txt']);
      expect(upload.SourceObjectKeys).not.toEqual(
        theOnly(synthesize({}), 'Custom::CDKBucketDeployment').Properties.SourceObjectKeys,
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

test('exposes its parts', () => {
  const stack = new Stack(createApp(), 'Stack', { env: { region: 'ap-northeast-1' } });
  const site = new CorporateSite(stack, 'Site');
  expect(stack.resolve(site.staticBucket.bucketName)).toHaveProperty('Ref');
  expect(stack.resolve(site.distribution.distributionId)).toHaveProperty('Ref');
  expect(site.vpc.privateSubnets).toHaveLength(2);
  site.servers.connections.allowFromAnyIpv4(ec2.Port.tcp(9999));
  site.loadBalancer.connections.allowFromAnyIpv4(ec2.Port.tcp(9998));
});

test('visitors may not post', () => {
  const unit = fileIn(firstBootOf(synthesize({})), '/etc/systemd/system/company-news.service');
  expect(unit).toContain('Environment=ALLOW_POSTS=false');
  expect(unit).toContain('Environment="SITE_TITLE=Company news"');
});

test('outputs are what a person uses next', () => {
  const { Outputs } = synthesize({});
  expect(Object.keys(Outputs ?? {})).toEqual([
    'SiteUrl',
    'SessionManagerCommand',
    'DatabaseSecretArn',
    'Dashboard',
  ]);
});

test('a change of exposure makes another load balancer and another target group, and keeps the rest', () => {
  const [one, other] = (['publicLoadBalancer', 'cloudFrontVpcOrigin'] as const).map((exposure) =>
    synthesize({ exposure }),
  ) as [StackTemplate, StackTemplate];
  for (const type of ['LoadBalancer', 'TargetGroup', 'Listener']) {
    const [before, after] = [one, other].map(
      (template) => theOnly(template, `AWS::ElasticLoadBalancingV2::${type}`).id,
    );
    expect(after).not.toBe(before);
  }
  for (const type of ['AWS::EC2::VPC', 'AWS::RDS::DBInstance', 'AWS::EC2::LaunchTemplate']) {
    expect(theOnly(other, type)).toEqual(theOnly(one, type));
  }
  expect(resourcesOf(other, 'AWS::EC2::Subnet')).toEqual(resourcesOf(one, 'AWS::EC2::Subnet'));
  expect(allowedConnections(one, 'Ingress')).not.toEqual(allowedConnections(other, 'Ingress'));
});

test('volumes that stay are warned about, and nothing else', () => {
  const warningsOf = (props: CorporateSiteStackProps) =>
    Annotations.fromStack(new CorporateSiteStack(createApp(), 'CorporateSite', props))
      .findWarning('*', Match.anyValue())
      .map(({ entry }) => entry.data);
  expect(warningsOf({ keptVolumeSize: 20 })).toEqual([
    expect.stringContaining('keptVolumeSize leaves a volume behind for each server that goes'),
  ]);
  expect(warningsOf({})).toEqual([]);
  expect(warningsOf({ exposure: 'cloudFrontVpcOrigin', profile: SANDBOX })).toEqual([]);
  expect(warningsOf({ ...DOMAIN, env: { region: 'ap-northeast-1' } })).toEqual([]);
});

describe('refuses', () => {
  const stack = new Stack(createApp(), 'Stack', { env: { region: 'ap-northeast-1' } });
  const regional = certificateOf(stack, 'Regional', 'ap-northeast-1');
  const number = Token.asNumber({ Ref: 'Number' });
  const { domainName } = DOMAIN;
  const cases: BadInput<CorporateSiteProps>[] = [
    ...badCommonInput(stack),
    [
      'a single server',
      { serverCount: 1 },
      'serverCount: 1 is no redundant number of servers; give 2 to 100, no token.',
    ],
    [
      'half a server',
      { serverCount: 2.5 },
      'serverCount: 2.5 is no redundant number of servers; give 2 to 100, no token.',
    ],
    [
      'too many servers',
      { serverCount: 101 },
      'serverCount: 101 is no redundant number of servers; give 2 to 100, no token.',
    ],
    [
      'servers by a token',
      { serverCount: number },
      `serverCount: ${number} is no redundant number of servers; give 2 to 100, no token.`,
    ],
    [
      'a secret before the first',
      { originSecretGeneration: 0 },
      'originSecretGeneration: 0 is no generation; give 1, 2, 3 ..., no token.',
    ],
    [
      'a secret between two',
      { originSecretGeneration: 1.5 },
      'originSecretGeneration: 1.5 is no generation; give 1, 2, 3 ..., no token.',
    ],
    [
      'a secret that is a token',
      { originSecretGeneration: number },
      `originSecretGeneration: ${number} is no generation; give 1, 2, 3 ..., no token.`,
    ],
    [
      'a secret that nobody asks for',
      { originSecretGeneration: 2, exposure: 'cloudFrontVpcOrigin' },
      'originSecretGeneration: 2 is of no use with a VPC origin, where no secret is needed; leave it out.',
    ],
    [
      'a folder that does not exist',
      { staticContent: 'no-such-folder' },
      'staticContent: "no-such-folder" is no folder; give the path of the one with the static files.',
    ],
    [
      'a folder that is a file',
      { staticContent: 'package.json' },
      'staticContent: "package.json" is no folder; give the path of the one with the static files.',
    ],
    ['no static path', { staticPaths: [] }, 'staticPaths: 0 patterns are not possible; give 1 to 24.'],
    [
      'too many static paths',
      { staticPaths: Array.from({ length: 25 }, (_, index) => `/${index}/*`) },
      'staticPaths: 25 patterns are not possible; give 1 to 24.',
    ],
    ...['*', '/*', '/', '*.css', 'image/*', '/?', '//image/*', '/a*', '/a?', '/a*/b'].map(
      (path): BadInput<CorporateSiteProps> => [
        `the static path ${path}`,
        { staticPaths: ['/image/*', path] },
        `staticPaths: "${path}" would take pages from the servers; give a folder's pattern, like '/image/*'.`,
      ],
    ),
    ...badSiteDomains(stack),
    [
      "a load balancer's certificate without a name",
      { loadBalancerCertificate: regional },
      `loadBalancerCertificate: "${ARN.replace('us-east-1', 'ap-northeast-1')}" is of no use without a name; give domainName too.`,
    ],
    [
      'a web ACL and none',
      { webAclId: WEB_ACL, webApplicationFirewall: false },
      `webAclId: "${WEB_ACL}" contradicts webApplicationFirewall: false; leave out one of them.`,
    ],
  ];

  test.each(cases)('%s', (name, props, problem) => {
    const id = name.replaceAll('/', ' ');
    expect(() => new CorporateSite(stack, id, props)).toThrow(
      new Error(`CorporateSite at Stack/${id} has a problem:\n  - ${problem}`),
    );
  });

  test('all of it in one error', () => {
    const props = { serverCount: 0, cidr: 'x', staticPaths: ['*'], alarmEmail: '', amiId: '' };
    expect(() => new CorporateSite(stack, 'Bad', props)).toThrow(
      /^CorporateSite at Stack\/Bad has 5 problems:\n {2}- cidr: "x" .*\n {2}- amiId: "" .*\n {2}- alarmEmail: "" .*\n {2}- staticPaths: "\*" .*\n {2}- serverCount: 0 .*$/,
    );
  });

  test('a domain without a region, since its second stack must know it', () => {
    expect(() => new CorporateSiteStack(createApp(), 'CorporateSite', DOMAIN)).toThrow(
      new Error(
        'CorporateSiteStack at CorporateSite has a problem:\n  - env.region: undefined must be known for a domain, since a second stack in us-east-1 holds its certificate; give the region.',
      ),
    );
    expect(
      () => new CorporateSiteStack(createApp(), 'CorporateSite', { ...DOMAIN, certificateArn: ARN }),
    ).not.toThrow();
  });

  test('half of a domain also in its stack, where the construct says so', () => {
    const { hostedZone: zone } = DOMAIN;
    for (const props of [{ hostedZone: zone }, { domainName }]) {
      expect(() => new CorporateSiteStack(createApp(), 'CorporateSite', props)).toThrow(
        'CorporateSite at CorporateSite/CorporateSite has ',
      );
    }
  });

  const agnostic = new Stack(createApp(), 'Agnostic');
  const { region } = agnostic;
  const good: CorporateSiteProps[] = [
    ...goodCommonInput(agnostic),
    { serverCount: 100, originSecretGeneration: 1 },
    { staticPaths: Array.from({ length: 24 }, (_, index) => `/${index}/*`) },
    { staticPaths: ['/favicon.ico', '/a', '/a/', '/a/b*', '/a/?.css', region] },
    { webAclId: region, webApplicationFirewall: true },
    {
      domainName: region,
      hostedZone: route53.HostedZone.fromHostedZoneAttributes(agnostic, 'TokenZone', {
        hostedZoneId: region,
        zoneName: region,
      }),
      certificate: acm.Certificate.fromCertificateArn(agnostic, 'TokenCertificate', region),
      loadBalancerCertificate: acm.Certificate.fromCertificateArn(agnostic, 'TokenCertificate2', region),
    },
    {
      domainName: 'example.com',
      hostedZone: zoneOf(agnostic),
      certificate: certificateOf(agnostic, 'C', 'us-east-1'),
    },
  ];

  test.each(good.map((props, index) => [index, props] as const))(
    'not what is allowed: %s',
    (index, props) => {
      expect(() => new CorporateSite(agnostic, `Good${index}`, props)).not.toThrow();
    },
  );
});
