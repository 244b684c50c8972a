import assert from 'node:assert/strict';
import { DescribeVpcsCommand } from '@aws-sdk/client-ec2';
import { GetFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import type { DeployedStack } from '../../support/stacks';
import { onlyNatIsPublic } from './endpoints';
import { serversOf, userDataOf } from './fleet';
import { balancerGroupsOf } from './load-balancer';
import { flowLog, ingressOf, tiersOf, waysOut } from './network';
import { functionIn, inBoth, twoRegions } from './two-regions';

/** The tiers of a network with servers in it, with what they lead to. */
const TIERS = {
  LoadBalancer: 'nowhere',
  Server: 'NAT gateway',
  Database: 'nowhere',
  Public: 'internet gateway',
};

/** Shows that both networks have the same tiers, at addresses that the other one has not. */
export async function networks(stack: DeployedStack): Promise<void> {
  const ranges: (string | undefined)[] = [];
  await inBoth(stack, async (region) => {
    assert.deepEqual(await waysOut(region), TIERS);
    await onlyNatIsPublic(region);
    await flowLog(region);
    const VpcIds = [await region.idOf('AWS::EC2::VPC')];
    const { Vpcs = [] } = await region.aws.ec2.send(new DescribeVpcsCommand({ VpcIds }));
    ranges.push(...Vpcs.map(({ CidrBlock }) => CidrBlock));
  });
  assert.deepEqual(ranges, ['10.0.0.0/16', '10.1.0.0/16']);
}

/** Shows that a sleeping standby keeps its network, and that nothing in it leads anywhere or costs anything. */
export async function sleepingNetwork(stack: DeployedStack): Promise<void> {
  const { standby } = await twoRegions(stack);
  assert.deepEqual(await waysOut(standby), { ...TIERS, Server: 'nowhere' });
  for (const type of ['AWS::EC2::EIP', 'AWS::EC2::NatGateway'])
    assert.deepEqual(await standby.idsOf(type), []);
}

/** Shows that a range and the function that looks whether a region serves reach its load balancer, and nobody else. */
export async function reachedBy(stack: DeployedStack, range: string): Promise<void> {
  await inBoth(stack, async (region) => {
    const { VpcConfig } = await region.aws.lambda.send(
      new GetFunctionConfigurationCommand({ FunctionName: await functionIn(region, 'Verification') }),
    );
    const [verifier, ...others] = VpcConfig?.SecurityGroupIds ?? [];
    assert.deepEqual(others, []);
    assert.deepEqual(
      await ingressOf(region, await balancerGroupsOf(region)),
      [`${range}:80`, `${verifier}:80`].sort(),
    );
    assert.deepEqual(await tiersOf(region, VpcConfig?.SubnetIds ?? []), ['LoadBalancer']);
  });
}

/** Shows that servers are not told where their database is, but how to ask for it when they boot. */
export async function serversAsk(stack: DeployedStack): Promise<void> {
  const { names } = await twoRegions(stack);
  await inBoth(stack, async (region) => {
    const [server] = await serversOf(region);
    const script = await userDataOf(region, server?.InstanceId);
    const question = `aws ssm get-parameter --region ${region.aws.region} --name ${names.databaseHostParameter} `;
    assert.ok(script.includes(question), `the first boot has no "${question}"`);
    assert.doesNotMatch(script, /DATABASE_HOST=[^$]/);
  });
}
