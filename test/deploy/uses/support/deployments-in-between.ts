import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch';
import { Tags } from 'aws-cdk-lib';
import { addCatalogue } from '../../../../bin/catalogue';
import { type Settings, settingsFor } from '../../../../bin/settings';
import { deploy, emulatorEnvironment } from '../../support/cli';
import { until } from '../../support/polling';
import { deployments, weights } from '../../support/service-releases';
import { type DeployedStack, statusOf } from '../../support/stacks';
import { synthesizeApp } from '../../support/units';
import { push, repositoryOf } from './board-images';
import { assertSeen, sightsDuring, versionOf } from './board-visitors';
import { ended } from './executions';
import { release, startRelease, withImages } from './release-workflow';
import { releaseAlarm, runningDefinition } from './service-settings';

/** A bake time of five minutes that nobody sees the end of. */
const LONG_MINUTE = 60;
const LONG = 300;

/** What it is otherwise, in seconds. */
const SHORT_MINUTE = 0.1;
const USUAL = 10;

const OTHER_SETTINGS: Partial<Settings> = { blueGreenService: { cpu: 512, memoryLimitMiB: 2048 } };

/**
 * Shows that nothing comes in between while a release is on its way: neither another release nor a deployment of the stack,
 * which says what to do. Then errors lead users back.
 */
export const inBetween = withImages(async (stack, control, emulator) => {
  const { repositoryUri } = await repositoryOf(stack);
  const before = await weights(stack);
  const image = await push(stack, 'release-3');
  await control.deploymentMinute(LONG_MINUTE, LONG);
  try {
    const sights = await sightsDuring(stack, async () => {
      const execution = await startRelease(stack, image);
      await until('the bake time', async () =>
        (await deployments(stack))[0]?.lifecycleStage === 'BAKE_TIME' ? true : undefined,
      );
      const second = await release(stack, `${repositoryUri}:release-1`);
      assert.deepEqual([second.status, second.error], ['FAILED', 'ReleaseInProgress'], second.cause);
      assert.match(second.cause ?? '', /A release is under way: .* stop-service-deployment/);

      await assert.rejects(deployOnly(stack, emulator, OTHER_SETTINGS), (error: Error) =>
        /A release is under way: .* is IN_PROGRESS\. Wait until .* Then deploy again\./.test(error.message),
      );
      assert.equal(await statusOf(stack.aws, stack.name), 'UPDATE_ROLLBACK_COMPLETE');
      assert.equal(await versionOf(stack), 'release-3');

      const alarm = await releaseAlarm(stack);
      await setAlarm(stack, alarm, 'ALARM');
      const { cause = '', error, status } = await ended(stack, execution);
      assert.deepEqual([status, error], ['FAILED', 'ReleaseFailed'], cause);
      assert.ok(cause.includes('ROLLBACK_SUCCESSFUL') && cause.includes(alarm), cause);
      await setAlarm(stack, alarm, 'OK');
    });
    assertSeen(sights, ['release-2', 'release-3', 'release-2']);
    assert.deepEqual(await weights(stack), before);
    assert.equal((await runningDefinition(stack)).cpu, '256');
  } finally {
    await control.deploymentMinute(SHORT_MINUTE, USUAL);
  }
});

/**
 * Deploys the stack with other settings than those of the sandbox.
 *
 * @param tag what everything is tagged with, the rules of the listeners included
 */
export async function deployOnly(
  { aws, name }: DeployedStack,
  url: string,
  settings: Partial<Settings>,
  tag?: string,
): Promise<void> {
  const { folder } = synthesizeApp((app) => {
    addCatalogue(app, { ...settingsFor('sandbox'), ...settings });
    if (tag) Tags.of(app).add('Team', tag);
  });
  try {
    await deploy(folder, [name], emulatorEnvironment({ url }, aws.region));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function setAlarm({ aws }: DeployedStack, AlarmName: string, StateValue: 'ALARM' | 'OK') {
  return aws.cloudWatch.send(
    new SetAlarmStateCommand({ AlarmName, StateValue, StateReason: 'Errors of the new version' }),
  );
}
