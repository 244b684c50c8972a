import { spawnSync } from 'node:child_process';
import {
  CompleteLifecycleActionCommand,
  TerminateInstanceInAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling';
import { DescribeStackEventsCommand } from '@aws-sdk/client-cloudformation';
import { DescribeInstancesCommand } from '@aws-sdk/client-ec2';
import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { afterAll, expect, inject, test } from 'vitest';
import { IntranetStack } from '../../lib/intranet/intranet-stack';
import type { BootedServer } from './support/boot-sandbox';
import { APPLICATION_LOG, completion, completionsOf, withoutPolling } from './support/fleet-commands';
import { FleetTrial, WAITING_STACK } from './support/fleet-trial';
import { until } from './support/polling';
import { timed } from './support/progress';
import { DEFAULT_REGION } from './support/units';
import { instancesOf, TARGET_STATE, type WaitingMember } from './support/waiting-fleet';
import { signal } from './support/waiting-server';

const fleets = new FleetTrial(inject('emulator'));
afterAll(() => fleets.end());

/** What became of a fleet's group until now. */
async function eventsOf(stackName: string, { logicalId }: WaitingMember): Promise<string[]> {
  const { StackEvents = [] } = await fleets.aws.cloudFormation.send(
    new DescribeStackEventsCommand({ StackName: stackName }),
  );
  return StackEvents.filter(({ LogicalResourceId }) => LogicalResourceId === logicalId).map(
    ({ ResourceStatus = '' }) => ResourceStatus,
  );
}

/** The entries of the application's log, as far as they tell something. */
function logOf(server: BootedServer): Record<string, unknown>[] {
  return server
    .read(APPLICATION_LOG)
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

function expectBashToRead(script: string): void {
  expect(spawnSync('bash', ['-n'], { input: script, encoding: 'utf8' })).toMatchObject({
    status: 0,
    stderr: '',
  });
}

test('servers that boot well complete the deployment, serve, and leave when they are told to', () =>
  fleets.deploy(
    'FleetBootsWell',
    (app) => new IntranetStack(app, 'FleetBootsWell', { ...WAITING_STACK, clientRanges: ['10.0.0.0/8'] }),
    async (members, deploying) => {
      const [first, second] = members;
      if (!first || !second || members.length > 2) throw new Error(`${members.length} servers, not 2`);
      const [leaving, staying] = await Promise.all([fleets.boot(first), fleets.boot(second)]);
      expectBootedWell(leaving, first);
      expectBootedWell(staying, second);
      expect(first.zone).not.toBe(second.zone);
      await signal(fleets.aws, 'FleetBootsWell', first, 'SUCCESS');
      await expectSecretToStayOne(leaving);
      await expectHealth(leaving);
      expect(await leaving.request(`${METADATA}/instance-id`)).toMatch(/^HTTP\/1\.1 401 /);
      expect(await eventsOf('FleetBootsWell', first), 'one of two signals').not.toContain('CREATE_COMPLETE');
      await signal(fleets.aws, 'FleetBootsWell', second, 'SUCCESS');
      await timed('FleetBootsWell', 'deployed', () => deploying);
      await timed('FleetBootsWell', 'left', () =>
        Promise.all([expectToLeave(leaving, first), expectDatabaseToBeAway(staying)]),
      );
      await expectHealth(staying);
      await timed('FleetBootsWell', 'followed', () => expectSuccessorToBoot(first));
    },
  ));

const METADATA = 'http://169.254.169.254/latest/meta-data';
const SITE = 'http://127.0.0.1:8080';

function expectBootedWell(server: BootedServer, member: WaitingMember): void {
  expect(server.exitCode, server.printed).toBe(0);
  expect(withoutPolling(server).map((command) => command.split(' ').slice(0, 5).join(' '))).toEqual([
    'dnf install -y amazon-cloudwatch-agent',
    'amazon-cloudwatch-agent-ctl -a fetch-config -m ec2',
    'dnf install -y nodejs24 logrotate',
    `aws s3 cp --region ${DEFAULT_REGION}`,
    'systemctl enable --now company-news logrotate.timer',
    'systemctl enable --now leave-group',
    `cfn-signal --stack FleetBootsWell --resource ${member.logicalId}`,
    `aws autoscaling complete-lifecycle-action --region ${DEFAULT_REGION}`,
  ]);
  expect(server.signal).toMatchObject({
    'exit-code': '0',
    stack: 'FleetBootsWell',
    resource: member.logicalId,
    region: DEFAULT_REGION,
  });
  expect(completionsOf(server)).toEqual([completion(member, 'first-boot', 'CONTINUE')]);
  expect(server.read('etc/application.env')).toMatch(
    new RegExp(
      `^DATABASE_HOST=\\S+\nDATABASE_PORT=\\d+\nDATABASE_NAME=app\nDATABASE_SECRET_ARN=arn:aws:secretsmanager:\\S+\nAWS_REGION=${DEFAULT_REGION}\nSERVER_ID=${member.instanceId}\nSERVER_ZONE=${member.zone}\n$`,
    ),
  );
  const agent = JSON.parse(server.read('opt/aws/amazon-cloudwatch-agent/etc/site.json'));
  expect(agent.logs.logs_collected.files.collect_list).toMatchObject([
    { file_path: '/var/log/cloud-init-output.log', log_stream_name: '{instance_id}/boot' },
    { file_path: `/${APPLICATION_LOG}`, log_stream_name: '{instance_id}/application' },
  ]);
  expectBashToRead(server.read('user-data'));
  expectBashToRead(server.read('usr/local/bin/leave-group'));
}

/** The password is in the secret, and nowhere on the server. */
async function expectSecretToStayOne(server: BootedServer): Promise<void> {
  const arn = /^DATABASE_SECRET_ARN=(.*)$/m.exec(server.read('etc/application.env'))?.[1];
  const { SecretString = '' } = await fleets.aws.secrets.send(new GetSecretValueCommand({ SecretId: arn }));
  const { password } = JSON.parse(SecretString);
  expect(password).toMatch(/.{8,}/);
  for (const path of ['user-data', 'etc/application.env', 'var/log/cloud-init-output.log', APPLICATION_LOG]) {
    expect(server.read(path), path).not.toContain(password);
  }
}

async function expectHealth(server: BootedServer): Promise<void> {
  expect(await server.request(`${SITE}/healthz`)).toMatch(/^HTTP\/1\.1 200 [\s\S]*\r\n\r\nok\n$/);
}

/** Nothing leads out of the sandbox: the database is away for good. */
async function expectDatabaseToBeAway(server: BootedServer): Promise<void> {
  expect(await server.request(`${SITE}/`)).toMatch(
    /^HTTP\/1\.1 503 [\s\S]*retry-after: 15\r\n[\s\S]*Intranet[\s\S]*The database is away/,
  );
  // A request is noted when its answer is gone, which may be after it has arrived.
  const entries = await until('the entry of the request', async () => {
    const log = logOf(server);
    return log.some(({ path }) => path === '/') ? log : undefined;
  });
  expect(entries).toEqual([
    expect.objectContaining({ event: 'listening', port: 8080 }),
    expect.objectContaining({ event: 'request', path: '/healthz', status: 200 }),
    expect.objectContaining({ event: 'database lost' }),
    expect.objectContaining({ event: 'request', path: '/', status: 503 }),
  ]);
}

/** Auto Scaling wants the server to end, while a request runs. */
async function expectToLeave(server: BootedServer, member: WaitingMember): Promise<void> {
  const { groupName, instanceId } = member;
  const answer = server.request(`${SITE}/`);
  await until('a running request', async () =>
    logOf(server).some(({ event }) => event === 'database lost') ? true : undefined,
  );
  await fleets.aws.autoScaling.send(
    new TerminateInstanceInAutoScalingGroupCommand({
      InstanceId: instanceId,
      ShouldDecrementDesiredCapacity: false,
    }),
  );
  expect(await stateOf(member)).toBe('Terminating:Wait');
  const before = withoutPolling(server).length;
  server.write(`metadata/${TARGET_STATE}`, 'Terminated');
  const [, last] = await until('the end of the hook', async () =>
    completionsOf(server).length > 1 ? completionsOf(server) : undefined,
  );
  expect(await answer).toMatch(/^HTTP\/1\.1 503 [\s\S]*connection: close[\s\S]*The database is away/i);
  expect(withoutPolling(server).slice(before)).toEqual([
    expect.stringMatching(
      /^aws autoscaling record-lifecycle-action-heartbeat .* --lifecycle-hook-name flush-logs /,
    ),
    'systemctl stop company-news',
    'sleep 15',
    expect.stringMatching(/^aws autoscaling complete-lifecycle-action /),
  ]);
  expect(logOf(server).slice(-3)).toEqual([
    expect.objectContaining({ event: 'stopping' }),
    expect.objectContaining({ event: 'request', path: '/', status: 503 }),
    expect.objectContaining({ event: 'stopped' }),
  ]);
  expect(await server.request(`${SITE}/healthz`), 'answer of the application').toBe('');
  expect(last).toEqual(completion(member, 'flush-logs', 'CONTINUE'));

  await fleets.aws.autoScaling.send(
    new CompleteLifecycleActionCommand({
      AutoScalingGroupName: last?.['auto-scaling-group-name'],
      LifecycleHookName: last?.['lifecycle-hook-name'],
      InstanceId: last?.['instance-id'],
      LifecycleActionResult: last?.['lifecycle-action-result'],
    }),
  );
  expect(await stateOf(member)).toBeUndefined();
  const { Reservations = [] } = await fleets.aws.ec2.send(
    new DescribeInstancesCommand({ InstanceIds: [instanceId] }),
  );
  expect(Reservations[0]?.Instances?.[0]?.State?.Name).toBe('terminated');
  expect(await instancesOf(fleets.aws, groupName)).toHaveLength(2);
}

async function stateOf({ groupName, instanceId }: WaitingMember): Promise<string | undefined> {
  const instances = await instancesOf(fleets.aws, groupName);
  return instances.find(({ InstanceId }) => InstanceId === instanceId)?.LifecycleState;
}

/**
 * What is launched later boots likewise, though the stack takes no signal any more. The hooks of this one take an answer
 * late: its boot is good all the same, and it goes on serving until the load balancer has let go of it.
 */
async function expectSuccessorToBoot(left: WaitingMember): Promise<void> {
  const instances = await instancesOf(fleets.aws, left.groupName);
  const { InstanceId = '', AvailabilityZone = '' } = instances.at(-1) ?? {};
  const member = { ...left, instanceId: InstanceId, zone: AvailabilityZone };
  await expect(signal(fleets.aws, 'FleetBootsWell', member, 'SUCCESS')).rejects.toThrow(
    /can ?not be signaled/,
  );
  const failingCommands = ['cfn-signal', 'aws autoscaling'];
  const server = await fleets.boot(member, (given) => ({ ...given, failingCommands }));
  expect(server.printed).toContain('can not be signaled');
  expect(server.exitCode).toBe(0);
  const expected = completion(member, 'first-boot', 'CONTINUE');
  expect(completionsOf(server)).toEqual(Array(24).fill(expected));

  server.write(`metadata/${TARGET_STATE}`, 'Terminated');
  const heartbeats = () =>
    server.commands.filter((command) => command.includes(' record-lifecycle-action-heartbeat ')).length;
  await until('a second heartbeat', async () => heartbeats() > 1 || undefined);
  await expectHealth(server);
  server.write('failing-commands', '');
  const last = await until('the end of the hook', async () => completionsOf(server)[24]);
  expect(last).toEqual(completion(member, 'flush-logs', 'CONTINUE'));
}
