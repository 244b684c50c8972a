import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { CustomResourceEvent } from '../lambda/shared/custom-resource';
import { CLUSTER, CONTAINER, definitionArn, FAMILY, FakeEcs, SERVICE } from './support/fake-ecs';
import { answerJson, FakeFailure, type FakeOperations } from './support/fake-operations';
import { FakeStack } from './support/fake-stack';
import {
  type LocalService,
  operationOf,
  type ServiceRequest,
  startService,
  stubFunction,
} from './support/local-service';

const STACK = 'arn:aws:cloudformation:ap-northeast-1:123456789012:stack/board/1';
const BALANCER = 'arn:aws:elasticloadbalancing:ap-northeast-1:123456789012';
const [BLUE, GREEN, OTHER] = ['blue', 'green', 'other'].map(
  (name) => `${BALANCER}:targetgroup/${name}/1`,
) as [string, string, string];
const [PRODUCTION, TEST] = ['production', 'test'].map(
  (name) => `${BALANCER}:listener-rule/app/${name}/1`,
) as [string, string];
const RELEASED = 'repository:2';

const PROPERTIES = {
  Cluster: CLUSTER,
  Service: 'BoardService',
  ProductionRule: 'BoardRule',
  TestRule: 'BoardTestRule',
  BlueTargetGroup: BLUE,
  GreenTargetGroup: GREEN,
  ContainerName: CONTAINER,
  InitialImage: 'public.ecr.aws/initial:1',
  InitialCommand: '["node","-e","placeholder"]',
  Command: '["node","main.js"]',
  Family: FAMILY,
  ForgetRevisions: 'true',
  Fingerprint: '1',
};

const INITIAL = {
  Image: PROPERTIES.InitialImage,
  Command: ['node', '-e', 'placeholder'],
  ProductionBlue: '100',
  ProductionGreen: '0',
  TestBlue: '100',
  TestGreen: '0',
};

let ecs: FakeEcs;
let stack: FakeStack;
const services: LocalService[] = [];

beforeEach(() => {
  ecs = new FakeEcs(RELEASED);
  stack = new FakeStack(STACK, GREEN);
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await Promise.all(services.splice(0).map((service) => service.close()));
});

/** What is there after the first deployment, and a release. */
function deployed() {
  for (const [logical, physical] of [
    ['BoardService', SERVICE],
    ['BoardRule', PRODUCTION],
    ['BoardTestRule', TEST],
  ] as const) {
    stack.resources.set(logical, { physical, status: 'CREATE_COMPLETE' });
  }
  stack.rules.set(PRODUCTION, [
    [BLUE, 0],
    [GREEN, 100],
  ]);
  stack.rules.set(TEST, [
    [GREEN, 100],
    [BLUE, 0],
  ]);
}

async function call(
  event: Partial<CustomResourceEvent> = {},
  { operations = {}, timeLeft = 900_000 }: { operations?: FakeOperations; timeLeft?: number } = {},
) {
  const aws = await startService((request) =>
    request.headers['x-amz-target']
      ? answerJson(request, { ...ecs.operations, ...operations })
      : stack.answer(request),
  );
  const cloudFormation = await startService(() => ({}));
  services.push(aws, cloudFormation);
  stubFunction(aws.url, {});
  const { handler } = await import('../lambda/blue-green-service/release-state.js');
  await handler(
    {
      RequestType: 'Update',
      ResponseURL: `${cloudFormation.url}answer`,
      StackId: STACK,
      RequestId: 'request',
      LogicalResourceId: 'ReleaseState',
      PhysicalResourceId: FAMILY,
      ResourceProperties: PROPERTIES,
      ...event,
    },
    { getRemainingTimeInMillis: () => timeLeft },
  );
  const [told, ...others] = cloudFormation.requests.map(({ body }) => JSON.parse(body));
  expect(others).toEqual([]);
  return { told, requests: aws.requests };
}

const success = (Data: object) => ({ Status: 'SUCCESS', PhysicalResourceId: FAMILY, Data });

const operationsIn = (requests: readonly ServiceRequest[]) =>
  requests.filter(({ headers }) => headers['x-amz-target']).map((request) => operationOf(request).operation);

describe('before the first deployment', () => {
  test('everything is as it begins, and neither ECS nor the load balancer is asked', async () => {
    const { requests, told } = await call({ RequestType: 'Create', PhysicalResourceId: undefined });
    expect(told).toMatchObject(success(INITIAL));
    expect(requests.map(({ body }) => /Action=(\w+)/.exec(body)?.[1])).toEqual(
      Array.from({ length: 3 }, () => 'DescribeStackResource'),
    );
  });

  test.each([
    ['have no names yet', '', 'CREATE_IN_PROGRESS'],
    ['were deleted', 'old', 'DELETE_COMPLETE'],
  ])('resources may be in the stack that %s', async (_, physical, status) => {
    for (const logical of ['BoardService', 'BoardRule', 'BoardTestRule']) {
      stack.resources.set(logical, { physical, status });
    }
    const { told } = await call({ RequestType: 'Create' });
    expect(told).toMatchObject(success(INITIAL));
  });

  test.each([
    ['does not exist', () => (ecs.service.exists = false)],
    ['is not active any more', () => (ecs.service.status = 'INACTIVE')],
  ])('the service counts as none where it %s', async (_, change) => {
    deployed();
    change();
    stack.rules.clear();
    const { told } = await call();
    expect(told).toMatchObject(success(INITIAL));
  });

  test('CodeDeploy’s service may have no tasks', async () => {
    deployed();
    ecs.controller = 'CODE_DEPLOY';
    const { told } = await call();
    expect(told.Data).toMatchObject({ Image: PROPERTIES.InitialImage, ProductionGreen: '100' });
  });
});

describe('what was released', () => {
  beforeEach(deployed);

  test.each(['Create', 'Update'] as const)('is kept: %s', async (RequestType) => {
    const { told } = await call({ RequestType });
    expect(told).toMatchObject(
      success({
        Image: RELEASED,
        Command: ['node', 'main.js'],
        ProductionBlue: '0',
        ProductionGreen: '100',
        TestBlue: '0',
        TestGreen: '100',
      }),
    );
  });

  test('is the task definition of the service, and not a newer one', async () => {
    ecs.define({ image: 'repository:never-released' });
    const { told } = await call();
    expect(told.Data.Image).toBe(RELEASED);
  });

  test('is that of the tasks that serve the users, where CodeDeploy deploys', async () => {
    ecs.controller = 'CODE_DEPLOY';
    ecs.taskSets.push({ status: 'PRIMARY', taskDefinition: definitionArn(1), externalId: 'd-1' });
    ecs.define({ image: 'repository:never-released' });
    const { requests, told } = await call();
    expect(told.Data.Image).toBe(RELEASED);
    expect(operationsIn(requests)).toEqual(['DescribeServices', 'DescribeTaskDefinition']);
  });

  test.each([
    ['the old group alone', [[BLUE]], '100', '0'],
    ['the new group alone', [[GREEN]], '0', '100'],
    ['the new group alone, with a weight', [[GREEN, 1]], '0', '100'],
    ['a group in the old form', 'simple', '0', '100'],
    [
      'both, with other weights',
      [
        [BLUE, 1],
        [GREEN, 0],
      ],
      '1',
      '0',
    ],
    [
      'both at once',
      [
        [GREEN, 10],
        [BLUE, 90],
      ],
      '90',
      '10',
    ],
    [
      'another group besides',
      [
        [OTHER, 0],
        [BLUE, 0],
        [GREEN, 100],
      ],
      '0',
      '100',
    ],
    ['a group without a weight', [[GREEN], [BLUE, 7]], '7', '0'],
  ] as const)('is what the rules lead to: %s', async (_, rule, blue, green) => {
    stack.rules.set(PRODUCTION, rule);
    const { told } = await call();
    expect(told.Data).toMatchObject({
      ProductionBlue: blue,
      ProductionGreen: green,
      TestBlue: '0',
      TestGreen: '100',
    });
  });

  test('is read of the test rule by itself', async () => {
    stack.rules.set(TEST, [[BLUE]]);
    const { told } = await call();
    expect(told.Data).toMatchObject({ ProductionBlue: '0', TestBlue: '100', TestGreen: '0' });
  });

  test('stays where it is when the groups of targets are replaced', async () => {
    const { told } = await call({
      ResourceProperties: { ...PROPERTIES, BlueTargetGroup: `${BLUE}x`, GreenTargetGroup: `${GREEN}x` },
      OldResourceProperties: PROPERTIES,
    });
    expect(told.Data).toMatchObject({ ProductionBlue: '0', ProductionGreen: '100', TestGreen: '100' });
  });

  test('is kept when the container is renamed', async () => {
    const { told } = await call({
      ResourceProperties: { ...PROPERTIES, ContainerName: 'web' },
      OldResourceProperties: PROPERTIES,
    });
    expect(told.Data.Image).toBe(RELEASED);
  });

  test.each([
    [
      [
        [OTHER, 100],
        [BLUE, 0],
      ] as const,
      `${OTHER} (100), ${BLUE} (0)`,
    ],
    ['page' as const, 'no group'],
  ])('is unknown where a rule leads elsewhere', async (rule, leadsTo) => {
    stack.rules.set(PRODUCTION, rule);
    const { told } = await call();
    expect(told).toMatchObject({
      Status: 'FAILED',
      Reason: `The rule ${PRODUCTION} leads to ${leadsTo}, and to none of this service's groups. Lead it to the group whose tasks serve the users, with "aws elbv2 modify-rule", then deploy again.`,
    });
  });

  test('is unknown where there is no such container', async () => {
    const { told } = await call({ ResourceProperties: { ...PROPERTIES, ContainerName: 'web' } });
    expect(told).toMatchObject({
      Status: 'FAILED',
      Reason: `${definitionArn(1)} has no container web, only collector, ${CONTAINER}.`,
    });
  });

  test('is unknown where a rule can not be read', async () => {
    stack.answer = () => ({
      status: 403,
      headers: { 'content-type': 'text/xml' },
      body: '<ErrorResponse><Error><Code>AccessDenied</Code><Message>no right</Message></Error></ErrorResponse>',
    });
    const { told } = await call();
    expect(told).toMatchObject({ Status: 'FAILED', Reason: 'no right' });
  });

  test('is unknown where the stack is', async () => {
    const { told } = await call({ StackId: 'other' });
    expect(told).toMatchObject({ Status: 'FAILED', Reason: "Stack 'other' does not exist" });
  });

  test('is as it begins where a rule is gone', async () => {
    stack.rules.delete(PRODUCTION);
    const { told } = await call();
    expect(told.Data).toMatchObject({ ProductionBlue: '100', ProductionGreen: '0', TestGreen: '100' });
  });
});

describe('while a release is under way', () => {
  beforeEach(deployed);

  test.each([
    'PENDING',
    'IN_PROGRESS',
    'STOP_REQUESTED',
    'ROLLBACK_REQUESTED',
    'ROLLBACK_IN_PROGRESS',
  ] as const)('a deployment fails, and says what to do: %s', async (status) => {
    const { createdAt = 0, serviceDeploymentArn: arn } = ecs.deploy(definitionArn(1), status);
    for (let later = 0; later < 5; later += 1) ecs.deploy(definitionArn(1), 'STOPPED');
    ecs.pageSize = 2;
    const { told } = await call();
    expect(told).toMatchObject({
      Status: 'FAILED',
      Reason: `A release is under way: ${arn} of ${new Date(createdAt * 1000).toISOString()} is ${status}. Wait until it is at its end, or stop it with "aws ecs stop-service-deployment --service-deployment-arn ${arn} --stop-type ROLLBACK". Then deploy again.`,
    });
    expect(told.Data).toBeUndefined();
  });

  test.each(['SUCCESSFUL', 'STOPPED', 'ROLLBACK_SUCCESSFUL', 'ROLLBACK_FAILED'] as const)(
    'is not when it is at its end: %s',
    async (status) => {
      ecs.deploy(definitionArn(1), status);
      const { told } = await call();
      expect(told).toMatchObject({ Status: 'SUCCESS' });
    },
  );

  test('CodeDeploy has two sets of tasks', async () => {
    ecs.controller = 'CODE_DEPLOY';
    ecs.taskSets.push(
      { status: 'ACTIVE', taskDefinition: definitionArn(1), externalId: 'd-2' },
      { status: 'PRIMARY', taskDefinition: definitionArn(1), externalId: 'd-1' },
    );
    const { told } = await call();
    expect(told).toMatchObject({
      Status: 'FAILED',
      Reason: `A release is under way: ${SERVICE} has 2 sets of tasks, of the deployments d-2 and d-1. Wait until the old tasks have ended, or stop the newer deployment with "aws deploy stop-deployment --deployment-id ID --auto-rollback-enabled". Then deploy again.`,
    });
  });

  test.each(['UPDATE_ROLLBACK_IN_PROGRESS', 'ROLLBACK_IN_PROGRESS'])(
    'what there is counts where the stack is rolling back: %s',
    async (status) => {
      ecs.deploy(definitionArn(1));
      stack.status = status;
      const { told } = await call();
      expect(told).toMatchObject(success({ Image: RELEASED, ProductionGreen: '100' }));
    },
  );
});

describe('at its end', () => {
  const revisionsLeft = () => ecs.definitions.map(({ taskDefinitionArn }) => taskDefinitionArn);
  const remove = (ForgetRevisions = 'true') => ({
    RequestType: 'Delete' as const,
    ResourceProperties: { ...PROPERTIES, ForgetRevisions },
  });

  function register(count: number) {
    for (let each = 0; each < count; each += 1) {
      ecs.define({ image: RELEASED, status: each % 3 === 0 ? 'INACTIVE' : 'ACTIVE' });
    }
  }

  test('all revisions of the family are deleted, ten at a time, and of no other', async () => {
    register(36);
    ecs.define({ image: RELEASED, family: `${FAMILY}-other` });
    ecs.define({ image: RELEASED, family: `${FAMILY}-other`, status: 'INACTIVE' });
    ecs.pageSize = 7;
    const { requests, told } = await call(remove());
    expect(told).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: FAMILY });
    expect(told.Data).toBeUndefined();
    expect(revisionsLeft()).toEqual([1, 2].map((revision) => definitionArn(revision, `${FAMILY}-other`)));
    const operations = operationsIn(requests);
    expect(operations.filter((operation) => operation === 'DeleteTaskDefinitions')).toHaveLength(4);
    expect(operations.filter((operation) => operation === 'DeregisterTaskDefinition')).toHaveLength(25);
  });

  test.each(['false', ''])('nothing is deleted where that is not wanted: %j', async (forget) => {
    register(3);
    const { requests, told } = await call(remove(forget));
    expect(told).toMatchObject({ Status: 'SUCCESS' });
    expect(requests).toEqual([]);
  });

  test('nothing may be left to be deleted', async () => {
    ecs.definitions.length = 0;
    const { told } = await call(remove());
    expect(told).toMatchObject({ Status: 'SUCCESS' });
  });

  test.each([
    ['ClientException', 'The specified task definition does not exist.'],
    ['InvalidParameterException', 'The specified task definition is inactive.'],
  ])('what somebody else deregistered is deregistered: %s', async (name, message) => {
    const operations = {
      DeregisterTaskDefinition: () => {
        throw new FakeFailure(name, message);
      },
    };
    const { told } = await call(remove(), { operations });
    expect(told).toMatchObject({ Status: 'SUCCESS' });
  });

  test('what somebody else deleted is deleted', async () => {
    const failures = [{ arn: definitionArn(1), reason: 'MISSING' }];
    const { told } = await call(remove(), { operations: { DeleteTaskDefinitions: () => ({ failures }) } });
    expect(told).toMatchObject({ Status: 'SUCCESS' });
  });

  test.each([
    ['not allowed', 'DeregisterTaskDefinition', 'AccessDeniedException', 'no right'],
    ['not possible', 'DeleteTaskDefinitions', 'ServerException', 'not today'],
  ])('it fails where it is %s', async (_, operation, name, message) => {
    register(1);
    const operations = {
      [operation]: () => {
        throw new FakeFailure(name, message);
      },
    };
    const { told } = await call(remove(), { operations });
    expect(told).toMatchObject({ Status: 'FAILED', Reason: message });
  });

  test('it fails where ECS refuses one of them', async () => {
    register(1);
    const failures = [
      { arn: definitionArn(1), reason: 'MISSING' },
      { arn: definitionArn(2), reason: 'ACTIVE', detail: 'It is active.' },
    ];
    const { told } = await call(remove(), { operations: { DeleteTaskDefinitions: () => ({ failures }) } });
    expect(told).toMatchObject({
      Status: 'FAILED',
      Reason: `${definitionArn(2)} can't be deleted: ACTIVE, It is active.`,
    });
  });

  test('it fails two minutes before the function ends, and says what to do', async () => {
    const { requests, told } = await call(remove(), { timeLeft: 119_999 });
    expect(told).toMatchObject({
      Status: 'FAILED',
      Reason: `There are too many revisions of ${FAMILY} for one try. Delete the stack again.`,
    });
    expect(operationsIn(requests)).toEqual(['ListTaskDefinitions']);
  });

  test('it deletes nothing any more where the time gets short before that', async () => {
    ecs.definitions.length = 0;
    ecs.define({ image: RELEASED, status: 'INACTIVE' });
    const { told } = await call(remove(), { timeLeft: 119_999 });
    expect(told).toMatchObject({ Status: 'FAILED' });
    expect(revisionsLeft()).toHaveLength(1);
    const second = await call(remove(), { timeLeft: 120_000 });
    expect(second.told).toMatchObject({ Status: 'SUCCESS' });
    expect(revisionsLeft()).toEqual([]);
  });

  test('ECS may be busy for a while', async () => {
    let refused = 0;
    const operations = {
      DeregisterTaskDefinition: (input: Record<string, unknown>) => {
        refused += 1;
        if (refused < 7) throw new FakeFailure('ThrottlingException', 'Rate exceeded');
        return ecs.operations.DeregisterTaskDefinition?.(input) ?? {};
      },
    };
    vi.spyOn(Math, 'random').mockReturnValue(0);
    const { told } = await call(remove(), { operations });
    vi.mocked(Math.random).mockRestore();
    expect(told).toMatchObject({ Status: 'SUCCESS' });
    expect(revisionsLeft()).toEqual([]);
  });
});
