import { rmSync } from 'node:fs';
import {
  CreateDeploymentCommand,
  type DeploymentInfo,
  GetDeploymentCommand,
} from '@aws-sdk/client-codedeploy';
import { DescribeServicesCommand, UpdateServiceCommand } from '@aws-sdk/client-ecs';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { connect } from './support/aws';
import { bootstrap, deploy, destroy, emulatorEnvironment } from './support/cli';
import { ContainersStack, TASKS } from './support/containers-stack';
import { type Control, controlOf } from './support/control';
import { type Emulator, startEmulator } from './support/emulator';
import { until } from './support/polling';
import { timed } from './support/progress';
import { ReportReader } from './support/reports';
import { copyFor, serviceIds, weights } from './support/service-releases';
import { answersDuring, ask, usersUrl } from './support/service-users';
import { type DeployedStack, deployedStack, explain } from './support/stacks';
import { DEFAULT_REGION, synthesizeApp } from './support/units';

const NAME = 'CodeDeployed';
const app = synthesizeApp(
  (scope) => new ContainersStack(scope, NAME, { version: '1', deployer: 'codeDeploy' }),
);
const step = <T>(what: string, act: () => Promise<T>) => timed(NAME, what, act);

let emulator: Emulator;
let control: Control;
let env: NodeJS.ProcessEnv;
let stack: DeployedStack;
let reports: ReportReader;
let users: string;

beforeAll(async () => {
  emulator = await step('emulator', () => startEmulator());
  control = controlOf(emulator);
  await control.deploymentMinute(0.05);
  env = emulatorEnvironment(emulator, DEFAULT_REGION);
  await step('bootstrapped', () => bootstrap(emulator, DEFAULT_REGION));
  const aws = connect(emulator, DEFAULT_REGION);
  try {
    const { outputs } = await step('deployed', () => deploy(app.folder, [NAME], env));
    stack = deployedStack(NAME, aws, outputs[NAME] ?? {});
    reports = new ReportReader(aws, output('ReportsQueueUrl'));
    users = await usersUrl(stack);
  } catch (error) {
    process.stderr.write(`${await explain(aws, NAME, emulator)}\n`);
    throw error;
  }
});

afterAll(async () => {
  rmSync(app.folder, { recursive: true });
  await emulator?.stop();
});

afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') process.stderr.write(`${await explain(stack.aws, NAME, emulator)}\n`);
});

test('ECS itself does not change what the service runs', async () => {
  expect((await ask(users)).version).toBe('1');
  const { cluster, services } = await serviceIds(stack);
  const update = new UpdateServiceCommand({
    cluster,
    service: services[0],
    taskDefinition: await copyFor(stack, '2'),
  });
  await expect(stack.aws.ecs.send(update)).rejects.toThrow('CODE_DEPLOY deployment controller');
});

test('a release is tried before users reach it, and no request fails', async () => {
  const answers = await answersDuring(users, async () => {
    expect(await release('2')).toMatchObject({ status: 'Succeeded', computePlatform: 'ECS' });
  });
  const changes = answers.filter(({ version }, index) => version !== answers[index - 1]?.version);
  expect(changes.map(({ status, version }) => [status, version])).toEqual([
    [200, '1'],
    [200, '2'],
  ]);
  const [seen] = await reports.first(1, 'hook');
  expect(seen).toMatchObject({ production: ['1'], test: ['2'] });
  expect(await weights(stack)).toEqual([
    [0, 100],
    [0, 100],
  ]);
  expect(await taskSets()).toEqual(['PRIMARY']);
});

test('a release that the function refuses is rolled back', async () => {
  const answers = await answersDuring(users, async () => {
    expect(await release('bad')).toMatchObject({
      status: 'Failed',
      errorInformation: { code: 'HOOK_EXECUTION_FAILURE' },
    });
  });
  expect(new Set(answers.map(({ status, version }) => `${status} ${version}`))).toEqual(new Set(['200 2']));
  expect(await weights(stack)).toEqual([
    [0, 100],
    [0, 100],
  ]);
  expect(await taskSets()).toEqual(['PRIMARY']);
});

test('the stack is destroyed, and no process is left', async () => {
  await until('the end of other tasks', async () =>
    (await control.containers()).length === TASKS ? true : undefined,
  );
  await step('destroyed', () => destroy(app.folder, [NAME], env));
  expect(await control.containers()).toEqual([]);
});

function output(name: string): string {
  const value = stack.outputs[name];
  if (value === undefined) throw new Error(`${NAME} has no output ${name}`);
  return value;
}

async function release(version: string): Promise<DeploymentInfo> {
  const TaskDefinition = await copyFor(stack, version);
  const appSpec = {
    version: 1,
    Resources: [
      {
        TargetService: {
          Type: 'AWS::ECS::Service',
          Properties: {
            TaskDefinition,
            LoadBalancerInfo: { ContainerName: 'server', ContainerPort: 8080 },
          },
        },
      },
    ],
    Hooks: [{ AfterAllowTestTraffic: output('HookName') }],
  };
  const { deploymentId } = await stack.aws.codeDeploy.send(
    new CreateDeploymentCommand({
      applicationName: output('Application'),
      deploymentGroupName: output('DeploymentGroupName'),
      revision: { revisionType: 'AppSpecContent', appSpecContent: { content: JSON.stringify(appSpec) } },
    }),
  );
  return until('the end of the deployment', async () => {
    const { deploymentInfo } = await stack.aws.codeDeploy.send(new GetDeploymentCommand({ deploymentId }));
    return deploymentInfo?.completeTime ? deploymentInfo : undefined;
  });
}

async function taskSets(): Promise<(string | undefined)[]> {
  const { services = [] } = await stack.aws.ecs.send(new DescribeServicesCommand(await serviceIds(stack)));
  return (services[0]?.taskSets ?? []).map(({ status }) => status);
}
