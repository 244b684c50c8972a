import assert from 'node:assert/strict';
import { GetLifecyclePolicyCommand } from '@aws-sdk/client-ecr';
import {
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  type Service,
  type TaskDefinition,
} from '@aws-sdk/client-ecs';
import { serviceIds } from '../../support/service-releases';
import type { DeployedStack } from '../../support/stacks';
import { repositoryOf } from './board-images';
import { tiersOf } from './network';
import { functionNamed } from './release-workflow';

/** The service of a stack. */
export async function serviceOf(stack: DeployedStack): Promise<Service> {
  const { services = [] } = await stack.aws.ecs.send(new DescribeServicesCommand(await serviceIds(stack)));
  const [service] = services;
  if (!service) throw new Error('ECS does not know the service');
  return service;
}

/** What the service runs; with CodeDeploy its first set of tasks says it. */
export async function runningDefinition(stack: DeployedStack): Promise<TaskDefinition> {
  const service = await serviceOf(stack);
  const primary = service.taskSets?.find(({ status }) => status === 'PRIMARY') ?? service;
  const { taskDefinition } = await stack.aws.ecs.send(
    new DescribeTaskDefinitionCommand({ taskDefinition: primary.taskDefinition }),
  );
  if (!taskDefinition) throw new Error('ECS does not know what the service runs');
  return taskDefinition;
}

/** Shows that nobody overwrites an image, that each is scanned, and which are kept. */
export async function repository(stack: DeployedStack): Promise<void> {
  const { imageScanningConfiguration, imageTagMutability, repositoryName } = await repositoryOf(stack);
  assert.deepEqual([imageTagMutability, imageScanningConfiguration?.scanOnPush], ['IMMUTABLE', true]);
  const { lifecyclePolicyText = '{}' } = await stack.aws.ecr.send(
    new GetLifecyclePolicyCommand({ repositoryName }),
  );
  const { rules } = JSON.parse(lifecyclePolicyText) as { rules: { selection: object; action: object }[] };
  assert.deepEqual(
    rules.map(({ action, selection }) => ({ action, selection })),
    [
      {
        action: { type: 'expire' },
        selection: { tagStatus: 'untagged', countType: 'imageCountMoreThan', countNumber: 1 },
      },
      {
        action: { type: 'expire' },
        selection: { tagStatus: 'any', countType: 'imageCountMoreThan', countNumber: 30 },
      },
    ],
  );
}

/** Shows how ECS releases: blue/green, with a bake time, a circuit breaker, an alarm and the look at a new version. */
export async function blueGreen(stack: DeployedStack): Promise<void> {
  const service = await serviceOf(stack);
  const {
    alarms,
    deploymentCircuitBreaker,
    lifecycleHooks = [],
    ...configuration
  } = service.deploymentConfiguration ?? {};
  const { bakeTimeInMinutes, maximumPercent, minimumHealthyPercent, strategy } = configuration;
  assert.deepEqual(
    { bakeTimeInMinutes, maximumPercent, minimumHealthyPercent, strategy },
    { bakeTimeInMinutes: 5, maximumPercent: 200, minimumHealthyPercent: 100, strategy: 'BLUE_GREEN' },
  );
  assert.deepEqual(
    [deploymentCircuitBreaker?.enable, deploymentCircuitBreaker?.rollback, alarms?.enable, alarms?.rollback],
    [true, true, true, true],
  );
  assert.deepEqual(alarms?.alarmNames, [await releaseAlarm(stack)]);
  const [hook, ...others] = lifecycleHooks;
  assert.deepEqual([hook?.lifecycleStages, others], [['POST_TEST_TRAFFIC_SHIFT'], []]);
  assert.equal(hook?.hookTargetArn?.split(':').at(-1), await functionNamed(stack, 'Validation'));
  assert.deepEqual(
    [service.deploymentController?.type ?? 'ECS', service.launchType, service.enableExecuteCommand],
    ['ECS', 'FARGATE', false],
  );
}

/** The alarm that rolls a release back. */
export async function releaseAlarm({ idsOf }: DeployedStack): Promise<string> {
  const [name, ...others] = (await idsOf('AWS::CloudWatch::Alarm')).filter((id) => /ErrorRateHigh/.test(id));
  assert.deepEqual(others, []);
  return name ?? '';
}

/** Shows that tasks are private, on arm64, and can write nothing; what is secret is not told by the definition. */
export async function tasks(stack: DeployedStack): Promise<void> {
  const { assignPublicIp, subnets = [] } =
    (await serviceOf(stack)).networkConfiguration?.awsvpcConfiguration ?? {};
  assert.deepEqual([assignPublicIp, subnets.length], ['DISABLED', 2]);
  assert.deepEqual(await tiersOf(stack, subnets), ['Task']);
  const definition = await runningDefinition(stack);
  const {
    containerDefinitions = [],
    cpu,
    executionRoleArn,
    memory,
    runtimePlatform,
    taskRoleArn,
  } = definition;
  assert.deepEqual([cpu, memory, runtimePlatform?.cpuArchitecture], ['256', '512', 'ARM64']);
  assert.notEqual(executionRoleArn, taskRoleArn);
  const [container, ...others] = containerDefinitions;
  const { readonlyRootFilesystem, secrets = [], stopTimeout, user } = container ?? {};
  assert.deepEqual(
    { readonlyRootFilesystem, stopTimeout, user, others },
    {
      readonlyRootFilesystem: true,
      stopTimeout: 30,
      user: '1000:1000',
      others: [],
    },
  );
  const secret = await stack.idOf('AWS::SecretsManager::Secret');
  assert.deepEqual(
    secrets.map(({ name, valueFrom }) => [name, valueFrom?.startsWith(secret)]),
    [['POST_TOKEN', true]],
  );
  assert.deepEqual((container?.environment ?? []).map(({ name }) => name).sort(), ['PORT', 'TABLE_NAME']);
}
