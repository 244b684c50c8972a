import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { cleanEnvironment, type EmulatorAddress } from './emulator';

/**
 * The emulator takes an access key of twelve digits for the account. Test files that look at all that is in an account
 * have one each, so that they can run side by side.
 */
const DEFAULT_ACCOUNT = '000000000000';

/** The outputs of stacks, by stack name and output name. */
export type Outputs = Record<string, Record<string, string>>;

/** The variables that point the CLI and the SDK to the emulator, and to nothing of the user's. */
export function emulatorEnvironment(
  { url }: Pick<EmulatorAddress, 'url'>,
  region: string,
  account = DEFAULT_ACCOUNT,
): NodeJS.ProcessEnv {
  return {
    ...cleanEnvironment(),
    AWS_ENDPOINT_URL: url,
    AWS_ACCESS_KEY_ID: account,
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_REGION: region,
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_EC2_METADATA_DISABLED: 'true',
    CI: 'true',
  };
}

/**
 * Runs the CDK CLI and gives what it printed.
 *
 * @param seconds after how long it is ended, by its process id, and counts as failed
 */
export async function cdk(args: readonly string[], env: NodeJS.ProcessEnv, seconds = 120): Promise<string> {
  const child = spawn(
    process.execPath,
    [resolve('node_modules', 'aws-cdk', 'bin', 'cdk'), ...args, '--no-notices'],
    {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      printed += text;
    });
  }
  let isLate = false;
  const limit = setTimeout(() => {
    isLate = true;
    child.kill('SIGKILL');
  }, seconds * 1000);
  const code = await new Promise<number | null>((done, fail) => {
    child.once('error', fail).once('close', done);
  });
  clearTimeout(limit);
  if (isLate) throw new Error(`cdk ${args.join(' ')} took more than ${seconds} s:\n${printed}`);
  if (code !== 0) throw new Error(`cdk ${args.join(' ')} failed:\n${withoutProgress(printed)}`);
  return printed;
}

/** What the CLI printed without the lines on resources with which nothing is wrong. */
function withoutProgress(printed: string): string {
  return printed
    .split('\n')
    .filter((line) => !/_(IN_PROGRESS|COMPLETE) /.test(line))
    .join('\n');
}

/** Bootstraps a region of an account of the emulator. */
export async function bootstrap(
  emulator: Pick<EmulatorAddress, 'url'>,
  region: string,
  account = DEFAULT_ACCOUNT,
): Promise<void> {
  const app = ['--app', 'node -e 0'];
  await cdk(
    ['bootstrap', `aws://${account}/${region}`, ...app],
    emulatorEnvironment(emulator, region, account),
  );
}

/** Deploys stacks of a synthesized app; gives their outputs and what the CLI printed. */
export async function deploy(
  app: string,
  stacks: readonly string[],
  env: NodeJS.ProcessEnv,
  ...more: string[]
): Promise<{ outputs: Outputs; printed: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'outputs-'));
  const file = join(folder, 'outputs.json');
  try {
    const printed = await cdk(
      ['deploy', ...stacks, '--app', app, '--require-approval', 'never', '--outputs-file', file, ...more],
      env,
    );
    return { outputs: JSON.parse(readFileSync(file, 'utf8')), printed };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Destroys stacks of a synthesized app. */
export async function destroy(app: string, stacks: readonly string[], env: NodeJS.ProcessEnv): Promise<void> {
  await cdk(['destroy', ...stacks, '--app', app, '--force'], env);
}
