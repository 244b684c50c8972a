import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Duration, type Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { expect } from 'vitest';
import { CorporateSite } from '../lib/corporate-site/corporate-site';
import { CorporateSiteStack, type CorporateSiteStackProps } from '../lib/corporate-site/corporate-site-stack';
import { PRODUCTION, type Profile, SANDBOX } from '../lib/profile';
import {
  createApp,
  resourcesOf,
  type StackTemplate,
  templateOf,
  templateOfConstructs,
  theOnly,
  withAssembly,
} from './support/apps';
import { OWN_APPLICATION } from './support/bad-input';
import { startNews } from './support/company-news';
import { ALL_BLOCKED, bucketOf, distributionOf, PRIVATE_BUCKET } from './support/distribution';
import {
  attributesOf,
  fileIn,
  firstBootOf,
  groupOf,
  permissionsOf,
  serverOf,
  textOf,
  tiersOf,
} from './support/fleet';
import {
  alarmsOf,
  expectAlarms,
  expectCpuPeriod,
  expectGroupMetrics,
  expectMail,
  expectTopicForAlarms,
  fleetAlarms,
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
  expectRollingReplacement,
  expectServerRole,
  expectShippedLogs,
  expectSignals,
} from './support/fleet-proofs';
import { allowedConnections, routesOf } from './support/network';
import { promisesOf } from './support/promises';
import { productionProblems, sandboxProblems } from './support/round-trip';

const promise = promisesOf('corporate-site');

const REGION = 'ap-northeast-1';
const ZONE = { hostedZoneId: 'Z0123456789ABCDEFGHIJ', zoneName: 'example.com' };
const DOMAIN = { hostedZone: ZONE, domainName: 'www.example.com' };
const WEB_ACL =
  'arn:aws:wafv2:us-east-1:123456789012:global/webacl/site/12345678-1234-1234-1234-123456789012';

function synthesize(props: CorporateSiteStackProps = {}): StackTemplate {
  return templateOf((app) => new CorporateSiteStack(app, 'CorporateSite', props));
}

/** The templates of a site with a domain and of its stack in us-east-1. */
function synthesizeWithEdge(props: CorporateSiteStackProps = {}): {
  main: StackTemplate;
  edge: StackTemplate;
} {
  const app = createApp();
  const site = new CorporateSiteStack(app, 'CorporateSite', { ...DOMAIN, env: { region: REGION }, ...props });
  const edge = site.node.findChild('Edge') as Stack;
  expect(edge.region).toBe('us-east-1');
  return withAssembly(app, (assembly) => ({
    main: assembly.getStackArtifact(site.artifactId).template,
    edge: assembly.getStackArtifact(edge.artifactId).template,
  }));
}

const site = synthesize();
const hidden = synthesize({ exposure: 'cloudFrontVpcOrigin' });
const sandbox = synthesize({ profile: SANDBOX });
const hiddenSandbox = synthesize({ profile: SANDBOX, exposure: 'cloudFrontVpcOrigin' });
const named = synthesizeWithEdge();
const hiddenNamed = synthesizeWithEdge({ exposure: 'cloudFrontVpcOrigin' });

const EVERY: [StackTemplate, Profile][] = [
  [site, PRODUCTION],
  [hidden, PRODUCTION],
  [sandbox, SANDBOX],
  [hiddenSandbox, SANDBOX],
  [named.main, PRODUCTION],
  [hiddenNamed.main, PRODUCTION],
];

const listenersOf = (template: StackTemplate) =>
  Object.values(resourcesOf(template, 'AWS::ElasticLoadBalancingV2::Listener')).map(
    ({ Properties }) => Properties,
  );

/** The connections of a site by its exposure. */
function expectConnections(template: StackTemplate, loadBalancer: string, from: string, port: string): void {
  expect(allowedConnections(template, 'Ingress').sort(byGroup)).toEqual(
    [
      { group: 'DatabaseSecurityGroup', peer: 'ServersSecurityGroup', port: '3306' },
      { group: loadBalancer, peer: from, port },
      { group: 'ServersSecurityGroup', peer: loadBalancer, port: '8080' },
    ].sort(byGroup),
  );
}
const byGroup = (one: { group: string }, other: { group: string }) => one.group.localeCompare(other.group);

promise('CR-1', () => {
  expectConnections(site, 'PublicLoadBalancerSecurityGroup', '0.0.0.0/0', '80');
  expectConnections(sandbox, 'PublicLoadBalancerSecurityGroup', '0.0.0.0/0', '80');
  expectConnections(named.main, 'PublicLoadBalancerSecurityGroup', '0.0.0.0/0', '443');
  for (const [template, port] of [
    [site, 80],
    [named.main, 443],
  ] as const) {
    const { Scheme, Subnets } = theOnly(template, 'AWS::ElasticLoadBalancingV2::LoadBalancer').Properties;
    expect(Scheme).toBe('internet-facing');
    expect(tiersOf(template, Subnets)).toEqual(['Public 0', 'Public 1']);
    expect(listenersOf(template).map(({ Port }) => Port)).toEqual([port]);
  }
});

promise('CR-1', () => {
  for (const template of [site, sandbox, named.main]) {
    const [{ DefaultActions } = {}] = listenersOf(template);
    expect(DefaultActions).toMatchObject([
      { Type: 'fixed-response', FixedResponseConfig: { StatusCode: '403' } },
    ]);
    const rule = theOnly(template, 'AWS::ElasticLoadBalancingV2::ListenerRule');
    const { DependsOn, servers } = distributionOf(template);
    const [header] = servers?.OriginCustomHeaders ?? [];
    expect(header?.HeaderName).toBe('X-Origin-Verify');
    expect(rule.Properties.Conditions).toEqual([
      {
        Field: 'http-header',
        HttpHeaderConfig: { HttpHeaderName: 'X-Origin-Verify', Values: [header?.HeaderValue] },
      },
    ]);
    const targetGroup = { Ref: theOnly(template, 'AWS::ElasticLoadBalancingV2::TargetGroup').id };
    expect(rule.Properties.Actions).toEqual([{ Type: 'forward', TargetGroupArn: targetGroup }]);
    const loadBalancer = theOnly(template, 'AWS::ElasticLoadBalancingV2::LoadBalancer').id;
    expect(servers?.DomainName).toEqual({ 'Fn::GetAtt': [loadBalancer, 'DNSName'] });
    // Before the rule is there, CloudFront's own requests would be refused.
    expect(DependsOn).toContain(rule.id);
  }
});

promise('CR-2', () => {
  const group = 'HiddenLoadBalancerSecurityGroup';
  const finderName = 'HiddenLoadBalancerVpcOriginSecurityGroupFind';
  expectConnections(hidden, group, finderName, '80');
  expectConnections(hiddenSandbox, group, finderName, '80');
  expectConnections(hiddenNamed.main, group, finderName, '443');
  for (const template of [hidden, hiddenSandbox, hiddenNamed.main]) {
    const { Scheme, Subnets } = theOnly(template, 'AWS::ElasticLoadBalancingV2::LoadBalancer').Properties;
    expect(Scheme).toBe('internal');
    expect(tiersOf(template, Subnets)).toEqual(['Server 0', 'Server 1']);
    const finder = theOnly(template, 'Custom::VpcOriginSecurityGroup');
    expect(JSON.parse(textOf(finder.Properties.Create))).toMatchObject({
      service: 'ec2',
      action: 'describeSecurityGroups',
      parameters: {
        Filters: [
          { Name: 'vpc-id', Values: [`<${theOnly(template, 'AWS::EC2::VPC').id}>`] },
          { Name: 'group-name', Values: ['CloudFront-VPCOrigins-Service-SG*'] },
        ],
      },
      outputPaths: ['SecurityGroups.0.GroupId'],
    });
    // CloudFront makes the group when the distribution uses the origin.
    expect(finder.DependsOn).toContain(theOnly(template, 'AWS::CloudFront::Distribution').id);
  }
});

promise('CR-2', () => {
  for (const [template, protocol] of [
    [hidden, 'http-only'],
    [hiddenNamed.main, 'https-only'],
  ] as const) {
    const origin = theOnly(template, 'AWS::CloudFront::VpcOrigin');
    expect(origin.Properties.VpcOriginEndpointConfig).toMatchObject({
      Arn: { Ref: theOnly(template, 'AWS::ElasticLoadBalancingV2::LoadBalancer').id },
      OriginProtocolPolicy: protocol,
      OriginSSLProtocols: ['TLSv1.2'],
    });
    expect(origin.DependsOn).toEqual(
      Object.keys(resourcesOf(template, 'AWS::ElasticLoadBalancingV2::Listener')),
    );
    const { servers } = distributionOf(template);
    expect(servers?.VpcOriginConfig).toMatchObject({ VpcOriginId: { 'Fn::GetAtt': [origin.id, 'Id'] } });
    expect(servers).not.toHaveProperty('OriginCustomHeaders');
    expect(listenersOf(template)).toMatchObject([{ DefaultActions: [{ Type: 'forward' }] }]);
    expect(resourcesOf(template, 'AWS::SecretsManager::Secret')).toEqual({});
  }
  // A VPC origin can't be changed while it is used: another protocol makes another one.
  const ids = [hidden, hiddenNamed.main].map((each) => theOnly(each, 'AWS::CloudFront::VpcOrigin').id);
  expect(new Set(ids).size).toBe(2);
  expect(namesOf(hidden).origins).not.toEqual(namesOf(hiddenNamed.main).origins);
});

promise('CR-3', () => {
  for (const [template] of EVERY) {
    const ingress = allowedConnections(template, 'Ingress');
    const loadBalancer = ingress.find(({ group }) => group.startsWith('Servers'))?.peer ?? '';
    expect(loadBalancer).toMatch(/^(Public|Hidden)LoadBalancerSecurityGroup$/);
    expect(ingress.filter(({ group }) => !group.startsWith(loadBalancer))).toEqual([
      { group: 'DatabaseSecurityGroup', peer: 'ServersSecurityGroup', port: '3306' },
      { group: 'ServersSecurityGroup', peer: loadBalancer, port: '8080' },
    ]);
    expect(allowedConnections(template, 'Egress').sort(byGroup)).toEqual([
      { group: loadBalancer, peer: 'ServersSecurityGroup', port: '8080' },
      { group: 'ServersSecurityGroup', peer: '0.0.0.0/0', port: '443' },
      { group: 'ServersSecurityGroup', peer: 'DatabaseSecurityGroup', port: '3306' },
    ]);
    expect(theOnly(template, 'AWS::RDS::DBInstance').Properties.Port).toBe('3306');
    expect(theOnly(template, 'AWS::ElasticLoadBalancingV2::TargetGroup').Properties).toMatchObject({
      Port: 8080,
      Protocol: 'HTTP',
    });
    expect(fileIn(firstBootOf(template), '/etc/systemd/system/company-news.service')).toContain(
      'Environment=PORT=8080',
    );
  }
});

promise('CR-4', () => {
  const toInternet = '0.0.0.0/0 to AWS::EC2::InternetGateway';
  const toNat = '0.0.0.0/0 to AWS::EC2::NatGateway';
  for (const [template, profile] of EVERY) {
    expect(routesOf(template)).toEqual({
      'Public 0': toInternet,
      'Public 1': toInternet,
      'Server 0': toNat,
      'Server 1': toNat,
      'Database 0': 'none',
      'Database 1': 'none',
    });
    const gateways = Object.values(resourcesOf(template, 'AWS::EC2::NatGateway'));
    expect(gateways).toHaveLength(profile === PRODUCTION ? 2 : 1);
    const tiers = gateways.flatMap(({ Properties }) => tiersOf(template, [Properties.SubnetId]));
    expect(tiers).toEqual(['Public 0', 'Public 1'].slice(0, gateways.length));
    expect(tiersOf(template, groupOf(template).Properties.VPCZoneIdentifier)).toEqual([
      'Server 0',
      'Server 1',
    ]);
    for (const { Properties } of Object.values(resourcesOf(template, 'AWS::EC2::Subnet'))) {
      expect(Properties.MapPublicIpOnLaunch).toBe(false);
    }
    expect(serverOf(template).NetworkInterfaces).toMatchObject([{ AssociatePublicIpAddress: false }]);
    // The boot downloads packages: the way out must be there before the servers are.
    const ways = Object.keys(resourcesOf(template, 'AWS::EC2::Route')).filter((id) => id.includes('Server'));
    expect(ways).toHaveLength(2);
    expect(groupOf(template).DependsOn).toEqual(expect.arrayContaining(ways));
  }
});

promise('CR-5', () => {
  for (const [template, profile] of EVERY) {
    expectOneTemplate(template);
    expectHardenedServers(template, profile);
    const { Ref: parameter } = serverOf(template).ImageId as { Ref: string };
    expect(template.Parameters?.[parameter]?.Default).toMatch(/\/al2023-ami-kernel-[\d.]+-arm64$/);
  }
});

promise('CR-5', () => {
  expect(serverOf(synthesize({ amiId: 'ami-0123456789abcdef0' })).ImageId).toBe('ami-0123456789abcdef0');
  const machineImage = ec2.MachineImage.genericLinux({ [REGION]: 'ami-1' });
  expect(serverOf(synthesize({ machineImage, env: { region: REGION } })).ImageId).toBe('ami-1');
  const x86 = synthesize({ instanceType: new ec2.InstanceType('m7i.large') });
  expect(serverOf(x86).InstanceType).toBe('m7i.large');
  const { Ref: parameter } = serverOf(x86).ImageId as { Ref: string };
  expect(x86.Parameters?.[parameter]?.Default).toMatch(/-x86_64$/);
});

promise('CR-6', () => {
  for (const [template] of EVERY) expectRollingReplacement(template);
});

promise('CR-6', () => {
  const others: CorporateSiteStackProps[] = [
    { amiId: 'ami-0123456789abcdef0' },
    { instanceType: new ec2.InstanceType('m8g.large') },
    { application: { ...OWN_APPLICATION, port: 8080, healthCheckPath: '/healthz' } },
  ];
  for (const props of others) expectOtherServers(site, synthesize(props));
});

promise('CR-7', () => {
  for (const [template] of EVERY) {
    expectBootHook(template);
    expectSignals(template);
    expectBootOrder(template);
    expectShippedLogs(template, ['/var/log/company-news/company-news.log', 'application']);
  }
});

promise('CR-7', () => {
  for (const [template] of EVERY) {
    // A server that is registered before the listener is there would count as unhealthy.
    expect(groupOf(template).DependsOn).toEqual(
      expect.arrayContaining(Object.keys(resourcesOf(template, 'AWS::ElasticLoadBalancingV2::Listener'))),
    );
    const [logGroup] = Object.entries(resourcesOf(template, 'AWS::Logs::LogGroup')).filter(([id]) =>
      id.includes('Servers'),
    );
    expect(logGroup?.[1].Properties.RetentionInDays).toBeGreaterThan(0);
  }
});

promise('CR-7', () => {
  for (const [template] of EVERY) expectExit(template);
});

promise('CR-8', () => {
  for (const [template] of EVERY) expectLeave(template, 'systemctl stop company-news');
});

promise('CR-9', () => {
  for (const [template] of EVERY) {
    expect(theOnly(template, 'AWS::ElasticLoadBalancingV2::TargetGroup').Properties).toMatchObject({
      HealthCheckPath: '/healthz',
      Matcher: { HttpCode: '200' },
      HealthCheckIntervalSeconds: 10,
      HealthCheckTimeoutSeconds: 5,
      HealthyThresholdCount: 2,
      UnhealthyThresholdCount: 3,
    });
  }
});

promise('CR-9', async () => {
  const news = await startNews(firstBootOf(site));
  try {
    news.primary.turn('silent');
    news.standby.turn('silent');
    const health = await news.get('/healthz');
    expect(health.status).toBe(200);
    expect(news.primary.connections).toBe(0);
  } finally {
    await news.end();
  }
});

promise('CR-10', () => {
  const attributes = (template: StackTemplate) =>
    attributesOf(theOnly(template, 'AWS::ElasticLoadBalancingV2::TargetGroup'));
  for (const [template] of EVERY) {
    expect(attributes(template)).toEqual({
      'deregistration_delay.timeout_seconds': '60',
      'stickiness.enabled': 'false',
    });
  }
  const sticky = synthesize({
    stickinessCookieDuration: Duration.hours(2),
    deregistrationDelay: Duration.seconds(300),
  });
  expect(attributes(sticky)).toEqual({
    'deregistration_delay.timeout_seconds': '300',
    'stickiness.enabled': 'true',
    'stickiness.type': 'lb_cookie',
    'stickiness.lb_cookie.duration_seconds': '7200',
  });
  expect(attributes(synthesize({ deregistrationDelay: Duration.seconds(0) }))).toMatchObject({
    'deregistration_delay.timeout_seconds': '0',
  });
});

promise('CR-11', () => {
  for (const [template] of EVERY) {
    const { config, originOf, servers } = distributionOf(template);
    const behaviors = config.CacheBehaviors;
    expect(behaviors.map(({ PathPattern }) => PathPattern)).toEqual([
      '/image/*',
      '/javascript/*',
      '/stylesheet/*',
    ]);
    const bucket = bucketOf(template, 'StaticContent').id;
    for (const behavior of behaviors) {
      // AWS's managed policy CachingOptimized:
      // https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html
      expect(behavior).toMatchObject({ CachePolicyId: '658327ea-f89d-4fab-a63d-7e88639e58f6' });
      expect(originOf(behavior)).toMatchObject({
        DomainName: { 'Fn::GetAtt': [bucket, 'RegionalDomainName'] },
      });
    }
    // CachingDisabled, and AllViewer: what is not static reaches the servers as the viewer sent it.
    expect(config.DefaultCacheBehavior).toMatchObject({
      CachePolicyId: '4135ea2d-6df8-44a3-9df3-4b5a84be39ad',
      OriginRequestPolicyId: '216adef6-5c7f-47e4-b989-5492eafa07d3',
      AllowedMethods: expect.arrayContaining(['GET', 'POST', 'PUT', 'DELETE']),
    });
    expect(servers?.Id).toBe(config.DefaultCacheBehavior.TargetOriginId);
    expect(servers).not.toHaveProperty('S3OriginConfig');
    for (const behavior of [config.DefaultCacheBehavior, ...behaviors]) {
      expect(behavior).toMatchObject({
        ViewerProtocolPolicy: 'redirect-to-https',
        // The managed policy SecurityHeadersPolicy.
        ResponseHeadersPolicyId: '67f7725c-6f97-4210-82d7-5512b31e9d03',
        Compress: true,
      });
    }
    expect(config).toMatchObject({ HttpVersion: 'http2and3', Enabled: true });
  }
});

promise('CR-11', async () => {
  // The sample application's page asks for files that are in the folder, under paths that S3 serves.
  const news = await startNews(firstBootOf(site));
  try {
    const page = await (await news.get()).text();
    for (const file of ['stylesheet/site.css', 'javascript/site.js', 'image/logo.svg']) {
      expect(page).toContain(`"/${file}"`);
      const { PathPattern = '' } =
        distributionOf(site).config.CacheBehaviors.find(({ PathPattern: path = '' }) =>
          `/${file}`.startsWith(path.replace('*', '')),
        ) ?? {};
      expect(PathPattern).toMatch(/^\/\w+\/\*$/);
    }
  } finally {
    await news.end();
  }
});

promise('CR-12', () => {
  for (const [template, profile] of EVERY) {
    const bucket = bucketOf(template, 'StaticContent');
    expect(bucket.Properties).toMatchObject({
      ...PRIVATE_BUCKET,
      LifecycleConfiguration: { Rules: [{ NoncurrentVersionExpiration: { NoncurrentDays: 30 } }] },
    });
    const distribution = theOnly(template, 'AWS::CloudFront::Distribution').id;
    const readers = bucket.statements.filter(
      ({ Action, Effect }) => Effect === 'Allow' && !JSON.stringify(Action).includes('Delete'),
    );
    expect(readers).toMatchObject([
      { Action: 's3:GetObject', Principal: { Service: 'cloudfront.amazonaws.com' } },
    ]);
    const condition = readers[0]?.Condition as Condition | undefined;
    expect(Object.entries(condition?.StringEquals ?? {}).map(([key, value]) => [key, textOf(value)])).toEqual(
      [['AWS:SourceArn', `arn:<AWS::Partition>:cloudfront::<AWS::AccountId>:distribution/<${distribution}>`]],
    );
    expect(bucket.statements.filter(({ Effect }) => Effect === 'Deny')).toMatchObject([
      { Action: 's3:*', Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
    ]);
    const access = theOnly(template, 'AWS::CloudFront::OriginAccessControl');
    expect(access.Properties.OriginAccessControlConfig).toMatchObject({
      OriginAccessControlOriginType: 's3',
      SigningBehavior: 'always',
    });
    const { config, originOf } = distributionOf(template);
    for (const behavior of config.CacheBehaviors) {
      expect(originOf(behavior)?.OriginAccessControlId).toEqual({ 'Fn::GetAtt': [access.id, 'Id'] });
    }
    expect(Object.keys(resourcesOf(template, 'Custom::S3AutoDeleteObjects'))).toHaveLength(
      profile === SANDBOX ? 2 : 0,
    );
  }
});

interface Condition {
  readonly StringEquals: Readonly<Record<string, unknown>>;
}

promise('CR-12', () => {
  const uploadOf = (template: StackTemplate) => theOnly(template, 'Custom::CDKBucketDeployment').Properties;
  for (const [template] of EVERY) {
    expect(uploadOf(template)).toMatchObject({
      DestinationBucketName: { Ref: bucketOf(template, 'StaticContent').id },
      DistributionId: { Ref: theOnly(template, 'AWS::CloudFront::Distribution').id },
      DistributionPaths: ['/image/*', '/javascript/*', '/stylesheet/*'],
      Prune: true,
      SystemMetadata: { 'cache-control': 'public, max-age=3600' },
    });
  }
  const folder = mkdtempSync(join(tmpdir(), 'static-'));
  try {
    cpSync(join('services', 'company-news', 'public'), folder, { recursive: true });
    const same = synthesize({ staticContent: folder });
    expect(uploadOf(same).SourceObjectKeys).toEqual(uploadOf(site).SourceObjectKeys);
    writeFileSync(join(folder, 'stylesheet', 'site.css'), 'body { color: red; }');
    const changed = synthesize({ staticContent: folder });
    expect(uploadOf(changed).SourceObjectKeys).not.toEqual(uploadOf(site).SourceObjectKeys);
    const [key = ''] = uploadOf(changed).SourceObjectKeys as string[];
    const role =
      Object.keys(resourcesOf(changed, 'AWS::IAM::Role')).find((id) => id.includes('Upload')) ?? '';
    expect(permissionsOf(changed, role).join()).toContain(key);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

promise('CR-13', () => {
  for (const { main, edge } of [named, hiddenNamed]) {
    for (const template of [main, edge]) {
      expect(theOnly(template, 'AWS::CertificateManager::Certificate').Properties).toMatchObject({
        DomainName: 'www.example.com',
        ValidationMethod: 'DNS',
        DomainValidationOptions: [{ DomainName: 'www.example.com', HostedZoneId: ZONE.hostedZoneId }],
      });
    }
    const { config } = distributionOf(main);
    expect(config).toMatchObject({
      Aliases: ['www.example.com'],
      ViewerCertificate: { MinimumProtocolVersion: 'TLSv1.2_2021', SslSupportMethod: 'sni-only' },
    });
    expect(config.ViewerCertificate).toMatchObject({
      AcmCertificateArn: {
        'Fn::GetStackOutput': {
          StackName: 'CorporateSite-Edge',
          Region: 'us-east-1',
          OutputName: outputThatIs(edge, { Ref: theOnly(edge, 'AWS::CertificateManager::Certificate').id }),
        },
      },
    });
    expect(listenersOf(main)).toMatchObject([
      {
        Port: 443,
        Protocol: 'HTTPS',
        Certificates: [{ CertificateArn: { Ref: theOnly(main, 'AWS::CertificateManager::Certificate').id } }],
        SslPolicy: expect.stringMatching(/^ELBSecurityPolicy-TLS13-1-2-/),
      },
    ]);
  }
  expect(distributionOf(named.main).servers?.CustomOriginConfig).toMatchObject({
    OriginProtocolPolicy: 'https-only',
    OriginSSLProtocols: ['TLSv1.2'],
  });
});

/** The output of a template with a value. */
function outputThatIs(template: StackTemplate, value: unknown): string | undefined {
  const outputs = Object.entries(template.Outputs ?? {});
  return outputs.find(([, { Value }]) => JSON.stringify(Value) === JSON.stringify(value))?.[0];
}

promise('CR-13', () => {
  for (const { main } of [named, hiddenNamed]) {
    const records = Object.values(resourcesOf(main, 'AWS::Route53::RecordSet')).map(
      ({ Properties }) => Properties,
    );
    expect(records.map(({ Type }) => Type).sort()).toEqual(['A', 'AAAA']);
    const distribution = theOnly(main, 'AWS::CloudFront::Distribution').id;
    for (const record of records) {
      expect(record).toMatchObject({
        Name: 'www.example.com.',
        HostedZoneId: ZONE.hostedZoneId,
        AliasTarget: { DNSName: { 'Fn::GetAtt': [distribution, 'DomainName'] } },
      });
    }
    expect(main.Outputs?.SiteUrl?.Value).toBe('https://www.example.com');
  }
});

promise('CR-13', () => {
  for (const template of [site, hidden, sandbox, hiddenSandbox]) {
    expect(resourcesOf(template, 'AWS::CertificateManager::Certificate')).toEqual({});
    expect(resourcesOf(template, 'AWS::Route53::RecordSet')).toEqual({});
    expect(distributionOf(template).config).not.toHaveProperty('Aliases');
    expect(distributionOf(template).config).not.toHaveProperty('ViewerCertificate');
    expect(listenersOf(template)).toMatchObject([{ Port: 80, Protocol: 'HTTP' }]);
    const distribution = theOnly(template, 'AWS::CloudFront::Distribution').id;
    expect(textOf(template.Outputs?.SiteUrl?.Value)).toBe(`https://<${distribution}.DomainName>`);
  }
  expect(distributionOf(site).servers?.CustomOriginConfig).toMatchObject({
    OriginProtocolPolicy: 'http-only',
  });
});

/** The managed rules of a template's web ACL, in their order. */
function rulesOf(template: StackTemplate, scope: string): string[] {
  const { Properties } = theOnly(template, 'AWS::WAFv2::WebACL');
  expect(Properties).toMatchObject({
    Scope: scope,
    DefaultAction: { Allow: {} },
    VisibilityConfig: { CloudWatchMetricsEnabled: true, SampledRequestsEnabled: true },
  });
  const rules = Properties.Rules as Record<string, unknown>[];
  return rules.map(({ Name, OverrideAction, Priority, Statement, VisibilityConfig }, index) => {
    expect({ OverrideAction, Priority, Statement }).toEqual({
      // Block what the rules block, and do not just count it.
      OverrideAction: { None: {} },
      Priority: index,
      Statement: { ManagedRuleGroupStatement: { VendorName: 'AWS', Name } },
    });
    expect(VisibilityConfig).toMatchObject({ MetricName: Name });
    return String(Name);
  });
}

const RULES = [
  'AWSManagedRulesCommonRuleSet',
  'AWSManagedRulesKnownBadInputsRuleSet',
  'AWSManagedRulesSQLiRuleSet',
];

promise('CR-14', () => {
  for (const template of [site, hidden]) {
    expect(rulesOf(template, 'REGIONAL')).toEqual(RULES);
    expect(theOnly(template, 'AWS::WAFv2::WebACLAssociation').Properties).toEqual({
      ResourceArn: { Ref: theOnly(template, 'AWS::ElasticLoadBalancingV2::LoadBalancer').id },
      WebACLArn: { 'Fn::GetAtt': [theOnly(template, 'AWS::WAFv2::WebACL').id, 'Arn'] },
    });
    expect(distributionOf(template).config).not.toHaveProperty('WebACLId');
  }
});

promise('CR-14', () => {
  for (const { main, edge } of [named, hiddenNamed]) {
    expect(rulesOf(edge, 'CLOUDFRONT')).toEqual(['AWSManagedRulesAmazonIpReputationList', ...RULES]);
    const arn = { 'Fn::GetAtt': [theOnly(edge, 'AWS::WAFv2::WebACL').id, 'Arn'] };
    expect(distributionOf(main).config.WebACLId).toMatchObject({
      'Fn::GetStackOutput': { StackName: 'CorporateSite-Edge', OutputName: outputThatIs(edge, arn) },
    });
    expect(resourcesOf(main, 'AWS::WAFv2::WebACL')).toEqual({});
    expect(resourcesOf(main, 'AWS::WAFv2::WebACLAssociation')).toEqual({});
  }
});

promise('CR-14', () => {
  const firewalls = (template: StackTemplate) =>
    ['AWS::WAFv2::WebACL', 'AWS::WAFv2::WebACLAssociation'].flatMap((type) =>
      Object.keys(resourcesOf(template, type)),
    ).length;
  expect([sandbox, hiddenSandbox].map(firewalls)).toEqual([0, 0]);
  expect(firewalls(synthesize({ webApplicationFirewall: false }))).toBe(0);
  expect(firewalls(synthesize({ profile: SANDBOX, webApplicationFirewall: true }))).toBe(2);
  const unguarded = synthesizeWithEdge({ webApplicationFirewall: false });
  expect([unguarded.main, unguarded.edge].map(firewalls)).toEqual([0, 0]);
  expect(distributionOf(unguarded.main).config).not.toHaveProperty('WebACLId');

  const own = synthesize({ webAclId: WEB_ACL });
  expect(distributionOf(own).config.WebACLId).toBe(WEB_ACL);
  expect(firewalls(own)).toBe(0);
  const ownWithDomain = synthesizeWithEdge({ webAclId: WEB_ACL });
  expect(distributionOf(ownWithDomain.main).config.WebACLId).toBe(WEB_ACL);
  expect([ownWithDomain.main, ownWithDomain.edge].map(firewalls)).toEqual([0, 0]);
});

promise('CR-15', () => {
  for (const [template, profile] of EVERY) expectDatabase(template, profile);
});

promise('CR-16', () => {
  for (const [template, profile] of EVERY) {
    expectAlarms(template, fleetAlarms(template), { Ref: theOnly(template, 'AWS::SNS::Topic').id });
    expectTopicForAlarms(template);
    expectGroupMetrics(template);
    expectCpuPeriod(template, profile);
  }
});

promise('CR-16', () => {
  const mailed = synthesize({ alarmEmail: 'alarms@example.com' });
  expectMail(mailed, 'alarms@example.com');
  const larger = alarmsOf(synthesize({ allocatedStorage: 200, maxConnections: 500 }));
  expect(larger.DatabaseStorageLow?.Properties.Threshold).toBe(20 * 2 ** 30);
  expect(larger.DatabaseConnectionsHigh?.Properties.Threshold).toBe(400);
  // The metrics of CloudFront are in us-east-1, where no alarm of another region sees them: they are graphs.
  const dashboard = textOf(theOnly(site, 'AWS::CloudWatch::Dashboard').Properties.DashboardBody);
  for (const metric of ['Requests', '4xxErrorRate', '5xxErrorRate']) {
    expect(dashboard).toContain(`["AWS/CloudFront","${metric}","DistributionId","<`);
  }
  expect(dashboard).toContain('"region":"us-east-1"');
});

promise('CR-17', () => {
  const everything = synthesizeWithEdge({ profile: SANDBOX });
  for (const template of [sandbox, hiddenSandbox, everything.main, everything.edge]) {
    expect(sandboxProblems(template)).toEqual([]);
  }
  const protection = (template: StackTemplate) =>
    attributesOf(theOnly(template, 'AWS::ElasticLoadBalancingV2::LoadBalancer'))[
      'deletion_protection.enabled'
    ];
  for (const [template, profile] of EVERY) {
    if (profile === PRODUCTION) expect(productionProblems(template)).toEqual([]);
    expect(protection(template)).toBe(String(profile === PRODUCTION));
  }
});

promise('CR-17', () => {
  const isProtected = (props: CorporateSiteStackProps) => {
    const stack = new CorporateSiteStack(createApp(), 'CorporateSite', {
      ...DOMAIN,
      env: { region: REGION },
      ...props,
    });
    const edge = stack.node.findChild('Edge') as Stack;
    return [stack.terminationProtection, edge.terminationProtection];
  };
  expect(isProtected({})).toEqual([true, true]);
  expect(isProtected({ terminationProtection: false })).toEqual([false, false]);
  expect(isProtected({ profile: SANDBOX })).toEqual([false, false]);
});

/** The secrets of a template by generation. */
const secretsOf = (template: StackTemplate) =>
  Object.fromEntries(
    Object.keys(resourcesOf(template, 'AWS::SecretsManager::Secret')).map((id) => [
      Number(/VerificationSecret(\d+)[0-9A-F]{8}$/.exec(id)?.[1]),
      `{{resolve:secretsmanager:<${id}>:SecretString:::}}`,
    ]),
  );

/** The secret that CloudFront sends, and those that the listener takes. */
function verificationOf(template: StackTemplate) {
  const [{ HttpHeaderConfig } = { HttpHeaderConfig: { Values: [] } }] = theOnly(
    template,
    'AWS::ElasticLoadBalancingV2::ListenerRule',
  ).Properties.Conditions as { HttpHeaderConfig: { Values: unknown[] } }[];
  const sent = distributionOf(template).servers?.OriginCustomHeaders?.map(({ HeaderValue }) =>
    textOf(HeaderValue),
  );
  return { sent, taken: HttpHeaderConfig.Values.map(textOf) };
}

promise('CR-18', () => {
  for (const template of [site, sandbox, named.main]) {
    const secret = theOnly(template, 'AWS::SecretsManager::Secret');
    expect(secret.Properties).toMatchObject({
      // The listener takes * and ? as wildcards, and ignores the case.
      GenerateSecretString: { PasswordLength: 64, ExcludePunctuation: true, ExcludeUppercase: true },
    });
    expect(secret.Properties).not.toHaveProperty('SecretString');
    const { 1: first } = secretsOf(template);
    expect(first).toContain(secret.id);
    expect(verificationOf(template)).toEqual({ sent: [first], taken: [first] });
  }
});

promise('CR-18', () => {
  const generations = [1, 2, 3].map((originSecretGeneration) => synthesize({ originSecretGeneration }));
  const [one, two, three] = generations.map(secretsOf);
  expect([one, two, three].map((each) => Object.keys(each ?? {}))).toEqual([['1'], ['1', '2'], ['2', '3']]);
  // The same secrets in each deployment: what CloudFront still sends is what the listener still takes.
  expect(two?.[1]).toBe(one?.[1]);
  expect(three?.[2]).toBe(two?.[2]);
  expect(generations.map(verificationOf)).toEqual([
    { sent: [one?.[1]], taken: [one?.[1]] },
    { sent: [two?.[2]], taken: [two?.[2], two?.[1]] },
    { sent: [three?.[3]], taken: [three?.[3], three?.[2]] },
  ]);
});

promise('CR-19', () => {
  for (const [template] of EVERY) expectServerRole(template);
});

promise('CR-19', () => {
  for (const [template] of EVERY) {
    const upload = Object.entries(resourcesOf(template, 'AWS::IAM::Role')).filter(([id]) =>
      id.includes('Upload'),
    );
    expect(upload).toHaveLength(1);
    const [[role = '', { Properties } = { Properties: {} }] = []] = upload;
    expect(Properties).not.toHaveProperty('ManagedPolicyArns');
    expect(Properties).not.toHaveProperty('Policies');
    const bucket = bucketOf(template, 'StaticContent').id;
    const distribution = theOnly(template, 'AWS::CloudFront::Distribution').id;
    const log = Object.keys(resourcesOf(template, 'AWS::Logs::LogGroup')).find((id) =>
      id.includes('UploadLog'),
    );
    expect(permissionsOf(template, role)).toEqual([
      ['s3:ListBucket', `<${bucket}.Arn>`],
      ['s3:DeleteObject s3:GetObject s3:PutObject', `<${bucket}.Arn>/*`],
      [
        'cloudfront:CreateInvalidation cloudfront:GetInvalidation',
        `arn:<AWS::Partition>:cloudfront::<AWS::AccountId>:distribution/<${distribution}>`,
      ],
      ['logs:CreateLogStream logs:PutLogEvents', `<${log}.Arn>`],
      ['s3:GetObject', expect.stringMatching(/^arn:<AWS::Partition>:s3:::cdk-\S+\/[0-9a-f]{64}\.zip$/)],
    ]);
    const uploader = Object.values(resourcesOf(template, 'AWS::Lambda::Function')).find(
      ({ Properties: each }) => JSON.stringify(each.Role).includes(role),
    );
    expect(uploader?.Properties).toMatchObject({
      LoggingConfig: { LogGroup: { Ref: log } },
      MemorySize: 512,
    });
  }
});

promise('CR-20', () => {
  for (const [template, profile] of EVERY) {
    const bucket = bucketOf(template, 'AccessLogs');
    expect(bucket.Properties).toMatchObject({
      PublicAccessBlockConfiguration: ALL_BLOCKED,
      LifecycleConfiguration: { Rules: [{ ExpirationInDays: profile.logRetention, Status: 'Enabled' }] },
      // CloudFront's standard logs are delivered by way of an ACL.
      OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerPreferred' }] },
      BucketEncryption: expect.anything(),
    });
    expect(distributionOf(template).config.Logging).toEqual({
      Bucket: { 'Fn::GetAtt': [bucket.id, 'RegionalDomainName'] },
      Prefix: 'cloudfront/',
    });
    const loadBalancer = theOnly(template, 'AWS::ElasticLoadBalancingV2::LoadBalancer');
    expect(attributesOf(loadBalancer)).toMatchObject({
      'access_logs.s3.enabled': 'true',
      'access_logs.s3.bucket': { Ref: bucket.id },
      'access_logs.s3.prefix': 'load-balancer',
      'routing.http.drop_invalid_header_fields.enabled': 'true',
      'zonal_shift.config.enabled': 'true',
    });
    const writer = bucket.statements.find(({ Action }) => Action === 's3:PutObject');
    expect(writer).toMatchObject({
      Effect: 'Allow',
      Principal: { Service: 'logdelivery.elasticloadbalancing.amazonaws.com' },
    });
    expect(textOf(writer?.Resource)).toBe(`<${bucket.id}.Arn>/load-balancer/AWSLogs/<AWS::AccountId>/*`);
    // Elastic Load Balancing writes a test file when it gets the attributes.
    expect(loadBalancer.DependsOn).toEqual(
      expect.arrayContaining(
        Object.keys(resourcesOf(template, 'AWS::S3::BucketPolicy')).filter((id) => id.includes('AccessLogs')),
      ),
    );
  }
});

promise('CR-21', async () => {
  for (const mood of ['resets', 'silent', 'shuts down'] as const) {
    const news = await startNews(firstBootOf(site));
    try {
      const before = await news.get();
      expect([before.status, await before.text()]).toEqual([
        200,
        expect.stringContaining('<h2>Welcome</h2>'),
      ]);
      expect(news.standby.statements).toEqual([]);
      news.primary.turn(mood);
      news.name.leadsTo = news.standby;
      const after = await news.get();
      expect([after.status, await after.text()]).toEqual([
        200,
        expect.stringContaining('Company news</title>'),
      ]);
      expect(news.standby.statements.join()).toContain('SELECT');
    } finally {
      await news.end();
    }
  }
});

/** The names that a template gives, of which an account takes each only once; CloudFront's in all regions together. */
function namesOf(template: StackTemplate, stackId = stackIdOf(REGION)) {
  const names = (type: string, nameOf: (properties: Record<string, unknown>) => unknown) =>
    Object.values(resourcesOf(template, type)).map(({ Properties }) => nameIn(stackId, nameOf(Properties)));
  return {
    origins: names('AWS::CloudFront::VpcOrigin', (each) => (each.VpcOriginEndpointConfig as Named).Name),
    accessControls: names(
      'AWS::CloudFront::OriginAccessControl',
      (each) => (each.OriginAccessControlConfig as Named).Name,
    ),
    groups: names('AWS::AutoScaling::AutoScalingGroup', (each) => each.AutoScalingGroupName),
  };
}

interface Named {
  readonly Name: unknown;
}

const UUIDS: Readonly<Record<string, string>> = {
  [REGION]: '11111111-2222-3333-4444-555555555555',
  'us-west-2': '66666666-7777-8888-9999-000000000000',
};

/** The ARN of a stack of the same name in a region. */
const stackIdOf = (region: string) =>
  `arn:aws:cloudformation:${region}:123456789012:stack/CorporateSite/${UUIDS[region]}`;

/** A name as CloudFormation makes it in the stack with an ARN. */
function nameIn(stackId: string, name: unknown): string {
  const [separator, parts] = (name as { 'Fn::Join'?: [string, unknown[]] })['Fn::Join'] ?? ['', [name]];
  const piece = { 'Fn::Split': ['/', { Ref: 'AWS::StackId' }] };
  return parts
    .map((part) => {
      const [index, list] = (part as { 'Fn::Select'?: [number, unknown] })['Fn::Select'] ?? [0];
      const isOfStack = JSON.stringify(list) === JSON.stringify(piece);
      return isOfStack ? (stackId.split('/')[index] ?? '') : textOf(part);
    })
    .join(separator);
}

promise('CR-22', () => {
  for (const exposure of ['publicLoadBalancer', 'cloudFrontVpcOrigin'] as const) {
    const two = templateOfConstructs((stack) => {
      for (const id of ['First', 'Second']) {
        new CorporateSite(stack, id, { exposure, profile: SANDBOX, webApplicationFirewall: true });
      }
    });
    expect(Object.keys(resourcesOf(two, 'AWS::CloudFront::Distribution'))).toHaveLength(2);
    expect(sandboxProblems(two)).toEqual([]);
    const { accessControls, groups, origins } = namesOf(two);
    expect(new Set(accessControls).size).toBe(2);
    expect(new Set(groups).size).toBe(2);
    expect(new Set(origins).size).toBe(exposure === 'publicLoadBalancer' ? 0 : 2);
    for (const { Properties } of Object.values(resourcesOf(two, 'AWS::WAFv2::WebACL'))) {
      expect(Properties).not.toHaveProperty('Name');
    }
  }
});

promise('CR-22', () => {
  for (const [template] of EVERY) {
    const { accessControls, groups, origins } = namesOf(template);
    expect(accessControls).toHaveLength(1);
    for (const name of [...accessControls, ...origins]) {
      expect(name).toMatch(new RegExp(`^[0-9a-f]{8}-${UUIDS[REGION]}$`));
      // https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_OriginAccessControlConfig.html
      expect(name.length).toBeLessThanOrEqual(64);
    }
    // Unique in a region; the other region has its own.
    expect(groups).toEqual([expect.stringMatching(/^<AWS::StackName>-/)]);
  }
});

promise('CR-22', () => {
  // A stack of the same name, whether or not the region is known beforehand.
  const regions = Object.keys(UUIDS);
  for (const exposure of ['publicLoadBalancer', 'cloudFrontVpcOrigin'] as const) {
    const known = regions.map((region) =>
      namesOf(synthesize({ exposure, env: { region } }), stackIdOf(region)),
    );
    const agnostic = regions.map((region) => namesOf(synthesize({ exposure }), stackIdOf(region)));
    for (const all of [known, agnostic]) {
      expect(new Set(all.flatMap(({ accessControls }) => accessControls)).size).toBe(2);
      const origins = exposure === 'cloudFrontVpcOrigin' ? 2 : 0;
      expect(new Set(all.flatMap((names) => names.origins)).size).toBe(origins);
    }
  }
});
