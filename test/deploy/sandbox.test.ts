import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { CreateStackCommand, waitUntilStackCreateComplete } from '@aws-sdk/client-cloudformation';
import { CreateLogGroupCommand, DeleteLogGroupCommand } from '@aws-sdk/client-cloudwatch-logs';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import packageJson from '../../package.json';
import { MARK } from '../sandbox/account';
import { type Aws, connect, connectToAccount } from './support/aws';
import { ACCOUNT, bootstrap, emulatorEnvironment } from './support/cli';
import { type Emulator, startEmulator } from './support/emulator';
import { statusOf } from './support/stacks';
import { synthesizeCatalogue, type Unit } from './support/units';
import { emulatorOf } from './uses/support/addresses';

const REGION = 'eu-west-1';
const STACK = 'CampaignSite';

// An emulator of its own: the catalogue's test deploys the same stack to the other one, and counts what is left there.
let emulator: Emulator;
let aws: Aws;
beforeAll(async () => {
  emulator = await startEmulator();
  aws = connect(emulator, REGION);
});
afterAll(() => emulator?.stop());
afterEach(() => vi.unstubAllEnvs());

interface Run {
  readonly child: ChildProcess;
  readonly ended: Promise<number | null>;

  /** What it has printed so far. */
  printed(): string;
}

/** Starts the command of package.json, without a terminal. */
function start(args: readonly string[], change: NodeJS.ProcessEnv = {}): Run {
  const [, ...command] = packageJson.scripts['test:sandbox'].split(' ');
  const child = spawn(process.execPath, [...command, ...args], {
    // CloudFormation Validate takes 2 s at each start, and has its own test.
    env: { ...emulatorEnvironment(emulator, REGION), CDK_VALIDATION: 'false', ...change },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      printed += text;
    });
  }
  const ended = once(child, 'close').then(([code]) => code as number | null);
  return { child, ended, printed: () => printed };
}

async function run(args: readonly string[], change: NodeJS.ProcessEnv = {}) {
  const { ended, printed } = start(args, change);
  const code = await ended;
  return { code, printed: printed() };
}

async function until(run: Run, text: string): Promise<void> {
  while (!run.printed().includes(text)) {
    if (run.child.exitCode !== null) throw new Error(`it ended before "${text}":\n${run.printed()}`);
    await sleep(20);
  }
}

function unitOf(pattern: string): Unit {
  const { folder, units } = synthesizeCatalogue();
  rmSync(folder, { recursive: true });
  const unit = units.find(({ id }) => id === pattern);
  if (!unit) throw new Error(`${pattern} is not in the catalogue`);
  return unit;
}

function mark(value: string): Promise<void> {
  return putParameter(REGION, MARK, value);
}

async function putParameter(region: string, Name: string, Value: string): Promise<void> {
  const ssm = new SSMClient({
    region,
    endpoint: emulator.url,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  await ssm.send(new PutParameterCommand({ Name, Value, Type: 'String', Overwrite: true }));
}

// Where it does not, exercises ask the addresses that the emulator made up, which may be somebody's.
test('an exercise knows the emulator by the address that the environment names', async () => {
  vi.stubEnv('AWS_ENDPOINT_URL', undefined);
  expect(await emulatorOf(connectToAccount(REGION))).toBeUndefined();
  vi.stubEnv('AWS_ENDPOINT_URL', emulator.url);
  expect(await emulatorOf(connectToAccount(REGION))).toBe(emulator.url);
});

describe('test:sandbox', () => {
  test('refuses to guess the pattern', async () => {
    expect(await run([])).toMatchObject({ code: 2, printed: expect.stringContaining('Which pattern?') });
    const { code, printed } = await run(['campain-site']);
    expect(printed).toContain('Did you mean CampaignSite?');
    expect(code).toBe(2);
  });

  test('refuses to go on without credentials, or without a region', async () => {
    const none = { AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined };
    expect(await run([STACK, '--yes'], none)).toMatchObject({
      code: 2,
      printed: expect.stringMatching(/^There are no AWS credentials: .*\n$/),
    });
    expect(await run([STACK, '--yes'], { AWS_REGION: undefined })).toMatchObject({
      code: 2,
      printed: 'No region is set: give --region, or set AWS_REGION.\n',
    });
  });

  test('refuses an account that is neither marked nor bootstrapped, and says how to do both', async () => {
    const { code, printed } = await run([STACK, '--yes', '--region', REGION]);
    expect(printed).toContain(`Account ${ACCOUNT} is not marked as a sandbox in ${REGION}.`);
    expect(printed).toContain(
      `aws ssm put-parameter --region ${REGION} --name ${MARK} --type String --value ${ACCOUNT}\n`,
    );
    expect(printed).toContain(`npx cdk bootstrap aws://${ACCOUNT}/${REGION}`);
    expect(code).toBe(2);
    await bootstrap(emulator, REGION);
  });

  test("refuses another account's mark", async () => {
    await mark('123456789012');
    const { code, printed } = await run([STACK, '--yes']);
    expect(printed).toContain('bears the mark of another account');
    expect(printed).not.toContain('cdk bootstrap');
    expect(code).toBe(2);
    await mark(ACCOUNT);
  });

  test('refuses where nobody can be asked, after it has said what it would do', async () => {
    const { code, printed } = await run([STACK]);
    expect(printed).toMatch(/account {2}0{12}\n {2}stack {4}CampaignSite in eu-west-1, \d\d resources/);
    expect(printed).toMatch(/Idle, sandbox, Tokyo: \d+ USD a month/);
    expect(printed).toContain('Nobody can be asked');
    expect(code).toBe(2);
    expect(await statusOf(aws, STACK)).toBeUndefined();
  });

  test('deploys to a marked account, uses, destroys, and finds nothing left', async () => {
    const { code, printed } = await run([STACK, '--yes']);
    expect(printed).toContain('✓ deployed');
    expect(printed).toContain('✓ only the web server reaches the database');
    expect(printed).toMatch(/http:\/\/[\d.]+ is not requested/);
    expect(printed).toContain('✓ destroyed');
    expect(printed).toContain('Nothing is left of CampaignSite.');
    expect(code, printed).toBe(0);
    expect(await statusOf(aws, STACK)).toBeUndefined();
  });

  test('lists what is left, and fails', async () => {
    const running = start([STACK, '--yes']);
    await until(running, '✓ deployed');
    const logGroupName = `/aws/lambda/${STACK}-forgotten`;
    await aws.logs.send(new CreateLogGroupCommand({ logGroupName }));
    const code = await running.ended;
    expect(running.printed()).toContain(`left: log group ${logGroupName} in ${REGION}`);
    expect(code).toBe(1);
    await aws.logs.send(new DeleteLogGroupCommand({ logGroupName }));
  });

  test('destroys what it has begun when it is interrupted', async () => {
    const running = start([STACK, '--yes']);
    await until(running, 'CREATE_IN_PROGRESS');
    running.child.kill('SIGINT');
    const code = await running.ended;
    const printed = running.printed();
    expect(printed).toContain('Interrupted: CampaignSite is being destroyed.');
    expect(printed).toContain('✗ deployed');
    expect(printed).toContain('✓ destroyed');
    expect(printed).toContain('Nothing is left of CampaignSite.');
    expect(code).toBe(130);
    expect(await statusOf(aws, STACK)).toBeUndefined();
  });

  test('asks, destroys and looks for leftovers in each region of a pattern with several', async () => {
    const stage = 'DisasterRecovery';
    const { stacks, systemName } = unitOf(stage);
    const regions = [...new Set(stacks.map(({ region }) => region))];
    expect(regions.length).toBeGreaterThan(2);
    const refused = await run([stage, '--yes']);
    for (const region of regions) {
      expect(refused.printed).toContain(`--region ${region} --name ${MARK}`);
      expect(refused.printed).toContain(`npx cdk bootstrap aws://${ACCOUNT}/${region}`);
      await bootstrap(emulator, region);
      await putParameter(region, MARK, ACCOUNT);
    }
    expect(refused.code).toBe(2);
    const running = start([stage, '--yes']);
    await until(running, '✓ deployed');
    const forgotten = regions.map((region) => ({ region, name: `/${systemName}/forgotten-in-${region}` }));
    for (const { name, region } of forgotten) await putParameter(region, name, 'x');
    expect(await running.ended).toBe(1);
    const printed = running.printed();
    for (const { region, stackName } of stacks) expect(printed).toContain(`${stackName} in ${region}, `);
    expect(printed).toContain('✓ destroyed');
    const left = [...printed.matchAll(/^ {2}- left: (.*)$/gm)].map(([, item]) => item);
    expect(left.sort(), printed).toEqual(
      forgotten.map(({ name, region }) => `parameter ${name} in ${region}`).sort(),
    );
    for (const { region, stackName } of stacks)
      expect(await statusOf(connect(emulator, region), stackName)).toBeUndefined();
  });

  test('refuses a stack that is there already, and leaves it alone', async () => {
    const TemplateBody = JSON.stringify({ Resources: { Topic: { Type: 'AWS::SNS::Topic' } } });
    await aws.cloudFormation.send(new CreateStackCommand({ StackName: STACK, TemplateBody }));
    await waitUntilStackCreateComplete(
      { client: aws.cloudFormation, maxWaitTime: 30, minDelay: 1 },
      { StackName: STACK },
    );
    const { code, printed } = await run([STACK, '--yes']);
    expect(printed).toContain('There already is a stack CampaignSite in eu-west-1 (CREATE_COMPLETE).');
    expect(code).toBe(2);
    expect(await statusOf(aws, STACK)).toBe('CREATE_COMPLETE');
  });
});
