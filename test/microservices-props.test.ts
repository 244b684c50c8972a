import { Duration, Stack, Token } from 'aws-cdk-lib';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as eks from 'aws-cdk-lib/aws-eks-v2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as route53 from 'aws-cdk-lib/aws-route53';
import * as sns from 'aws-cdk-lib/aws-sns';
import { describe, expect, test } from 'vitest';
import { Problems } from '../lib/building-blocks/problems';
import type { ApplicationServiceOptions } from '../lib/microservices/application-options';
import { checkApplication } from '../lib/microservices/check-application';
import { checkPlatform } from '../lib/microservices/check-platform';
import { Microservices } from '../lib/microservices/microservices';
import { MicroservicesPlatform } from '../lib/microservices/microservices-platform';
import { MicroservicesStack } from '../lib/microservices/microservices-stack';
import {
  PlatformApplication,
  type PlatformApplicationProps,
} from '../lib/microservices/platform-application';
import type { MicroservicesPlatformProps } from '../lib/microservices/platform-options';
import { Shop, type ShopProps } from '../lib/microservices/shop';
import { PRODUCTION, SANDBOX } from '../lib/profile';
import { createApp, resourcesOf, type StackTemplate, theOnly } from './support/apps';
import type { BadInput } from './support/bad-input';
import { cyclesIn } from './support/destruction';
import { textOf } from './support/fleet';
import {
  addOnsOf,
  boundsOf,
  DOMAIN,
  objectOf,
  objectsOf,
  ofKind,
  podOf,
  SERVICES,
  synthesize,
  synthesizeConstructs,
} from './support/microservices';
import { allowedFor } from './support/network-reach';
import { named, plainText } from './support/resources';

const OFFICES = "Name the ranges of your offices, like '198.51.100.0/24', or leave it out.";
const KINDS = 'choose one of: autoMode, fargate, nodeGroup.';
const NO_NAME = 'give 1 to 100 letters, digits, hyphens and underscores, the first no hyphen.';
const LABEL = 'give lower-case letters, digits and hyphens, up to 63, the first a letter.';
const PRIVATE = 'give a range of /12 to /24 in one of 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16.';
const ARN = 'arn:aws:acm:ap-northeast-1:123456789012:certificate/12345678-1234-1234-1234-123456789012';

const stack = new Stack(createApp(), 'Stack', { env: { region: 'ap-northeast-1' } });
const vpc = new ec2.Vpc(stack, 'Vpc');
const certificate = acm.Certificate.fromCertificateArn(stack, 'Certificate', ARN);
const hostedZone = route53.HostedZone.fromHostedZoneAttributes(stack, 'Zone', DOMAIN.hostedZone);
const kubectlLayer = lambda.LayerVersion.fromLayerVersionArn(
  stack,
  'Layer',
  'arn:aws:lambda:ap-northeast-1:123456789012:layer:kubectl:1',
);
const imported = (id: string, vpcCidrBlock?: string) =>
  ec2.Vpc.fromVpcAttributes(stack, id, {
    vpcId: 'vpc-0123456789abcdef0',
    ...(vpcCidrBlock && { vpcCidrBlock }),
    availabilityZones: ['a', 'b', 'c'],
    publicSubnetIds: ['subnet-a1', 'subnet-b1', 'subnet-c1'],
    publicSubnetRouteTableIds: ['rtb-1', 'rtb-1', 'rtb-1'],
    privateSubnetIds: ['subnet-a2', 'subnet-b2', 'subnet-c2'],
    privateSubnetRouteTableIds: ['rtb-a', 'rtb-b', 'rtb-c'],
  });
const token = Token.asString({ Ref: 'Value' });
const type = (name: string) => new ec2.InstanceType(name);
const whole = (prop: string, value: unknown, allowed: string) =>
  `${prop}: ${JSON.stringify(value)} is not possible; give ${allowed}, without a fraction.`;

type Platform = BadInput<MicroservicesPlatformProps>;

const OF_PLATFORM: Platform[] = [
  ['an unknown compute', { compute: 'ecs' as never }, `compute: "ecs" is not known; ${KINDS}`],
  ['a name of an object', { compute: 'toString' as never }, `compute: "toString" is not known; ${KINDS}`],
  ...([1, 0, -5, 2.5, 1001, Number.NaN] as const).map(
    (cpuLimit): Platform => [
      `cpuLimit ${cpuLimit}`,
      { cpuLimit },
      whole('cpuLimit', cpuLimit, '2 to 1000 vCPUs'),
    ],
  ),
  ...([0, 1.5, 451] as const).map(
    (minSize): Platform => [
      `minSize ${minSize}`,
      { compute: 'nodeGroup', minSize },
      whole('minSize', minSize, '1 to 450 servers'),
    ],
  ),
  ['a maxSize of none', { compute: 'nodeGroup', maxSize: 0 }, whole('maxSize', 0, '4 to 450 servers')],
  ['too many', { compute: 'nodeGroup', maxSize: 451 }, whole('maxSize', 451, '4 to 450 servers')],
  [
    'fewer at most than at least',
    { compute: 'nodeGroup', minSize: 4, maxSize: 3 },
    whole('maxSize', 3, '4 to 450 servers'),
  ],
  ...(['fargate', 'nodeGroup'] as const).map(
    (compute): Platform => [
      `cpuLimit on ${compute}`,
      { compute, cpuLimit: 8 },
      `cpuLimit: 8 means nothing to '${compute}'; leave it out, or choose compute: 'autoMode'.`,
    ],
  ),
  ...(['autoMode', 'fargate'] as const).flatMap((compute) =>
    Object.entries({ instanceTypes: [type('t4g.large')], minSize: 2, maxSize: 3 }).map(
      ([prop, value]): Platform => [
        `${prop} on ${compute}`,
        { compute, [prop]: value },
        `${prop}: ${JSON.stringify(value)} means nothing to '${compute}'; leave it out, or choose compute: 'nodeGroup'.`,
      ],
    ),
  ),
  [
    'no sizes',
    { compute: 'nodeGroup', instanceTypes: [] },
    'instanceTypes: [] leaves no size to choose; give one, or leave it out.',
  ],
  [
    "Intel's servers",
    { compute: 'nodeGroup', instanceTypes: [type('t4g.large'), type('m7i.large')] },
    'instanceTypes: "m7i.large" is no Graviton, for which the images are made; give one like t4g.large.',
  ],
  [
    'a size that is none',
    { compute: 'nodeGroup', instanceTypes: [type('large')] },
    'instanceTypes: "large" is no Graviton, for which the images are made; give one like t4g.large.',
  ],
  [
    'agents on Fargate',
    { compute: 'fargate', containerInsights: true },
    'containerInsights: true runs on servers only, and Fargate has none; leave it out.',
  ],
  [
    'an add-on that Auto Mode has by itself',
    { addonVersions: { 'vpc-cni': 'v1.23.1-eksbuild.1' } },
    `addonVersions: "vpc-cni" is no add-on of 'autoMode'; choose one of: amazon-cloudwatch-observability, metrics-server.`,
  ],
  [
    'an unknown add-on',
    { compute: 'fargate', addonVersions: { dns: 'v1.0.0-eksbuild.1' } as never },
    `addonVersions: "dns" is no add-on of 'fargate'; choose one of: coredns, metrics-server.`,
  ],
  [
    'agents that Fargate has not',
    { compute: 'fargate', addonVersions: { 'amazon-cloudwatch-observability': 'v6.6.0-eksbuild.1' } },
    `addonVersions: "amazon-cloudwatch-observability" is no add-on of 'fargate'; choose one of: coredns, metrics-server.`,
  ],
  [
    'nobody',
    { publicAccessCidrs: [] },
    'publicAccessCidrs: [] lets nobody in; leave it out, or name your ranges.',
  ],
  [
    'everybody',
    { publicAccessCidrs: ['198.51.100.0/24', '0.0.0.0/0'] },
    `publicAccessCidrs: "0.0.0.0/0" is everywhere, or nearly so. ${OFFICES}`,
  ],
  [
    'IPv6',
    { publicAccessCidrs: ['2001:db8::/32'] },
    `publicAccessCidrs: "2001:db8::/32" is IPv6, and the network is IPv4 only. ${OFFICES}`,
  ],
  [
    'too many ranges',
    { publicAccessCidrs: Array.from({ length: 41 }, (_, index) => `198.51.${index}.0/24`) },
    'publicAccessCidrs: 41 ranges are too many; give at most 40.',
  ],
  [
    'an unknown support',
    { supportType: 'PREMIUM' as never },
    `supportType: "PREMIUM" is not known; choose 'STANDARD' or 'EXTENDED'.`,
  ],
  [
    'a version without its kubectl',
    { version: eks.KubernetesVersion.V1_35 },
    'version: "1.35" needs its own kubectl: give kubectlLayer too, from @aws-cdk/lambda-layer-kubectl-v35.',
  ],
  ...['', '-shop', '_shop', 'a b', 'shop.dev', 'a'.repeat(101)].map(
    (clusterName): Platform => [
      `the name '${clusterName.slice(0, 9)}'`,
      { clusterName },
      `clusterName: "${clusterName}" is no name of a cluster; ${NO_NAME}`,
    ],
  ),
  ['an address that is none', { alarmEmail: 'nobody' }, 'alarmEmail: "nobody" is no e-mail address.'],
  [
    'a range that is none',
    { cidr: '10.0.0.0' },
    `cidr: "10.0.0.0" is no IPv4 range in CIDR notation; write it like '10.0.0.0/16'.`,
  ],
  [
    'a range that is too big',
    { cidr: '10.0.0.0/15' },
    'cidr: "10.0.0.0/15" is bigger than /16, which no VPC can be; choose /16 to /24.',
  ],
  [
    'a range for a network that exists',
    { cidr: '10.1.0.0/16', vpc },
    'cidr: "10.1.0.0/16" belongs to a new network; leave out cidr or vpc.',
  ],
  [
    "the services' range for the network",
    { cidr: '172.20.128.0/17' },
    'cidr: "172.20.128.0/17" overlaps 172.20.0.0/16, the range of the services; give serviceIpv4Cidr too.',
  ],
  [
    "the services' range in a network that exists",
    { vpc: imported('Overlapping', '172.20.0.0/16') },
    'vpc: "172.20.0.0/16" overlaps 172.20.0.0/16, the range of the services; give serviceIpv4Cidr too.',
  ],
  [
    'a range of endpoints that is none',
    { interfaceEndpointRanges: ['10.0.128.0/24', '10.0.1.1/24'] },
    `interfaceEndpointRanges: "10.0.1.1/24" does not start at its first address; did you mean '10.0.1.0/24'?`,
  ],
  [
    "a network's range for the services",
    { serviceIpv4Cidr: '10.0.240.0/20' },
    'serviceIpv4Cidr: "10.0.240.0/20" overlaps 10.0.0.0/16, the network; give another one.',
  ],
  [
    "an own network's range for the services",
    { cidr: '192.168.0.0/20', serviceIpv4Cidr: '192.168.0.0/16' },
    'serviceIpv4Cidr: "192.168.0.0/16" overlaps 192.168.0.0/20, the network; give another one.',
  ],
  [
    "an existing network's range for the services",
    { vpc: imported('Imported', '192.168.0.0/16'), serviceIpv4Cidr: '192.168.1.0/24' },
    'serviceIpv4Cidr: "192.168.1.0/24" overlaps 192.168.0.0/16, the network; give another one.',
  ],
  ...['10.0.0.0/11', '10.128.0.0/25', '100.64.0.0/16', '172.32.0.0/16', '8.8.8.0/24', '172.0.0.0/12'].map(
    (range): Platform => [
      `the range ${range} for services`,
      { cidr: '10.255.0.0/16', serviceIpv4Cidr: range },
      `serviceIpv4Cidr: "${range}" is not possible; ${PRIVATE}`,
    ],
  ),
  [
    'no range for services',
    { serviceIpv4Cidr: '172.21.0.0' },
    `serviceIpv4Cidr: "172.21.0.0" is no IPv4 range in CIDR notation; write it like '10.0.0.0/16'.`,
  ],
  [
    'an imported network without its range',
    { vpc: imported('Unknown') },
    'vpc: "vpc-0123456789abcdef0" does not tell its range, which network policies need; give vpcCidrBlock to Vpc.fromVpcAttributes.',
  ],
  ...(['loadBalancerSubnets', 'nodeSubnets'] as const).map(
    (prop): Platform => [
      `${prop} of no network`,
      { [prop]: { subnetGroupName: 'Front' } },
      `${prop}: ["subnetGroupName"] are those of an existing network; give vpc too.`,
    ],
  ),
];

/** The error's text. */
function messageOf(create: () => unknown): string {
  try {
    create();
    return 'no error';
  } catch (error) {
    return String(error);
  }
}

const problemsOf = (check: (problems: Problems) => void): string[] => {
  const problems = new Problems(stack);
  check(problems);
  try {
    problems.throwIfAny();
    return [];
  } catch (error) {
    return error instanceof Error ? error.message.split('\n  - ').slice(1) : [String(error)];
  }
};
const ofPlatform = (props: MicroservicesPlatformProps) =>
  problemsOf((problems) => checkPlatform(props, problems));

describe('a platform refuses', () => {
  test.each(OF_PLATFORM)('%s', (_, props, problem) => {
    expect(ofPlatform(props)).toEqual([problem]);
  });

  test("a token as the services' range, of which an address is made", () => {
    expect(ofPlatform({ serviceIpv4Cidr: Token.asString({ Ref: 'Range' }) })).toEqual([
      expect.stringContaining('is a token, but the address of the DNS is made of it; give a literal range.'),
    ]);
  });

  test('all at once, in one error with its class and path', () => {
    const message = messageOf(
      () =>
        new MicroservicesPlatform(stack, 'All', {
          cpuLimit: 1,
          clusterName: '-',
          publicAccessCidrs: ['0.0.0.0/0'],
          supportType: 'PREMIUM' as never,
          alarmEmail: 'nobody',
          cidr: '10.0.0.0/8',
          version: eks.KubernetesVersion.V1_35,
          nodeSubnets: {},
        }),
    );
    expect(message).toContain('MicroservicesPlatform at Stack/All has 8 problems:\n  - cpuLimit: 1 is not');
    for (const prop of [
      'clusterName',
      'publicAccessCidrs',
      'supportType',
      'alarmEmail',
      'cidr',
      'version',
      'nodeSubnets',
    ]) {
      expect(message).toContain(`\n  - ${prop}: `);
    }
  });

  test.each<[string, MicroservicesPlatformProps]>([
    ['the least of vCPUs', { cpuLimit: 2 }],
    ['the most of vCPUs', { cpuLimit: 1000 }],
    ['one server', { compute: 'nodeGroup', minSize: 1, maxSize: 1 }],
    ['the most servers', { compute: 'nodeGroup', minSize: 450 }],
    ['the standard support', { supportType: 'STANDARD' }],
    ['a name of one letter', { clusterName: 'a' }],
    ['a name of a hundred letters', { clusterName: `A_-${'9'.repeat(97)}` }],
    ['ranges at the edges', { publicAccessCidrs: ['10.0.0.0/8', '198.51.100.7/32'] }],
    ['forty ranges', { publicAccessCidrs: Array.from({ length: 40 }, (_, index) => `198.51.${index}.0/24`) }],
    ['another version with its kubectl', { version: eks.KubernetesVersion.V1_35, kubectlLayer }],
    ['the version of the repository', { version: eks.KubernetesVersion.V1_36 }],
    ['its own kubectl', { kubectlLayer }],
    ['services in a /12', { cidr: '10.0.0.0/16', serviceIpv4Cidr: '172.16.0.0/12' }],
    ['services in a /24 beside the network', { serviceIpv4Cidr: '10.1.0.0/24' }],
    [
      "services in the range of other networks' default",
      { vpc: imported('Other', '192.168.0.0/16'), serviceIpv4Cidr: '10.0.0.0/16' },
    ],
    ['an imported network without its range on Fargate', { compute: 'fargate', vpc: imported('NoRange') }],
    ['subnets of a network', { vpc, nodeSubnets: { subnets: [] }, loadBalancerSubnets: { subnets: [] } }],
    ['no agents on Fargate', { compute: 'fargate', containerInsights: false }],
    [
      'tokens',
      {
        clusterName: token,
        cidr: token,
        alarmEmail: token,
        publicAccessCidrs: [token],
      },
    ],
    ['numbers of tokens', { cpuLimit: Token.asNumber({ Ref: 'N' }) }],
    [
      'numbers of tokens for servers',
      {
        compute: 'nodeGroup',
        minSize: Token.asNumber({ Ref: 'N' }),
        maxSize: Token.asNumber({ Ref: 'M' }),
        instanceTypes: [type(token)],
      },
    ],
  ])('nothing of %s', (_, props) => {
    expect(ofPlatform(props)).toEqual([]);
  });
});

type Service = Partial<ApplicationServiceOptions>;
const WEB: ApplicationServiceOptions = { image: 'registry.example.com/web:r1', paths: ['/'] };
const platform = new MicroservicesPlatform(stack, 'Platform');
const application = (props: Partial<PlatformApplicationProps>): PlatformApplicationProps => ({
  platform,
  namespace: 'own',
  services: { web: WEB },
  ...props,
});
const web = (differences: Service) => application({ services: { web: { ...WEB, ...differences } } });
const ofApplication = (props: PlatformApplicationProps) =>
  problemsOf((problems) => checkApplication(props, problems));
const NUMBERS: [prop: keyof Service, bad: number[], allowed: string][] = [
  ['port', [80, 1023, 65_536, 8080.5, Number.NaN], '1024 to 65535 '],
  ['internalPort', [0, 1023, 65_536], '1024 to 65535 '],
  ['cpu', [9, 16_001, 100.5], '10 to 16000 thousandths of a core'],
  ['memory', [63, 114_689, 64.5], '64 to 114688 MiB'],
  ['minReplicas', [0, 1.5, 101], '1 to 100 pods'],
];
const NO_IMAGE =
  "does not say which image for good; give it with a tag of its own other than 'latest', or a digest.";
const NO_PATH = "is no beginning of a path; give one like '/orders', without a query.";

const OF_APPLICATION: BadInput<PlatformApplicationProps>[] = [
  ...['', 'Shop', '1shop', '-shop', 'shop-', 'my.shop', 'a'.repeat(64)].map(
    (namespace): BadInput<PlatformApplicationProps> => [
      `the namespace '${namespace.slice(0, 9)}'`,
      application({ namespace }),
      `namespace: "${namespace}" is no name of a namespace; ${LABEL}`,
    ],
  ),
  ...['default', 'kube-system', 'kube-public', 'amazon-cloudwatch', 'aws-observability'].map(
    (namespace): BadInput<PlatformApplicationProps> => [
      `the namespace ${namespace}`,
      application({ namespace }),
      `namespace: "${namespace}" belongs to Kubernetes or to the platform; give one of your own, like 'shop'.`,
    ],
  ),
  ['no service', application({ services: {} }), 'services: {} has no service; give one at least.'],
  [
    'nothing that is reached',
    application({ services: { web: { image: WEB.image, paths: [] }, worker: { image: WEB.image } } }),
    'services: ["web","worker"] have no paths, so that the load balancer leads nowhere; give one of them a path.',
  ],
  ...['Web', '1web', 'web_1', 'a'.repeat(64)].map(
    (name): BadInput<PlatformApplicationProps> => [
      `a service called ${name.slice(0, 9)}`,
      application({ services: { [name]: WEB } }),
      `services: "${name}" is no name of a service; ${LABEL}`,
    ],
  ),
  ...[
    'web',
    'registry.example.com/web',
    'registry.example.com:5000/web',
    'web:latest',
    'web:',
    'a:b/web',
  ].map(
    (image): BadInput<PlatformApplicationProps> => [
      `the image ${image}`,
      web({ image }),
      `services.web.image: "${image}" ${NO_IMAGE}`,
    ],
  ),
  ...NUMBERS.flatMap(([prop, bad, allowed]) =>
    bad.map(
      (value): BadInput<PlatformApplicationProps> => [
        `${prop} ${value}`,
        web({ [prop]: value, ...(prop === 'minReplicas' && { maxReplicas: undefined }) }),
        whole(`services.web.${prop}`, value, allowed),
      ],
    ),
  ),
  ['pods at most', web({ maxReplicas: 101 }), whole('services.web.maxReplicas', 101, '1 to 100 pods')],
  ['no pods at most', web({ maxReplicas: 0 }), whole('services.web.maxReplicas', 0, '1 to 100 pods')],
  [
    'fewer pods at most than at least',
    web({ minReplicas: 5, maxReplicas: 4 }),
    whole('services.web.maxReplicas', 4, '5 to 100 pods'),
  ],
  ...(['cpu', 'maxReplicas', 'memory', 'minReplicas'] as const).map(
    (prop): BadInput<PlatformApplicationProps> => [
      `a token as ${prop}`,
      web({ [prop]: Token.asNumber({ Ref: 'N' }) }),
      `services.web.${prop}: "a token" can not be reckoned with, as quotas are; give a literal number.`,
    ],
  ),
  [
    'one port for both',
    web({ internalPort: 8080 }),
    'services.web.internalPort: 8080 is the public one, too; give another one.',
  ],
  [
    'one port of its own for both',
    web({ port: 3000, internalPort: 3000 }),
    'services.web.internalPort: 3000 is the public one, too; give another one.',
  ],
  ...['AWS_REGION', 'INTERNAL_PORT', 'OTEL_EXPORTER_OTLP_ENDPOINT', 'PORT'].map(
    (variable): BadInput<PlatformApplicationProps> => [
      `the variable ${variable}`,
      web({ environment: { [variable]: 'x', OTHER: 'y' } }),
      `services.web.environment: "${variable}" is set by the platform; leave it out.`,
    ],
  ),
  [
    'a call of nobody',
    web({ calls: [{ service: 'store', port: 8080 }] }),
    'services.web.calls: "store" is no service of the application; choose one of: web.',
  ],
  [
    'a call of a closed port',
    application({
      services: {
        web: { ...WEB, calls: [{ service: 'store', port: 9000 }] },
        store: { image: 'a:1', internalPort: 8081 },
      },
    }),
    'services.web.calls: "store:9000" is no port of store; give its port or internalPort.',
  ],
  ...['orders', '', '/a b', '/ä', '/a?b=c', '/*'].map(
    (path): BadInput<PlatformApplicationProps> => [
      `the path '${path}'`,
      web({ paths: [path] }),
      `services.web.paths: "${path}" ${NO_PATH}`,
    ],
  ),
  [
    'a path of two services',
    application({ services: { web: WEB, shop: { ...WEB, paths: ['/shop', '/'] } } }),
    'services.shop.paths: "/" belongs to web already; leave it out at one of them.',
  ],
  [
    'a name without a zone',
    application({ domainName: 'shop.example.com' }),
    'domainName: "shop.example.com" needs the zone that holds its record; give hostedZone too.',
  ],
  [
    'a name of another zone',
    application({ domainName: 'shop.example.org', hostedZone }),
    'domainName: "shop.example.org" is not in the zone example.com; give a name that is.',
  ],
  [
    'a zone without a name',
    application({ hostedZone }),
    'hostedZone: "example.com" is of no use without a name in it; give domainName too.',
  ],
  [
    'a certificate without a name',
    application({ certificate }),
    `certificate: "${ARN}" is of no use without a name; give domainName too.`,
  ],
  [
    'nobody',
    application({ clientRanges: [] }),
    `clientRanges: [] lets nobody in; name your company's ranges, like '10.0.0.0/8'.`,
  ],
  [
    'everybody',
    application({ clientRanges: ['0.0.0.0/0'] }),
    `clientRanges: "0.0.0.0/0" is everywhere, or nearly so. ${OFFICES}`,
  ],
];

describe('an application refuses', () => {
  test.each(OF_APPLICATION)('%s', (_, props, problem) => {
    expect(ofApplication(props)).toEqual([problem]);
  });

  test('all at once, in one error with its class and path', () => {
    const message = messageOf(
      () =>
        new PlatformApplication(stack, 'AllOfApplication', {
          platform,
          namespace: 'Shop',
          services: { Web: { image: 'web', port: 80 } },
          clientRanges: [],
        }),
    );
    expect(message).toContain('PlatformApplication at Stack/AllOfApplication has 6 problems:');
    for (const prop of [
      'namespace: "Shop"',
      'services: ["Web"]',
      'services: "Web"',
      'services.Web.image',
      'services.Web.port',
      'clientRanges',
    ]) {
      expect(message).toContain(`\n  - ${prop}`);
    }
  });

  test.each<[string, PlatformApplicationProps]>([
    ['a namespace of one letter', application({ namespace: 'a' })],
    ['a namespace of 63 letters', application({ namespace: `a-${'9'.repeat(61)}` })],
    ['a namespace like one of Kubernetes', application({ namespace: 'kubernetes' })],
    [
      'numbers at the edges',
      web({ port: 1024, internalPort: 65_535, cpu: 10, memory: 64, minReplicas: 1, maxReplicas: 1 }),
    ],
    [
      'numbers at the other edges',
      web({ port: 65_535, cpu: 16_000, memory: 114_688, minReplicas: 100, maxReplicas: 100 }),
    ],
    ['an image by digest', web({ image: `web@sha256:${'0'.repeat(64)}` })],
    ['an image of a registry with a port', web({ image: 'localhost:5000/web:v1.0_a' })],
    ['an image that only CloudFormation knows', web({ image: Token.asString({ Ref: 'Image' }) })],
    ['paths', web({ paths: ['/', '/a-b_c.d~e/f'] })],
    [
      'calls of both ports',
      application({
        services: {
          web: {
            ...WEB,
            calls: [
              { service: 'web', port: 8080 },
              { service: 'store', port: 9000 },
            ],
          },
          store: { image: 'a:1', internalPort: 9000 },
        },
      }),
    ],
    [
      'a name with a zone and a certificate',
      application({ domainName: 'a.example.com', hostedZone, certificate }),
    ],
    [
      'tokens',
      application({
        domainName: token,
        hostedZone,
        services: { web: { ...WEB, port: Token.asNumber({ Ref: 'N' }) } },
      }),
    ],
  ])('nothing of %s', (_, props) => {
    expect(ofApplication(props)).toEqual([]);
  });
});

const platformOf = (props: MicroservicesPlatformProps): StackTemplate =>
  synthesizeConstructs((own) => {
    new MicroservicesPlatform(own, 'Platform', props);
  });
const clusterOf = (template: StackTemplate) => theOnly(template, 'AWS::EKS::Cluster').Properties;

describe('a prop of the platform reaches the template:', () => {
  test('cpuLimit, also as a token', () => {
    const limit = (template: StackTemplate) => objectOf(template, 'NodePool', 'applications').spec?.limits;
    expect(limit(platformOf({ cpuLimit: 64 }))).toEqual({ cpu: '64' });
    expect(limit(platformOf({ cpuLimit: Token.asNumber({ Ref: 'N' }) }))).toEqual({ cpu: '<N>' });
  });

  test('instanceTypes, minSize and maxSize', () => {
    const groupOf = (props: MicroservicesPlatformProps) =>
      theOnly(platformOf({ compute: 'nodeGroup', ...props }), 'AWS::EKS::Nodegroup').Properties;
    expect(
      groupOf({ instanceTypes: [type('m8g.xlarge'), type('m7g.xlarge')], minSize: 3, maxSize: 9 }),
    ).toMatchObject({
      InstanceTypes: ['m8g.xlarge', 'm7g.xlarge'],
      ScalingConfig: { MinSize: 3, DesiredSize: 3, MaxSize: 9 },
    });
    expect(groupOf({ minSize: 5 }).ScalingConfig).toMatchObject({ MinSize: 5, MaxSize: 6 });
    expect(groupOf({ minSize: 450 }).ScalingConfig).toMatchObject({ MinSize: 450, MaxSize: 450 });
  });

  test('containerInsights', () => {
    const shown = [
      platformOf({ profile: SANDBOX, containerInsights: true }),
      platformOf({ profile: PRODUCTION, containerInsights: false }),
    ].map((template) => [
      Object.keys(resourcesOf(template, 'AWS::CloudWatch::Alarm')).length,
      addOnsOf(template)['amazon-cloudwatch-observability']?.ConfigurationValues,
    ]);
    expect(shown).toEqual([
      [1, undefined],
      [0, '{"containerInsights":{"enabled":false}}'],
    ]);
  });

  test('addonVersions, in each kind of compute', () => {
    const names = {
      autoMode: ['amazon-cloudwatch-observability', 'metrics-server'],
      fargate: ['coredns', 'metrics-server'],
      nodeGroup: [
        'amazon-cloudwatch-observability',
        'coredns',
        'eks-pod-identity-agent',
        'kube-proxy',
        'metrics-server',
        'vpc-cni',
      ],
    } as const;
    for (const compute of ['autoMode', 'fargate', 'nodeGroup'] as const) {
      for (const own of names[compute]) {
        const addOns = addOnsOf(platformOf({ compute, addonVersions: { [own]: 'v9.9.9-eksbuild.9' } }));
        expect(Object.keys(addOns).sort()).toEqual(names[compute]);
        const changed = Object.values(addOns).filter(
          ({ AddonVersion }) => AddonVersion === 'v9.9.9-eksbuild.9',
        );
        expect(changed.map(({ AddonName }) => AddonName)).toEqual([own]);
      }
    }
  });

  test('cidr and serviceIpv4Cidr', () => {
    const template = synthesize({ cidr: '192.168.0.0/20', serviceIpv4Cidr: '10.96.0.0/12' });
    expect(theOnly(template, 'AWS::EC2::VPC').Properties.CidrBlock).toBe('192.168.0.0/20');
    expect(clusterOf(template).KubernetesNetworkConfig).toMatchObject({ ServiceIpv4Cidr: '10.96.0.0/12' });
    const egress = allowedFor(template, 'product', 'Egress');
    expect(egress).toContain('10.96.0.10/32 udp/53');
    expect(egress).toContainEqual(expect.stringMatching(/except 10\.96\.0\.0\/12 443$/));
    expect(allowedFor(template, 'product', 'Ingress')).toContain('192.168.0.0/22 8080');
  });

  test('clusterName, in all that goes by it', () => {
    const template = synthesize({ clusterName: 'shop' });
    expect(clusterOf(template).Name).toBe('shop');
    expect(
      Object.values(resourcesOf(template, 'AWS::Logs::LogGroup')).flatMap(
        ({ Properties }) => Properties.LogGroupName ?? [],
      ),
    ).toEqual([
      '/aws/eks/shop/cluster',
      ...['application', 'dataplane', 'host', 'performance'].map(
        (name) => `/aws/containerinsights/shop/${name}`,
      ),
    ]);
    for (const resource of ['Custom::LoadBalancerOfCluster', 'Custom::RemovalOfLoadBalancers']) {
      expect(theOnly(template, resource).Properties.ClusterName).toBe('shop');
    }
    expect(JSON.stringify(named(template, 'AWS::IAM::Role', 'productidentityRole').Properties)).toContain(
      '"aws:RequestTag/eks-cluster-name":"shop"',
    );
    expect(template.Outputs?.KubeconfigCommand?.Value).toBe(
      'aws eks update-kubeconfig --region ap-northeast-1 --name shop',
    );
  });

  test("a name that is made of a long stack's", () => {
    const nameIn = (stackName: string) => textOf(clusterOf(synthesize({ stackName })).Name);
    expect(nameIn('s'.repeat(91))).toMatch(/^<AWS::StackName>-[0-9a-f]{8}$/);
    expect(nameIn('s'.repeat(92))).not.toContain('AWS::StackName');
  });

  test('version and kubectlLayer, and what follows from the version', () => {
    const template = synthesizeConstructs((own) => {
      new Microservices(own, 'Shop', {
        version: eks.KubernetesVersion.V1_35,
        kubectlLayer: lambda.LayerVersion.fromLayerVersionArn(
          own,
          'Layer',
          'arn:aws:lambda:ap-northeast-1:123456789012:layer:kubectl:1',
        ),
      });
    });
    expect(clusterOf(template).Version).toBe('1.35');
    expect(objectOf(template, 'Namespace', 'shop').metadata.labels).toMatchObject({
      'pod-security.kubernetes.io/enforce-version': 'v1.35',
    });
    const { Layers } = named(template, 'AWS::Lambda::Function', 'KubectlProviderHandler').Properties;
    expect(Layers).toContain('arn:aws:lambda:ap-northeast-1:123456789012:layer:kubectl:1');
    expect(Object.keys(resourcesOf(template, 'AWS::Lambda::LayerVersion'))).toHaveLength(1);
  });

  test('an alarm topic, a role and a key of others', () => {
    const arns = {
      topic: 'arn:aws:sns:ap-northeast-1:123456789012:alarms',
      role: 'arn:aws:iam::123456789012:role/Administrator',
      key: 'arn:aws:kms:ap-northeast-1:123456789012:key/12345678-1234-1234-1234-123456789012',
    };
    const template = synthesizeConstructs((own) => {
      new MicroservicesPlatform(own, 'Platform', {
        alarmTopic: sns.Topic.fromTopicArn(own, 'Topic', arns.topic),
        mastersRole: iam.Role.fromRoleArn(own, 'Role', arns.role),
        secretsEncryptionKey: kms.Key.fromKeyArn(own, 'Key', arns.key),
      });
    });
    expect(resourcesOf(template, 'AWS::SNS::Topic')).toEqual({});
    expect(theOnly(template, 'AWS::CloudWatch::Alarm').Properties.AlarmActions).toEqual([arns.topic]);
    const entries = Object.values(resourcesOf(template, 'AWS::EKS::AccessEntry'));
    expect(entries.map(({ Properties }) => plainText(Properties.PrincipalArn))).toContain(arns.role);
    expect(JSON.stringify(clusterOf(template).EncryptionConfig)).toContain(arns.key);
  });

  test('an imported network of three zones, and subnets of it', () => {
    const [all, some] = [
      {},
      {
        nodeSubnets: { availabilityZones: ['a', 'c'] },
        loadBalancerSubnets: { availabilityZones: ['a', 'b'] },
      },
    ].map((selection) =>
      synthesizeConstructs((own) => {
        const network = ec2.Vpc.fromVpcAttributes(own, 'Vpc', {
          vpcId: 'vpc-0123456789abcdef0',
          vpcCidrBlock: '192.168.0.0/16',
          availabilityZones: ['a', 'b', 'c'],
          publicSubnetIds: ['subnet-a1', 'subnet-b1', 'subnet-c1'],
          publicSubnetRouteTableIds: ['rtb-1', 'rtb-1', 'rtb-1'],
          privateSubnetIds: ['subnet-a2', 'subnet-b2', 'subnet-c2'],
          privateSubnetRouteTableIds: ['rtb-a', 'rtb-b', 'rtb-c'],
        });
        const { nodeSubnets, loadBalancerSubnets } = selection as MicroservicesPlatformProps;
        new Microservices(own, 'Shop', {
          vpc: network,
          nodeSubnets: nodeSubnets && { ...nodeSubnets, subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS },
          loadBalancerSubnets: loadBalancerSubnets && {
            ...loadBalancerSubnets,
            subnetType: ec2.SubnetType.PUBLIC,
          },
        });
      }),
    );
    const seen = (template: StackTemplate | undefined) =>
      template && {
        cluster: (clusterOf(template).ResourcesVpcConfig as { SubnetIds: string[] }).SubnetIds,
        front: objectOf(template, 'IngressClassParams', 'shop').spec?.subnets,
        ingress: allowedFor(template, 'review', 'Ingress'),
        egress: allowedFor(template, 'review', 'Egress').filter((each) => each.includes('except')),
        networks: Object.keys(resourcesOf(template, 'AWS::EC2::VPC')),
        watched: theOnly(template, 'Custom::RemovalOfLoadBalancers').Properties.VpcId,
        cycles: cyclesIn(template),
      };
    const common = {
      // The subnets' own ranges are not known.
      ingress: ['192.168.0.0/16 8080'],
      egress: ['0.0.0.0/0 except 192.168.0.0/16 except 172.20.0.0/16 443'],
      networks: [],
      watched: 'vpc-0123456789abcdef0',
      cycles: [],
    };
    expect(seen(all)).toEqual({
      ...common,
      cluster: ['subnet-a2', 'subnet-b2', 'subnet-c2'],
      front: { ids: ['subnet-a1', 'subnet-b1', 'subnet-c1'] },
    });
    expect(seen(some)).toEqual({
      ...common,
      cluster: ['subnet-a2', 'subnet-c2'],
      front: { ids: ['subnet-a1', 'subnet-b1'] },
    });
  });
});

describe('an application', () => {
  const services = {
    web: { ...WEB, port: 3000, internalPort: 3001, cpu: 500, memory: 1024, minReplicas: 3 },
  };
  const synthesizeApplications = (
    applications: Record<string, Partial<PlatformApplicationProps>>,
    props: MicroservicesPlatformProps = {},
  ) =>
    synthesizeConstructs((own) => {
      const shared = new MicroservicesPlatform(own, 'Platform', props);
      for (const [namespace, options] of Object.entries(applications)) {
        new PlatformApplication(own, namespace, {
          services: { web: WEB },
          ...options,
          platform: shared,
          namespace,
        });
      }
    });

  test('is what its services say', () => {
    const template = synthesizeApplications({
      own: { services: { ...services, worker: { image: 'worker:1', environment: { QUEUE: 'jobs' } } } },
    });
    const { container, variables } = podOf(template, 'web');
    expect(container).toMatchObject({
      image: WEB.image,
      resources: { requests: { cpu: '500m', memory: '1024Mi' }, limits: { cpu: '1000m', memory: '1024Mi' } },
      ports: [{ containerPort: 3000 }, { containerPort: 3001 }],
    });
    expect(variables).toMatchObject({ PORT: '3000', INTERNAL_PORT: '3001' });
    expect(boundsOf(template, 'web')).toEqual([3, 6]);
    expect(podOf(template, 'worker').variables).toMatchObject({ QUEUE: 'jobs', PORT: '8080' });
    expect(allowedFor(template, 'worker', 'Ingress')).toEqual([]);
    expect(allowedFor(template, 'web', 'Ingress')).toEqual(['10.0.0.0/18 3000', '10.0.64.0/18 3000']);
    expect(
      boundsOf(synthesizeApplications({ own: { services: { web: { ...WEB, minReplicas: 60 } } } }), 'web'),
    ).toEqual([60, 100]);
  });

  test('gives its roles what is granted, and nothing else', () => {
    const template = synthesizeApplications({
      own: {
        services: {
          web: {
            ...WEB,
            grantTo: (role) =>
              role.addToPrincipalPolicy(
                new iam.PolicyStatement({ actions: ['s3:GetObject'], resources: ['*'] }),
              ),
          },
          worker: { image: 'worker:1' },
        },
      },
    });
    const policies = Object.values(resourcesOf(template, 'AWS::IAM::Policy')).filter(({ Properties }) =>
      JSON.stringify(Properties.Roles).includes('identity'),
    );
    expect(policies).toHaveLength(1);
    expect(policies[0]?.Properties.Roles).toEqual([
      { Ref: named(template, 'AWS::IAM::Role', 'ownwebidentityRole').id },
    ]);
  });

  test.each(['autoMode', 'nodeGroup', 'fargate'] as const)(
    'shares a platform with another one: %s',
    (compute) => {
      const template = synthesizeApplications({ one: {}, two: {} }, { compute });
      expect(cyclesIn(template)).toEqual([]);
      expect(ofKind(template, 'Ingress').map(({ metadata }) => metadata.namespace)).toEqual(['one', 'two']);
      const alarms = Object.keys(resourcesOf(template, 'AWS::CloudWatch::Alarm')).join();
      expect(alarms).toMatch(/oneErrorRateHigh.*twoErrorRateHigh/);
      expect(alarms).toMatch(/oneLatencyHigh.*twoLatencyHigh/);
      const profiles = Object.values(resourcesOf(template, 'AWS::EKS::FargateProfile'));
      expect(profiles).toHaveLength(compute === 'fargate' ? 3 : 0);
      const tags = Object.values(resourcesOf(template, 'Custom::LoadBalancerOfCluster')).map(
        ({ Properties }) => JSON.parse(String(Properties.Tags)),
      );
      const prefix = compute === 'autoMode' ? 'ingress.eks.amazonaws.com' : 'ingress.k8s.aws';
      expect(tags).toEqual(
        ['one', 'two'].map((name) => ({
          [`${prefix}/stack`]: `${name}/${name}`,
          [`${prefix}/resource`]: 'LoadBalancer',
        })),
      );
    },
  );

  test("can't have the namespace of another one", () => {
    const own = new MicroservicesPlatform(stack, 'Shared');
    const add = (id: string) =>
      new PlatformApplication(stack, id, { platform: own, namespace: 'own', services: { web: WEB } });
    add('First');
    expect(messageOf(() => add('Second'))).toContain(
      'namespace: "own" belongs to another application of the platform; give another one.',
    );
  });
});

describe('a shop', () => {
  const shopOf = (props: Partial<ShopProps>, of: MicroservicesPlatformProps = {}) =>
    synthesizeConstructs((own) => {
      new Shop(own, 'Shop', { platform: new MicroservicesPlatform(own, 'Platform', of), ...props });
    });

  test('reaches interface endpoints where the platform has them', () => {
    const rangesOf = (of: MicroservicesPlatformProps) =>
      objectsOf(shopOf({}, of))
        .filter(({ metadata }) => metadata.name === 'allow-aws-apis')
        .map((object) => JSON.stringify(object).match(/"cidr":"[^"]+"/g));
    expect(rangesOf({})).toEqual([['"cidr":"0.0.0.0/0"']]);
    expect(rangesOf({ interfaceEndpointRanges: ['10.0.128.0/24'] })).toEqual([
      ['"cidr":"0.0.0.0/0"', '"cidr":"10.0.128.0/24"'],
    ]);
  });

  test('has the namespace, images, sizes and thresholds that are given', () => {
    const template = shopOf({
      namespace: 'store',
      images: { order: 'registry.example.com/order:r7' },
      sizes: { order: { cpu: 1000, memory: 512, minReplicas: 3, maxReplicas: 12 }, cart: { maxReplicas: 9 } },
      thresholds: { errorRate: 2, latency: 900, eventAge: Duration.minutes(3) },
    });
    const namespaces = objectsOf(template).flatMap(({ metadata }) => metadata.namespace ?? []);
    expect([...new Set(namespaces)]).toEqual(['kube-system', 'store']);
    expect(podOf(template, 'order').container).toMatchObject({
      image: 'registry.example.com/order:r7',
      resources: { requests: { cpu: '1000m', memory: '512Mi' } },
    });
    expect(SERVICES.map((service) => boundsOf(template, service))).toEqual([
      [2, 4],
      [2, 9],
      [3, 12],
      [2, 4],
      [2, 4],
      [2, 4],
    ]);
    expect(podOf(template, 'cart').container.image).toContain('cdk-hnb659fds-container-assets');
    expect(named(template, 'AWS::CloudWatch::Alarm', 'OrderErrorRateHigh').Properties.Threshold).toBe(2);
    expect(named(template, 'AWS::CloudWatch::Alarm', 'OrderLatencyHigh').Properties.Threshold).toBe(900);
    expect(named(template, 'AWS::CloudWatch::Alarm', 'CartEventsWaiting').Properties.Threshold).toBe(180);
    const [filter] = Object.values(resourcesOf(template, 'AWS::Logs::MetricFilter'));
    expect(filter?.Properties.FilterPattern).toContain('$.kubernetes.namespace_name = "store"');
  });

  test.each([
    ['images', { images: { shoe: 'a:1' } as never }],
    ['sizes', { sizes: { shoe: { cpu: 100 } } as never }],
  ])('refuses %s of what is no service', (prop, props) => {
    const message = messageOf(() => shopOf(props));
    expect(message).toContain(
      `Shop at Stack/Shop has a problem:\n  - ${prop}: "shoe" is no service of the shop; choose one of: product, cart, order, payment, customer, review.`,
    );
  });

  test('takes the profile of its platform', () => {
    const [production, sandbox] = [PRODUCTION, SANDBOX].map((profile) => shopOf({}, { profile }));
    const tables = (template: StackTemplate | undefined) =>
      Object.values(resourcesOf(template ?? { Resources: {} }, 'AWS::DynamoDB::GlobalTable')).map(
        ({ DeletionPolicy }) => DeletionPolicy,
      );
    expect(tables(production)).toEqual(Array(6).fill('Retain'));
    expect(tables(sandbox)).toEqual(Array(6).fill('Delete'));
  });

  test('has its first events heard: topics, queues and what joins them come before the pods', () => {
    const template = shopOf({});
    const pods = named(template, 'Custom::AWSCDK-EKS-KubernetesResource', 'orderpods');
    expect(pods.DependsOn).toEqual(
      expect.arrayContaining(Object.keys(resourcesOf(template, 'AWS::SNS::Subscription'))),
    );
  });
});

test('a namespace gets one profile on Fargate, however often it is asked for', () => {
  const template = synthesizeConstructs((own) => {
    const { compute } = new MicroservicesPlatform(own, 'Platform', { compute: 'fargate' });
    expect(compute.ready('own')).toEqual(compute.ready('own'));
  });
  const profiles = Object.values(resourcesOf(template, 'AWS::EKS::FargateProfile'));
  expect(profiles.map(({ Properties }) => Properties.Selectors)).toMatchObject([
    [{ Namespace: 'kube-system' }],
    [{ Namespace: 'own' }],
  ]);
});

test('two of them fit into one stack, and into one account', () => {
  const template = synthesizeConstructs((own) => {
    new Microservices(own, 'One', { compute: 'fargate' });
    new Microservices(own, 'Two', { compute: 'nodeGroup', profile: SANDBOX });
  });
  expect(cyclesIn(template)).toEqual([]);
  const names = Object.values(resourcesOf(template, 'AWS::EKS::Cluster')).map(({ Properties }) =>
    textOf(Properties.Name),
  );
  expect(new Set(names).size).toBe(2);
  expect(names).toEqual(Array(2).fill(expect.stringMatching(/^<AWS::StackName>-[0-9a-f]{8}$/)));
});

test('a third profile is written by a spread', () => {
  const template = synthesize({
    profile: {
      ...SANDBOX,
      deletionProtection: true,
      multiAz: true,
      natGateways: 2,
      webApplicationFirewall: true,
      detailedMonitoring: true,
    },
  });
  expect(clusterOf(template).DeletionProtection).toBe(true);
  expect(boundsOf(template, 'order')).toEqual([2, 4]);
  expect(Object.keys(resourcesOf(template, 'AWS::EC2::NatGateway'))).toHaveLength(2);
  expect(Object.keys(resourcesOf(template, 'AWS::WAFv2::WebACL'))).toHaveLength(1);
  expect(Object.keys(resourcesOf(template, 'AWS::CloudWatch::Alarm')).join()).toContain('NodeFailed');
});

describe('the stack', () => {
  const stackOf = (props: ConstructorParameters<typeof MicroservicesStack>[2]) =>
    new MicroservicesStack(createApp(), 'Microservices', props);

  test('is protected as the profile says, unless it is told otherwise', () => {
    expect(stackOf({}).terminationProtection).toBe(true);
    expect(stackOf({ profile: SANDBOX }).terminationProtection).toBe(false);
    expect(stackOf({ terminationProtection: false }).terminationProtection).toBe(false);
  });

  test('says where the shop, the cluster and the dashboard are, and nothing else', () => {
    const template = synthesize();
    expect(Object.keys(template.Outputs ?? {}).sort()).toEqual(['Dashboard', 'KubeconfigCommand', 'SiteUrl']);
    expect(plainText(template.Outputs?.SiteUrl?.Value)).toBe(
      'http://<MicroservicesShopApplicationIngressLoadBalancer.DnsName>',
    );
    expect(textOf(template.Outputs?.Dashboard?.Value)).toMatch(
      /ap-northeast-1\.console\.aws\.amazon\.com.*Dashboard/,
    );
  });

  test('leads nobody in by itself', () => {
    expect(Object.keys(resourcesOf(synthesize(), 'AWS::EKS::AccessEntry'))).toHaveLength(1);
  });

  test.each(['us-east-1', 'ap-east-1', 'cn-north-1', undefined])('synthesizes in the region %s', (region) => {
    const template = synthesize({ env: { region }, compute: 'fargate' });
    expect(cyclesIn(template)).toEqual([]);
    expect(JSON.stringify(template)).not.toContain('undefined');
    if (region !== undefined && region !== 'ap-northeast-1') {
      expect(JSON.stringify(template)).not.toContain('ap-northeast-1');
    }
  });
});
