import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Stack, Token } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as route53 from 'aws-cdk-lib/aws-route53';
import * as sns from 'aws-cdk-lib/aws-sns';
import { afterAll, describe, expect, test } from 'vitest';
import { CampaignSite, type CampaignSiteProps } from '../lib/campaign-site/campaign-site';
import { CampaignSiteStack, type CampaignSiteStackProps } from '../lib/campaign-site/campaign-site-stack';
import { PRODUCTION, SANDBOX } from '../lib/profile';
import { stateAfter } from './support/alarms';
import {
  createApp,
  resourcesOf,
  type StackTemplate,
  templateOf,
  theOnly,
  withAssembly,
} from './support/apps';
import { allowedConnections, routesOf, subnetsOf } from './support/network';
import { promisesOf } from './support/promises';
import { productionProblems, sandboxProblems } from './support/round-trip';

const promise = promisesOf('campaign-site');

function synthesize(props: CampaignSiteStackProps = {}): StackTemplate {
  return templateOf((app) => new CampaignSiteStack(app, 'CampaignSite', props));
}

const DOMAIN = {
  hostedZone: { hostedZoneId: 'Z0123456789ABCDEFGHIJ', zoneName: 'example.com' },
  domainName: 'campaign.example.com',
};
const CERTIFICATE_ARN = 'arn:aws:acm:us-east-1:123456789012:certificate/12345678-1234-1234-1234-123456789012';

const site = synthesize();
const hidden = synthesize({ exposure: 'cloudFront' });

/** The security groups of the server, by the constructs' part of their ids. */
function groupsOfServer(template: StackTemplate): string[] {
  const { NetworkInterfaces } = theOnly(template, 'AWS::EC2::Instance').Properties as {
    NetworkInterfaces: { GroupSet: { 'Fn::GetAtt': [string, string] }[] }[];
  };
  return NetworkInterfaces.flatMap(({ GroupSet }) => GroupSet).map(({ 'Fn::GetAtt': [id] }) =>
    id.replace(/^CampaignSite|[0-9A-F]{8}$/g, ''),
  );
}

/** The script that a server runs at its first boot, with `<id>` for what only CloudFormation knows. */
function userDataOf(template: StackTemplate): string {
  const { UserData } = theOnly(template, 'AWS::EC2::Instance').Properties as {
    UserData: { 'Fn::Base64': { 'Fn::Join': [string, (string | Record<string, unknown>)[]] } };
  };
  const [separator, parts] = UserData['Fn::Base64']['Fn::Join'];
  return parts
    .map((part) => (typeof part === 'string' ? part : `<${Object.values(part).flat().join('.')}>`))
    .join(separator);
}

promise('CS-1', () => {
  const fromAnywhere = allowedConnections(site, 'Ingress').filter(({ peer }) =>
    /^(0\.0\.0\.0|::)\/0$/.test(peer),
  );
  expect(fromAnywhere.map(({ port }) => port).sort()).toEqual(['443', '80']);
  expect(new Set(fromAnywhere.map(({ group }) => group))).toEqual(new Set(['AddressSecurityGroup']));
  const others = allowedConnections(site, 'Ingress').filter(({ peer }) => peer.includes('/'));
  expect(others).toEqual(fromAnywhere);
  expect(groupsOfServer(site)).toEqual(['WebServerSecurityGroup', 'AddressSecurityGroup']);
  expect(userDataOf(site)).toContain('listen 80 default_server;');
});

promise('CS-2', () => {
  expect(allowedConnections(site, 'Ingress').filter(({ port }) => port.includes('22'))).toEqual([]);
  const ranges = ['198.51.100.0/24', '203.0.113.7/32'];
  const opened = allowedConnections(synthesize({ sshFrom: ranges }), 'Ingress').filter(
    ({ group, peer, port }) =>
      !allowedConnections(site, 'Ingress').some(
        (other) => other.group === group && other.peer === peer && other.port === port,
      ),
  );
  expect(opened).toEqual(ranges.map((peer) => ({ group: 'WebServerSecurityGroup', peer, port: '22' })));
  const keyPair = (stack: Stack) => ec2.KeyPair.fromKeyPairName(stack, 'Key', 'office');
  const withKey = templateOf((app) => {
    const stack = new Stack(app, 'Stack');
    new CampaignSite(stack, 'Site', { sshFrom: ranges, keyPair: keyPair(stack) });
    return stack;
  });
  expect(theOnly(withKey, 'AWS::EC2::Instance').Properties.KeyName).toBe('office');
});

promise('CS-3', () => {
  for (const template of [site, hidden]) {
    expect(
      allowedConnections(template, 'Ingress').filter(({ group }) => group.startsWith('Database')),
    ).toEqual([{ group: 'DatabaseSecurityGroup', peer: 'WebServerSecurityGroup', port: '3306' }]);
    expect(
      allowedConnections(template, 'Egress').filter(({ group }) => group.startsWith('Database')),
    ).toEqual([]);
    expect(allowedConnections(template, 'Egress')).toContainEqual({
      group: 'WebServerSecurityGroup',
      peer: 'DatabaseSecurityGroup',
      port: '3306',
    });
    const { Port, VPCSecurityGroups } = theOnly(template, 'AWS::RDS::DBInstance').Properties;
    expect(Port).toBe('3306');
    expect(VPCSecurityGroups).toHaveLength(1);
  }
});

promise('CS-4', () => {
  const toInternet = '0.0.0.0/0 to AWS::EC2::InternetGateway';
  const common = { 'Web 0': toInternet, 'Web 1': toInternet, 'Database 0': 'none', 'Database 1': 'none' };
  expect(routesOf(site)).toEqual(common);
  expect(resourcesOf(site, 'AWS::EC2::NatGateway')).toEqual({});
  const toNat = '0.0.0.0/0 to AWS::EC2::NatGateway';
  expect(routesOf(hidden)).toEqual({ ...common, 'Origin 0': toNat, 'Origin 1': toNat });
  expect(Object.keys(resourcesOf(hidden, 'AWS::EC2::NatGateway'))).toHaveLength(1);
  for (const template of [site, hidden]) {
    const tables = Object.values(resourcesOf(template, 'AWS::EC2::SubnetRouteTableAssociation')).map(
      ({ Properties }) => JSON.stringify(Properties.RouteTableId),
    );
    expect(new Set(tables).size).toBe(subnetsOf(template).length);
    const endpoint = theOnly(template, 'AWS::EC2::VPCEndpoint').Properties;
    expect(endpoint.VpcEndpointType).toBe('Gateway');
    expect(JSON.stringify(endpoint.ServiceName)).toContain('.s3"');
    expect(endpoint.RouteTableIds).toHaveLength(subnetsOf(template).length);
  }
});

promise('CS-5', () => {
  const server = theOnly(site, 'AWS::EC2::Instance');
  const address = theOnly(site, 'AWS::EC2::EIP');
  expect(address.Properties).not.toHaveProperty('InstanceId');
  expect(theOnly(site, 'AWS::EC2::EIPAssociation').Properties).toEqual({
    AllocationId: { 'Fn::GetAtt': [address.id, 'AllocationId'] },
    InstanceId: { Ref: server.id },
  });
  expect(server.CreationPolicy).toBeDefined();
  // Without an address of its own at launch, the server could not signal its boot before the Elastic IP is attached.
  expect(server.Properties.NetworkInterfaces).toMatchObject([{ AssociatePublicIpAddress: true }]);
  const routes = resourcesOf(site, 'AWS::EC2::Route');
  for (const { DependsOn } of [server, address]) {
    expect(DependsOn).toEqual(expect.arrayContaining(Object.keys(routes)));
  }
  const hiddenServer = theOnly(hidden, 'AWS::EC2::Instance');
  expect(hiddenServer.DependsOn).toEqual(
    expect.arrayContaining(
      Object.keys(resourcesOf(hidden, 'AWS::EC2::Route')).filter((id) => id.includes('Origin')),
    ),
  );
  const attachment = theOnly(site, 'AWS::EC2::VPCGatewayAttachment').id;
  expect(Object.values(routes).map(({ DependsOn }) => DependsOn)).toEqual([[attachment], [attachment]]);

  expect(JSON.stringify(site.Outputs?.SiteUrl?.Value)).toContain(
    JSON.stringify({ 'Fn::GetAtt': [address.id, 'PublicIp'] }),
  );

  const named = synthesize(DOMAIN);
  expect(theOnly(named, 'AWS::Route53::RecordSet').Properties).toMatchObject({
    Name: 'campaign.example.com.',
    Type: 'A',
    HostedZoneId: 'Z0123456789ABCDEFGHIJ',
    TTL: '60',
    ResourceRecords: [{ 'Fn::GetAtt': [theOnly(named, 'AWS::EC2::EIP').id, 'PublicIp'] }],
  });
});

promise('CS-6', () => {
  const { Properties } = theOnly(site, 'AWS::EC2::Instance');
  expect(Properties).toMatchObject({
    InstanceType: 't4g.small',
    MetadataOptions: { HttpTokens: 'required' },
    Monitoring: true,
    // The root device of Amazon Linux 2023: under another name, the root would stay as the image has it.
    BlockDeviceMappings: [
      { DeviceName: '/dev/xvda', Ebs: { Encrypted: true, VolumeType: 'gp3', DeleteOnTermination: true } },
    ],
  });
  // The image is a question that EC2 asks at the launch, and no parameter that CloudFormation reads at every deployment.
  const imageOf = (template: StackTemplate) => theOnly(template, 'AWS::EC2::Instance').Properties.ImageId;
  expect(imageOf(site)).toMatch(/^resolve:ssm:\/aws\/service\/.*\/al2023-ami-kernel-.*-arm64$/);
  expect(Object.keys(site.Parameters ?? {})).toEqual(['BootstrapVersion']);
  for (const { serverInstanceType } of [SANDBOX, PRODUCTION]) {
    expect(serverInstanceType.architecture).toBe(ec2.InstanceArchitecture.ARM_64);
  }

  const x86 = synthesize({ instanceType: new ec2.InstanceType('m7i.large') });
  expect(imageOf(x86)).toMatch(/^resolve:ssm:\/aws\/service\/.*\/al2023-ami-kernel-.*-x86_64$/);
  const pinned = synthesize(pinnedTo('ami-0123'));
  expect(imageOf(pinned)).toBe('ami-0123');
});

/** Props that pin the server's image. */
function pinnedTo(imageId: string): CampaignSiteStackProps {
  const region = 'ap-northeast-1';
  return { machineImage: ec2.MachineImage.genericLinux({ [region]: imageId }), env: { region } };
}

promise('CS-7', () => {
  const server = theOnly(site, 'AWS::EC2::Instance');
  const script = userDataOf(site);
  expect(server.CreationPolicy).toEqual({ ResourceSignal: { Timeout: 'PT15M' } });
  expect(script).toMatch(/trap exitTrap EXIT\nset -euo pipefail\n/);
  expect(script).toContain(`/opt/aws/bin/cfn-signal --exit-code "$exitCode"`);
  expect(script).toContain(`--stack CampaignSite --resource ${server.id} --region <AWS::Region>`);
  const [logGroup = ''] = Object.keys(resourcesOf(site, 'AWS::Logs::LogGroup')).filter((id) =>
    id.includes('WebServer'),
  );
  expect(script).toContain(`see log group <${logGroup}>"`);
  // The log agent sends every five seconds; a signal sooner than that ends the server first.
  expect(script).toContain('if [ "$exitCode" -ne 0 ]; then sleep 15; fi\n/opt/aws/bin/cfn-signal');
  const commands = script
    .split('\n')
    .filter((line) => /^(dnf|aws|unzip|chmod|nginx|systemctl|curl|\/opt\/aws\/amazon)/.test(line));
  expect(commands).toEqual([
    'dnf install -y amazon-cloudwatch-agent',
    expect.stringMatching(
      /^\S+-ctl -a fetch-config -m ec2 -s -c file:\/opt\/aws\/amazon-cloudwatch-agent\/etc\/site.json$/,
    ),
    'dnf install -y nginx',
    expect.stringMatching(/^aws s3 cp --region <AWS::Region> \S+ \/tmp\/site.zip$/),
    'unzip -q -o -DD /tmp/site.zip -d /srv/campaign-site',
    'chmod -R a+rX /srv/campaign-site',
    'nginx -t',
    'systemctl enable --now nginx',
    expect.stringMatching(/^curl --fail .* http:\/\/127\.0\.0\.1\/$/),
  ]);
  const [, agentConfig = ''] = /site\.json <<'END_OF_FILE'\n([\s\S]*?)\nEND_OF_FILE/.exec(script) ?? [];
  const collected: unknown = JSON.parse(agentConfig).logs.logs_collected.files.collect_list;
  expect(collected).toEqual(
    [
      ['/var/log/cloud-init-output.log', 'boot'],
      ['/var/log/nginx/access.log', 'access'],
      ['/var/log/nginx/error.log', 'error'],
    ].map(([file_path, stream]) => ({
      file_path,
      log_group_name: `<${logGroup}>`,
      log_stream_name: `{instance_id}/${stream}`,
    })),
  );
});

promise('CS-8', () => {
  const folder = mkdtempSync(join(tmpdir(), 'content-'));
  try {
    cpSync(join('lib', 'campaign-site', 'content'), folder, { recursive: true });
    const before = synthesize({ content: folder });
    writeFileSync(join(folder, 'index.html'), '<!doctype html><title>New</title>');
    const after = synthesize({ content: folder });
    const idsOnlyIn = (one: StackTemplate, other: StackTemplate) =>
      Object.keys(one.Resources).filter((id) => !(id in other.Resources));
    expect(idsOnlyIn(before, after)).toEqual([theOnly(before, 'AWS::EC2::Instance').id]);
    expect(idsOnlyIn(after, before)).toEqual([theOnly(after, 'AWS::EC2::Instance').id]);
    expect(theOnly(after, 'AWS::RDS::DBInstance')).toEqual(theOnly(before, 'AWS::RDS::DBInstance'));
  } finally {
    rmSync(folder, { recursive: true });
  }
});

promise('CS-9', () => {
  const [roleId = ''] = Object.keys(resourcesOf(site, 'AWS::IAM::Role')).filter((id) =>
    id.includes('WebServer'),
  );
  const role = site.Resources[roleId]?.Properties;
  expect(role).not.toHaveProperty('ManagedPolicyArns');
  expect(role).not.toHaveProperty('Policies');
  expect(role?.AssumeRolePolicyDocument).toMatchObject({
    Statement: [{ Action: 'sts:AssumeRole', Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' } }],
  });
  const statements = Object.values(resourcesOf(site, 'AWS::IAM::Policy'))
    .filter(({ Properties }) => JSON.stringify(Properties.Roles).includes(roleId))
    .flatMap(({ Properties }) => (Properties.PolicyDocument as { Statement: Statement[] }).Statement);
  const open = statements.filter(({ Resource }) => Resource === '*');
  expect(open.flatMap(({ Action }) => Action).sort()).toEqual([
    'ssm:UpdateInstanceInformation',
    'ssmmessages:CreateControlChannel',
    'ssmmessages:CreateDataChannel',
    'ssmmessages:OpenControlChannel',
    'ssmmessages:OpenDataChannel',
  ]);
  const closed = statements.filter(({ Resource }) => Resource !== '*');
  expect(closed.flatMap(({ Action }) => Action).sort()).toEqual([
    'logs:CreateLogStream',
    'logs:DescribeLogStreams',
    'logs:PutLogEvents',
    's3:GetObject',
    'secretsmanager:DescribeSecret',
    'secretsmanager:GetSecretValue',
  ]);
  expect(JSON.stringify(closed)).not.toContain('*');
  const secret = closed.find(({ Action }) => Action.includes('secretsmanager:GetSecretValue'))?.Resource;
  expect(secret).toEqual(site.Outputs?.DatabaseSecretArn?.Value);
});

interface Statement {
  readonly Action: string | string[];
  readonly Resource: unknown;
}

promise('CS-10', () => {
  for (const profile of [SANDBOX, PRODUCTION]) {
    const template = synthesize({ profile });
    const { Properties } = theOnly(template, 'AWS::RDS::DBInstance');
    expect(Properties).toMatchObject({
      EngineVersion: expect.stringMatching(/^8\.4\./),
      StorageEncrypted: true,
      PubliclyAccessible: false,
      ManageMasterUserPassword: true,
      MultiAZ: false,
      BackupRetentionPeriod: profile.backupRetention.toDays(),
    });
    expect(Properties).not.toHaveProperty('MasterUserPassword');
    expect(JSON.stringify(template)).not.toContain('{{resolve:secretsmanager');
    // RDS makes the log groups of exported logs by itself, and nothing would delete them.
    expect(Properties).not.toHaveProperty('EnableCloudwatchLogsExports');
    expect(theOnly(template, 'AWS::RDS::DBParameterGroup').Properties.Parameters).toMatchObject({
      require_secure_transport: '1',
    });
    const subnets = theOnly(template, 'AWS::RDS::DBSubnetGroup').Properties.SubnetIds as { Ref: string }[];
    const tiers = subnets.map(({ Ref }) => subnetsOf(template).find(({ id }) => id === Ref));
    expect(tiers.map((subnet) => `${subnet?.tier} ${subnet?.zone}`)).toEqual(['Database 0', 'Database 1']);
  }
});

promise('CS-11', () => {
  const gib = 2 ** 30;
  // Datapoints that CloudWatch can deliver: those that fire each alarm, and those that do not.
  const datapoints: Record<string, { fires: number[]; stays: number[] }> = {
    StatusCheckFailed_System: { fires: [0, 1, 1], stays: [0, 1, 0] },
    StatusCheckFailed_Instance: { fires: [1, 1, 1], stays: [1, 1, 0] },
    CPUUtilization: { fires: [80, 95, 100], stays: [79, 95, 100] },
    CPUSurplusCreditBalance: { fires: [0.1, 1, 2, 3, 4, 5], stays: [0, 1, 2, 3, 4, 5] },
    FreeStorageSpace: { fires: [1.9 * gib, 1.9 * gib, 1.8 * gib], stays: [2 * gib, 1.9 * gib, 1.8 * gib] },
    DatabaseConnections: { fires: [48, 55, 60], stays: [47, 55, 60] },
  };
  const alarms = Object.values(resourcesOf(site, 'AWS::CloudWatch::Alarm'));
  expect(alarms.map(({ Properties }) => Properties.MetricName).sort()).toEqual(
    Object.keys(datapoints).sort(),
  );
  const server = { Name: 'InstanceId', Value: { Ref: theOnly(site, 'AWS::EC2::Instance').id } };
  const database = { Name: 'DBInstanceIdentifier', Value: { Ref: theOnly(site, 'AWS::RDS::DBInstance').id } };
  // Status checks come every minute, the rest every five: a shorter period would find no datapoints.
  const watched: Record<string, unknown> = {
    StatusCheckFailed_System: {
      Namespace: 'AWS/EC2',
      Statistic: 'Maximum',
      Period: 60,
      Dimensions: [server],
    },
    StatusCheckFailed_Instance: {
      Namespace: 'AWS/EC2',
      Statistic: 'Maximum',
      Period: 60,
      Dimensions: [server],
    },
    CPUUtilization: { Namespace: 'AWS/EC2', Statistic: 'Average', Period: 300, Dimensions: [server] },
    CPUSurplusCreditBalance: {
      Namespace: 'AWS/EC2',
      Statistic: 'Average',
      Period: 300,
      Dimensions: [server],
    },
    FreeStorageSpace: { Namespace: 'AWS/RDS', Statistic: 'Minimum', Period: 300, Dimensions: [database] },
    DatabaseConnections: { Namespace: 'AWS/RDS', Statistic: 'Maximum', Period: 300, Dimensions: [database] },
  };
  const topic = { Ref: theOnly(site, 'AWS::SNS::Topic').id };
  const dashboard = JSON.stringify(theOnly(site, 'AWS::CloudWatch::Dashboard').Properties);
  for (const [id, alarm] of Object.entries(resourcesOf(site, 'AWS::CloudWatch::Alarm'))) {
    const { MetricName, AlarmActions, OKActions } = alarm.Properties as {
      MetricName: string;
      AlarmActions: unknown[];
      OKActions: unknown[];
    };
    expect(alarm.Properties).toMatchObject(watched[MetricName] ?? {});
    expect(alarm.Properties).not.toHaveProperty('ActionsEnabled');
    expect(dashboard).toContain(id);
    const { fires, stays } = datapoints[MetricName] ?? { fires: [], stays: [] };
    expect([MetricName, stateAfter(alarm, fires)]).toEqual([MetricName, 'ALARM']);
    expect([MetricName, stateAfter(alarm, stays)]).toEqual([MetricName, 'OK']);
    expect(AlarmActions).toContainEqual(topic);
    expect(OKActions).toEqual([topic]);
  }
  const remedyOf = (metric: string) =>
    JSON.stringify(
      alarms.find(({ Properties }) => Properties.MetricName === metric)?.Properties.AlarmActions,
    );
  expect(remedyOf('StatusCheckFailed_System')).toContain(':ec2:recover');
  expect(remedyOf('StatusCheckFailed_Instance')).toContain(':ec2:reboot');
  // A policy of the topic's own replaces SNS's default one: without this statement no alarm could publish.
  const { PolicyDocument } = theOnly(site, 'AWS::SNS::TopicPolicy').Properties;
  const allowed = (PolicyDocument as { Statement: Record<string, unknown>[] }).Statement.filter(
    ({ Effect }) => Effect === 'Allow',
  );
  expect(allowed).toMatchObject([
    {
      Action: 'sns:Publish',
      Principal: { Service: 'cloudwatch.amazonaws.com' },
      Resource: topic,
      Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
    },
  ]);
  expect(JSON.stringify(allowed)).toContain('":alarm:*"');
  // Under the account's own SNS key, alarms can't publish.
  expect(theOnly(site, 'AWS::SNS::Topic').Properties).toBeUndefined();
  const mailed = synthesize({ alarmEmail: 'alarms@example.com' });
  expect(theOnly(mailed, 'AWS::SNS::Subscription').Properties).toMatchObject({
    Protocol: 'email',
    Endpoint: 'alarms@example.com',
  });

  const steady = synthesize({ instanceType: new ec2.InstanceType('m8g.medium') });
  const steadyMetrics = Object.values(resourcesOf(steady, 'AWS::CloudWatch::Alarm')).map(
    ({ Properties }) => Properties.MetricName,
  );
  expect(steadyMetrics).not.toContain('CPUSurplusCreditBalance');
  expect(steadyMetrics).toContain('CPUUtilization');
  const larger = synthesize({ allocatedStorage: 200, maxConnections: 500 });
  const thresholds = Object.values(resourcesOf(larger, 'AWS::CloudWatch::Alarm')).map(
    ({ Properties }) => Properties.Threshold,
  );
  expect(thresholds).toEqual(expect.arrayContaining([20 * gib, 400]));
});

promise('CS-12', () => {
  for (const exposure of ['elasticIp', 'cloudFront'] as const) {
    expect(sandboxProblems(synthesize({ profile: SANDBOX, exposure }))).toEqual([]);
    expect(productionProblems(synthesize({ exposure }))).toEqual([]);
  }
  const sandbox = theOnly(synthesize({ profile: SANDBOX }), 'AWS::RDS::DBInstance');
  expect(sandbox).toMatchObject({ DeletionPolicy: 'Delete', UpdateReplacePolicy: 'Delete' });
  expect(sandbox.Properties).toMatchObject({ DeletionProtection: false, DeleteAutomatedBackups: true });
  const production = theOnly(site, 'AWS::RDS::DBInstance');
  expect(production).toMatchObject({ DeletionPolicy: 'Snapshot', UpdateReplacePolicy: 'Snapshot' });
  expect(production.Properties).toMatchObject({ DeletionProtection: true, DeleteAutomatedBackups: false });
});

promise('CS-13', () => {
  expect(theOnly(hidden, 'AWS::EC2::Instance').Properties.NetworkInterfaces).toMatchObject([
    {
      AssociatePublicIpAddress: false,
      SubnetId: { Ref: subnetsOf(hidden).find(({ tier }) => tier === 'Origin')?.id },
    },
  ]);
  expect(resourcesOf(hidden, 'AWS::EC2::EIPAssociation')).toEqual({});
  const toServer = allowedConnections(hidden, 'Ingress').filter(({ group }) => !group.startsWith('Database'));
  expect(toServer).toEqual([
    { group: 'WebServerSecurityGroup', peer: 'CloudFrontVpcOriginSecurityGroupFind', port: '80' },
  ]);
  const finder = theOnly(hidden, 'Custom::VpcOriginSecurityGroup');
  const [before, vpc, after] = (finder.Properties.Create as { 'Fn::Join': [string, unknown[]] })[
    'Fn::Join'
  ][1];
  expect(vpc).toEqual({ Ref: theOnly(hidden, 'AWS::EC2::VPC').id });
  expect(JSON.parse(`${before}vpc${after}`)).toMatchObject({
    service: 'ec2',
    action: 'describeSecurityGroups',
    parameters: {
      Filters: [
        { Name: 'vpc-id', Values: ['vpc'] },
        { Name: 'group-name', Values: ['CloudFront-VPCOrigins-Service-SG*'] },
      ],
    },
    outputPaths: ['SecurityGroups.0.GroupId'],
  });
  const finderRole = Object.entries(resourcesOf(hidden, 'AWS::IAM::Role')).find(([id]) =>
    id.includes('VpcOrigin'),
  );
  expect(finderRole?.[1].Properties).not.toHaveProperty('ManagedPolicyArns');
  expect(JSON.stringify(finderRole?.[1].Properties.Policies)).toContain('"ec2:DescribeSecurityGroups"');
  expect(groupsOfServer(hidden)).toEqual(['WebServerSecurityGroup']);
  expect(theOnly(hidden, 'AWS::CloudFront::VpcOrigin').Properties).toMatchObject({
    VpcOriginEndpointConfig: { OriginProtocolPolicy: 'http-only' },
  });
  expect(finder.DependsOn).toContain(theOnly(hidden, 'AWS::CloudFront::Distribution').id);

  const { DistributionConfig } = theOnly(hidden, 'AWS::CloudFront::Distribution').Properties as {
    DistributionConfig: {
      DefaultCacheBehavior: Record<string, unknown>;
      CacheBehaviors: Record<string, unknown>[];
      Origins: unknown[];
    };
  };
  const { CacheBehaviors, DefaultCacheBehavior, Origins } = DistributionConfig;
  for (const behavior of [DefaultCacheBehavior, ...CacheBehaviors]) {
    expect(behavior.ViewerProtocolPolicy).toBe('redirect-to-https');
  }
  // AWS's managed policies CachingOptimized and UseOriginCacheControlHeaders-QueryStrings:
  // https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html
  expect(CacheBehaviors.map(({ PathPattern }) => PathPattern)).toEqual([
    '*.css',
    '*.js',
    '*.png',
    '*.jpg',
    '*.svg',
    '*.webp',
    '*.ico',
    '*.woff2',
  ]);
  // What is not static reaches the server as the viewer sent it: forms, cookies, host. AllViewer:
  // https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-origin-request-policies.html
  expect(DefaultCacheBehavior).toMatchObject({
    AllowedMethods: expect.arrayContaining(['POST']),
    OriginRequestPolicyId: '216adef6-5c7f-47e4-b989-5492eafa07d3',
  });
  expect(DistributionConfig).toHaveProperty('Logging.Bucket');
  expect(new Set(CacheBehaviors.map(({ CachePolicyId }) => CachePolicyId))).toEqual(
    new Set(['658327ea-f89d-4fab-a63d-7e88639e58f6']),
  );
  expect(DefaultCacheBehavior.CachePolicyId).toBe('4cc15a8a-d715-48a4-82b8-cc0b614638fe');
  expect(Origins).toMatchObject([
    {
      VpcOriginConfig: {
        VpcOriginId: { 'Fn::GetAtt': [theOnly(hidden, 'AWS::CloudFront::VpcOrigin').id, 'Id'] },
      },
    },
  ]);

  const named = synthesize({ ...DOMAIN, exposure: 'cloudFront', certificateArn: CERTIFICATE_ARN });
  expect(theOnly(named, 'AWS::CloudFront::Distribution').Properties).toMatchObject({
    DistributionConfig: {
      Aliases: ['campaign.example.com'],
      ViewerCertificate: { AcmCertificateArn: CERTIFICATE_ARN, MinimumProtocolVersion: 'TLSv1.2_2021' },
    },
  });
  const records = Object.values(resourcesOf(named, 'AWS::Route53::RecordSet'));
  expect(records.map(({ Properties }) => Properties.Type).sort()).toEqual(['A', 'AAAA']);
  const target = { 'Fn::GetAtt': [theOnly(named, 'AWS::CloudFront::Distribution').id, 'DomainName'] };
  for (const { Properties } of records)
    expect(Properties).toMatchObject({ AliasTarget: { DNSName: target } });
  const webAclId = 'arn:aws:wafv2:us-east-1:123456789012:global/webacl/site/1';
  expect(
    theOnly(synthesize({ exposure: 'cloudFront', webAclId }), 'AWS::CloudFront::Distribution').Properties,
  ).toMatchObject({
    DistributionConfig: { WebACLId: webAclId },
  });
  expect(named.Outputs?.SiteUrl?.Value).toBe('https://campaign.example.com');
});

promise('CS-14', () => {
  const origin = (template: StackTemplate) => {
    const { id, Properties } = theOnly(template, 'AWS::CloudFront::VpcOrigin');
    const { Arn, Name } = Properties.VpcOriginEndpointConfig as { Arn: unknown; Name: unknown };
    return { id, name: JSON.stringify(Name), arn: JSON.stringify(Arn) };
  };
  const before = origin(hidden);
  const after = origin(synthesize({ exposure: 'cloudFront', databaseName: 'other' }));
  expect(before.arn).toContain(theOnly(hidden, 'AWS::EC2::Instance').id);
  expect(after.arn).not.toBe(before.arn);
  expect(after.id).not.toBe(before.id);
  expect(after.name).not.toBe(before.name);
  expect(origin(synthesize({ exposure: 'cloudFront' }))).toEqual(before);
  const [one, other] = ['ami-1', 'ami-2'].map((image) =>
    origin(synthesize({ exposure: 'cloudFront', ...pinnedTo(image) })),
  );
  expect(one?.id).not.toBe(other?.id);
});

promise('CS-15', () => {
  const subnets = subnetsOf(hidden).filter(({ tier }) => tier !== 'Origin');
  expect(subnetsOf(site)).toEqual(subnets);
  expect(theOnly(hidden, 'AWS::EC2::VPC')).toEqual(theOnly(site, 'AWS::EC2::VPC'));
  for (const type of ['AWS::RDS::DBInstance', 'AWS::RDS::DBSubnetGroup', 'AWS::RDS::DBParameterGroup']) {
    expect(theOnly(hidden, type)).toEqual(theOnly(site, type));
  }
});

promise('CS-16', () => {
  const entries = (template: StackTemplate) =>
    Object.entries(resourcesOf(template, 'AWS::EC2::NetworkAclEntry'))
      .map(([id, { Properties }]) => {
        const { CidrBlock, Egress, PortRange, Protocol, RuleAction } = Properties as {
          CidrBlock: string;
          Egress: boolean;
          PortRange: { From: number; To: number };
          Protocol: number;
          RuleAction: string;
        };
        const [, tier] = /NetworkAcls(Web|Origin|Database)Acl/.exec(id) ?? [];
        expect({ Protocol, RuleAction }).toEqual({ Protocol: 6, RuleAction: 'allow' });
        return `${tier} ${Egress ? 'to' : 'from'} ${CidrBlock}: ${PortRange.From}-${PortRange.To}`;
      })
      .sort();
  expect(entries(site)).toEqual([]);
  const guarded = synthesize({ networkAcls: true });
  const associations = Object.values(resourcesOf(guarded, 'AWS::EC2::SubnetNetworkAclAssociation')).map(
    ({ Properties }) => {
      const { Ref: acl } = Properties.NetworkAclId as { Ref: string };
      const { Ref: subnet } = Properties.SubnetId as { Ref: string };
      const { tier, zone } = subnetsOf(guarded).find(({ id }) => id === subnet) ?? {};
      return `${/NetworkAcls(Web|Origin|Database)Acl/.exec(acl)?.[1]} on ${tier} ${zone}`;
    },
  );
  expect(associations.sort()).toEqual([
    'Database on Database 0',
    'Database on Database 1',
    'Web on Web 0',
    'Web on Web 1',
  ]);
  const numbers = Object.values(resourcesOf(guarded, 'AWS::EC2::NetworkAclEntry')).map(
    ({ Properties }) =>
      `${JSON.stringify(Properties.NetworkAclId)} ${Properties.Egress} ${Properties.RuleNumber}`,
  );
  expect(new Set(numbers).size).toBe(numbers.length);
  expect(entries(synthesize({ networkAcls: true, cidr: '10.9.0.0/24' }))).toContain(
    'Database from 10.9.0.0/27: 3306-3306',
  );
  expect(entries(synthesize({ networkAcls: true, sshFrom: ['198.51.100.0/24'] }))).toEqual([
    'Database from 10.0.0.0/19: 3306-3306',
    'Database from 10.0.32.0/19: 3306-3306',
    'Database to 10.0.0.0/19: 1024-65535',
    'Database to 10.0.32.0/19: 1024-65535',
    'Web from 0.0.0.0/0: 1024-65535',
    'Web from 0.0.0.0/0: 443-443',
    'Web from 0.0.0.0/0: 80-80',
    'Web from 198.51.100.0/24: 22-22',
    'Web to 0.0.0.0/0: 1024-65535',
    'Web to 0.0.0.0/0: 443-443',
    'Web to 10.0.64.0/19: 3306-3306',
    'Web to 10.0.96.0/19: 3306-3306',
  ]);
  expect(entries(synthesize({ networkAcls: true, exposure: 'cloudFront' }))).toEqual([
    'Database from 10.0.128.0/19: 3306-3306',
    'Database from 10.0.160.0/19: 3306-3306',
    'Database to 10.0.128.0/19: 1024-65535',
    'Database to 10.0.160.0/19: 1024-65535',
    'Origin from 0.0.0.0/0: 1024-65535',
    'Origin from 0.0.0.0/0: 80-80',
    'Origin to 0.0.0.0/0: 1024-65535',
    'Origin to 0.0.0.0/0: 443-443',
    'Origin to 10.0.64.0/19: 3306-3306',
    'Origin to 10.0.96.0/19: 3306-3306',
    'Web from 0.0.0.0/0: 1024-65535',
    'Web from 10.0.128.0/19: 443-443',
    'Web from 10.0.160.0/19: 443-443',
    'Web to 0.0.0.0/0: 443-443',
    'Web to 10.0.128.0/19: 1024-65535',
    'Web to 10.0.160.0/19: 1024-65535',
  ]);
});

promise('CS-17', () => {
  const flowLog = theOnly(site, 'AWS::EC2::FlowLog').Properties;
  expect(flowLog).toMatchObject({
    TrafficType: 'ALL',
    ResourceId: { Ref: theOnly(site, 'AWS::EC2::VPC').id },
  });
  const { Ref: logGroup } = flowLog.LogGroupName as { Ref: string };
  expect(site.Resources[logGroup]?.Properties.RetentionInDays).toBe(365);
  const flowLogRole =
    Object.keys(resourcesOf(site, 'AWS::IAM::Role')).find((id) => id.includes('FlowLog')) ?? '';
  const rights = Object.values(resourcesOf(site, 'AWS::IAM::Policy')).filter(({ Properties }) =>
    JSON.stringify(Properties.Roles).includes(flowLogRole),
  );
  expect(JSON.stringify(rights)).toContain('"logs:PutLogEvents"');
  const provider = Object.entries(resourcesOf(site, 'AWS::IAM::Role')).find(([id]) =>
    id.includes('RestrictDefaultSG'),
  );
  expect(JSON.stringify(provider?.[1].Properties.Policies)).toContain('"ec2:RevokeSecurityGroupIngress"');
  const closed = theOnly(site, 'Custom::VpcRestrictDefaultSG').Properties.DefaultSecurityGroupId;
  expect(closed).toEqual({ 'Fn::GetAtt': [theOnly(site, 'AWS::EC2::VPC').id, 'DefaultSecurityGroup'] });
});

promise('CS-18', () => {
  for (const exposure of ['elasticIp', 'cloudFront'] as const) {
    const template = templateOf((app) => {
      const stack = new Stack(app, 'Stack');
      new CampaignSite(stack, 'First', { exposure });
      new CampaignSite(stack, 'Second', { exposure });
      return stack;
    });
    expect(Object.keys(resourcesOf(template, 'AWS::EC2::Instance'))).toHaveLength(2);
    const names = Object.values(resourcesOf(template, 'AWS::CloudFront::VpcOrigin')).map(({ Properties }) =>
      JSON.stringify((Properties.VpcOriginEndpointConfig as { Name: unknown }).Name),
    );
    expect(new Set(names).size).toBe(names.length);
  }
});

describe('outputs', () => {
  test('are what a person uses next', () => {
    expect(Object.keys(site.Outputs ?? {})).toEqual([
      'SiteUrl',
      'SessionManagerCommand',
      'DatabaseSecretArn',
      'Dashboard',
    ]);
    expect(synthesize(DOMAIN).Outputs?.SiteUrl?.Value).toBe('http://campaign.example.com');
  });
});

test('a domain without HTTPS and an image that moves under CloudFront are warned about, and nothing else', () => {
  const warningsOf = (props: CampaignSiteStackProps) =>
    Annotations.fromStack(new CampaignSiteStack(createApp(), 'CampaignSite', props))
      .findWarning('*', Match.anyValue())
      .map(({ entry }) => entry.data);
  expect(warningsOf(DOMAIN)).toEqual([expect.stringContaining("For HTTPS choose exposure 'cloudFront'.")]);
  const machineImage = ec2.MachineImage.latestAmazonLinux2023({ cpuType: ec2.AmazonLinuxCpuType.ARM_64 });
  expect(warningsOf({ exposure: 'cloudFront', machineImage })).toEqual([
    expect.stringContaining('machineImage is known at the deployment only'),
  ]);
  expect(warningsOf({ machineImage })).toEqual([]);
  expect(warningsOf({})).toEqual([]);
  expect(warningsOf({ ...DOMAIN, exposure: 'cloudFront', certificateArn: CERTIFICATE_ARN })).toEqual([]);
});

describe('takes what a project has', () => {
  test('wishes about the database', () => {
    const template = synthesize({
      multiAz: true,
      databaseInstanceType: new ec2.InstanceType('m8g.large'),
      databaseName: 'shop',
      allocatedStorage: 100,
      maxAllocatedStorage: 200,
      maxConnections: 500,
    });
    expect(theOnly(template, 'AWS::RDS::DBInstance').Properties).toMatchObject({
      MultiAZ: true,
      DBInstanceClass: 'db.m8g.large',
      DBName: 'shop',
      AllocatedStorage: '100',
      MaxAllocatedStorage: 200,
      CopyTagsToSnapshot: true,
      AutoMinorVersionUpgrade: true,
    });
    expect(theOnly(template, 'AWS::RDS::DBParameterGroup').Properties.Parameters).toMatchObject({
      max_connections: '500',
    });
  });

  test('a network, a topic and a key', () => {
    const app = createApp();
    const stack = new Stack(app, 'Stack');
    const vpc = new ec2.Vpc(stack, 'Vpc', {
      subnetConfiguration: [
        { name: 'A', subnetType: ec2.SubnetType.PUBLIC },
        { name: 'B', subnetType: ec2.SubnetType.PRIVATE_ISOLATED },
      ],
    });
    const key = new kms.Key(stack, 'Key');
    const alarmTopic = new sns.Topic(stack, 'Topic');
    new CampaignSite(stack, 'Site', { vpc, key, alarmTopic });
    const template: StackTemplate = withAssembly(
      app,
      (assembly) => assembly.getStackArtifact('Stack').template,
    );
    const vpcId = { Ref: theOnly(template, 'AWS::EC2::VPC').id };
    expect(
      Object.values(resourcesOf(template, 'AWS::EC2::SecurityGroup')).map(
        ({ Properties }) => Properties.VpcId,
      ),
    ).toEqual([vpcId, vpcId, vpcId]);
    const keyArn = { 'Fn::GetAtt': [theOnly(template, 'AWS::KMS::Key').id, 'Arn'] };
    expect(theOnly(template, 'AWS::RDS::DBInstance').Properties).toMatchObject({
      KmsKeyId: keyArn,
      MasterUserSecret: { KmsKeyId: keyArn },
    });
    expect(theOnly(template, 'AWS::EC2::Instance').Properties).toMatchObject({
      BlockDeviceMappings: [{ Ebs: { KmsKeyId: keyArn } }],
    });
    expect(theOnly(template, 'AWS::SNS::Topic').id).toMatch(/^Topic/);
  });
});

describe('a key of the project', () => {
  const decrypting = (template: StackTemplate) =>
    Object.values(resourcesOf(template, 'AWS::IAM::Policy'))
      .flatMap(
        ({ Properties }) =>
          (Properties.PolicyDocument as { Statement: (Statement & { Condition?: unknown })[] }).Statement,
      )
      .filter(({ Action }) => Action === 'kms:Decrypt');

  test('that was imported lets the server read its secret', () => {
    const keyArn = 'arn:aws:kms:ap-northeast-1:123456789012:key/12345678-1234-1234-1234-123456789012';
    const template = templateOf((app) => {
      const stack = new Stack(app, 'Stack', { env: { region: 'ap-northeast-1' } });
      new CampaignSite(stack, 'Site', { key: kms.Key.fromKeyArn(stack, 'Key', keyArn) });
      return stack;
    });
    expect(decrypting(template)).toMatchObject([
      {
        Resource: keyArn,
        Condition: { StringEquals: { 'kms:ViaService': 'secretsmanager.ap-northeast-1.amazonaws.com' } },
      },
    ]);
  });

  test('may come from a stack of its own', () => {
    const app = createApp();
    const key = new kms.Key(new Stack(app, 'Keys'), 'Key');
    new CampaignSite(new Stack(app, 'Site'), 'Site', { key });
    const template: StackTemplate = withAssembly(
      app,
      (assembly) => assembly.getStackArtifact('Site').template,
    );
    expect(decrypting(template)).toHaveLength(1);
  });
});

test('a stack is protected unless it is told otherwise', () => {
  const isProtected = (props: CampaignSiteStackProps) =>
    new CampaignSiteStack(createApp(), 'CampaignSite', props).terminationProtection;
  expect(isProtected({})).toBe(true);
  expect(isProtected({ terminationProtection: undefined })).toBe(true);
  expect(isProtected({ terminationProtection: false })).toBe(false);
  expect(isProtected({ profile: SANDBOX })).toBe(false);
});

test('a new generation replaces the server', () => {
  const { id } = theOnly(synthesize({ serverGeneration: '2026-11' }), 'AWS::EC2::Instance');
  expect(id).not.toBe(theOnly(site, 'AWS::EC2::Instance').id);
});

describe('refuses', () => {
  const stack = new Stack(createApp(), 'Stack', { env: { region: 'ap-northeast-1' } });
  const hostedZone = route53.HostedZone.fromHostedZoneAttributes(stack, 'Zone', DOMAIN.hostedZone);
  const certificate = (region: string) =>
    acm.Certificate.fromCertificateArn(
      stack,
      `Certificate-${region}`,
      CERTIFICATE_ARN.replace('us-east-1', region),
    );
  const empty = mkdtempSync(join(tmpdir(), 'empty-'));
  afterAll(() => rmSync(empty, { recursive: true }));
  const { domainName } = DOMAIN;
  const vpc = new ec2.Vpc(stack, 'Vpc');
  const usEast1 = certificate('us-east-1');

  const cases: [string, CampaignSiteProps, string][] = [
    ['SSH from everywhere', { sshFrom: ['0.0.0.0/0'] }, 'sshFrom: "0.0.0.0/0" is everywhere'],
    ['SSH from half of the internet', { sshFrom: ['128.0.0.0/1'] }, 'sshFrom: "128.0.0.0/1" is everywhere'],
    ['SSH from everywhere over IPv6', { sshFrom: ['::/0'] }, 'sshFrom: "::/0" is everywhere'],
    ['SSH over IPv6', { sshFrom: ['2001:db8::/32'] }, 'IPv4 only'],
    ['SSH from no range', { sshFrom: ['office'] }, 'sshFrom: "office" is no IPv4 range'],
    [
      'SSH without a public address',
      { sshFrom: ['198.51.100.0/24'], exposure: 'cloudFront' },
      'use Session Manager',
    ],
    ['a domain without its zone', { domainName }, 'domainName: "campaign.example.com" needs the zone'],
    ['a zone without a domain', { hostedZone }, 'hostedZone: "example.com" is of no use'],
    [
      'a domain of another zone',
      { hostedZone, domainName: 'badexample.com' },
      'is not in the zone example.com',
    ],
    [
      'a domain behind CloudFront without a certificate',
      { hostedZone, domainName, exposure: 'cloudFront' },
      'needs a certificate of us-east-1',
    ],
    [
      'a certificate of another region',
      { hostedZone, domainName, exposure: 'cloudFront', certificate: certificate('eu-west-1') },
      'certificate: "arn:aws:acm:eu-west-1',
    ],
    ['a certificate without CloudFront', { certificate: usEast1 }, "choose exposure 'cloudFront'"],
    [
      'a web ACL without CloudFront',
      { webAclId: 'arn:aws:wafv2:us-east-1:123456789012:global/webacl/a/b' },
      'needs CloudFront',
    ],
    [
      'a regional web ACL',
      { exposure: 'cloudFront', webAclId: 'arn:aws:wafv2:eu-west-1:123456789012:regional/webacl/a/b' },
      'webAclId: "arn',
    ],
    ['a second office that is everywhere', { sshFrom: ['198.51.100.0/24', '0.0.0.0/0'] }, 'is everywhere'],
    ['SSH from an eighth of the internet', { sshFrom: ['32.0.0.0/3'] }, 'is everywhere, or nearly so'],
    ['a range with a prefix over 32', { cidr: '10.0.0.0/33' }, 'is no IPv4 range'],
    ['a range with two prefixes', { cidr: '10.0.0.0/16/24' }, 'is no IPv4 range'],
    ['an empty e-mail address', { alarmEmail: '' }, 'is no e-mail address'],
    ['an e-mail address with a space', { alarmEmail: 'a@b c' }, 'is no e-mail address'],
    ['a storage over 65536 GiB', { allocatedStorage: 65_537 }, 'allocatedStorage: 65537'],
    ['a limit of storage over 65536 GiB', { maxAllocatedStorage: 65_537 }, 'maxAllocatedStorage: 65537'],
    [
      'a limit of storage below the advice',
      { allocatedStorage: 50, maxAllocatedStorage: 62 },
      'maxAllocatedStorage: 62',
    ],
    ['too many connections', { maxConnections: 100_001 }, 'maxConnections: 100001'],
    ['a database name of 65 letters', { databaseName: 'a'.repeat(65) }, 'is no name that RDS takes'],
    ['a database name that starts with a digit', { databaseName: '1st' }, 'is no name that RDS takes'],
    [
      'more offices than a network ACL takes',
      { networkAcls: true, sshFrom: Array.from({ length: 18 }, (_, n) => `198.51.100.${n}/32`) },
      'give at most 17',
    ],
    [
      'a regional web ACL of us-east-1',
      { exposure: 'cloudFront', webAclId: 'arn:aws:wafv2:us-east-1:123456789012:regional/webacl/a/b' },
      'scope CLOUDFRONT',
    ],
    ['a malformed range', { cidr: '10.0.0.0' }, 'cidr: "10.0.0.0" is no IPv4 range'],
    [
      'a range with an impossible number',
      { cidr: '10.0.256.0/20' },
      'cidr: "10.0.256.0/20" is no IPv4 range',
    ],
    ['a range that starts elsewhere', { cidr: '10.0.1.0/16' }, "did you mean '10.0.0.0/16'?"],
    ['a range smaller than /24', { cidr: '10.0.0.0/25' }, 'is smaller than /24'],
    ['a range bigger than /16', { cidr: '10.0.0.0/15' }, 'is bigger than /16'],
    ['a range for a network that exists', { vpc, cidr: '10.1.0.0/16' }, 'leave out cidr or vpc'],
    ['network ACLs for a network that exists', { vpc, networkAcls: true }, 'leave out networkAcls or vpc'],
    [
      'a content folder that does not exist',
      { content: 'no-such-folder' },
      'content: "no-such-folder" is no folder',
    ],
    ['a content folder that is a file', { content: 'package.json' }, 'content: "package.json" is no folder'],
    ['a content folder without an index page', { content: empty }, 'has no index.html'],
    ['a storage below 20 GiB', { allocatedStorage: 19 }, 'allocatedStorage: 19'],
    ['a storage that is no whole number', { allocatedStorage: 20.5 }, 'allocatedStorage: 20.5'],
    [
      'a storage that can hardly grow',
      { allocatedStorage: 100, maxAllocatedStorage: 110 },
      'maxAllocatedStorage: 110',
    ],
    ['no connections', { maxConnections: 0 }, 'maxConnections: 0'],
    ['a database name that RDS refuses', { databaseName: 'my-db' }, 'databaseName: "my-db"'],
    ['an e-mail address that is none', { alarmEmail: 'nobody' }, 'alarmEmail: "nobody" is no e-mail address'],
  ];

  test.each(cases)('%s', (name, props, message) => {
    expect(() => new CampaignSite(stack, name.replaceAll('/', ' '), props)).toThrow(message);
  });

  const allowed: [string, CampaignSiteProps][] = [
    ['ranges of /16, /24 and /8', { cidr: '10.0.0.0/16', sshFrom: ['10.0.0.0/8'] }],
    ['the smallest range', { cidr: '192.168.0.0/24' }],
    ['the zone itself as the domain', { hostedZone, domainName: 'example.com' }],
    ['an empty list of offices behind CloudFront', { sshFrom: [], exposure: 'cloudFront' }],
    [
      'the limits of the database',
      { allocatedStorage: 65_536, maxConnections: 1, databaseName: 'a'.repeat(64) },
    ],
    [
      'the upper limit of connections',
      { maxConnections: 100_000, allocatedStorage: 50, maxAllocatedStorage: 63 },
    ],
  ];
  test.each(allowed)('not %s', (name, props) => {
    const other = new Stack(createApp(), 'Other');
    expect(() => new CampaignSite(other, name.replaceAll('/', ' '), props)).not.toThrow();
  });

  test('all of it in one error, which names the construct', () => {
    expect(() => new CampaignSite(stack, 'Bad', { cidr: 'x', sshFrom: ['0.0.0.0/0'] })).toThrow(
      /^CampaignSite at Stack\/Bad has 2 problems:\n {2}- cidr: .*\n {2}- sshFrom: /,
    );
  });

  test('nothing that is a token', () => {
    const agnostic = new Stack(createApp(), 'Agnostic');
    const token = agnostic.region;
    const zone = route53.HostedZone.fromHostedZoneAttributes(agnostic, 'Zone', {
      hostedZoneId: token,
      zoneName: token,
    });
    const tokens: CampaignSiteProps[] = [
      { alarmEmail: token, databaseName: token, sshFrom: [token] },
      { hostedZone: zone, domainName: token },
      { hostedZone: zone, domainName: 'campaign.example.com' },
      { exposure: 'cloudFront', webAclId: token },
      { allocatedStorage: Token.asNumber({ Ref: 'Size' }), maxConnections: Token.asNumber({ Ref: 'Size' }) },
    ];
    for (const [index, props] of tokens.entries()) {
      expect(() => new CampaignSite(agnostic, `Site${index}`, props)).not.toThrow();
    }
  });
});
