import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DescribeInstanceRefreshesCommand } from '@aws-sdk/client-auto-scaling';
import { GetVpcOriginCommand } from '@aws-sdk/client-cloudfront';
import { DescribeRulesCommand, type Listener } from '@aws-sdk/client-elastic-load-balancing-v2';
import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import type { Domain, Settings } from '../../../bin/settings';
import type { DeployedStack } from '../support/stacks';
import type { Use } from '../support/use';
import { access } from './support/access';
import { database, databaseSecret } from './support/database';
import { behaviors, certificate, siteOf } from './support/distribution';
import { firewallAtCloudFront, firewallAtLoadBalancer } from './support/firewall';
import { groupOf, groupSettings, servers, serversOf } from './support/fleet';
import { fleetAlarms } from './support/fleet-alarms';
import { hooks } from './support/hooks';
import { kept } from './support/kept';
import {
  balancerGroupsOf,
  healthyTargets,
  listenersOf,
  loadBalancer,
  loadBalancerOf,
  targetGroup,
} from './support/load-balancer';
import { dashboard } from './support/monitoring';
import { flowLog, ingressOf, onlyCloudFront, waysOut } from './support/network';
import { fileAccess, uploadedFiles } from './support/static-files';
import { recordsOf } from './support/zone';

const CONTENT = join('services', 'company-news', 'public');

/** An image of one's own; any will do, since nothing boots. */
const RELEASE = 'ami-0123456789abcdef0';

const REGION = 'ap-northeast-1';

const named = (domain: Domain, exposure: Settings['corporateSite']['exposure']): Partial<Settings> => ({
  domain,
  region: REGION,
  corporateSite: { exposure, amiId: RELEASE, serverCount: 3, webApplicationFirewall: true },
});

const ACCESS = {
  'only the load balancer reaches the servers, and only they the database': access,
};

const use: Use = {
  exercises: {
    'the load balancer is public, over two zones, strict, and logs': (stack) =>
      loadBalancer(stack, { scheme: 'internet-facing', tier: 'Public' }),
    'the internet reaches one port of it': (stack) => openPort(stack, 80),
    'only requests with the secret that CloudFront sends go to the servers': (stack) => refusal(stack, 80),
    'servers are asked for their health, and let go of in time': targetGroup,
    'the servers are private Graviton ones in two zones, of the newest template, with IMDSv2': servers,
    'the servers, and no others, are healthy targets': healthyTargets,
    'the group heeds the load balancer, and replaces servers with new ones first': groupSettings,
    'servers wait for their first boot and for their last logs, and may go on by themselves': hooks,
    ...ACCESS,
    'the tiers lie in two zones and lead where they should': tiers,
    'the static files are in the bucket, for browsers to keep an hour': (stack) =>
      uploadedFiles(stack, CONTENT),
    'the bucket is versioned, not public, and read by this distribution only': fileAccess,
    'static paths come from the bucket and are kept, all others from the servers and are not': behaviors,
    "the site has CloudFront's own name, and reaches the load balancer over HTTP": ownName,
    'the database is private, encrypted and takes TLS only': database,
    "the database's secret can be read": databaseSecret,
    'the alarms watch the load balancer, the servers and the database, and notify the topic': fleetAlarms,
    'the flow log is on and the default security group is closed': flowLog,
    'the dashboard is there': dashboard,
  },
  updates: [
    {
      name: 'a release replaces the servers, and a firewall comes before them',
      settings: () => ({
        corporateSite: {
          exposure: 'publicLoadBalancer',
          amiId: RELEASE,
          serverCount: 3,
          webApplicationFirewall: true,
        },
      }),
      exercises: {
        'the old servers are gone, and three of the release run': released,
        'they are of the newest template': servers,
        'they, and no others, are healthy targets': healthyTargets,
        "AWS's managed rules see every request, at the load balancer": firewallAtLoadBalancer,
      },
    },
    {
      name: 'the site gets a name',
      settings: (domain) => named(domain, 'publicLoadBalancer'),
      exercises: {
        'the name leads to CloudFront, by IPv4 and IPv6, with a certificate of us-east-1': siteName,
        'the load balancer has the certificate, and CloudFront speaks TLS 1.2 to it': encryptedOrigin,
        'the internet reaches no other port of it': (stack) => openPort(stack, 443),
        'only requests with the secret that CloudFront sends go to the servers': (stack) =>
          refusal(stack, 443),
        "AWS's managed rules see every request, at CloudFront": firewall,
        'the servers, and no others, are healthy targets': healthyTargets,
        'no server was replaced for it': noFurtherRefresh,
      },
    },
    {
      name: 'the load balancer is hidden',
      settings: (domain) => named(domain, 'cloudFrontVpcOrigin'),
      exercises: {
        'the load balancer is internal': (stack) =>
          loadBalancer(stack, { scheme: 'internal', tier: 'Server' }),
        'only CloudFront reaches it': hiddenPort,
        'CloudFront leads to it by a VPC origin, over TLS': vpcOrigin,
        'the name leads to CloudFront, by IPv4 and IPv6, with a certificate of us-east-1': siteName,
        'servers are asked for their health, and let go of in time': targetGroup,
        'the servers, and no others, are healthy targets': healthyTargets,
        ...ACCESS,
        "AWS's managed rules see every request, at CloudFront": firewall,
        'no server was replaced for it': noFurtherRefresh,
        'network, database, bucket and distribution are the same as at the beginning': (stack) =>
          kept(stack, [
            'AWS::EC2::VPC',
            'AWS::EC2::Subnet',
            'AWS::RDS::DBInstance',
            'AWS::S3::Bucket',
            'AWS::CloudFront::Distribution',
          ]),
      },
    },
  ],
};

export default use;

async function openPort(stack: DeployedStack, port: number): Promise<void> {
  assert.deepEqual(await ingressOf(stack, await balancerGroupsOf(stack)), [`0.0.0.0/0:${port}`]);
}

/** Its only listener. */
async function listenerOf(stack: DeployedStack, port: number): Promise<Listener> {
  const listeners = await listenersOf(stack);
  assert.deepEqual(Object.keys(listeners), [String(port)]);
  return listeners[port] as Listener;
}

async function refusal(stack: DeployedStack, port: number): Promise<void> {
  const { ListenerArn, DefaultActions } = await listenerOf(stack, port);
  assert.deepEqual(
    DefaultActions?.map(({ FixedResponseConfig, Type }) => [Type, FixedResponseConfig?.StatusCode]),
    [['fixed-response', '403']],
  );
  const { Rules = [] } = await stack.aws.elb.send(new DescribeRulesCommand({ ListenerArn }));
  const [rule, ...others] = Rules.filter(({ IsDefault }) => !IsDefault);
  assert.deepEqual(others, []);
  assert.deepEqual(
    rule?.Actions?.map(({ TargetGroupArn, Type }) => [Type, TargetGroupArn]),
    [['forward', await stack.idOf('AWS::ElasticLoadBalancingV2::TargetGroup')]],
  );
  const { SecretString } = await stack.aws.secrets.send(
    new GetSecretValueCommand({ SecretId: await stack.idOf('AWS::SecretsManager::Secret') }),
  );
  const [condition] = rule?.Conditions ?? [];
  const { servers: origin } = await siteOf(stack);
  const [header] = origin.CustomHeaders?.Items ?? [];
  const name = 'X-Origin-Verify';
  assert.deepEqual([condition?.HttpHeaderConfig?.HttpHeaderName, header?.HeaderName], [name, name]);
  // Not assert.equal: its message would print the secret.
  const values = condition?.HttpHeaderConfig?.Values ?? [];
  assert.ok(
    values.length === 1 && values[0] === SecretString,
    'the rule wants another value than the secret',
  );
  assert.ok(header?.HeaderValue === SecretString, 'CloudFront sends another value than the secret');
  assert.match(SecretString?.replaceAll(/[a-z0-9]/g, 'x') ?? '', /^x{64}$/);
}

async function tiers(stack: DeployedStack): Promise<void> {
  assert.deepEqual(await waysOut(stack), {
    Public: 'internet gateway',
    Server: 'NAT gateway',
    Database: 'nowhere',
  });
}

async function ownName(stack: DeployedStack): Promise<void> {
  const { config, name, servers: origin } = await siteOf(stack);
  assert.equal(stack.outputs.SiteUrl, `https://${name}`);
  assert.equal(config.Aliases?.Quantity ?? 0, 0);
  assert.equal(origin.DomainName?.toLowerCase(), (await loadBalancerOf(stack)).DNSName?.toLowerCase());
  assert.equal(origin.CustomOriginConfig?.OriginProtocolPolicy, 'http-only');
}

async function released(stack: DeployedStack): Promise<void> {
  const running = await serversOf(stack);
  assert.deepEqual(
    running.map(({ ImageId }) => ImageId),
    [RELEASE, RELEASE, RELEASE],
  );
  const { MinSize, MaxSize } = await groupOf(stack);
  assert.deepEqual({ MinSize, MaxSize }, { MinSize: 3, MaxSize: 5 });
  await noFurtherRefresh(stack);
}

/** Shows that the release is the only one that replaced servers. */
async function noFurtherRefresh(stack: DeployedStack): Promise<void> {
  const { AutoScalingGroupName } = await groupOf(stack);
  const { InstanceRefreshes } = await stack.aws.autoScaling.send(
    new DescribeInstanceRefreshesCommand({ AutoScalingGroupName }),
  );
  assert.deepEqual(
    InstanceRefreshes?.map(({ Status }) => Status),
    ['Successful'],
  );
}

async function siteName(stack: DeployedStack): Promise<void> {
  const name = new URL(stack.outputs.SiteUrl ?? '').hostname;
  const { config, name: target } = await siteOf(stack);
  const records = await recordsOf(stack, name);
  assert.deepEqual(
    records.map(({ AliasTarget, Type }) => [Type, AliasTarget?.DNSName?.replace(/\.$/, '')]).sort(),
    [
      ['A', target],
      ['AAAA', target],
    ],
  );
  assert.deepEqual(config.Aliases?.Items, [name]);
  const { ACMCertificateArn, MinimumProtocolVersion, SSLSupportMethod } = config.ViewerCertificate ?? {};
  assert.deepEqual([MinimumProtocolVersion, SSLSupportMethod], ['TLSv1.2_2021', 'sni-only']);
  await certificate(stack, 'us-east-1', ACMCertificateArn, name);
}

/** The listener's side of TLS. */
async function listenerCertificate(stack: DeployedStack): Promise<void> {
  const { Certificates, Protocol, SslPolicy } = await listenerOf(stack, 443);
  assert.equal(Protocol, 'HTTPS');
  assert.match(SslPolicy ?? '', /TLS13-1-2/);
  assert.equal(Certificates?.length, 1);
  const { hostname } = new URL(stack.outputs.SiteUrl ?? '');
  await certificate(stack, REGION, Certificates?.[0]?.CertificateArn, hostname);
}

async function encryptedOrigin(stack: DeployedStack): Promise<void> {
  await listenerCertificate(stack);
  const { CustomOriginConfig } = (await siteOf(stack)).servers;
  assert.deepEqual(
    [CustomOriginConfig?.OriginProtocolPolicy, CustomOriginConfig?.OriginSslProtocols?.Items],
    ['https-only', ['TLSv1.2']],
  );
}

async function firewall(stack: DeployedStack): Promise<void> {
  await firewallAtCloudFront(stack, (await siteOf(stack)).config.WebACLId);
}

async function hiddenPort(stack: DeployedStack): Promise<void> {
  await onlyCloudFront(stack, await balancerGroupsOf(stack), 443);
}

async function vpcOrigin(stack: DeployedStack): Promise<void> {
  await listenerCertificate(stack);
  const { servers: origin } = await siteOf(stack);
  const Id = await stack.idOf('AWS::CloudFront::VpcOrigin');
  assert.equal(origin.VpcOriginConfig?.VpcOriginId, Id);
  // Without a secret: nobody else could send anything.
  assert.equal(origin.CustomHeaders?.Quantity ?? 0, 0);
  const { VpcOrigin } = await stack.aws.cloudFront.send(new GetVpcOriginCommand({ Id }));
  const { Arn, OriginProtocolPolicy } = VpcOrigin?.VpcOriginEndpointConfig ?? {};
  assert.deepEqual(
    [Arn, OriginProtocolPolicy],
    [await stack.idOf('AWS::ElasticLoadBalancingV2::LoadBalancer'), 'https-only'],
  );
}
