import assert from 'node:assert/strict';
import {
  DescribeAddressesCommand,
  DescribeInternetGatewaysCommand,
  DescribeNatGatewaysCommand,
  DescribeVpcEndpointsCommand,
} from '@aws-sdk/client-ec2';
import type { DeployedStack } from '../../support/stacks';
import { serverGroupsOf } from './fleet';
import { ingressOf, tiersOf } from './network';

const SERVICES = ['autoscaling', 'cloudformation', 'logs', 'secretsmanager', 'ssm', 'ssmmessages'];

/** Shows that a network has neither internet gateway nor NAT gateway, and the stack no public address. */
export async function noInternet({ aws, idOf, idsOf }: DeployedStack): Promise<void> {
  const vpc = await idOf('AWS::EC2::VPC');
  const { InternetGateways } = await aws.ec2.send(
    new DescribeInternetGatewaysCommand({ Filters: [{ Name: 'attachment.vpc-id', Values: [vpc] }] }),
  );
  assert.deepEqual(InternetGateways, []);
  const { NatGateways = [] } = await aws.ec2.send(
    new DescribeNatGatewaysCommand({ Filter: [{ Name: 'vpc-id', Values: [vpc] }] }),
  );
  assert.deepEqual(
    NatGateways.filter(({ State }) => State !== 'deleted'),
    [],
  );
  assert.deepEqual(await idsOf('AWS::EC2::EIP'), []);
}

/** Shows that a NAT gateway has the only public address. */
export async function onlyNatIsPublic({ aws, idOf }: DeployedStack): Promise<void> {
  const { Addresses } = await aws.ec2.send(
    new DescribeAddressesCommand({ PublicIps: [await idOf('AWS::EC2::EIP')] }),
  );
  const { NatGateways } = await aws.ec2.send(
    new DescribeNatGatewaysCommand({ NatGatewayIds: [await idOf('AWS::EC2::NatGateway')] }),
  );
  assert.deepEqual(
    Addresses?.map(({ AllocationId }) => AllocationId),
    NatGateways?.flatMap(({ NatGatewayAddresses = [] }) =>
      NatGatewayAddresses.map(({ AllocationId }) => AllocationId),
    ),
  );
  assert.equal(Addresses?.length, 1);
}

/** Shows that the services' own names lead to endpoints in the servers' tier, which nobody but the servers can use. */
export async function endpoints(stack: DeployedStack): Promise<void> {
  const vpc = await stack.idOf('AWS::EC2::VPC');
  const { VpcEndpoints = [] } = await stack.aws.ec2.send(
    new DescribeVpcEndpointsCommand({ Filters: [{ Name: 'vpc-id', Values: [vpc] }] }),
  );
  const nameOf = (service: string | undefined) => service?.split('.').at(-1);
  const ofKind = (kind: string) => VpcEndpoints.filter(({ VpcEndpointType }) => VpcEndpointType === kind);
  assert.deepEqual(
    ofKind('Gateway').map(({ ServiceName }) => nameOf(ServiceName)),
    ['s3'],
  );
  const interfaces = ofKind('Interface');
  assert.deepEqual(interfaces.map(({ ServiceName }) => nameOf(ServiceName)).sort(), SERVICES);
  const groups = new Set<string>();
  for (const { Groups = [], PrivateDnsEnabled, ServiceName, SubnetIds = [] } of interfaces) {
    assert.equal(PrivateDnsEnabled, true, ServiceName);
    assert.equal(SubnetIds.length, 2, ServiceName);
    assert.deepEqual(await tiersOf(stack, SubnetIds), ['Server'], ServiceName);
    for (const { GroupId = '' } of Groups) groups.add(GroupId);
  }
  const [servers] = await serverGroupsOf(stack);
  assert.deepEqual(await ingressOf(stack, [...groups]), [`${servers}:443`]);
}
