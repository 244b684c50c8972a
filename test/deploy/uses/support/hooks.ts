import assert from 'node:assert/strict';
import {
  CompleteLifecycleActionCommand,
  DescribeLifecycleHooksCommand,
  TerminateInstanceInAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling';
import { GetRolePolicyCommand, ListRolePoliciesCommand } from '@aws-sdk/client-iam';
import { until } from '../../support/polling';
import type { DeployedStack } from '../../support/stacks';
import { bootSignal, groupOf, inService, serversOf, userDataOf } from './fleet';
import { targetsOf } from './load-balancer';

/** Shows that a group's servers wait at two hooks, that their scripts complete these, and that their role may. */
export async function hooks(stack: DeployedStack): Promise<void> {
  const group = await groupOf(stack);
  const { AutoScalingGroupName } = group;
  const { LifecycleHooks = [] } = await stack.aws.autoScaling.send(
    new DescribeLifecycleHooksCommand({ AutoScalingGroupName }),
  );
  assert.deepEqual(
    LifecycleHooks.map(({ LifecycleHookName, LifecycleTransition, HeartbeatTimeout, DefaultResult }) =>
      [LifecycleHookName, LifecycleTransition, HeartbeatTimeout, DefaultResult].join(' '),
    ).sort(),
    [
      'first-boot autoscaling:EC2_INSTANCE_LAUNCHING 900 ABANDON',
      'flush-logs autoscaling:EC2_INSTANCE_TERMINATING 120 CONTINUE',
    ],
  );
  const [server] = await serversOf(stack);
  const completed = completionsIn(await userDataOf(stack, server?.InstanceId));
  assert.deepEqual(
    completed.map((options) => [options['auto-scaling-group-name'], options['lifecycle-hook-name']]).sort(),
    [
      [AutoScalingGroupName, 'first-boot'],
      [AutoScalingGroupName, 'flush-logs'],
    ],
  );
  await bootSignal(stack);
  await roleMayComplete(stack, group.AutoScalingGroupARN ?? '');
}

/** The options of each `aws autoscaling complete-lifecycle-action` in a script. */
function completionsIn(script: string): Record<string, string>[] {
  const commands = script.matchAll(/aws autoscaling complete-lifecycle-action (.+)$/gm);
  return [...commands].map(([, options = '']) =>
    Object.fromEntries(
      [...options.matchAll(/--([a-z-]+) "?([^\s"]+)"?/g)].map(([, name, value = '']) => [name, value]),
    ),
  );
}

async function roleMayComplete({ aws, idsOf }: DeployedStack, groupArn: string): Promise<void> {
  const roles = await idsOf('AWS::IAM::Role');
  const ofRoles = roles.map(async (RoleName) => {
    const { PolicyNames = [] } = await aws.iam.send(new ListRolePoliciesCommand({ RoleName }));
    const policies = PolicyNames.map((PolicyName) =>
      aws.iam.send(new GetRolePolicyCommand({ RoleName, PolicyName })),
    );
    return (await Promise.all(policies)).flatMap(
      ({ PolicyDocument = '' }) => JSON.parse(decodeURIComponent(PolicyDocument)).Statement as Statement[],
    );
  });
  const statements = (await Promise.all(ofRoles))
    .flat()
    .filter(({ Action }) => [Action].flat().includes('autoscaling:CompleteLifecycleAction'));
  assert.equal(statements.length, 1);
  const [resource = ''] = [statements[0]?.Resource].flat();
  const pattern = resource.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  assert.match(groupArn, new RegExp(`^${pattern.join('.*')}$`));
}

interface Statement {
  readonly Action: string | string[];
  readonly Resource: string | string[];
}

/**
 * Lets a server leave, and does for it what its leave script would do. Not for a real account, where the server is
 * faster.
 */
export async function leave(stack: DeployedStack): Promise<void> {
  const { autoScaling } = stack.aws;
  const before = inService(await groupOf(stack));
  const [leaving = ''] = before;
  const script = await userDataOf(stack, leaving);
  await autoScaling.send(
    new TerminateInstanceInAutoScalingGroupCommand({
      InstanceId: leaving,
      ShouldDecrementDesiredCapacity: false,
    }),
  );
  const stateOf = async (id: string) =>
    (await groupOf(stack)).Instances?.find(({ InstanceId }) => InstanceId === id)?.LifecycleState;
  await until(`${leaving} waits`, async () =>
    (await stateOf(leaving)) === 'Terminating:Wait' ? true : undefined,
  );
  assert.ok(!(await targetsOf(stack)).includes(leaving), 'it waits, and still gets requests');
  assert.ok(
    (await serversOf(stack)).some(({ InstanceId }) => InstanceId === leaving),
    'it waits, and is gone',
  );

  const options = completionsIn(script).find((command) => command['lifecycle-hook-name'] === 'flush-logs');
  assert.equal(options?.['instance-id'], '$SERVER_ID');
  assert.equal(options.region, await autoScaling.config.region());
  await autoScaling.send(
    new CompleteLifecycleActionCommand({
      AutoScalingGroupName: options['auto-scaling-group-name'],
      LifecycleHookName: options['lifecycle-hook-name'],
      InstanceId: leaving,
      LifecycleActionResult: options['lifecycle-action-result'],
    }),
  );
  await until(`${leaving} is gone`, async () => ((await stateOf(leaving)) === undefined ? true : undefined));
  const after = await until('another one serves', async () => {
    const ids = inService(await groupOf(stack));
    return ids.length === before.length ? ids : undefined;
  });
  assert.deepEqual(
    after.filter((id) => !before.includes(id)).length,
    1,
    `${after} has not one that ${before} had not`,
  );
  assert.deepEqual((await serversOf(stack)).map(({ InstanceId }) => InstanceId).sort(), after);
  assert.deepEqual(await targetsOf(stack), after);
}
