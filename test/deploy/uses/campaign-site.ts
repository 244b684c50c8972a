import assert from 'node:assert/strict';
import { GetDistributionConfigCommand, GetVpcOriginCommand } from '@aws-sdk/client-cloudfront';
import { DescribeAddressesCommand, DescribeInstancesCommand, type Instance } from '@aws-sdk/client-ec2';
import type { DeployedStack } from '../support/stacks';
import type { Use } from '../support/use';
import { database, databaseSecret, onlyServersReachDatabase } from './support/database';
import { alarmsOf, dashboard } from './support/monitoring';
import { flowLog, ingressOf, onlyCloudFront, subnetsOf, tierOf, waysOut } from './support/network';
import { recordsOf } from './support/zone';

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
    "the database's secret can be read": databaseSecret,
    'the alarms watch the server and the database, and notify the topic': alarms,
    'the flow log is on and the default security group is closed': flowLog,
    'the dashboard is there': dashboard,
  },
  updates: [
    {
      name: 'the site gets a name',
      settings: (domain) => ({ domain, region: 'ap-northeast-1' }),
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
  const [record] = await recordsOf(stack, new URL(stack.outputs.SiteUrl ?? '').hostname);
  assert.equal(record?.Type, 'A');
  assert.deepEqual(record?.ResourceRecords, [{ Value: await elasticIpOf(stack) }]);
}

async function openPorts(stack: DeployedStack): Promise<void> {
  const groups = groupsOf(await instanceOf(stack));
  assert.equal(groups.length, 2);
  assert.deepEqual(await ingressOf(stack, groups), ['0.0.0.0/0:443', '0.0.0.0/0:80']);
}

async function databaseAccess(stack: DeployedStack): Promise<void> {
  await onlyServersReachDatabase(stack, groupsOf(await instanceOf(stack)));
}

async function tiers(stack: DeployedStack): Promise<void> {
  assert.deepEqual(await waysOut(stack), { Web: 'internet gateway', Database: 'nowhere' });
}

async function server(stack: DeployedStack): Promise<void> {
  const { InstanceType, MetadataOptions, SubnetId, IamInstanceProfile } = await instanceOf(stack);
  assert.equal(InstanceType, 't4g.micro');
  assert.equal(MetadataOptions?.HttpTokens, 'required');
  assert.ok(IamInstanceProfile?.Arn, 'the server has no instance profile');
  assert.equal(tierOf((await subnetsOf(stack)).find((subnet) => subnet.SubnetId === SubnetId)), 'Web');
}

async function alarms(stack: DeployedStack): Promise<void> {
  const MetricAlarms = await alarmsOf(stack);
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
  await onlyCloudFront(stack, groupsOf(await instanceOf(stack)), 80);
}
