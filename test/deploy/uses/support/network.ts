import assert from 'node:assert/strict';
import {
  DescribeFlowLogsCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupRulesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  type Route,
  type Subnet,
} from '@aws-sdk/client-ec2';
import type { DeployedStack } from '../../support/stacks';

/** The subnets of a stack. */
export async function subnetsOf({ aws, idsOf }: DeployedStack): Promise<Subnet[]> {
  const SubnetIds = await idsOf('AWS::EC2::Subnet');
  const { Subnets = [] } = await aws.ec2.send(new DescribeSubnetsCommand({ SubnetIds }));
  return Subnets;
}

/** The tier of a subnet. */
export function tierOf(subnet: Subnet | undefined): string | undefined {
  return subnet?.Tags?.find(({ Key }) => Key === 'aws-cdk:subnet-name')?.Value;
}

/** The tiers of subnets that are known by their ids, in alphabetical order and each once. */
export async function tiersOf(
  stack: DeployedStack,
  subnetIds: readonly (string | undefined)[],
): Promise<(string | undefined)[]> {
  const subnets = await subnetsOf(stack);
  return [...new Set(subnetIds.map((id) => tierOf(subnets.find(({ SubnetId }) => SubnetId === id))))].sort();
}

/** The incoming rules of groups, as `source:port`. A source is a range or a group. */
export async function ingressOf({ aws }: DeployedStack, groups: readonly string[]): Promise<string[]> {
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

/** The tiers of a network, each over two zones, with what their subnets' default routes lead to. */
export async function waysOut(stack: DeployedStack): Promise<Record<string, string>> {
  const subnets = await subnetsOf(stack);
  const { RouteTables = [] } = await stack.aws.ec2.send(
    new DescribeRouteTablesCommand({
      Filters: [{ Name: 'association.subnet-id', Values: subnets.map(({ SubnetId = '' }) => SubnetId) }],
    }),
  );
  const ways: Record<string, string> = {};
  for (const tier of new Set(subnets.map(tierOf))) {
    const ofTier = subnets.filter((subnet) => tierOf(subnet) === tier);
    const zones = ofTier.map(({ AvailabilityZone }) => AvailabilityZone);
    assert.equal(new Set(zones).size, 2, `${tier} is in ${zones}`);
    const found = ofTier.map(({ SubnetId }) => {
      const table = RouteTables.find(({ Associations = [] }) =>
        Associations.some((association) => association.SubnetId === SubnetId),
      );
      return wayOut(table?.Routes?.find(({ DestinationCidrBlock }) => DestinationCidrBlock === '0.0.0.0/0'));
    });
    ways[tier ?? 'none'] = [...new Set(found)].join(' and ');
  }
  return ways;
}

function wayOut(route: Route | undefined): string {
  if (route?.NatGatewayId?.startsWith('nat-')) return 'NAT gateway';
  if (route?.GatewayId?.startsWith('igw-')) return 'internet gateway';
  return route ? 'elsewhere' : 'nowhere';
}

/** Shows that all traffic is logged, and that the network's default security group lets nothing through. */
export async function flowLog({ aws, idOf }: DeployedStack): Promise<void> {
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

/** Shows that the only rule lets in CloudFront's own security group of this network, on a port. */
export async function onlyCloudFront(
  stack: DeployedStack,
  groups: readonly string[],
  port: number,
): Promise<void> {
  const rules = await ingressOf(stack, groups);
  assert.equal(rules.length, 1, `${rules} is not one rule`);
  const [source = '', allowed] = (rules[0] ?? '').split(':');
  assert.equal(Number(allowed), port);
  assert.match(source, /^sg-\w+$/);
  const { SecurityGroups } = await stack.aws.ec2.send(
    new DescribeSecurityGroupsCommand({ GroupIds: [source] }),
  );
  assert.match(SecurityGroups?.[0]?.GroupName ?? '', /^CloudFront-VPCOrigins-Service-SG/);
}
