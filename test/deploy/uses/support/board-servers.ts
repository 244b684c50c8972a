import assert from 'node:assert/strict';
import { ListTaskDefinitionsCommand } from '@aws-sdk/client-ecs';
import type { DeployedStack } from '../../support/stacks';
import { recordOf } from './delivery';
import { groupOf } from './fleet';
import { loadBalancerOf } from './load-balancer';
import { withImages } from './release-workflow';

/** Shows how CodeDeploy releases to the servers: in place, one at a time, out of the load balancer, and back after an error. */
export async function serverReleases(stack: DeployedStack): Promise<void> {
  const record = await recordOf(stack, 'AWS::CodeDeploy::DeploymentGroup');
  if (!record) return;
  const { alarms, ...group } = {
    ...record,
    alarms: record.AlarmConfiguration as { Alarms: { Name: string }[] },
  };
  const { AutoRollbackConfiguration, AutoScalingGroups, DeploymentConfigName, LoadBalancerInfo } =
    group as Readonly<Record<string, unknown>>;
  assert.equal(DeploymentConfigName, 'CodeDeployDefault.OneAtATime');
  assert.deepEqual(AutoScalingGroups, [(await groupOf(stack)).AutoScalingGroupName]);
  assert.deepEqual(AutoRollbackConfiguration, {
    Enabled: true,
    Events: ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_REQUEST', 'DEPLOYMENT_STOP_ON_ALARM'],
  });
  assert.equal((LoadBalancerInfo as { TargetGroupInfoList: unknown[] }).TargetGroupInfoList.length, 1);
  assert.equal(alarms.Alarms.length, 1);
  assert.match(alarms.Alarms[0]?.Name ?? '', /ReleaseErrors/);
  assert.equal((await loadBalancerOf(stack)).Scheme, 'internet-facing');
}

/** Shows that nothing of the containers is left: neither processes nor revisions that releases have registered. */
export const noContainers = withImages(async (stack, control) => {
  assert.deepEqual(await control.containers(), []);
  for (const status of ['ACTIVE', 'INACTIVE'] as const) {
    const { taskDefinitionArns = [] } = await stack.aws.ecs.send(new ListTaskDefinitionsCommand({ status }));
    assert.deepEqual(
      taskDefinitionArns.filter((arn) => arn.includes(`/${stack.name}-`)),
      [],
      status,
    );
  }
});
