import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { afterAll, vi } from 'vitest';

let folder: string | undefined;

afterAll(() => {
  if (folder) rmSync(folder, { recursive: true });
});

/** The sample service as services are released: one file. */
function builtProgram(): string {
  if (folder) return folder;
  folder = mkdtempSync(join(tmpdir(), 'shop-sample-'));
  buildSync({
    entryPoints: [join(__dirname, 'sample-server.ts')],
    outfile: join(folder, 'server.cjs'),
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    logLevel: 'error',
  });
  return folder;
}

/** A service as a process. */
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

  /** Starts the sample service, or the one of a folder, at free ports, which `listens` tells. */
  static start(environment: Readonly<Record<string, string>>, cwd = builtProgram()): Program {
    const env = {
      PATH: process.env.PATH,
      AWS_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      HOST: '127.0.0.1',
      PORT: '0',
      INTERNAL_PORT: '0',
      ...environment,
    };
    return new Program(spawn(process.execPath, ['server.cjs'], { cwd, env }));
  }

  /** Its log. Lines that are no JSON fail the test. */
  get lines(): Readonly<Record<string, unknown>>[] {
    return this.text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line));
  }

  /** What its log tells of, in order. */
  get events(): unknown[] {
    return this.lines.map(({ event }) => event);
  }

  /** Where it listens, once it does; `internal` is 0 where it has no internal port. */
  async listens(): Promise<{ port: number; internal: number }> {
    return await vi.waitFor(
      () => {
        const started = this.lines.find(({ event }) => event === 'started');
        if (!started) throw new Error(`it does not listen: ${this.text}`);
        return { port: Number(started.listensAt), internal: Number(started.internalAt ?? 0) };
      },
      { timeout: 20_000 },
    );
  }

  /** Reads no more of its log, as a pipe whose other end has gone. */
  closeOutput(): void {
    this.process.stdout?.destroy();
  }

  send(signal: NodeJS.Signals): void {
    this.process.kill(signal);
  }
}
