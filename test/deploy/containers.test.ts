import { rmSync } from 'node:fs';
import { SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch';
import {
  DescribeServiceRevisionsCommand,
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  DescribeTasksCommand,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { connect } from './support/aws';
import { bootstrap, deploy, destroy, emulatorEnvironment } from './support/cli';
import { BAKE_TIME, ContainersStack, TASKS } from './support/containers-stack';
import { type Control, controlOf } from './support/control';
import { type Emulator, startEmulator } from './support/emulator';
import { until } from './support/polling';
import { timed } from './support/progress';
import { ReportReader } from './support/reports';
import { copyFor, deployments, serviceIds, weights } from './support/service-releases';
import { answersDuring, ask, usersUrl } from './support/service-users';
import { type DeployedStack, deployedStack, explain, statusOf } from './support/stacks';
import { DEFAULT_REGION, synthesizeApp } from './support/units';

const NAME = 'Containers';
const folders: string[] = [];
const step = <T>(what: string, act: () => Promise<T>) => timed(NAME, what, act);

// An emulator of its own: what its containers do is nobody else's concern.
let emulator: Emulator;
let control: Control;
let env: NodeJS.ProcessEnv;
let stack: DeployedStack;
let reports: ReportReader;
let users: string;

beforeAll(async () => {
  emulator = await step('emulator', () => startEmulator());
  control = controlOf(emulator);
  await control.deploymentMinute(0.02);
  env = emulatorEnvironment(emulator, DEFAULT_REGION);
  await step('bootstrapped', () => bootstrap(emulator, DEFAULT_REGION));
  const aws = connect(emulator, DEFAULT_REGION);
  try {
    stack = deployedStack(NAME, aws, await release('1'));
    reports = new ReportReader(aws, output('ReportsQueueUrl'));
    users = await usersUrl(stack);
  } catch (error) {
    process.stderr.write(`${await explain(aws, NAME, emulator)}\n`);
    throw error;
  }
});

afterAll(async () => {
  for (const folder of folders) rmSync(folder, { recursive: true });
  await emulator?.stop();
});

afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') process.stderr.write(`${await explain(stack.aws, NAME, emulator)}\n`);
});

test('the first deployment asks the hook and serves, with its secret', async () => {
  const [seen] = await reports.first(1, 'hook');
  expect(seen).toEqual({
    lifecycleStage: 'POST_TEST_TRAFFIC_SHIFT',
    // The template's weights lead there from the start.
    production: ['1'],
    test: ['1'],
  });
  const SecretId = await stack.idOf('AWS::SecretsManager::Secret');
  const { SecretString = '' } = await stack.aws.secrets.send(new GetSecretValueCommand({ SecretId }));
  expect((await ask(users)).password).toBe(JSON.parse(SecretString).password);
  const addresses = await addressesOf(20);
  expect(addresses.size).toBe(TASKS);
});

test('what a template says of its tasks and its service can be read', async () => {
  const { services = [] } = await stack.aws.ecs.send(new DescribeServicesCommand(await serviceIds(stack)));
  expect(services[0]).toMatchObject({
    deploymentController: { type: 'ECS' },
    availabilityZoneRebalancing: 'ENABLED',
    runningCount: TASKS,
    deploymentConfiguration: { strategy: 'BLUE_GREEN', bakeTimeInMinutes: BAKE_TIME.toMinutes() },
  });
  const { taskDefinition } = await stack.aws.ecs.send(
    new DescribeTaskDefinitionCommand({ taskDefinition: services[0]?.taskDefinition }),
  );
  expect(taskDefinition?.runtimePlatform?.cpuArchitecture).toBe('ARM64');
});

test('a release is tried by the hook before users reach it, and no request fails', async () => {
  const answers = await answersDuring(users, () => release('2'));
  expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
  // Each once: nobody who got the new version gets the old one after it.
  const changes = answers.filter(({ version }, index) => version !== answers[index - 1]?.version);
  expect(changes.map(({ version }) => version)).toEqual(['1', '2']);
  const [, seen] = await reports.first(2, 'hook');
  expect(seen).toMatchObject({ production: ['1'], test: ['2'] });
  expect(await weights(stack)).toEqual([
    [0, 100],
    [0, 100],
  ]);
  await until('the old tasks to end', async () =>
    (await control.containers()).length === TASKS ? true : undefined,
  );
});

test('a hook that refuses a release leaves users where they were', async () => {
  const answers = await answersDuring(users, () =>
    expect(release('bad')).rejects.toThrow('ROLLBACK_SUCCESSFUL'),
  );
  expect(new Set(answers.map(({ status, version }) => `${status} ${version}`))).toEqual(new Set(['200 2']));
  expect(await weights(stack)).toEqual([
    [0, 100],
    [0, 100],
  ]);
  const [last] = await deployments(stack);
  expect(last).toMatchObject({ status: 'ROLLBACK_SUCCESSFUL', lifecycleStage: 'POST_TEST_TRAFFIC_SHIFT' });
  expect(last?.statusReason).toContain('lifecycle hook');
});

test('tasks that end again and again are no release', async () => {
  const { cluster, services } = await serviceIds(stack);
  const taskDefinition = await copyFor(stack, 'broken');
  await stack.aws.ecs.send(new UpdateServiceCommand({ cluster, service: services[0], taskDefinition }));
  const ended = await until('the way back', async () => {
    const [last] = await deployments(stack);
    return last?.finishedAt ? last : undefined;
  });
  expect(ended).toMatchObject({ status: 'ROLLBACK_SUCCESSFUL', lifecycleStage: 'SCALE_UP' });
  expect((await ask(users)).version).toBe('2');
});

test('an alarm in the bake time leads users back', async () => {
  const AlarmName = output('AlarmName');
  const alarm = (StateValue: 'ALARM' | 'OK') =>
    stack.aws.cloudWatch.send(new SetAlarmStateCommand({ AlarmName, StateValue, StateReason: 'test' }));
  await control.deploymentMinute(5);
  const { cluster, services } = await serviceIds(stack);
  await stack.aws.ecs.send(
    new UpdateServiceCommand({ cluster, service: services[0], taskDefinition: await copyFor(stack, '3') }),
  );
  await until('users to get there', async () => ((await ask(users)).version === '3' ? true : undefined));
  await until('the bake time', async () =>
    (await deployments(stack))[0]?.lifecycleStage === 'BAKE_TIME' ? true : undefined,
  );
  await alarm('ALARM');
  const ended = await until('the way back', async () => {
    const [last] = await deployments(stack);
    return last?.status === 'ROLLBACK_SUCCESSFUL' ? last : undefined;
  });
  expect(ended.alarms?.triggeredAlarmNames).toEqual([AlarmName]);
  expect((await ask(users)).version).toBe('2');
  await alarm('OK');
  await control.deploymentMinute(0.02);
});

test('a change of something else leaves the traffic where it is', async () => {
  await release('2', true);
  expect(await stack.idsOf('AWS::SNS::Topic')).toHaveLength(1);
  expect(await weights(stack)).toEqual([
    [0, 100],
    [0, 100],
  ]);
  expect((await ask(users)).version).toBe('2');
});

test('a task that ends is replaced', async () => {
  const before = new Set((await control.containers()).map(({ pid }) => pid));
  expect((await ask(`${users}fall`)).status).toBe(502);
  await until('another task', async () => {
    const now = (await control.containers()).map(({ pid }) => pid);
    return now.length === TASKS && now.some((pid) => !before.has(pid)) ? true : undefined;
  });
  await until('all to serve', async () => ((await addressesOf(20)).size === TASKS ? true : undefined));
});

test('a revision tells the images that it runs', async () => {
  const [last] = await deployments(stack);
  const serviceRevisionArns = [last?.targetServiceRevision?.arn ?? ''];
  const { serviceRevisions = [] } = await stack.aws.ecs.send(
    new DescribeServiceRevisionsCommand({ serviceRevisionArns }),
  );
  expect(serviceRevisions[0]?.containerImages).toMatchObject([
    { containerName: 'server', image: 'greeting:1' },
  ]);
});

test('a container of another image runs what the test says', async () => {
  await control.image('tool:', ['node', '-e', 'process.exit(Number(process.argv[1]))', '{tag}']);
  const { cluster } = await serviceIds(stack);
  const { taskDefinition } = await stack.aws.ecs.send(
    new RegisterTaskDefinitionCommand({
      family: 'tool',
      containerDefinitions: [
        { name: 'tool', image: 'tool:7' },
        { name: 'beside', image: 'unknown', essential: false },
      ],
    }),
  );
  const { tasks: started = [] } = await stack.aws.ecs.send(
    new RunTaskCommand({ cluster, taskDefinition: taskDefinition?.taskDefinitionArn }),
  );
  const stopped = await until('its end', async () => {
    const { tasks = [] } = await stack.aws.ecs.send(
      new DescribeTasksCommand({ cluster, tasks: [started[0]?.taskArn ?? ''] }),
    );
    return tasks[0]?.lastStatus === 'STOPPED' ? tasks[0] : undefined;
  });
  expect(stopped.stopCode).toBe('EssentialContainerExited');
  expect(stopped.containers?.find(({ name }) => name === 'tool')?.exitCode).toBe(7);
});

test('the stack is destroyed, and no process is left', async () => {
  const processes = await control.containers();
  expect(processes).toHaveLength(TASKS);
  const app = synthesize('2', true);
  await step('destroyed', () => destroy(app, [NAME], env));
  expect(await statusOf(stack.aws, NAME)).toBeUndefined();
  expect(await control.containers()).toEqual([]);
  for (const { pid } of processes) expect(() => process.kill(pid, 0), `${pid}`).toThrow('ESRCH');
  await expect(fetch(users)).rejects.toThrow();
});

function output(name: string): string {
  const value = stack.outputs[name];
  if (value === undefined) throw new Error(`${NAME} has no output ${name}`);
  return value;
}

function synthesize(version: string, withTopic = false): string {
  const { folder } = synthesizeApp((scope) => new ContainersStack(scope, NAME, { version, withTopic }));
  folders.push(folder);
  return folder;
}

async function release(version: string, withTopic = false): Promise<Record<string, string>> {
  const app = synthesize(version, withTopic);
  const { outputs } = await step(`deployed ${version}`, () => deploy(app, [NAME], env));
  return outputs[NAME] ?? {};
}

/** Which tasks answer so many requests. */
async function addressesOf(requests: number): Promise<Set<string | undefined>> {
  const answers = await Promise.all(Array.from({ length: requests }, () => ask(users)));
  return new Set(answers.map(({ address }) => address));
}
