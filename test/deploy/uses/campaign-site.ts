import assert from 'node:assert/strict';
import { GetDistributionConfigCommand, GetVpcOriginCommand } from '@aws-sdk/client-cloudfront';
import { DescribeAlarmsCommand, GetDashboardCommand } from '@aws-sdk/client-cloudwatch';
import {
  DescribeAddressesCommand,
  DescribeFlowLogsCommand,
  DescribeInstancesCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupRulesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  type Instance,
  type Subnet,
} from '@aws-sdk/client-ec2';
import { DescribeDBInstancesCommand, paginateDescribeDBParameters } from '@aws-sdk/client-rds';
import { ListHostedZonesByNameCommand, ListResourceRecordSetsCommand } from '@aws-sdk/client-route-53';
import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import type { DeployedStack } from '../support/stacks';
import type { Use } from '../support/use';

const HIDDEN = {
  'CloudFront leads to the server, which has no public address': hiddenServer,
  'only the web server reaches the database, on port 3306': databaseAccess,
  'only CloudFront reaches the server': hiddenPorts,
};

const use: Use = {
  exercises: {
    'the site has the Elastic IP, which is on the server': siteAddress,
    'the internet comes in on ports 80 and 443, to the server only': openPorts,
    'only the web server reaches the database, on port 3306': databaseAccess,
    'the tiers lie in two zones and lead where they should': tiers,
    'the server is a Graviton one with IMDSv2': server,
    'the database is private, encrypted and takes TLS only': database,
    "the database's secret can be read": secret,
    'the alarms watch the server and the database, and notify the topic': alarms,
    'the flow log is on and the default security group is closed': flowLog,
    'the dashboard is there': dashboard,
  },
  updates: [
    {
      name: 'the site gets a name',
      settings: (domain) => ({ domain }),
      exercises: {
        'the name leads to the Elastic IP': siteName,
      },
    },
    {
      name: 'the site moves behind CloudFront',
      settings: () => ({ campaignSite: { exposure: 'cloudFront' } }),
      exercises: HIDDEN,
    },
    {
      name: 'the server behind CloudFront gets other content, and so another server',
      settings: () => ({ campaignSite: { exposure: 'cloudFront', content: 'test/deploy/content' } }),
      exercises: HIDDEN,
    },
  ],
};

export default use;

async function instanceOf({ aws, idOf }: DeployedStack): Promise<Instance> {
  const id = await idOf('AWS::EC2::Instance');
  const { Reservations } = await aws.ec2.send(new DescribeInstancesCommand({ InstanceIds: [id] }));
  const instance = Reservations?.[0]?.Instances?.[0];
  if (!instance) throw new Error(`EC2 does not know ${id}`);
  return instance;
}

async function subnetsOf({ aws, idsOf }: DeployedStack): Promise<Subnet[]> {
  const SubnetIds = await idsOf('AWS::EC2::Subnet');
  const { Subnets = [] } = await aws.ec2.send(new DescribeSubnetsCommand({ SubnetIds }));
  return Subnets;
}

function tierOf(subnet: Subnet | undefined): string | undefined {
  return subnet?.Tags?.find(({ Key }) => Key === 'aws-cdk:subnet-name')?.Value;
}

/** The incoming rules of groups, as `source:port`. A source is a range or a group. */
async function ingressOf({ aws }: DeployedStack, groups: readonly string[]): Promise<string[]> {
  const { SecurityGroupRules = [] } = await aws.ec2.send(
    new DescribeSecurityGroupRulesCommand({ Filters: [{ Name: 'group-id', Values: [...groups] }] }),
  );
  return SecurityGroupRules.filter(({ IsEgress }) => !IsEgress)
    .map(({ CidrIpv4, ReferencedGroupInfo, FromPort, ToPort }) => {
      const ports = FromPort === ToPort ? FromPort : `${FromPort}-${ToPort}`;
      return `${CidrIpv4 ?? ReferencedGroupInfo?.GroupId}:${ports}`;
    })
    .sort();
}

function groupsOf(instance: Instance): string[] {
  return (instance.SecurityGroups ?? []).map(({ GroupId = '' }) => GroupId);
}

/** The public address of the server, which must be the Elastic IP of the stack. */
async function elasticIpOf(stack: DeployedStack): Promise<string | undefined> {
  const { Addresses = [] } = await stack.aws.ec2.send(
    new DescribeAddressesCommand({ PublicIps: [await stack.idOf('AWS::EC2::EIP')] }),
  );
  assert.equal(Addresses.length, 1);
  assert.equal(Addresses[0]?.InstanceId, await stack.idOf('AWS::EC2::Instance'));
  return Addresses[0]?.PublicIp;
}

async function siteAddress(stack: DeployedStack): Promise<void> {
  assert.equal(stack.outputs.SiteUrl, `http://${await elasticIpOf(stack)}`);
}

async function siteName(stack: DeployedStack): Promise<void> {
  const { hostname } = new URL(stack.outputs.SiteUrl ?? '');
  const zoneName = hostname.slice(hostname.indexOf('.') + 1);
  const { HostedZones = [] } = await stack.aws.route53.send(
    new ListHostedZonesByNameCommand({ DNSName: zoneName }),
  );
  const { ResourceRecordSets = [] } = await stack.aws.route53.send(
    new ListResourceRecordSetsCommand({ HostedZoneId: HostedZones[0]?.Id }),
  );
  const record = ResourceRecordSets.find(({ Name }) => Name === `${hostname}.`);
  assert.equal(record?.Type, 'A');
  assert.deepEqual(record?.ResourceRecords, [{ Value: await elasticIpOf(stack) }]);
}

async function openPorts(stack: DeployedStack): Promise<void> {
  const groups = groupsOf(await instanceOf(stack));
  assert.equal(groups.length, 2);
  assert.deepEqual(await ingressOf(stack, groups), ['0.0.0.0/0:443', '0.0.0.0/0:80']);
}

async function databaseAccess(stack: DeployedStack): Promise<void> {
  const instance = await instanceOf(stack);
  const { VpcSecurityGroups = [] } = await databaseOf(stack);
  const groups = VpcSecurityGroups.map(({ VpcSecurityGroupId = '' }) => VpcSecurityGroupId);
  assert.equal(groups.length, 1);
  const rules = await ingressOf(stack, groups);
  assert.equal(rules.length, 1);
  const allowed = groupsOf(instance).map((group) => `${group}:3306`);
  assert.ok(allowed.includes(rules[0] ?? ''), `${rules[0]} is none of ${allowed}`);
}

async function tiers(stack: DeployedStack): Promise<void> {
  const subnets = await subnetsOf(stack);
  const { RouteTables = [] } = await stack.aws.ec2.send(
    new DescribeRouteTablesCommand({
      Filters: [{ Name: 'association.subnet-id', Values: subnets.map(({ SubnetId = '' }) => SubnetId) }],
    }),
  );
  for (const tier of ['Web', 'Database']) {
    const ofTier = subnets.filter((subnet) => tierOf(subnet) === tier);
    assert.equal(new Set(ofTier.map(({ AvailabilityZone }) => AvailabilityZone)).size, 2);
    for (const { SubnetId } of ofTier) {
      const table = RouteTables.find(({ Associations = [] }) =>
        Associations.some((association) => association.SubnetId === SubnetId),
      );
      const way = table?.Routes?.find(({ DestinationCidrBlock }) => DestinationCidrBlock === '0.0.0.0/0');
      assert.match(way?.GatewayId ?? 'none', tier === 'Web' ? /^igw-/ : /^none$/);
    }
  }
}

async function server(stack: DeployedStack): Promise<void> {
  const { InstanceType, MetadataOptions, SubnetId, IamInstanceProfile } = await instanceOf(stack);
  assert.equal(InstanceType, 't4g.micro');
  assert.equal(MetadataOptions?.HttpTokens, 'required');
  assert.ok(IamInstanceProfile?.Arn, 'the server has no instance profile');
  assert.equal(tierOf((await subnetsOf(stack)).find((subnet) => subnet.SubnetId === SubnetId)), 'Web');
}

async function databaseOf({ aws, idOf }: DeployedStack) {
  const DBInstanceIdentifier = await idOf('AWS::RDS::DBInstance');
  const { DBInstances } = await aws.rds.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier }));
  const instance = DBInstances?.[0];
  if (!instance) throw new Error(`RDS does not know ${DBInstanceIdentifier}`);
  return instance;
}

async function database(stack: DeployedStack): Promise<void> {
  const { Engine, EngineVersion, PubliclyAccessible, StorageEncrypted, DBSubnetGroup, DBParameterGroups } =
    await databaseOf(stack);
  assert.deepEqual(
    { Engine, PubliclyAccessible, StorageEncrypted },
    { Engine: 'mysql', PubliclyAccessible: false, StorageEncrypted: true },
  );
  assert.match(EngineVersion ?? '', /^8\.4\./);
  const subnets = await subnetsOf(stack);
  const placed = DBSubnetGroup?.Subnets?.map(({ SubnetIdentifier }) =>
    tierOf(subnets.find(({ SubnetId }) => SubnetId === SubnetIdentifier)),
  );
  assert.deepEqual(placed, ['Database', 'Database']);
  const DBParameterGroupName = await stack.idOf('AWS::RDS::DBParameterGroup');
  assert.deepEqual(
    DBParameterGroups?.map((group) => group.DBParameterGroupName),
    [DBParameterGroupName],
  );
  assert.equal(await parameterOf(stack, DBParameterGroupName, 'require_secure_transport'), '1');
}

/** The value of a parameter; a group of MySQL has several hundred, in pages of a hundred. */
async function parameterOf(
  { aws }: DeployedStack,
  DBParameterGroupName: string,
  name: string,
): Promise<string | undefined> {
  for await (const { Parameters = [] } of paginateDescribeDBParameters(
    { client: aws.rds },
    { DBParameterGroupName },
  )) {
    const found = Parameters.find(({ ParameterName }) => ParameterName === name);
    if (found) return found.ParameterValue;
  }
  return undefined;
}

async function secret({ aws, outputs }: DeployedStack): Promise<void> {
  const { SecretString = '{}' } = await aws.secrets.send(
    new GetSecretValueCommand({ SecretId: outputs.DatabaseSecretArn }),
  );
  const { username, password } = JSON.parse(SecretString) as Record<string, string>;
  assert.equal(username, 'admin');
  // Not assert.match: its message would print the password.
  assert.ok(password && password.length >= 8, 'the password has fewer than 8 characters');
}

async function alarms(stack: DeployedStack): Promise<void> {
  const { MetricAlarms = [] } = await stack.aws.cloudWatch.send(
    new DescribeAlarmsCommand({ AlarmNames: await stack.idsOf('AWS::CloudWatch::Alarm') }),
  );
  const watched = {
    InstanceId: await stack.idOf('AWS::EC2::Instance'),
    DBInstanceIdentifier: await stack.idOf('AWS::RDS::DBInstance'),
  };
  assert.equal(MetricAlarms.length, 6);
  const topic = await stack.idOf('AWS::SNS::Topic');
  for (const { AlarmActions, OKActions, Dimensions = [] } of MetricAlarms) {
    assert.deepEqual(
      Dimensions.map(({ Name, Value }) => watched[Name as keyof typeof watched] === Value),
      [true],
    );
    assert.ok(AlarmActions?.includes(topic), `${AlarmActions} has no ${topic}`);
    assert.deepEqual(OKActions, [topic]);
  }
  const remedies = MetricAlarms.flatMap(({ AlarmActions = [] }) => AlarmActions).filter(
    (arn) => arn !== topic,
  );
  assert.deepEqual(remedies.map((arn) => arn.split(':').at(-1)).sort(), ['reboot', 'recover']);
}

async function flowLog({ aws, idOf }: DeployedStack): Promise<void> {
  const vpc = await idOf('AWS::EC2::VPC');
  const { FlowLogs } = await aws.ec2.send(
    new DescribeFlowLogsCommand({ Filter: [{ Name: 'resource-id', Values: [vpc] }] }),
  );
  assert.deepEqual(
    FlowLogs?.map(({ TrafficType }) => TrafficType),
    ['ALL'],
  );
  const { SecurityGroups } = await aws.ec2.send(
    new DescribeSecurityGroupsCommand({
      Filters: [
        { Name: 'vpc-id', Values: [vpc] },
        { Name: 'group-name', Values: ['default'] },
      ],
    }),
  );
  assert.deepEqual(
    SecurityGroups?.map(({ IpPermissions, IpPermissionsEgress }) => [IpPermissions, IpPermissionsEgress]),
    [[[], []]],
  );
}

async function dashboard({ aws, outputs, idOf }: DeployedStack): Promise<void> {
  const DashboardName = await idOf('AWS::CloudWatch::Dashboard');
  assert.ok(outputs.Dashboard?.includes(DashboardName), `${outputs.Dashboard} has no ${DashboardName}`);
  const { DashboardBody = '{}' } = await aws.cloudWatch.send(new GetDashboardCommand({ DashboardName }));
  assert.ok(JSON.parse(DashboardBody).widgets.length > 3, 'the dashboard has fewer than 4 widgets');
}

async function hiddenServer(stack: DeployedStack): Promise<void> {
  const instance = await instanceOf(stack);
  assert.equal(instance.PublicIpAddress, undefined);
  const subnet = (await subnetsOf(stack)).find(({ SubnetId }) => SubnetId === instance.SubnetId);
  assert.equal(tierOf(subnet), 'Origin');
  const { VpcOrigin } = await stack.aws.cloudFront.send(
    new GetVpcOriginCommand({ Id: await stack.idOf('AWS::CloudFront::VpcOrigin') }),
  );
  const leadsTo = VpcOrigin?.VpcOriginEndpointConfig?.Arn ?? 'nothing';
  assert.ok(leadsTo.includes(instance.InstanceId ?? ''), `the VPC origin leads to ${leadsTo}`);
  const { DistributionConfig } = await stack.aws.cloudFront.send(
    new GetDistributionConfigCommand({ Id: await stack.idOf('AWS::CloudFront::Distribution') }),
  );
  assert.deepEqual(
    DistributionConfig?.Origins?.Items?.map(({ VpcOriginConfig }) => VpcOriginConfig?.VpcOriginId),
    [VpcOrigin?.Id],
  );
  assert.equal(DistributionConfig?.DefaultCacheBehavior?.ViewerProtocolPolicy, 'redirect-to-https');
  assert.match(stack.outputs.SiteUrl ?? '', /^https:\/\//);
}

async function hiddenPorts(stack: DeployedStack): Promise<void> {
  const rules = await ingressOf(stack, groupsOf(await instanceOf(stack)));
  assert.equal(rules.length, 1);
  assert.match(rules[0] ?? '', /^sg-\w+:80$/);
  const [source = ''] = (rules[0] ?? '').split(':');
  const { SecurityGroups } = await stack.aws.ec2.send(
    new DescribeSecurityGroupsCommand({ GroupIds: [source] }),
  );
  assert.match(SecurityGroups?.[0]?.GroupName ?? '', /^CloudFront-VPCOrigins-Service-SG/);
}
