import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { EmulatorAddress } from './emulator';

/**
 * The emulator takes an access key of twelve digits for the account. Test files that look at all that is in an account
 * have one each, so that they can run side by side.
 */
export const ACCOUNT = '000000000000';

/** The outputs of stacks, by stack name and output name. */
export type Outputs = Record<string, Record<string, string>>;

/** The environment without what points to a real account. */
export function cleanEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(AWS|CDK)_/.test(name)));
}

/** The variables that point the CLI and the SDK to the emulator, and to nothing of the user's. */
export function emulatorEnvironment(
  { url }: Pick<EmulatorAddress, 'url'>,
  region: string,
  account = ACCOUNT,
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
    CDK_DOCKER: resolve('test', 'deploy', 'support', 'docker.mjs'),
    CI: 'true',
  };
}

/** How a run of the CLI is bounded and shown. */
export interface RunOptions {
  /**
   * After how many seconds it is ended, by its process id, and counts as failed.
   *
   * @default 120
   */
  readonly seconds?: number;

  /**
   * Ends it before its time, and alone does so: Ctrl-C in the terminal then doesn't reach it.
   *
   * @default - it runs to its end
   */
  readonly signal?: AbortSignal;

  /**
   * Gets what it prints, as it is printed.
   *
   * @default - nobody sees it until it is over
   */
  readonly show?: (text: string) => void;
}

/** Runs the CDK CLI and gives what it printed. */
async function cdk(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  { seconds = 120, signal, show }: RunOptions = {},
): Promise<string> {
  signal?.throwIfAborted();
  const child = spawn(
    process.execPath,
    [resolve('node_modules', 'aws-cdk', 'bin', 'cdk'), ...args, '--no-notices'],
    {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      // A terminal sends Ctrl-C to the whole process group of the command in it.
      detached: signal !== undefined,
    },
  );
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      printed += text;
      show?.(text);
    });
  }
  let isLate = false;
  const limit = setTimeout(() => {
    isLate = true;
    child.kill('SIGKILL');
  }, seconds * 1000);
  const end = () => child.kill('SIGKILL');
  signal?.addEventListener('abort', end);
  const code = await new Promise<number | null>((done, fail) => {
    child.once('error', fail).once('close', done);
  });
  clearTimeout(limit);
  signal?.removeEventListener('abort', end);
  signal?.throwIfAborted();
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
  account = ACCOUNT,
): Promise<void> {
  // Without an app: the environment is named, and a fresh clone has no cdk.out that the CLI could read.
  await cdk(
    ['bootstrap', `aws://${account}/${region}`, '--app', ''],
    emulatorEnvironment(emulator, region, account),
  );
}

/** Deploys stacks of a synthesized app; gives their outputs and what the CLI printed. */
export async function deploy(
  app: string,
  stacks: readonly string[],
  env: NodeJS.ProcessEnv,
  options: RunOptions = {},
): Promise<{ outputs: Outputs; printed: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'outputs-'));
  const file = join(folder, 'outputs.json');
  try {
    const printed = await cdk(
      ['deploy', ...stacks, '--app', app, '--require-approval', 'never', '--outputs-file', file],
      env,
      options,
    );
    return { outputs: JSON.parse(readFileSync(file, 'utf8')), printed };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Begins a deployment that is awaited later: a failure before then is not unhandled. */
export function beginDeploy(...args: Parameters<typeof deploy>): ReturnType<typeof deploy> {
  const deploying = deploy(...args);
  deploying.catch(() => undefined);
  return deploying;
}

/** Destroys stacks of a synthesized app. */
export async function destroy(
  app: string,
  stacks: readonly string[],
  env: NodeJS.ProcessEnv,
  options: RunOptions = {},
): Promise<void> {
  await cdk(['destroy', ...stacks, '--app', app, '--force'], env, options);
}
