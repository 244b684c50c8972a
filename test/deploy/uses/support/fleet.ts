import assert from 'node:assert/strict';
import { type AutoScalingGroup, DescribeAutoScalingGroupsCommand } from '@aws-sdk/client-auto-scaling';
import {
  DescribeInstanceAttributeCommand,
  DescribeInstancesCommand,
  DescribeLaunchTemplatesCommand,
  DescribeVolumesCommand,
  type Instance,
} from '@aws-sdk/client-ec2';
import { type DeployedStack, resourcesOf } from '../../support/stacks';
import { ingressOf, tiersOf } from './network';

/** The Auto Scaling group of a stack. */
export async function groupOf({ aws, idOf }: DeployedStack): Promise<AutoScalingGroup> {
  const name = await idOf('AWS::AutoScaling::AutoScalingGroup');
  const { AutoScalingGroups } = await aws.autoScaling.send(
    new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [name] }),
  );
  const group = AutoScalingGroups?.[0];
  if (!group) throw new Error(`Auto Scaling does not know ${name}`);
  return group;
}

/** The ids of a group's servers that are in service. */
export function inService({ Instances = [] }: AutoScalingGroup): string[] {
  return Instances.filter(({ LifecycleState }) => LifecycleState === 'InService')
    .map(({ InstanceId = '' }) => InstanceId)
    .sort();
}

/** The instances that the stack's group launched, and that run. */
export async function serversOf(stack: DeployedStack): Promise<Instance[]> {
  const name = await stack.idOf('AWS::AutoScaling::AutoScalingGroup');
  const { Reservations = [] } = await stack.aws.ec2.send(
    new DescribeInstancesCommand({ Filters: [{ Name: 'tag:aws:autoscaling:groupName', Values: [name] }] }),
  );
  const launched = Reservations.flatMap(({ Instances = [] }) => Instances);
  return launched.filter(({ State }) => State?.Name === 'running');
}

/** The security groups of the servers. */
export async function serverGroupsOf(stack: DeployedStack): Promise<string[]> {
  const groups = (await serversOf(stack)).flatMap(({ SecurityGroups = [] }) => SecurityGroups);
  return [...new Set(groups.map(({ GroupId = '' }) => GroupId))];
}

/** What a server runs at its first boot. */
export async function userDataOf({ aws }: DeployedStack, InstanceId: string | undefined): Promise<string> {
  const { UserData } = await aws.ec2.send(
    new DescribeInstanceAttributeCommand({ InstanceId, Attribute: 'userData' }),
  );
  return Buffer.from(UserData?.Value ?? '', 'base64').toString();
}

/** Shows that a group's servers are all made of the newest version of one template, in two zones, and private. */
export async function servers(stack: DeployedStack): Promise<void> {
  const group = await groupOf(stack);
  const running = await serversOf(stack);
  assert.equal(running.length, group.DesiredCapacity);
  assert.deepEqual(running.map(({ InstanceId }) => InstanceId).sort(), inService(group));
  await newestTemplate(stack, group);
  assert.equal(new Set(running.map(({ Placement }) => Placement?.AvailabilityZone)).size, 2);
  assert.deepEqual(
    await tiersOf(
      stack,
      running.map(({ SubnetId }) => SubnetId),
    ),
    ['Server'],
  );
  for (const { IamInstanceProfile, InstanceType, MetadataOptions, PublicIpAddress } of running) {
    assert.deepEqual(
      { InstanceType, PublicIpAddress, tokens: MetadataOptions?.HttpTokens },
      { InstanceType: 't4g.micro', PublicIpAddress: undefined, tokens: 'required' },
    );
    assert.ok(IamInstanceProfile?.Arn, 'a server has no instance profile');
  }
  await volumes(
    stack,
    running.map(({ InstanceId = '' }) => InstanceId),
  );
}

async function newestTemplate({ aws }: DeployedStack, group: AutoScalingGroup): Promise<void> {
  const LaunchTemplateIds = [group.LaunchTemplate?.LaunchTemplateId ?? ''];
  const { LaunchTemplates } = await aws.ec2.send(new DescribeLaunchTemplatesCommand({ LaunchTemplateIds }));
  const newest = String(LaunchTemplates?.[0]?.LatestVersionNumber);
  for (const { InstanceId, LaunchTemplate } of group.Instances ?? []) {
    assert.deepEqual(
      [LaunchTemplate?.LaunchTemplateId, LaunchTemplate?.Version],
      [LaunchTemplateIds[0], newest],
      InstanceId,
    );
  }
}

async function volumes({ aws }: DeployedStack, instanceIds: string[]): Promise<void> {
  const { Volumes = [] } = await aws.ec2.send(
    new DescribeVolumesCommand({ Filters: [{ Name: 'attachment.instance-id', Values: instanceIds }] }),
  );
  assert.deepEqual(
    Volumes.map(({ Encrypted, VolumeType }) => ({ Encrypted, VolumeType })),
    instanceIds.map(() => ({ Encrypted: true, VolumeType: 'gp3' })),
  );
}

/** Shows how a group keeps its servers well and replaces them. */
export async function groupSettings(stack: DeployedStack): Promise<void> {
  const group = await groupOf(stack);
  const { DefaultInstanceWarmup, HealthCheckGracePeriod, InstanceMaintenancePolicy, TerminationPolicies } =
    group;
  assert.match(group.HealthCheckType ?? '', /ELB/);
  assert.deepEqual(
    { DefaultInstanceWarmup, HealthCheckGracePeriod, InstanceMaintenancePolicy, TerminationPolicies },
    {
      DefaultInstanceWarmup: 120,
      HealthCheckGracePeriod: 300,
      InstanceMaintenancePolicy: { MinHealthyPercentage: 100, MaxHealthyPercentage: 150 },
      TerminationPolicies: ['OldestLaunchTemplate', 'Default'],
    },
  );
  assert.deepEqual(group.AvailabilityZoneImpairmentPolicy, {
    ZonalShiftEnabled: true,
    ImpairedZoneHealthCheckBehavior: 'IgnoreUnhealthy',
  });
  const metrics = group.EnabledMetrics?.map(({ Metric }) => Metric) ?? [];
  for (const metric of ['GroupDesiredCapacity', 'GroupInServiceInstances', 'GroupMaxSize'])
    assert.ok(metrics.includes(metric), `${metric} is not collected`);
}

/** Shows that a server's first boot signals this stack's group. */
export async function bootSignal(stack: DeployedStack): Promise<void> {
  const group = await groupOf(stack);
  const [server] = await serversOf(stack);
  const text = await userDataOf(stack, server?.InstanceId);
  const resources = await resourcesOf(stack.aws, stack.name);
  const id = resources.find((resource) => resource.PhysicalResourceId === group.AutoScalingGroupName);
  const region = await stack.aws.ec2.config.region();
  const signal = `cfn-signal --stack ${stack.name} --resource ${id?.LogicalResourceId} --region ${region} `;
  assert.ok(text.includes(signal), `the first boot has no "${signal}"`);
}

/** Shows that only the load balancer reaches the servers, on the application's port. */
export async function onlyBalancerReachesServers(
  stack: DeployedStack,
  balancerGroups: readonly string[],
): Promise<void> {
  assert.equal(balancerGroups.length, 1);
  assert.deepEqual(await ingressOf(stack, await serverGroupsOf(stack)), [`${balancerGroups[0]}:8080`]);
}
