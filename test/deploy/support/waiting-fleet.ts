import {
  type AutoScalingGroup,
  DescribeAutoScalingGroupsCommand,
  type Instance,
} from '@aws-sdk/client-auto-scaling';
import { theOnly } from '../../support/apps';
import type { Aws } from './aws';
import type { Boot } from './boot-root';
import { until } from './polling';
import type { SynthesizedApp } from './units';
import { bootOf, type WaitingServer } from './waiting-server';

/** A server of a fleet, whose signal is awaited. */
export interface WaitingMember extends WaitingServer {
  readonly groupName: string;
  readonly zone: string;
}

/** The servers of a fleet that is being deployed, as soon as its group has launched as many as it must have. */
export async function waitingMembers(aws: Aws, { units }: SynthesizedApp): Promise<WaitingMember[]> {
  const [stack] = units.flatMap(({ stacks }) => stacks);
  if (!stack) throw new Error('there is no stack');
  const { id: logicalId } = theOnly(stack.template, 'AWS::AutoScaling::AutoScalingGroup');
  return until(`the servers of ${stack.stackName}`, async () => {
    const groups = await groupsOf(aws);
    // The stack itself learns the group's name later.
    const group = groups.find(({ AutoScalingGroupName }) =>
      AutoScalingGroupName?.startsWith(`${stack.stackName}-`),
    );
    if (!group?.Instances || group.Instances.length < (group.MinSize ?? 0)) return undefined;
    return group.Instances.map((instance) => ({
      instanceId: instance.InstanceId ?? '',
      zone: instance.AvailabilityZone ?? '',
      groupName: group.AutoScalingGroupName ?? '',
      logicalId,
    }));
  });
}

/** The instances of a group, with their places in its lifecycle. */
export async function instancesOf(aws: Aws, groupName: string): Promise<Instance[]> {
  return (await groupsOf(aws, groupName))[0]?.Instances ?? [];
}

/** What EC2 gives to a server of a fleet: its user data, what that downloads, and its metadata. */
export async function bootOfMember(aws: Aws, { instanceId, zone }: WaitingMember): Promise<Boot> {
  return {
    ...(await bootOf(aws, instanceId)),
    metadata: {
      'instance-id': instanceId,
      'placement/availability-zone': zone,
      [TARGET_STATE]: 'InService',
    },
  };
}

/** Where the metadata tell what Auto Scaling wants of a server. */
export const TARGET_STATE = 'autoscaling/target-lifecycle-state';

async function groupsOf({ autoScaling }: Aws, ...names: string[]): Promise<AutoScalingGroup[]> {
  const { AutoScalingGroups = [] } = await autoScaling.send(
    new DescribeAutoScalingGroupsCommand(names.length > 0 ? { AutoScalingGroupNames: names } : {}),
  );
  return AutoScalingGroups;
}
