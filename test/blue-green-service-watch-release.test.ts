import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { FakeCodeDeploy } from './support/fake-code-deploy';
import { CLUSTER, definitionArn, type FakeDeployment, FakeEcs, SERVICE } from './support/fake-ecs';
import { answerJson, FakeFailure, type FakeOperations } from './support/fake-operations';
import { type LocalService, operationOf, startService, stubFunction } from './support/local-service';

const MINUTE = 60_000;
const ENVIRONMENT = { CLUSTER, SERVICE, DEPLOYMENT: 'ecs' };
const RELEASE = { image: 'repository:2', taskDefinition: definitionArn(2) };

let ecs: FakeEcs;
let codeDeploy: FakeCodeDeploy;
let service: LocalService | undefined;

beforeEach(() => {
  ecs = new FakeEcs('repository:1');
  ecs.define({ image: 'repository:2' });
  codeDeploy = new FakeCodeDeploy(() => ecs.now);
});

afterEach(async () => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
  await service?.close();
});

async function load(
  environment: Readonly<Record<string, string | undefined>> = {},
  operations: FakeOperations = {},
) {
  service = await startService((request) =>
    answerJson(request, { ...ecs.operations, ...codeDeploy.operations, ...operations }),
  );
  stubFunction(service.url, { ...ENVIRONMENT, ...environment });
  const { handler } = await import('../lambda/blue-green-service/watch-release.js');
  return { watch: handler, requests: service.requests };
}

test('a release that has nothing to do has succeeded, and nobody is asked', async () => {
  const { requests, watch } = await load();
  await expect(watch({ ...RELEASE, nothingToDo: true })).resolves.toEqual({
    ...RELEASE,
    nothingToDo: true,
    state: 'SUCCEEDED',
    stage: 'NOTHING_TO_DO',
  });
  expect(requests).toEqual([]);
});

test('what was said before counts no more', async () => {
  const { watch } = await load();
  const release = { ...RELEASE, startedAt: '2999-12-31T00:00:00.000Z' };
  const before = { ...release, state: 'RUNNING', stage: 'BAKE_TIME', reason: 'none' };
  expect(JSON.parse(JSON.stringify(await watch(before)))).toEqual({ ...release, state: 'RUNNING' });
});

describe('ECS', () => {
  /** A release that was started when the revision had been registered, or later. */
  const release = () => ({ ...RELEASE, startedAt: new Date(ecs.now * 1000).toISOString() });

  async function watched(change: Partial<FakeDeployment>) {
    const event = release();
    Object.assign(ecs.deploy(definitionArn(2)), change);
    const { watch } = await load();
    const { image, startedAt, taskDefinition, ...state } = await watch(event);
    expect({ image, startedAt, taskDefinition }).toEqual(event);
    return state;
  }

  test.each(['PENDING', 'STOP_REQUESTED', 'ROLLBACK_REQUESTED', 'ROLLBACK_IN_PROGRESS'] as const)(
    'is at work: %s',
    async (status) => {
      await expect(watched({ status, lifecycleStage: 'SCALE_UP' })).resolves.toEqual({
        state: 'RUNNING',
        stage: status,
      });
    },
  );

  test('says in which stage it is', async () => {
    await expect(watched({ lifecycleStage: 'BAKE_TIME' })).resolves.toEqual({
      state: 'RUNNING',
      stage: 'BAKE_TIME',
    });
  });

  test('may say nothing of a stage', async () => {
    await expect(watched({})).resolves.toEqual({ state: 'RUNNING', stage: 'IN_PROGRESS' });
  });

  test.each([
    ['CLEAN_UP', 'CLEAN_UP'],
    [undefined, 'SUCCESSFUL'],
  ] as const)('has succeeded, also before the first look: %s', async (lifecycleStage, stage) => {
    await expect(watched({ status: 'SUCCESSFUL', lifecycleStage })).resolves.toEqual({
      state: 'SUCCEEDED',
      stage,
    });
  });

  test.each(['STOPPED', 'ROLLBACK_SUCCESSFUL', 'ROLLBACK_FAILED'] as const)(
    'has failed with all reasons, each once: %s',
    async (status) => {
      const state = await watched({
        status,
        statusReason: 'Lifecycle hook failed.',
        rollback: { reason: 'Lifecycle hook failed.' },
      });
      const arn = ecs.deployments[0]?.serviceDeploymentArn;
      expect(state).toEqual({
        state: 'FAILED',
        reason: `The deployment is ${status}. Lifecycle hook failed. ${arn}`,
      });
    },
  );

  test.each([
    [['errors'], 'errors'],
    [['errors', 'latency'], 'errors, latency'],
  ])('has failed for alarms: %j', async (triggeredAlarmNames, alarms) => {
    const state = await watched({
      status: 'ROLLBACK_SUCCESSFUL',
      statusReason: 'It rolled back.',
      rollback: { reason: 'An alarm was in ALARM.' },
      alarms: { triggeredAlarmNames },
    });
    expect(state.reason).toBe(
      `The deployment is ROLLBACK_SUCCESSFUL. It rolled back. An alarm was in ALARM. Alarms: ${alarms}. ${ecs.deployments[0]?.serviceDeploymentArn}`,
    );
  });

  test('has failed where it says nothing', async () => {
    const { reason } = await watched({ status: 'STOPPED', alarms: { triggeredAlarmNames: [] } });
    expect(reason).toBe(`The deployment is STOPPED. ${ecs.deployments[0]?.serviceDeploymentArn}`);
  });

  test('is found among many deployments, before and after it, on many pages', async () => {
    for (let other = 0; other < 30; other += 1) ecs.deploy(definitionArn(1), 'SUCCESSFUL');
    const event = release();
    for (let other = 0; other < 30; other += 1) ecs.deploy(definitionArn(1), 'STOPPED');
    const { createdAt } = ecs.deploy(definitionArn(2), 'STOPPED');
    for (let other = 0; other < 30; other += 1) ecs.deploy(definitionArn(1), 'SUCCESSFUL');
    ecs.deploy(definitionArn(2), 'SUCCESSFUL');
    ecs.pageSize = 7;
    const { watch } = await load();
    const { reason } = await watch(event);
    const found = ecs.deployments.find((each) => each.createdAt === createdAt);
    expect(reason).toBe(`The deployment is STOPPED. ${found?.serviceDeploymentArn}`);
  });

  test('is not what was deployed before, though it is of the same revision', async () => {
    ecs.deploy(definitionArn(2), 'STOPPED');
    ecs.now += 1;
    const event = release();
    ecs.deploy(definitionArn(2), 'SUCCESSFUL');
    const { watch } = await load();
    await expect(watch(event)).resolves.toMatchObject({ state: 'SUCCEEDED' });
  });

  test('counts from the very moment of the registration on', async () => {
    const { createdAt = 0 } = ecs.deploy(definitionArn(2), 'SUCCESSFUL');
    const { watch } = await load();
    const startedAt = new Date(createdAt * 1000).toISOString();
    await expect(watch({ ...RELEASE, startedAt })).resolves.toMatchObject({ state: 'SUCCEEDED' });
  });

  test.each([
    [0, { state: 'RUNNING' }],
    [15 * MINUTE - 1, { state: 'RUNNING' }],
    [15 * MINUTE, { state: 'FAILED', reason: `ECS has no deployment of ${definitionArn(2)}.` }],
  ])('is awaited for 15 minutes: %d milliseconds', async (passed, state) => {
    const event = release();
    const { watch } = await load();
    vi.useFakeTimers({ toFake: ['Date'], now: Date.parse(event.startedAt) + passed });
    await expect(watch(event)).resolves.toEqual({ ...event, ...state });
  });

  test('is awaited where it is listed and not described yet', async () => {
    const event = release();
    ecs.deploy(definitionArn(2));
    const { watch } = await load({}, { DescribeServiceDeployments: () => ({ serviceDeployments: [] }) });
    vi.useFakeTimers({ toFake: ['Date'], now: Date.parse(event.startedAt) });
    await expect(watch(event)).resolves.toEqual({ ...event, state: 'RUNNING' });
  });

  test.each(['ServiceNotFoundException', 'ServiceNotActiveException', 'ClusterNotFoundException'])(
    'has failed where what it belongs to is gone: %s',
    async (name) => {
      const { watch } = await load(
        {},
        {
          ListServiceDeployments: () => {
            throw new FakeFailure(name, 'Not found.');
          },
        },
      );
      await expect(watch(release())).resolves.toMatchObject({
        state: 'FAILED',
        reason: 'What was to be released is gone: Not found.',
      });
    },
  );

  test('is looked at again where ECS has no answer', async () => {
    const { watch } = await load(
      {},
      {
        ListServiceDeployments: () => {
          throw new FakeFailure('AccessDeniedException', 'no right');
        },
      },
    );
    await expect(watch(release())).rejects.toMatchObject({ name: 'AccessDeniedException' });
  });

  test.each(['', 'yesterday', undefined])('can not be looked for since %j', async (startedAt) => {
    const { requests, watch } = await load();
    await expect(watch({ ...RELEASE, startedAt })).rejects.toThrow(
      `the event's startedAt is ${JSON.stringify(startedAt ?? '')}, and no time`,
    );
    expect(requests).toEqual([]);
  });
});

describe('CodeDeploy', () => {
  const CODE_DEPLOY = { DEPLOYMENT: 'codeDeploy' };

  test.each(['Created', 'Queued', 'InProgress', 'Baking', 'Ready'])('is at work: %s', async (status) => {
    const { deploymentId } = codeDeploy.add({ status });
    const { watch } = await load(CODE_DEPLOY);
    await expect(watch({ ...RELEASE, deploymentId })).resolves.toEqual({
      ...RELEASE,
      deploymentId,
      state: 'RUNNING',
      stage: status,
    });
  });

  test('has succeeded', async () => {
    codeDeploy.add({ status: 'Failed' });
    const { deploymentId } = codeDeploy.add({ status: 'Succeeded' });
    const { requests, watch } = await load(CODE_DEPLOY);
    await expect(watch({ ...RELEASE, deploymentId })).resolves.toMatchObject({
      state: 'SUCCEEDED',
      stage: 'Succeeded',
    });
    expect(requests.map(operationOf)).toEqual([{ operation: 'GetDeployment', input: { deploymentId } }]);
  });

  test.each(['Failed', 'Stopped'])('has failed with its reasons: %s', async (status) => {
    const { deploymentId } = codeDeploy.add({
      status,
      errorInformation: { code: 'HOOK_EXECUTION_FAILURE', message: 'A hook failed.' },
      rollbackInfo: { rollbackMessage: 'It rolled back.' },
    });
    const { watch } = await load(CODE_DEPLOY);
    await expect(watch({ ...RELEASE, deploymentId })).resolves.toMatchObject({
      state: 'FAILED',
      reason: `The deployment d-1 is ${status}. A hook failed. It rolled back.`,
    });
  });

  test('has failed where the deployment is gone', async () => {
    const { watch } = await load(CODE_DEPLOY);
    await expect(watch({ ...RELEASE, deploymentId: 'd-7' })).resolves.toMatchObject({
      state: 'FAILED',
      reason: 'What was to be released is gone: The deployment d-7 could not be found',
    });
  });

  test('has failed where the application is gone', async () => {
    const { watch } = await load(CODE_DEPLOY, {
      GetDeployment: () => {
        throw new FakeFailure('ApplicationDoesNotExistException');
      },
    });
    await expect(watch({ ...RELEASE, deploymentId: 'd-7' })).resolves.toMatchObject({ state: 'FAILED' });
  });

  test('needs the deployment’s name', async () => {
    const { watch } = await load(CODE_DEPLOY);
    await expect(watch(RELEASE)).rejects.toThrow("the event's deploymentId is missing");
  });
});

test.each(Object.keys(ENVIRONMENT))('does not start without %s', async (name) => {
  await expect(load({ [name]: '' })).rejects.toThrow(`the environment variable ${name} is empty`);
});
