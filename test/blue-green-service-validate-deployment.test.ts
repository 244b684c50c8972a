import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type CapturedOutput, captureOutput } from './support/captured-output';
import { FakeCodeDeploy, type FakeCodeDeployment } from './support/fake-code-deploy';
import { CONTAINER, definitionArn, FakeEcs } from './support/fake-ecs';
import { FakeLoadBalancer, LOAD_BALANCER } from './support/fake-load-balancer';
import { answerJson, FakeFailure, type FakeOperations } from './support/fake-operations';
import { operationOf, startService, stubFunction } from './support/local-service';

vi.mock('node:timers/promises', () => ({
  setTimeout: async (milliseconds: number) => vi.advanceTimersByTime(milliseconds),
}));

const REPOSITORY = '123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/board/notices';
const ENVIRONMENT = {
  LOAD_BALANCER,
  PROTOCOL: 'http',
  HOST: '',
  CHECKS: JSON.stringify([{ path: '/readyz', status: 200 }]),
  VERSION_PATH: '/version',
  REPOSITORY_URI: REPOSITORY,
  CONTAINER_NAME: CONTAINER,
  PATIENCE_SECONDS: '4',
};

/** The AppSpec as `start-release` writes it. */
const APP_SPEC = `{"version":0.0,"Resources":[{"TargetService":{"Properties":{"TaskDefinition":"${definitionArn(1)}"}}}]}`;
const inJson = (content?: string) => ({ revisionType: 'AppSpecContent', appSpecContent: { content } });

let ecs: FakeEcs;
let codeDeploy: FakeCodeDeploy;
let output: CapturedOutput;
const cleanUps: (() => unknown)[] = [];

beforeEach(() => {
  ecs = new FakeEcs(`${REPOSITORY}:2222222`);
  for (let revision = 2; revision < 13; revision += 1) ecs.define({ image: `${REPOSITORY}:other` });
  codeDeploy = new FakeCodeDeploy(() => ecs.now);
  output = captureOutput();
  vi.useFakeTimers({ toFake: ['performance'] });
});

afterEach(async () => {
  output.restore();
  vi.useRealTimers();
  vi.unstubAllEnvs();
  for (const cleanUp of cleanUps.splice(0)) await cleanUp();
});

interface SetUp {
  readonly deployment?: Partial<FakeCodeDeployment>;
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly operations?: FakeOperations;
  readonly status?: number;
}

async function setUp({ deployment, environment, operations, status = 200 }: SetUp = {}) {
  const balancer = await FakeLoadBalancer.start(1, (_, response) =>
    response.writeHead(status).end('{"version":"2222222"}'),
  );
  const aws = await startService((request) =>
    request.headers['x-amz-target']
      ? answerJson(request, { ...ecs.operations, ...codeDeploy.operations, ...operations })
      : balancer.describe(request),
  );
  cleanUps.push(
    () => balancer.close(),
    () => aws.close(),
  );
  stubFunction(aws.url, { ...ENVIRONMENT, TEST_PORT: `${balancer.port}`, ...environment });
  const { deploymentId } = codeDeploy.add({ revision: inJson(APP_SPEC), ...deployment });
  const { handler } = await import('../lambda/blue-green-service/validate-deployment.js');
  const validate = () =>
    handler(
      { DeploymentId: deploymentId, LifecycleEventHookExecutionId: 'hook-1' },
      { getRemainingTimeInMillis: () => 900_000 },
    );
  return { requests: aws.requests, validate };
}

/** What the function said of a failure, and nothing else. */
const problems = () => output.lines.flatMap((line) => JSON.parse(line).problems ?? []);

/** What CodeDeploy was told, once. */
function told() {
  expect([...codeDeploy.answers.keys()]).toEqual(['hook-1']);
  return codeDeploy.answers.get('hook-1');
}

test.each<[string, Partial<FakeCodeDeployment>]>([
  ['JSON', {}],
  [
    'YAML',
    {
      revision: inJson(
        `version: 0.0\nResources:\n  - TargetService:\n      Properties:\n        TaskDefinition: ${definitionArn(1)}\n`,
      ),
    },
  ],
  ['the older form', { revision: { revisionType: 'String', string: { content: APP_SPEC } } }],
  ['the description', { revision: inJson(), description: `Release run-1 of ${definitionArn(1)}` }],
])('a release passes whose task definition is in %s', async (_, deployment) => {
  const { requests, validate } = await setUp({ deployment });
  await expect(validate()).resolves.toEqual({ status: 'Succeeded' });
  expect(told()).toBe('Succeeded');
  expect(problems()).toEqual([]);
  const last = requests.at(-1);
  expect(last && operationOf(last)).toEqual({
    operation: 'PutLifecycleEventHookExecutionStatus',
    input: { deploymentId: 'd-1', lifecycleEventHookExecutionId: 'hook-1', status: 'Succeeded' },
  });
});

test.each<[string, SetUp, string]>([
  ['a page is not there', { status: 503 }, '/readyz answered 503 and not 200'],
  [
    'another version answers',
    { deployment: { revision: inJson(APP_SPEC.replace(definitionArn(1), definitionArn(12))) } },
    '/version is of version "2222222" and not "other": the test listener does not lead to the release',
  ],
  [
    'the deployment names no task definition',
    { deployment: { revision: inJson('{"version":0.0}') } },
    'the deployment d-1 names no revision of a task definition',
  ],
  [
    'the deployment names no revision',
    { deployment: { revision: inJson(APP_SPEC.replace(/:1"/, '"')) } },
    'the deployment d-1 names no revision of a task definition',
  ],
  [
    'the deployment says nothing',
    { deployment: { revision: undefined } },
    'the deployment d-1 names no revision of a task definition',
  ],
  [
    'the container is missing',
    { environment: { CONTAINER_NAME: 'web' } },
    `the task definition ${definitionArn(1)} has no container web`,
  ],
  [
    'the task definition is missing',
    { deployment: { revision: inJson(APP_SPEC.replace(definitionArn(1), definitionArn(77))) } },
    'ClientException: The specified task definition does not exist.',
  ],
  [
    'the environment is wrong',
    { environment: { CHECKS: '[]' } },
    'the environment variable CHECKS is [], and no list of checks, each with a path and a status',
  ],
  [
    'the environment is incomplete',
    { environment: { LOAD_BALANCER: undefined } },
    'the environment variable LOAD_BALANCER is missing',
  ],
])('CodeDeploy is told that it failed, and the log why, where %s', async (_, options, problem) => {
  const { validate } = await setUp(options);
  await expect(validate()).resolves.toEqual({ status: 'Failed' });
  expect(told()).toBe('Failed');
  expect(problems()).toContainEqual(expect.stringContaining(problem));
});

test('an answer that CodeDeploy has already is an answer', async () => {
  codeDeploy.answers.set('hook-1', 'Succeeded');
  const { validate } = await setUp();
  await expect(validate()).resolves.toEqual({ status: 'Succeeded' });
});

test('an answer that CodeDeploy does not take makes the function fail, so that it is called again', async () => {
  const { validate } = await setUp({
    operations: {
      PutLifecycleEventHookExecutionStatus: () => {
        throw new FakeFailure('AccessDeniedException', 'no right');
      },
    },
  });
  await expect(validate()).rejects.toMatchObject({ name: 'AccessDeniedException' });
});
