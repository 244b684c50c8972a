import { rmSync } from 'node:fs';
import { CreateChangeSetCommand } from '@aws-sdk/client-cloudformation';
import { DeleteAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { CfnResource, Stack } from 'aws-cdk-lib';
import { beforeAll, expect, inject, test } from 'vitest';
import { connect } from './support/aws';
import { beginDeploy, bootstrap, deploy, destroy, emulatorEnvironment } from './support/cli';
import { takeInventory } from './support/inventory';
import { timed } from './support/progress';
import { deployedStack, statusOf } from './support/stacks';
import { DEFAULT_REGION, synthesizeApp } from './support/units';
import { signal } from './support/waiting-server';
import { synthesizeWaitingSite, waitingServer } from './support/waiting-site';
import campaignSite from './uses/campaign-site';

// An account of their own: what is left there is left by these tests.
const ACCOUNT = '000000000001';

const emulator = inject('emulator');
const aws = connect(emulator, DEFAULT_REGION, ACCOUNT);
const env = emulatorEnvironment(emulator, DEFAULT_REGION, ACCOUNT);

beforeAll(() => timed('faults', 'bootstrapped', () => bootstrap(emulator, DEFAULT_REGION, ACCOUNT)));

test('a deployment that fails half-way rolls back and leaves nothing; meanwhile a second one is refused', async () => {
  const stackName = 'FailsHalfWay';
  const app = synthesizeWaitingSite(stackName);
  try {
    const before = await takeInventory(aws);
    const deploying = beginDeploy(app.folder, [stackName], env);
    const server = await timed(stackName, 'launched', () => waitingServer(aws, app));

    const second = aws.cloudFormation.send(
      new CreateChangeSetCommand({
        StackName: stackName,
        ChangeSetName: 'second',
        TemplateBody: '{"Resources":{}}',
      }),
    );
    await expect(second).rejects.toThrow(/CREATE_IN_PROGRESS/);

    await signal(aws, stackName, server, 'FAILURE');
    await expect(deploying).rejects.toThrow(/FAILURE signal/);
    expect(await statusOf(aws, stackName)).toBe('ROLLBACK_COMPLETE');
    const left = [...(await takeInventory(aws))].filter((item) => !before.has(item));
    expect(left, 'after the rollback').toEqual([`stack ${stackName}`]);

    await timed(stackName, 'destroyed', () => destroy(app.folder, [stackName], env));
    expect([...(await takeInventory(aws))].filter((item) => !before.has(item))).toEqual([]);
  } finally {
    rmSync(app.folder, { recursive: true });
  }
});

test('a type that neither the emulator nor the launcher has fails the deployment', async () => {
  const stackName = 'HasUnknownType';
  const app = synthesizeApp((scope) => {
    new CfnResource(new Stack(scope, stackName), 'Unknown', { type: 'AWS::Nobody::Has' });
  });
  try {
    await expect(deploy(app.folder, [stackName], env)).rejects.toThrow(/AWS::Nobody::Has/);
  } finally {
    rmSync(app.folder, { recursive: true });
  }
});

test('a resource that somebody deleted is noticed', async () => {
  const stackName = 'LosesAnAlarm';
  const app = synthesizeWaitingSite(stackName);
  const alarmsHold =
    campaignSite.exercises['the alarms watch the server and the database, and notify the topic'];
  if (!alarmsHold) throw new Error('the exercise of the alarms has another name');
  try {
    const deploying = beginDeploy(app.folder, [stackName], env);
    await signal(aws, stackName, await waitingServer(aws, app), 'SUCCESS');
    const { outputs } = await timed(stackName, 'deployed', () => deploying);
    const stack = deployedStack(stackName, aws, outputs[stackName] ?? {});
    await alarmsHold(stack);

    const [alarm = ''] = await stack.idsOf('AWS::CloudWatch::Alarm');
    await aws.cloudWatch.send(new DeleteAlarmsCommand({ AlarmNames: [alarm] }));
    await expect(alarmsHold(stack)).rejects.toThrow();

    await timed(stackName, 'destroyed', () => destroy(app.folder, [stackName], env));
    expect(await statusOf(aws, stackName)).toBeUndefined();
  } finally {
    rmSync(app.folder, { recursive: true });
  }
});
