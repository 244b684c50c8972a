import assert from 'node:assert/strict';
import { weights } from '../../support/service-releases';
import type { DeployedStack } from '../../support/stacks';
import { push, UNREADY } from './board-images';
import { assertSeen, sightsDuring } from './board-visitors';
import { recordOf } from './delivery';
import { release, validationsOf, withImages, withPatience } from './release-workflow';
import { releaseAlarm, serviceOf } from './service-settings';

/** Shows how CodeDeploy releases: all at once, with both listeners, both groups, the alarm and the way back. */
export async function codeDeploySettings(stack: DeployedStack): Promise<void> {
  const service = await serviceOf(stack);
  assert.equal(service.deploymentController?.type, 'CODE_DEPLOY');
  const group = await recordOf(stack, 'AWS::CodeDeploy::DeploymentGroup');
  if (!group) return;
  const { AlarmConfiguration, AutoRollbackConfiguration, DeploymentConfigName } = group;
  assert.equal(DeploymentConfigName, 'CodeDeployDefault.ECSAllAtOnce');
  assert.deepEqual((AlarmConfiguration as { Alarms: unknown[] }).Alarms, [
    { Name: await releaseAlarm(stack) },
  ]);
  assert.deepEqual(AutoRollbackConfiguration, {
    Enabled: true,
    Events: ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_REQUEST', 'DEPLOYMENT_STOP_ON_ALARM'],
  });
}

/** Shows that a version that is not ready is no release for CodeDeploy either, and no user sees it. */
export const badForCodeDeploy = (served: string) =>
  withImages(async (stack) => {
    const before = await weights(stack);
    const image = await push(stack, `${UNREADY}2`);
    await withPatience(stack, 1, async () => {
      const sights = await sightsDuring(stack, async () => {
        const { cause = '', error, status } = await release(stack, image);
        assert.deepEqual([status, error], ['FAILED', 'ReleaseFailed'], cause);
        assert.match(cause, /The deployment d-\w+ is Failed\..*did not report success/);
      });
      assertSeen(sights, [served]);
    });
    const [last] = (await validationsOf(stack)).slice(-1);
    assert.match(last?.problems?.join('\n') ?? '', /\/readyz answered 500/);
    assert.deepEqual(await weights(stack), before);
  });
