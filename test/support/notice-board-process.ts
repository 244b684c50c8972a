import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { takeOrBuild } from '../../lib/building-blocks/build-cache';
import { bundle } from '../../lib/building-blocks/bundle';
import { projectFolder } from '../../lib/building-blocks/project-folder';
import { SERVER_NODEJS } from '../../lib/building-blocks/versions';
import { until } from './poll';

/** The token for writing. */
export const POST_TOKEN = 'the-token-of-the-tests';

/** Seconds after which the service ends a stop, and after which it is killed, as ECS does it. */
const STOP_TIMEOUT = { own: 8, kill: 12 };

const SOURCE = ['services', 'notice-board'] as const;

/** Makes a process end at the first SIGTERM, whatever the service would do. */
const HASTY = ['--import', 'data:text/javascript,process.on("SIGTERM",()=>process.exit(0))'];

/** What the processes are given. */
export interface NoticeBoardOptions {
  readonly version: string;
  /** Where the table is. */
  readonly endpoint: string;
  readonly tableName: string;
  /**
   * Whether it ends at once at a SIGTERM, like a service that has no handler.
   *
   * @default false
   */
  readonly hasty?: boolean;
  /**
   * How long a stop still serves new connections.
   *
   * @default 0
   */
  readonly drainSeconds?: number;
}

/** How a process ended. */
export interface Ending {
  /** Undefined where a signal ended it. */
  readonly code?: number;
  readonly milliseconds: number;
}

/** The sample service as it runs in its container: the bundle, as a process. */
export class NoticeBoardProcess {
  private constructor(
    private readonly child: ChildProcess,
    readonly url: string,
    /** The lines of its log. */
    readonly log: readonly string[],
  ) {}

  /** Starts it on a free port of the loopback, and waits until it listens. */
  static async start(options: NoticeBoardOptions): Promise<NoticeBoardProcess> {
    const child = spawn(process.execPath, [...(options.hasty ? HASTY : []), program()], {
      env: environmentOf(options),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const log: string[] = [];
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => log.push(...text.split('\n').filter(Boolean)));
    }
    const address = () => /listening at (http:[^"]+)/.exec(log.join('\n'))?.[1];
    try {
      await until(`notice-board ${options.version} listens`, () => address() !== undefined);
    } catch (cause) {
      child.kill('SIGKILL');
      throw new Error(`notice-board ${options.version} did not start:\n${log.join('\n')}`, { cause });
    }
    return new NoticeBoardProcess(child, address() ?? '', log);
  }

  /** Whether it still runs. */
  get runs(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /** Sends SIGTERM, and SIGKILL to a process that does not end, as ECS does. */
  async stop(): Promise<Ending> {
    const start = performance.now();
    const killer = setTimeout(() => this.child.kill('SIGKILL'), STOP_TIMEOUT.kill * 1_000);
    await this.end('SIGTERM');
    clearTimeout(killer);
    return { code: this.child.exitCode ?? undefined, milliseconds: Math.round(performance.now() - start) };
  }

  /** Ends it by a signal; one that has ended is left alone. */
  async end(signal: NodeJS.Signals): Promise<void> {
    if (!this.runs) return;
    const ended = once(this.child, 'exit');
    this.child.kill(signal);
    await ended;
  }
}

function environmentOf(options: NoticeBoardOptions): NodeJS.ProcessEnv {
  return {
    HOST: '127.0.0.1',
    PORT: '0',
    VERSION: options.version,
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'not-a-secret',
    AWS_ENDPOINT_URL: options.endpoint,
    TABLE_NAME: options.tableName,
    POST_TOKEN,
    DRAIN_SECONDS: String(options.drainSeconds ?? 0),
    STOP_TIMEOUT_SECONDS: String(STOP_TIMEOUT.own),
  };
}

let written: string | undefined;

/** The bundle's file, beside the files of its page. */
function program(): string {
  if (written) return written;
  const text = takeOrBuild('notice-board-process', [], () => {
    const { inputs, texts } = bundle([[...SOURCE, 'server.ts'].join('/')], { target: SERVER_NODEJS.target });
    return { inputs, value: texts.get('server') };
  });
  if (!text) throw new Error('esbuild made nothing of notice-board');
  const folder = mkdtempSync(join(tmpdir(), 'notice-board-'));
  cpSync(projectFolder(...SOURCE, 'public'), join(folder, 'public'), { recursive: true });
  written = join(folder, 'server.cjs');
  writeFileSync(written, text);
  return written;
}
