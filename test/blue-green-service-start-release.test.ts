import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { APPLICATION, DEPLOYMENT_GROUP, FakeCodeDeploy } from './support/fake-code-deploy';
import { CLUSTER, CONTAINER, definitionArn, FAMILY, FakeEcs, SERVICE } from './support/fake-ecs';
import { answerJson, FakeFailure } from './support/fake-operations';
import {
  type LocalService,
  operationOf,
  type ServiceRequest,
  signedRegion,
  startService,
  stubFunction,
} from './support/local-service';

const REPOSITORY = '123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/board/notices';
const OLD = `${REPOSITORY}:1111111`;
const NEW = `${REPOSITORY}:2222222`;
const DIGEST = `sha256:${'ab'.repeat(32)}`;
const HOOK = 'arn:aws:lambda:ap-northeast-3:123456789012:function:validate';

const ENVIRONMENT = {
  CLUSTER,
  SERVICE,
  CONTAINER_NAME: CONTAINER,
  COMMAND: '[]',
  REPOSITORY_URI: REPOSITORY,
  DEPLOYMENT: 'ecs',
};

const CODE_DEPLOY = {
  DEPLOYMENT: 'codeDeploy',
  APPLICATION,
  DEPLOYMENT_GROUP,
  CONTAINER_PORT: '8080',
  VALIDATION_FUNCTION: HOOK,
  FAMILY,
};

/** What changes something. */
const CHANGES = ['RegisterTaskDefinition', 'UpdateService', 'CreateDeployment'];

let ecs: FakeEcs;
let codeDeploy: FakeCodeDeploy;
let describeImages: () => object;
/** Called with each request after it was answered; what it throws is the answer. */
let interfere: (request: ServiceRequest) => void;
let service: LocalService | undefined;

beforeEach(() => {
  ecs = new FakeEcs(OLD);
  codeDeploy = new FakeCodeDeploy(() => {
    ecs.now += 1;
    return ecs.now;
  });
  describeImages = () => ({ imageDetails: [{}] });
  interfere = () => undefined;
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await service?.close();
});

async function load(environment: Readonly<Record<string, string | undefined>> = {}) {
  service = await startService((request) => {
    const operations = {
      ...ecs.operations,
      ...codeDeploy.operations,
      DescribeImages: () => describeImages(),
    };
    const answer = answerJson(request, operations);
    return answerJson(request, {
      [`${operationOf(request).operation}`]: () => {
        interfere(request);
        if (answer.status) throw new FakeFailure(...failureIn(answer.body));
        return answer.body as object;
      },
    });
  });
  stubFunction(service.url, { ...ENVIRONMENT, ...environment });
  const { handler } = await import('../lambda/blue-green-service/start-release.js');
  return { start: handler, requests: service.requests };
}

const failureIn = (body: unknown): [string, string] => {
  const { __type, message } = body as { __type: string; message: string };
  return [__type, message];
};

const operationsIn = (requests: readonly ServiceRequest[]) =>
  requests.map((request) => operationOf(request).operation);

const inputsOf = (requests: readonly ServiceRequest[], name: string) =>
  requests
    .map(operationOf)
    .filter(({ operation }) => operation === name)
    .map(({ input }) => input);

const changesIn = (requests: readonly ServiceRequest[]) =>
  operationsIn(requests).filter((operation) => CHANGES.includes(`${operation}`));

const isoOf = (seconds = Number.NaN) => new Date(seconds * 1000).toISOString();

describe.each([
  ['ecs', {}],
  ['codeDeploy', CODE_DEPLOY],
])('with %s', (kind, environment) => {
  beforeEach(() => {
    if (kind === 'ecs') return;
    ecs.controller = 'CODE_DEPLOY';
    ecs.taskSets.push({ status: 'ACTIVE', taskDefinition: 'old' });
    ecs.taskSets.push({ status: 'PRIMARY', taskDefinition: definitionArn(1) });
  });

  test('a copy with the new image is registered, which has all settings and the tags', async () => {
    ecs.definitions[0]?.tags.push(
      { key: 'aws:cloudformation:stack-name', value: 'board' },
      { key: 'ReleaseExecution', value: 'earlier' },
    );
    const { requests, start } = await load(environment);
    await start({ image: NEW, execution: 'run-1' });
    const [template, copy, ...others] = ecs.definitions;
    expect(others).toEqual([]);
    expect(copy).toEqual({
      ...template,
      revision: 2,
      taskDefinitionArn: definitionArn(2),
      registeredAt: expect.any(Number),
      containerDefinitions: [
        { name: 'collector', image: 'public.ecr.aws/collector:1', essential: false },
        {
          name: CONTAINER,
          image: NEW,
          command: [],
          essential: true,
          environment: [{ name: 'PORT', value: '8080' }],
        },
      ],
      tags: [
        { key: 'Stage', value: 'Beta' },
        { key: 'ReleaseExecution', value: 'run-1' },
      ],
    });
    expect(inputsOf(requests, 'DescribeImages')).toEqual([
      { repositoryName: 'board/notices', registryId: '123456789012', imageIds: [{ imageTag: '2222222' }] },
    ]);
  });

  test("the placeholder's command is no command of the image that follows it", async () => {
    type Container = { name: string; command?: string[] };
    const containers = (ecs.definitions[0]?.containerDefinitions ?? []) as Container[];
    for (const container of containers) container.command = ['node', '-e', 'placeholder'];
    const { start } = await load({ ...environment, COMMAND: '["node","main.js"]' });
    await start({ image: NEW, execution: 'run-1' });
    expect(ecs.definitions[1]?.containerDefinitions).toContainEqual(
      expect.objectContaining({ name: CONTAINER, image: NEW, command: ['node', 'main.js'] }),
    );
  });

  test('the repository is asked in its own region, before anything changes', async () => {
    const { requests, start } = await load(environment);
    await start({ image: NEW, execution: 'run-1' });
    const [asked] = requests.filter((request) => operationOf(request).operation === 'DescribeImages');
    expect(asked && signedRegion(asked)).toBe('ap-northeast-1');
    const operations = operationsIn(requests);
    expect(operations.indexOf('DescribeImages')).toBeLessThan(operations.indexOf('RegisterTaskDefinition'));
  });

  test.each([
    [`${REPOSITORY}@${DIGEST}`, { imageDigest: DIGEST }],
    [`${REPOSITORY}:v1.0_rc-1@${DIGEST}`, { imageTag: 'v1.0_rc-1', imageDigest: DIGEST }],
  ])('%s is released as it is', async (image, id) => {
    const { requests, start } = await load(environment);
    await expect(start({ image, execution: 'run-1' })).resolves.toMatchObject({ image });
    expect(inputsOf(requests, 'DescribeImages')).toMatchObject([{ imageIds: [id] }]);
    expect(ecs.definitions[1]?.containerDefinitions?.[1]).toMatchObject({ image });
  });

  test.each([
    REPOSITORY,
    `${REPOSITORY}:`,
    `${REPOSITORY}:-1`,
    `${REPOSITORY}:${'x'.repeat(129)}`,
    `${REPOSITORY}:1 2`,
    `${REPOSITORY}:1\n`,
    `${REPOSITORY}@sha256:abc`,
    `${REPOSITORY}@sha256:${'AB'.repeat(32)}`,
    `${REPOSITORY}-other:1111111`,
    `${REPOSITORY}/other:1111111`,
    'public.ecr.aws/nginx/nginx:1',
    ` ${NEW}`,
    '',
    7,
    null,
    undefined,
  ])('%j is no image of the repository, and nobody is asked', async (image) => {
    const { requests, start } = await load(environment);
    await expect(start({ image: image as string, execution: 'run-1' })).rejects.toMatchObject({
      name: 'NotOfThisRepository',
      message: `The image ${JSON.stringify(image)} is none of ${REPOSITORY}: give ${REPOSITORY}:TAG or ${REPOSITORY}@sha256:DIGEST.`,
    });
    expect(requests).toEqual([]);
  });

  test.each(['', 'a b', 'a/b', 'x'.repeat(81), 7, undefined])('%j is no execution', async (execution) => {
    const { requests, start } = await load(environment);
    await expect(start({ image: NEW, execution: execution as string })).rejects.toThrow(
      `the event's execution is ${JSON.stringify(execution)}; it may hold letters, digits and . = + @ _ -, 80 at most`,
    );
    expect(requests).toEqual([]);
  });

  test.each(['ImageNotFoundException', 'RepositoryNotFoundException'])(
    'an image that does not exist is not released: %s',
    async (name) => {
      describeImages = () => {
        throw new FakeFailure(name, 'It is not there.');
      };
      const { requests, start } = await load(environment);
      await expect(start({ image: NEW, execution: 'run-1' })).rejects.toMatchObject({
        name: 'NoSuchImage',
        message: `The image ${NEW} does not exist: It is not there.`,
      });
      expect(changesIn(requests)).toEqual([]);
    },
  );

  test('an image that can not be looked for is not released', async () => {
    describeImages = () => {
      throw new FakeFailure('AccessDeniedException', 'no right');
    };
    const { requests, start } = await load(environment);
    await expect(start({ image: NEW, execution: 'run-1' })).rejects.toMatchObject({
      name: 'AccessDeniedException',
    });
    expect(changesIn(requests)).toEqual([]);
  });

  test('a repository that is not of ECR is not asked', async () => {
    const REPOSITORY_URI = 'localhost:5000/board';
    const { requests, start } = await load({ ...environment, REPOSITORY_URI });
    await start({ image: `${REPOSITORY_URI}:1`, execution: 'run-1' });
    expect(operationsIn(requests)).not.toContain('DescribeImages');
    expect(ecs.definitions).toHaveLength(2);
  });

  test('a container that is not there is not released', async () => {
    const { requests, start } = await load({ ...environment, CONTAINER_NAME: 'web' });
    await expect(start({ image: NEW, execution: 'run-1' })).rejects.toMatchObject({
      name: 'NoSuchContainer',
      message: `${definitionArn(1)} has no container web.`,
    });
    expect(changesIn(requests)).toEqual([]);
  });

  test('what runs already is not released again', async () => {
    const { requests, start } = await load(environment);
    await expect(start({ image: OLD, execution: 'run-1' })).resolves.toEqual({
      image: OLD,
      taskDefinition: definitionArn(1),
      nothingToDo: true,
    });
    expect(changesIn(requests)).toEqual([]);
  });

  test('an earlier image is released again', async () => {
    const { start } = await load(environment);
    await start({ image: NEW, execution: 'run-1' });
    finish();
    await start({ image: OLD, execution: 'run-2' });
    expect(ecs.definitions.map(({ containerDefinitions }) => containerDefinitions?.[1]?.image)).toEqual([
      OLD,
      NEW,
      OLD,
    ]);
  });

  test('the same execution releases once, however often it asks', async () => {
    const { requests, start } = await load(environment);
    const first = await start({ image: NEW, execution: 'run-1' });
    await expect(start({ image: NEW, execution: 'run-1' })).resolves.toEqual(first);
    finish();
    await expect(start({ image: NEW, execution: 'run-1' })).resolves.toEqual(first);
    expect(changesIn(requests)).toHaveLength(2);
  });

  test('stopped after any call and asked again, it releases once', async () => {
    const { requests, start } = await load(environment);
    const stopped = new Set<string | undefined>();
    for (let stop = 1; ; stop += 1) {
      requests.length = 0;
      const image = `${REPOSITORY}:stop-${stop}`;
      const execution = `stop-${stop}`;
      interfere = () => {
        if (requests.length === stop) throw new FakeFailure('Stopped');
      };
      const outcome = await start({ image, execution }).catch((error: Error) => error.name);
      if (typeof outcome !== 'string') break;
      expect(outcome).toBe('Stopped');
      stopped.add(operationsIn(requests).at(-1));
      interfere = () => undefined;
      const { taskDefinition } = await start({ image, execution });
      expect(changesIn(requests), execution).toHaveLength(2);
      const copies = ecs.definitions.filter(
        ({ containerDefinitions }) => containerDefinitions?.[1]?.image === image,
      );
      expect(copies.map(({ taskDefinitionArn }) => taskDefinitionArn)).toEqual([taskDefinition]);
      finish();
    }
    expect(stopped).toEqual(new Set(operationsIn(requests)));
    expect([...stopped]).toEqual(
      expect.arrayContaining(
        CHANGES.slice(0, 1).concat(kind === 'ecs' ? 'UpdateService' : 'CreateDeployment'),
      ),
    );
  });

  test('a release that was registered and no more is finished, whatever was released since', async () => {
    const { requests, start } = await load(environment);
    interfere = (request) => {
      if (operationOf(request).operation === 'RegisterTaskDefinition') throw new FakeFailure('Stopped');
    };
    await expect(start({ image: NEW, execution: 'run-1' })).rejects.toThrow();
    interfere = () => undefined;
    for (let other = 1; other <= 9; other += 1) {
      await start({ image: `${REPOSITORY}:other-${other}`, execution: `other-${other}` });
      finish();
    }
    requests.length = 0;
    await expect(start({ image: NEW, execution: 'run-1' })).resolves.toMatchObject({
      taskDefinition: definitionArn(2),
    });
    expect(changesIn(requests)).toEqual([kind === 'ecs' ? 'UpdateService' : 'CreateDeployment']);
  });

  test.each(['AccessDeniedException', 'ServerException'])('%s keeps its name', async (name) => {
    const { start } = await load(environment);
    interfere = () => {
      throw new FakeFailure(name, 'not today');
    };
    await expect(start({ image: NEW, execution: 'run-1' })).rejects.toMatchObject({
      name,
      message: 'not today',
    });
  });

  test('a service that is busy is asked again', async () => {
    const { requests, start } = await load(environment);
    interfere = () => {
      if (requests.length === 1) throw new FakeFailure('ThrottlingException', 'Rate exceeded');
    };
    await start({ image: NEW, execution: 'run-1' });
    expect(changesIn(requests)).toHaveLength(2);
  });

  /** What was started comes to its end. */
  function finish() {
    for (const deployment of ecs.deployments) deployment.status = 'SUCCESSFUL';
    for (const deployment of codeDeploy.deployments) deployment.status = 'Succeeded';
  }
});

describe('ECS', () => {
  test('is asked to deploy the copy of what the service has, which need not be the newest', async () => {
    ecs.define({ image: `${REPOSITORY}:by-hand`, tags: [{ key: 'Owner', value: 'somebody' }] });
    const { requests, start } = await load();
    const started = await start({ image: NEW, execution: 'run-1' });
    const startedAt = isoOf(ecs.definitions[2]?.registeredAt);
    expect(started).toEqual({ image: NEW, taskDefinition: definitionArn(3), startedAt });
    expect(inputsOf(requests, 'UpdateService')).toEqual([
      { cluster: CLUSTER, service: SERVICE, taskDefinition: definitionArn(3) },
    ]);
    expect(ecs.definitions[2]?.tags).toContainEqual({ key: 'Stage', value: 'Beta' });
    expect(ecs.deploymentsOf(definitionArn(3))).toHaveLength(1);
  });

  test.each([
    'PENDING',
    'IN_PROGRESS',
    'STOP_REQUESTED',
    'ROLLBACK_REQUESTED',
    'ROLLBACK_IN_PROGRESS',
  ] as const)('releases nothing while another release is %s', async (status) => {
    const { createdAt } = ecs.deploy(definitionArn(1), status);
    for (let later = 0; later < 3; later += 1) ecs.deploy(definitionArn(1), 'STOPPED');
    ecs.pageSize = 2;
    const { requests, start } = await load();
    for (const image of [NEW, OLD]) {
      await expect(start({ image, execution: 'run-1' })).rejects.toMatchObject({
        name: 'ReleaseInProgress',
        message: `A release is under way: ${ecs.deployments[0]?.serviceDeploymentArn} of ${isoOf(createdAt)} is ${status}. Wait until it is at its end, or stop it with "aws ecs stop-service-deployment --service-deployment-arn ${ecs.deployments[0]?.serviceDeploymentArn} --stop-type ROLLBACK".`,
      });
    }
    expect(changesIn(requests)).toEqual([]);
  });

  test.each(['STOPPED', 'ROLLBACK_SUCCESSFUL', 'ROLLBACK_FAILED'] as const)(
    'releases again what the service has, though its last deployment is %s',
    async (status) => {
      ecs.deploy(definitionArn(1), 'SUCCESSFUL');
      ecs.deploy(definitionArn(1), status);
      const { start } = await load();
      await expect(start({ image: OLD, execution: 'run-1' })).resolves.toMatchObject({
        taskDefinition: definitionArn(2),
      });
    },
  );

  test('does nothing where the last deployment went well, and one before did not', async () => {
    ecs.deploy(definitionArn(1), 'ROLLBACK_SUCCESSFUL');
    ecs.deploy(definitionArn(1), 'SUCCESSFUL');
    const { start } = await load();
    await expect(start({ image: OLD, execution: 'run-1' })).resolves.toMatchObject({ nothingToDo: true });
  });

  test('has released for this execution, though it rolled back since', async () => {
    const { requests, start } = await load();
    const first = await start({ image: NEW, execution: 'run-1' });
    for (const deployment of ecs.deployments) deployment.status = 'ROLLBACK_SUCCESSFUL';
    ecs.service.taskDefinition = definitionArn(1);
    await expect(start({ image: NEW, execution: 'run-1' })).resolves.toEqual(first);
    expect(changesIn(requests)).toHaveLength(2);
  });

  test('is asked for revisions of the family, and for deployments since the registration', async () => {
    for (let other = 0; other < 3; other += 1) ecs.deploy(definitionArn(1), 'SUCCESSFUL');
    const { requests, start } = await load();
    const first = await start({ image: NEW, execution: 'run-1' });
    const [, copy] = ecs.definitions;
    const deployment = ecs.deployments.at(-1);
    if (deployment) deployment.createdAt = copy?.registeredAt;
    await expect(start({ image: NEW, execution: 'run-1' })).resolves.toEqual(first);
    expect(inputsOf(requests, 'DescribeServiceRevisions')).toEqual([
      { serviceRevisionArns: [deployment?.targetServiceRevision?.arn] },
    ]);
    const list = { familyPrefix: FAMILY, status: 'ACTIVE', sort: 'DESC', maxResults: 10 };
    expect(inputsOf(requests, 'ListTaskDefinitions')).toEqual([list, list]);
  });

  test('has released for this execution, with many deployments since', async () => {
    const { requests, start } = await load();
    const first = await start({ image: NEW, execution: 'run-1' });
    for (let other = 0; other < 45; other += 1) ecs.deploy(definitionArn(1), 'SUCCESSFUL');
    await expect(start({ image: NEW, execution: 'run-1' })).resolves.toEqual(first);
    expect(changesIn(requests)).toHaveLength(2);
  });

  test.each([
    ['does not exist', () => (ecs.service.exists = false)],
    ['is not active any more', () => (ecs.service.status = 'INACTIVE')],
  ])('has no service where it %s', async (_, change) => {
    change();
    const { requests, start } = await load();
    await expect(start({ image: NEW, execution: 'run-1' })).rejects.toMatchObject({
      name: 'NoSuchService',
      message: `The service ${SERVICE} does not exist in ${CLUSTER}.`,
    });
    expect(changesIn(requests)).toEqual([]);
  });
});

describe('CodeDeploy', () => {
  beforeEach(() => {
    ecs.controller = 'CODE_DEPLOY';
    ecs.taskSets.push({ status: 'PRIMARY', taskDefinition: definitionArn(1) });
  });

  test('is asked to deploy the copy of the newest revision, whose settings users do not see yet', async () => {
    ecs.define({ image: OLD, tags: [{ key: 'Stage', value: 'from cdk deploy' }] });
    const { requests, start } = await load(CODE_DEPLOY);
    await expect(start({ image: NEW, execution: 'run-1' })).resolves.toEqual({
      image: NEW,
      taskDefinition: definitionArn(3),
      deploymentId: 'd-1',
    });
    expect(ecs.definitions[2]?.tags).toContainEqual({ key: 'Stage', value: 'from cdk deploy' });
    expect(inputsOf(requests, 'CreateDeployment')).toEqual([
      {
        applicationName: APPLICATION,
        deploymentGroupName: DEPLOYMENT_GROUP,
        description: `Release run-1 of ${definitionArn(3)}`,
        revision: {
          revisionType: 'AppSpecContent',
          appSpecContent: {
            content: [
              '{"version":0.0,"Resources":[{"TargetService":{"Type":"AWS::ECS::Service","Properties":',
              `{"TaskDefinition":"${definitionArn(3)}","LoadBalancerInfo":{"ContainerName":"app","ContainerPort":8080}}}}],`,
              `"Hooks":[{"AfterAllowTestTraffic":"${HOOK}"}]}`,
            ].join(''),
          },
        },
      },
    ]);
  });

  test('releases the image that runs, where there are new settings for it', async () => {
    ecs.define({ image: OLD });
    const { start } = await load(CODE_DEPLOY);
    await expect(start({ image: OLD, execution: 'run-1' })).resolves.toEqual({
      image: OLD,
      taskDefinition: definitionArn(3),
      deploymentId: 'd-1',
    });
  });

  test.each([
    [256, true],
    [257, false],
  ])('has a description that it takes: of %d characters, %s', async (length, fits) => {
    const family = 'x'.repeat(length - `Release run-1 of ${definitionArn(2, '')}`.length);
    ecs.define({ family, image: OLD });
    const { requests, start } = await load({ ...CODE_DEPLOY, FAMILY: family });
    const first = await start({ image: NEW, execution: 'run-1' });
    const description = `Release run-1 of ${definitionArn(2, family)}`;
    expect(codeDeploy.deployments[0]?.description).toBe(fits ? description : 'Release run-1');
    await expect(start({ image: NEW, execution: 'run-1' })).resolves.toEqual(first);
    expect(changesIn(requests)).toHaveLength(2);
  });

  test.each(['Created', 'Queued', 'InProgress', 'Baking', 'Ready'])(
    'releases nothing while another release is %s',
    async (status) => {
      codeDeploy.add({ status, description: 'Release run-0' });
      codeDeploy.add({ status: 'Stopped' });
      const { requests, start } = await load(CODE_DEPLOY);
      await expect(start({ image: NEW, execution: 'run-1' })).rejects.toMatchObject({
        name: 'ReleaseInProgress',
        message:
          'A release is under way: d-1. Wait until it is at its end, or stop it with "aws deploy stop-deployment --deployment-id d-1 --auto-rollback-enabled".',
      });
      expect(changesIn(requests)).toEqual([]);
    },
  );

  test('releases nothing where another release is faster', async () => {
    const { start } = await load(CODE_DEPLOY);
    interfere = (request) => {
      if (operationOf(request).operation !== 'RegisterTaskDefinition') return;
      codeDeploy.add();
    };
    await expect(start({ image: NEW, execution: 'run-1' })).rejects.toMatchObject({
      name: 'ReleaseInProgress',
      message: `Another release was faster: The Deployment Group '${DEPLOYMENT_GROUP}' already has an active Deployment 'd-1'`,
    });
  });

  test('has released for this execution, with many deployments since', async () => {
    codeDeploy.pageSize = 2;
    const { requests, start } = await load(CODE_DEPLOY);
    const first = await start({ image: NEW, execution: 'run-1' });
    for (let other = 0; other < 5; other += 1) codeDeploy.add({ description: `Release run-${other + 2}` });
    await expect(start({ image: NEW, execution: 'run-1' })).resolves.toEqual(first);
    expect(changesIn(requests)).toHaveLength(2);
  });

  test('is not asked for deployments that were made before the revision', async () => {
    for (let other = 0; other < 5; other += 1) codeDeploy.add({ status: 'Succeeded' });
    const { requests, start } = await load(CODE_DEPLOY);
    await start({ image: NEW, execution: 'run-1' });
    await start({ image: NEW, execution: 'run-1' });
    expect(inputsOf(requests, 'GetDeployment')).toEqual([{ deploymentId: 'd-6' }]);
    expect(inputsOf(requests, 'ListDeployments').at(-1)).toMatchObject({
      createTimeRange: { start: ecs.definitions.at(-1)?.registeredAt },
    });
  });

  test('has no service', async () => {
    ecs.service.exists = false;
    const { start } = await load(CODE_DEPLOY);
    await expect(start({ image: OLD, execution: 'run-1' })).rejects.toMatchObject({ name: 'NoSuchService' });
  });
});

describe('a wrong environment stops the function at its start', () => {
  test.each(Object.keys({ ...ENVIRONMENT, ...CODE_DEPLOY }))('%s', async (name) => {
    await expect(load({ ...CODE_DEPLOY, [name]: '' })).rejects.toThrow(
      `the environment variable ${name} is empty`,
    );
  });

  test.each([
    ['DEPLOYMENT', 'other', 'the environment variable DEPLOYMENT is other, and not ecs or codeDeploy'],
    ['CONTAINER_PORT', '0', 'the environment variable CONTAINER_PORT is 0, and no port'],
    ['CONTAINER_PORT', '80a', 'the environment variable CONTAINER_PORT is 80a, and no port'],
  ])('%s is %s', async (name, value, message) => {
    await expect(load({ ...CODE_DEPLOY, [name]: value })).rejects.toThrow(message);
  });
});
