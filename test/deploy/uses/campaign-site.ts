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
import { DescribeDBInstancesCommand, DescribeDBParametersCommand } from '@aws-sdk/client-rds';
import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { expect } from 'vitest';
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
      name: 'the site moves behind CloudFront',
      settings: { campaignSite: { exposure: 'cloudFront' } },
      exercises: HIDDEN,
    },
    {
      name: 'the server behind CloudFront gets other content, and so another server',
      settings: { campaignSite: { exposure: 'cloudFront', content: 'test/deploy/content' } },
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

async function siteAddress(stack: DeployedStack): Promise<void> {
  const { Addresses = [] } = await stack.aws.ec2.send(
    new DescribeAddressesCommand({ PublicIps: [await stack.idOf('AWS::EC2::EIP')] }),
  );
  expect(Addresses).toHaveLength(1);
  expect(Addresses[0]?.InstanceId).toBe(await stack.idOf('AWS::EC2::Instance'));
  expect(stack.outputs.SiteUrl).toBe(`http://${Addresses[0]?.PublicIp}`);
}

async function openPorts(stack: DeployedStack): Promise<void> {
  const groups = groupsOf(await instanceOf(stack));
  expect(groups).toHaveLength(2);
  expect(await ingressOf(stack, groups)).toEqual(['0.0.0.0/0:443', '0.0.0.0/0:80']);
}

async function databaseAccess(stack: DeployedStack): Promise<void> {
  const instance = await instanceOf(stack);
  const { VpcSecurityGroups = [] } = await databaseOf(stack);
  const groups = VpcSecurityGroups.map(({ VpcSecurityGroupId = '' }) => VpcSecurityGroupId);
  expect(groups).toHaveLength(1);
  const rules = await ingressOf(stack, groups);
  expect(rules).toHaveLength(1);
  expect(groupsOf(instance).map((group) => `${group}:3306`)).toContain(rules[0]);
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
    expect(new Set(ofTier.map(({ AvailabilityZone }) => AvailabilityZone)).size).toBe(2);
    for (const { SubnetId } of ofTier) {
      const table = RouteTables.find(({ Associations = [] }) =>
        Associations.some((association) => association.SubnetId === SubnetId),
      );
      const way = table?.Routes?.find(({ DestinationCidrBlock }) => DestinationCidrBlock === '0.0.0.0/0');
      expect(way?.GatewayId ?? 'none').toMatch(tier === 'Web' ? /^igw-/ : /^none$/);
    }
  }
}

async function server(stack: DeployedStack): Promise<void> {
  const { InstanceType, MetadataOptions, SubnetId, IamInstanceProfile } = await instanceOf(stack);
  expect(InstanceType).toBe('t4g.micro');
  expect(MetadataOptions?.HttpTokens).toBe('required');
  expect(IamInstanceProfile?.Arn).toBeDefined();
  expect(tierOf((await subnetsOf(stack)).find((subnet) => subnet.SubnetId === SubnetId))).toBe('Web');
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
  expect({ Engine, PubliclyAccessible, StorageEncrypted }).toEqual({
    Engine: 'mysql',
    PubliclyAccessible: false,
    StorageEncrypted: true,
  });
  expect(EngineVersion).toMatch(/^8\.4\./);
  const subnets = await subnetsOf(stack);
  const placed = DBSubnetGroup?.Subnets?.map(({ SubnetIdentifier }) =>
    tierOf(subnets.find(({ SubnetId }) => SubnetId === SubnetIdentifier)),
  );
  expect(placed).toEqual(['Database', 'Database']);
  const DBParameterGroupName = await stack.idOf('AWS::RDS::DBParameterGroup');
  expect(DBParameterGroups?.map((group) => group.DBParameterGroupName)).toEqual([DBParameterGroupName]);
  const { Parameters = [] } = await stack.aws.rds.send(
    new DescribeDBParametersCommand({ DBParameterGroupName }),
  );
  const tls = Parameters.find(({ ParameterName }) => ParameterName === 'require_secure_transport');
  expect(tls?.ParameterValue).toBe('1');
}

async function secret({ aws, outputs }: DeployedStack): Promise<void> {
  const { SecretString = '{}' } = await aws.secrets.send(
    new GetSecretValueCommand({ SecretId: outputs.DatabaseSecretArn }),
  );
  expect(JSON.parse(SecretString)).toMatchObject({
    username: 'admin',
    password: expect.stringMatching(/.{8,}/),
  });
}

async function alarms(stack: DeployedStack): Promise<void> {
  const { MetricAlarms = [] } = await stack.aws.cloudWatch.send(
    new DescribeAlarmsCommand({ AlarmNames: await stack.idsOf('AWS::CloudWatch::Alarm') }),
  );
  const watched = {
    InstanceId: await stack.idOf('AWS::EC2::Instance'),
    DBInstanceIdentifier: await stack.idOf('AWS::RDS::DBInstance'),
  };
  expect(MetricAlarms).toHaveLength(6);
  const topic = await stack.idOf('AWS::SNS::Topic');
  for (const { AlarmActions, OKActions, Dimensions = [] } of MetricAlarms) {
    expect(Dimensions.map(({ Name, Value }) => watched[Name as keyof typeof watched] === Value)).toEqual([
      true,
    ]);
    expect(AlarmActions).toContain(topic);
    expect(OKActions).toEqual([topic]);
  }
  const remedies = MetricAlarms.flatMap(({ AlarmActions = [] }) => AlarmActions).filter(
    (arn) => arn !== topic,
  );
  expect(remedies.map((arn) => arn.split(':').at(-1)).sort()).toEqual(['reboot', 'recover']);
}

async function flowLog({ aws, idOf }: DeployedStack): Promise<void> {
  const vpc = await idOf('AWS::EC2::VPC');
  const { FlowLogs } = await aws.ec2.send(
    new DescribeFlowLogsCommand({ Filter: [{ Name: 'resource-id', Values: [vpc] }] }),
  );
  expect(FlowLogs?.map(({ TrafficType }) => TrafficType)).toEqual(['ALL']);
  const { SecurityGroups } = await aws.ec2.send(
    new DescribeSecurityGroupsCommand({
      Filters: [
        { Name: 'vpc-id', Values: [vpc] },
        { Name: 'group-name', Values: ['default'] },
      ],
    }),
  );
  expect(SecurityGroups).toMatchObject([{ IpPermissions: [], IpPermissionsEgress: [] }]);
}

async function dashboard({ aws, outputs, idOf }: DeployedStack): Promise<void> {
  const DashboardName = await idOf('AWS::CloudWatch::Dashboard');
  expect(outputs.Dashboard).toContain(DashboardName);
  const { DashboardBody = '{}' } = await aws.cloudWatch.send(new GetDashboardCommand({ DashboardName }));
  expect(JSON.parse(DashboardBody).widgets.length).toBeGreaterThan(3);
}

async function hiddenServer(stack: DeployedStack): Promise<void> {
  const instance = await instanceOf(stack);
  expect(instance.PublicIpAddress).toBeUndefined();
  expect(tierOf((await subnetsOf(stack)).find(({ SubnetId }) => SubnetId === instance.SubnetId))).toBe(
    'Origin',
  );
  const { VpcOrigin } = await stack.aws.cloudFront.send(
    new GetVpcOriginCommand({ Id: await stack.idOf('AWS::CloudFront::VpcOrigin') }),
  );
  expect(VpcOrigin?.VpcOriginEndpointConfig?.Arn).toContain(instance.InstanceId);
  const { DistributionConfig } = await stack.aws.cloudFront.send(
    new GetDistributionConfigCommand({ Id: await stack.idOf('AWS::CloudFront::Distribution') }),
  );
  expect(
    DistributionConfig?.Origins?.Items?.map(({ VpcOriginConfig }) => VpcOriginConfig?.VpcOriginId),
  ).toEqual([VpcOrigin?.Id]);
  expect(DistributionConfig?.DefaultCacheBehavior?.ViewerProtocolPolicy).toBe('redirect-to-https');
  expect(stack.outputs.SiteUrl).toMatch(/^https:\/\//);
}

async function hiddenPorts(stack: DeployedStack): Promise<void> {
  const rules = await ingressOf(stack, groupsOf(await instanceOf(stack)));
  expect(rules).toEqual([expect.stringMatching(/^sg-\w+:80$/)]);
  const [source = ''] = (rules[0] ?? '').split(':');
  const { SecurityGroups } = await stack.aws.ec2.send(
    new DescribeSecurityGroupsCommand({ GroupIds: [source] }),
  );
  expect(SecurityGroups?.[0]?.GroupName).toMatch(/^CloudFront-VPCOrigins-Service-SG/);
}
