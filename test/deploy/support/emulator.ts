import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { TestProject } from 'vitest/node';
import { bootstrap, cleanEnvironment } from './cli';
import { timed } from './progress';
import { emulatorPython } from './python';
import { catalogueRegions } from './units';

/** Where the emulator of a test run is. */
export interface EmulatorAddress {
  readonly url: string;

  /** The file with the emulator's log. */
  readonly log: string;
}

declare module 'vitest' {
  interface ProvidedContext {
    emulator: EmulatorAddress;
  }
}

/** An emulator that runs until it is stopped, or until the process that started it ends. */
export interface Emulator extends EmulatorAddress {
  stop(): Promise<void>;
}

/** Starts the emulator on a free port of the loopback. */
export async function startEmulator(): Promise<Emulator> {
  const python = emulatorPython();
  const folder = mkdtempSync(join(tmpdir(), 'deploy-tests-'));
  const log = join(folder, 'emulator.log');
  const logFile = openSync(log, 'w');
  const child = spawn(
    resolve(python),
    ['launcher.py', '--node-path', resolve('node_modules'), '--stop-on-closed-input'],
    { cwd: join('test', 'deploy', 'emulator'), stdio: ['pipe', 'pipe', logFile], env: cleanEnvironment() },
  );
  closeSync(logFile);
  const url = await firstAnswer(child, log);
  return {
    url,
    log,
    async stop() {
      const ended = once(child, 'exit');
      if (child.exitCode === null) {
        child.kill('SIGTERM');
        await ended;
      }
      rmSync(folder, { recursive: true });
    },
  };
}

/** What vitest runs once around all files: one emulator, bootstrapped in each region that the catalogue uses. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  await timed('environment', 'virtual environment', async () => emulatorPython());
  const emulator = await timed('environment', 'emulator', () => startEmulator());
  try {
    for (const region of catalogueRegions()) {
      await timed('environment', `bootstrap ${region}`, () => bootstrap(emulator, region));
    }
  } catch (error) {
    await emulator.stop();
    throw error;
  }
  const { url, log } = emulator;
  project.provide('emulator', { url, log });
  return () => emulator.stop();
}

async function firstAnswer(child: ChildProcess, log: string): Promise<string> {
  if (!child.stdout) throw new Error('the emulator has no standard output');
  const lines = createInterface({ input: child.stdout });
  const ended = once(child, 'exit').then(() => {
    throw new Error(`the emulator ended before it was ready:\n${readFileSync(log, 'utf8')}`);
  });
  const [line] = (await Promise.race([once(lines, 'line'), ended])) as [string];
  ended.catch(() => undefined);
  return (JSON.parse(line) as { url: string }).url;
}
