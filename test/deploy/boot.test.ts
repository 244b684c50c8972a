import { rmSync } from 'node:fs';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { connect } from './support/aws';
import type { Boot } from './support/boot-root';
import { type BootedServer, bootServer } from './support/boot-sandbox';
import { beginDeploy, bootstrap, destroy, emulatorEnvironment } from './support/cli';
import { timed } from './support/progress';
import { explain } from './support/stacks';
import { DEFAULT_REGION } from './support/units';
import { bootOf, signal, type WaitingServer } from './support/waiting-server';
import { synthesizeWaitingSite, waitingServer } from './support/waiting-site';

const emulator = inject('emulator');
const ACCOUNT = '000000000002';
const aws = connect(emulator, DEFAULT_REGION, ACCOUNT);
const env = emulatorEnvironment(emulator, DEFAULT_REGION, ACCOUNT);

beforeAll(() => timed('boot', 'bootstrapped', () => bootstrap(emulator, DEFAULT_REGION, ACCOUNT)));

const booted: BootedServer[] = [];
afterAll(() => Promise.all(booted.map((server) => server.remove())));

/** Deploys a site and boots its server as `change` has it; gives the boot's result and the deployment's. */
async function deployAndBoot(
  stackName: string,
  change: (boot: Boot) => Boot,
): Promise<{ boot: BootedServer; server: WaitingServer; deployment: PromiseSettledResult<unknown> }> {
  const app = synthesizeWaitingSite(stackName);
  const { folder } = app;
  try {
    const deploying = beginDeploy(folder, [stackName], env);
    const server = await timed(stackName, 'launched', () => waitingServer(aws, app));
    const boot = await timed(stackName, 'booted', async () =>
      bootServer(change(await bootOf(aws, server.instanceId))),
    );
    booted.push(boot);
    await signal(aws, stackName, server, boot.signal?.['exit-code'] === '0' ? 'SUCCESS' : 'FAILURE');
    const [deployment] = await Promise.allSettled([deploying]);
    await timed(stackName, 'destroyed', () => destroy(folder, [stackName], env));
    return { boot, server, deployment };
  } catch (error) {
    process.stderr.write(`${await explain(aws, stackName, emulator)}\n`);
    throw error;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('a server that boots well serves the site, and its signal completes the deployment', async () => {
  const { boot, server, deployment } = await deployAndBoot('BootsWell', (given) => given);
  expect(boot.printed).not.toContain('Failed');
  expect(boot.exitCode).toBe(0);
  expect(boot.commands.map((command) => command.split(' ').slice(0, 4).join(' '))).toEqual([
    'dnf install -y amazon-cloudwatch-agent',
    'amazon-cloudwatch-agent-ctl -a fetch-config -m',
    'dnf install -y nginx',
    `aws s3 cp --region`,
    'systemctl enable --now nginx',
    'cfn-signal --exit-code 0 --reason',
  ]);
  expect(boot.signal).toMatchObject({
    'exit-code': '0',
    stack: 'BootsWell',
    resource: server.logicalId,
    region: DEFAULT_REGION,
  });
  const home = await boot.request('http://127.0.0.1/');
  expect(home).toMatch(/^HTTP\/1\.1 200 [\s\S]*max-age=60[\s\S]*<h1>Your campaign starts here<\/h1>/);
  expect(await boot.request('http://127.0.0.1/style.css')).toMatch(
    /^HTTP\/1\.1 200 [\s\S]*text\/css[\s\S]*max-age=3600/,
  );
  expect(await boot.request('http://127.0.0.1/no-such-page')).toMatch(/^HTTP\/1\.1 404 /);
  const modified = /Last-Modified: (.*)\r/.exec(home)?.[1];
  expect(Date.now() - Date.parse(modified ?? ''), 'age of the page, which its ETag follows').toBeLessThan(
    600_000,
  );
  const agent = JSON.parse(boot.read('opt/aws/amazon-cloudwatch-agent/etc/site.json'));
  expect(agent.logs.logs_collected.files.collect_list).toHaveLength(3);
  expect(boot.read('etc/campaign-site.env')).toMatch(
    /^DATABASE_HOST=\S+\nDATABASE_PORT=\d+\nDATABASE_NAME=app\nDATABASE_SECRET_ARN=arn:aws:secretsmanager:\S+\n$/,
  );
  expect(deployment.status).toBe('fulfilled');
});

test('a server without nginx fails the deployment, after its log could be sent', async () => {
  const { boot, server, deployment } = await deployAndBoot('FailsToInstall', (given) => ({
    ...given,
    missingPackages: ['nginx'],
  }));
  expect(boot.exitCode).toBe(1);
  expect(boot.commands.slice(-3)).toEqual([
    'dnf install -y nginx',
    'sleep 15',
    expect.stringMatching(
      /^cfn-signal --exit-code 1 --reason First boot ended with exit code 1; see log group \S+ /,
    ),
  ]);
  expect(boot.signal).toMatchObject({ 'exit-code': '1', resource: server.logicalId });
  expect(boot.read('var/log/cloud-init-output.log')).toContain('Unable to find a match: nginx');
  expect(deployment).toMatchObject({
    status: 'rejected',
    reason: { message: expect.stringMatching(/FAILED|FAILURE signal/) },
  });
});

test('a server whose site does not answer fails the deployment', async () => {
  const { boot, deployment } = await deployAndBoot('HasNoPage', (given) => ({
    ...given,
    userData: given.userData.replace('index index.html;', 'index no-such-page.html;'),
  }));
  expect(boot.exitCode).toBe(22);
  expect(boot.signal?.['exit-code']).toBe('22');
  expect(deployment.status).toBe('rejected');
});
