import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { afterAll, vi } from 'vitest';

const PROJECT = join(__dirname, '..', '..');

let folder: string | undefined;

afterAll(() => {
  if (folder) rmSync(folder, { recursive: true });
});

/** The folder with the program as it is released: one file and what its pages need. */
function builtProgram(): string {
  if (folder) return folder;
  folder = mkdtempSync(join(tmpdir(), 'notice-board-'));
  buildSync({
    entryPoints: [join(PROJECT, 'server.ts')],
    outfile: join(folder, 'server.cjs'),
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    logLevel: 'error',
  });
  cpSync(join(PROJECT, 'public'), join(folder, 'public'), { recursive: true });
  // A fault that a test can cause from outside.
  writeFileSync(
    join(folder, 'fault.cjs'),
    "process.on('SIGUSR2', () => { throw new Error('a fault of the test'); });",
  );
  return folder;
}

/** The program as a process. */
export class Program {
  readonly exit: Promise<number | null>;
  private text = '';

  private constructor(private readonly process: ChildProcess) {
    for (const stream of [process.stdout, process.stderr]) {
      stream?.on('data', (part: Buffer) => {
        this.text += part;
      });
    }
    // When its output has been read to the end, too.
    this.exit = once(process, 'close').then(([code]) => code);
  }

  /** Starts it; it listens at a free port, which `listens` tells. */
  static start(environment: Readonly<Record<string, string>>): Program {
    const cwd = builtProgram();
    const env = {
      PATH: process.env.PATH,
      AWS_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      TABLE_NAME: 'notices',
      HOST: '127.0.0.1',
      PORT: '0',
      ...environment,
    };
    return new Program(spawn(process.execPath, ['--require', './fault.cjs', 'server.cjs'], { cwd, env }));
  }

  /** Its log. Lines that are no JSON fail the test. */
  get lines(): Readonly<Record<string, unknown>>[] {
    return this.text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line));
  }

  /** Where it listens, once it does. */
  async listens(): Promise<number> {
    return await vi.waitFor(
      () => {
        const port = this.text.match(/listening at http:\/\/127\.0\.0\.1:(\d+)/)?.[1];
        if (!port) throw new Error(`it does not listen: ${this.text}`);
        return Number(port);
      },
      { timeout: 10_000 },
    );
  }

  send(signal: NodeJS.Signals): void {
    this.process.kill(signal);
  }
}
