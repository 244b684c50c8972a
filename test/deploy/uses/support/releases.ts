import assert from 'node:assert/strict';
import { UpdateServiceCommand } from '@aws-sdk/client-ecs';
import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import type { Control } from '../../support/control';
import { until } from '../../support/polling';
import { deployments, serviceIds, weights } from '../../support/service-releases';
import type { DeployedStack } from '../../support/stacks';
import { MISLABELLED, push, repositoryOf, teach, UNREADY } from './board-images';
import { assertSeen, sightsDuring, versionOf, visitorOf } from './board-visitors';
import { assertSucceeded } from './executions';
import {
  release,
  startAgain,
  startRelease,
  validationsOf,
  withImages,
  withPatience,
} from './release-workflow';
import { runningDefinition } from './service-settings';

/** How many tasks serve: the least that scaling leaves. */
const TASKS = 2;

/** Seconds that a minute of bake time takes, where nobody waits for it. */
const SHORT_MINUTE = 0.1;

const BLUE = [
  [100, 0],
  [100, 0],
];
const GREEN = [
  [0, 100],
  [0, 100],
];

/** Shows what users get before anything was released. */
export const placeholder = withImages(async (stack, control) => {
  await teach(stack, control);
  await control.deploymentMinute(SHORT_MINUTE);
  const ask = await visitorOf(stack);
  const answer = await ask('/');
  assert.deepEqual([answer.status, await answer.text()], [200, 'Nothing has been released yet.']);
  assert.equal(await versionOf(stack), 'none');
  assert.deepEqual(await weights(stack), BLUE);
  await scaleOut(stack, control);
});

/** Releases a version for the first time: it is tried before users get it, and serves all that it promises. */
export const firstRelease = withImages(async (stack, control) => {
  await releaseUnderLoad(stack, control, { from: 'none', to: 'release-1' });
  assert.deepEqual(await weights(stack), GREEN);
  const [last] = (await validationsOf(stack)).slice(-1);
  assert.equal(last?.addresses?.length, 2);
  const container = (await runningDefinition(stack)).containerDefinitions?.[0];
  assert.deepEqual(container?.command ?? [], [], 'it is started with the command of the placeholder');
  await postAndRead(stack);
});

/** Releases another version: nobody notices but by the version. */
export const nextRelease = withImages(async (stack, control) => {
  await releaseUnderLoad(stack, control, { from: 'release-1', to: 'release-2' });
  assert.deepEqual(await weights(stack), BLUE);
});

/** Shows that versions that are not as they should be go back, and no user sees them. */
export const badVersions = withImages(async (stack) => {
  await withPatience(stack, 1, async () => {
    for (const [tag, problem] of [
      [`${UNREADY}1`, /\/readyz answered 500 and not 200/],
      [`${MISLABELLED}1`, /is of version "another" and not "mislabelled-1"/],
    ] as const) {
      const image = await push(stack, tag);
      const sights = await sightsDuring(stack, async () => {
        const { cause, error, status } = await release(stack, image);
        assert.deepEqual([status, error], ['FAILED', 'ReleaseFailed'], cause);
        assert.match(cause ?? '', /ROLLBACK_SUCCESSFUL.*lifecycle hook/);
      });
      assertSeen(sights, ['release-2']);
      const [last] = (await validationsOf(stack)).slice(-1);
      assert.match(last?.problems?.join('\n') ?? '', problem);
    }
  });
  assert.deepEqual(await weights(stack), BLUE);
});

/** Shows that what is no image of the service's repository is refused, and changes nothing. */
export const refusedImages = withImages(async (stack) => {
  const { repositoryUri } = await repositoryOf(stack);
  const before = await deployments(stack);
  for (const [image, reason] of [
    ['public.ecr.aws/docker/library/node:24-slim', 'NotOfThisRepository'],
    [`${repositoryUri}-other:release-1`, 'NotOfThisRepository'],
    [repositoryUri ?? '', 'NotOfThisRepository'],
    [`${repositoryUri}:never-built`, 'NoSuchImage'],
  ] as const) {
    const { cause, error, status } = await release(stack, image);
    assert.deepEqual([status, error], ['FAILED', reason], `${image}: ${cause}`);
  }
  assert.equal((await deployments(stack)).length, before.length);
  assert.equal(await versionOf(stack), 'release-2');
});

/** Goes back to a version that was released before, and shows that this is done once, however often it is asked for. */
export const wayBack = withImages(async (stack) => {
  const { repositoryUri } = await repositoryOf(stack);
  const image = `${repositoryUri}:release-1`;
  const before = await deployments(stack);
  let started: object = {};
  const sights = await sightsDuring(stack, async () => {
    const ended = await release(stack, image, 'way-back');
    assertSucceeded(ended);
    const { stage: _stage, state: _state, ...answer } = ended.output;
    started = answer;
  });
  assertSeen(sights, ['release-2', 'release-1']);
  assert.deepEqual(await startAgain(stack, image, 'way-back'), started);
  const again = await release(stack, image);
  assertSucceeded(again);
  assert.equal(again.output.stage, 'NOTHING_TO_DO');
  await assert.rejects(startRelease(stack, `${repositoryUri}:release-2`, 'way-back'), {
    name: 'ExecutionAlreadyExists',
  });
  assert.equal((await deployments(stack)).length, before.length + 1);
});

/** Releases a version under load, and looks whether it was tried before users got it, and whether the old tasks end. */
async function releaseUnderLoad(
  stack: DeployedStack,
  control: Control,
  { from, to }: { from: string; to: string },
): Promise<void> {
  const image = await push(stack, to);
  const old = await processesOf(control);
  const sights = await sightsDuring(stack, async () => assertSucceeded(await release(stack, image)));
  assertSeen(sights, [from, to]);
  const [last] = (await validationsOf(stack)).slice(-1);
  assert.deepEqual([last?.message, last?.version], ['The release passed all checks', to]);
  const firstSight = Math.min(...sights.flat().flatMap(({ at, version }) => (version === to ? [at] : [])));
  assert.ok((last?.at ?? Number.POSITIVE_INFINITY) <= firstSight, 'users got it before it was tried');
  await until('the end of the old tasks', async () => {
    const left = await processesOf(control);
    return left.length === TASKS && !left.some((pid) => old.includes(pid)) ? true : undefined;
  });
}

/** Brings the service to its least number of tasks, as Application Auto Scaling does; an emulator only keeps its rules. */
async function scaleOut(stack: DeployedStack, control: Control): Promise<void> {
  const { cluster, services } = await serviceIds(stack);
  await stack.aws.ecs.send(new UpdateServiceCommand({ cluster, service: services[0], desiredCount: TASKS }));
  await until('the second task', async () =>
    (await processesOf(control)).length === TASKS ? true : undefined,
  );
}

/** The processes of the service's tasks. */
async function processesOf(control: Control): Promise<number[]> {
  return (await control.containers()).map(({ pid }) => pid);
}

/** Posts a notice with the token of the secret, and reads it. */
async function postAndRead(stack: DeployedStack): Promise<void> {
  const ask = await visitorOf(stack);
  const SecretId = await stack.idOf('AWS::SecretsManager::Secret');
  const { SecretString } = await stack.aws.secrets.send(new GetSecretValueCommand({ SecretId }));
  const post = (token: string | undefined) =>
    ask('/notices', {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ title: 'Fire drill', body: 'On Tuesday at ten.' }),
    });
  assert.equal((await post('no-such-token-at-all')).status, 401);
  const posted = await post(SecretString);
  assert.equal(posted.status, 201, await posted.clone().text());
  const { id } = (await posted.json()) as { id: string };
  const listed = await (await ask('/notices')).text();
  assert.ok(listed.includes(id) && listed.includes('Fire drill'), listed);
}
