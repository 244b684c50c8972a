import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Stack } from 'aws-cdk-lib';
import { afterAll, expect, inject, test } from 'vitest';
import { ReleasedServers } from '../../lib/blue-green-service/released-servers';
import type { Boot } from './support/boot-root';
import type { BootedServer } from './support/boot-sandbox';
import { completion, completionsOf, withoutPolling } from './support/fleet-commands';
import { FleetTrial, WAITING_STACK } from './support/fleet-trial';
import { until } from './support/polling';
import { DEFAULT_REGION } from './support/units';
import { TARGET_STATE, type WaitingMember } from './support/waiting-fleet';
import { signal } from './support/waiting-server';

const fleets = new FleetTrial(inject('emulator'));
afterAll(() => fleets.end());

const SITE = 'http://127.0.0.1:8080';
const BUCKET = `aws-codedeploy-${DEFAULT_REGION}`;
const INSTALLER = readFileSync(join('test', 'deploy', 'boot-stubs', 'codedeploy-agent-installer'));

/** A region where the agent has the installers of these versions. */
const withInstallers =
  (...versions: readonly ('latest' | 'latestv2')[]) =>
  (given: Boot): Boot => ({
    ...given,
    objects: Object.fromEntries(versions.map((version) => [`s3://${BUCKET}/${version}/install`, INSTALLER])),
  });

/** What the scripts of a release do; none of them knows of the placeholder. */
const RELEASE = `
cat > /opt/server.cjs <<'END_OF_FILE'
const answer = (request, response) => response.end('released to ' + process.env.TABLE_NAME);
require('node:http').createServer(answer).listen(Number(process.env.PORT));
END_OF_FILE
mkdir --parents /var/log/notice-board
printf '%s\\n' '[Service]' 'EnvironmentFile=/etc/application.env' 'ExecStart=/usr/bin/node-24 /opt/server.cjs' \\
  'StandardOutput=append:/var/log/notice-board/notice-board.log' > /etc/systemd/system/notice-board.service
systemctl daemon-reload
systemctl enable notice-board
systemctl restart notice-board
`;

test('servers without a release pass their health check, and take one from the agent', () =>
  fleets.deploy('ReleasedBootsWell', addServers('ReleasedBootsWell'), async (members, deploying) => {
    const [first, second] = members;
    if (!first || !second || members.length > 2) throw new Error(`${members.length} servers, not 2`);
    const [server, old] = await Promise.all([
      fleets.boot(first, withInstallers('latest', 'latestv2')),
      fleets.boot(second, withInstallers('latest')),
    ]);
    expect(server.exitCode, server.printed).toBe(0);
    expect(commandsOf(server)).toEqual([
      ...UNTIL_AGENT,
      `curl https://${BUCKET}.s3.${DEFAULT_REGION}.amazonaws.com/latestv2/install`,
      ...FROM_AGENT,
    ]);
    expect(old.exitCode, old.printed).toBe(0);
    expect(commandsOf(old)).toEqual([
      ...UNTIL_AGENT,
      `curl https://${BUCKET}.s3.${DEFAULT_REGION}.amazonaws.com/latestv2/install`,
      'dnf install -y ruby',
      `curl https://${BUCKET}.s3.${DEFAULT_REGION}.amazonaws.com/latest/install`,
      ...FROM_AGENT,
    ]);
    for (const [booted, member] of [
      [server, first],
      [old, second],
    ] as const) {
      expect(completionsOf(booted)).toEqual([completion(member, 'first-boot', 'CONTINUE')]);
      await expectNoRelease(booted);
      await signal(fleets.aws, 'ReleasedBootsWell', member, 'SUCCESS');
    }
    await deploying;
    await expectAgentWithoutFirstVersion(server);
    await expectRelease(server);
    await expectToLeave(server, first);
    await expectToLeave(old, second);
  }));

test('a server is as good where a release has come before the placeholder, as from an image with the agent', () =>
  fleets.deploy('ReleasedBefore', addServers('ReleasedBefore'), async (members, deploying) => {
    for (const member of members) {
      const server = await fleets.boot(member, ({ userData, ...given }) => ({
        ...withInstallers('latestv2')({ ...given, userData }),
        userData: userData.replace(/^.* \|\| systemctl start release-placeholder$/m, `${RELEASE}$&`),
      }));
      expect(server.exitCode, server.printed).toBe(0);
      expect(server.commands).not.toContain('systemctl start release-placeholder');
      expect(await server.request(`${SITE}/`)).toMatch(/\r\n\r\nreleased to \S+$/);
      await signal(fleets.aws, 'ReleasedBefore', member, 'SUCCESS');
    }
    await deploying;
  }));

test('a server without the agent never serves', () =>
  fleets.deploy('ReleasedHasNoAgent', addServers('ReleasedHasNoAgent'), async ([member], deploying) => {
    if (!member) throw new Error('no server');
    const server = await fleets.boot(member);
    expect(server.exitCode).toBe(22);
    expect(server.printed).toContain('returned error: 403');
    expect(completionsOf(server)).toEqual([completion(member, 'first-boot', 'ABANDON')]);
    await signal(fleets.aws, 'ReleasedHasNoAgent', member, 'FAILURE');
    await expect(deploying).rejects.toThrow(/FAILED|FAILURE signal/);
  }));

function addServers(stackName: string): Parameters<FleetTrial['deploy']>[1] {
  return (app) => {
    new ReleasedServers(new Stack(app, stackName, WAITING_STACK), 'Servers', WAITING_STACK);
  };
}

/** The commands without the pauses, their first words. */
function commandsOf(server: BootedServer): string[] {
  return withoutPolling(server).map((command) => command.split(' ').slice(0, 5).join(' '));
}

const UNTIL_AGENT = [
  'dnf install -y amazon-cloudwatch-agent',
  'amazon-cloudwatch-agent-ctl -a fetch-config -m ec2',
  'dnf install -y nodejs24 logrotate',
  'systemctl enable --now logrotate.timer',
  'systemctl start release-placeholder',
  'systemctl enable --now leave-group',
];

const FROM_AGENT = [
  'codedeploy-agent-installer auto',
  'systemctl start codedeploy-agent',
  'systemctl restart codedeploy-agent',
  expect.stringMatching(/^cfn-signal --stack ReleasedBootsWell --resource /),
  `aws autoscaling complete-lifecycle-action --region ${DEFAULT_REGION}`,
];

async function expectNoRelease(server: BootedServer): Promise<void> {
  expect(await server.request(`${SITE}/healthz`)).toMatch(/^HTTP\/1\.1 200 [\s\S]*\r\n\r\nok\n$/);
  // No error of a server, which would stop the first release.
  expect(await server.request(`${SITE}/version`)).toMatch(/^HTTP\/1\.1 404 [\s\S]*\r\n\r\nno release yet\n$/);
}

/** The agent that runs has read that it must not fall back to version 1 of the instance metadata. */
async function expectAgentWithoutFirstVersion(server: BootedServer): Promise<void> {
  const settings = server.read('etc/codedeploy-agent/conf/codedeployagent.yml');
  expect(settings).toMatch(/^:root_dir: /m);
  expect(settings.match(/^:disable_imds_v1:.*$/gm)).toEqual([':disable_imds_v1: true']);
  const starts = await until('the second start of the agent', async () => {
    const lines = server.read('var/log/codedeploy-agent.log').trimEnd().split('\n');
    return lines.some((line) => line.includes('true')) ? lines : undefined;
  });
  expect(starts.at(-1)).toBe('started with :disable_imds_v1: true');
}

async function expectRelease(server: BootedServer): Promise<void> {
  server.write('release', RELEASE);
  await until('the release', async () => (server.has('released') ? true : undefined));
  expect(server.read('released')).toBe('0\n');
  const table = /^TABLE_NAME=(\S+)$/m.exec(server.read('etc/application.env'))?.[1];
  expect(table).toBeTruthy();
  await until('an answer of what was released', async () =>
    (await server.request(`${SITE}/healthz`)).endsWith(`released to ${table}`) ? true : undefined,
  );
}

/** With or without a release, a server that Auto Scaling wants to end stops what it runs, and completes its hook. */
async function expectToLeave(server: BootedServer, member: WaitingMember): Promise<void> {
  server.write(`metadata/${TARGET_STATE}`, 'Terminated');
  const [, last] = await until('the end of the hook', async () =>
    completionsOf(server).length > 1 ? completionsOf(server) : undefined,
  );
  expect(last).toEqual(completion(member, 'flush-logs', 'CONTINUE'));
  expect(await server.request(`${SITE}/healthz`), 'answer after the end').toBe('');
}
