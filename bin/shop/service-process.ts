import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { ShopServiceName } from '../../lib/microservices/shop-services';
import { freePort } from './free-port';

/** Seconds that a service has to become ready, to stop by itself, and until it is killed. */
const SECONDS = { ready: 30, ownStop: 5, stop: 8 } as const;

/** Milliseconds between two looks. */
const PAUSE = 10;

const running = new Set<ChildProcess>();

// Whoever ends without having stopped them leaves none behind.
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** A service of the shop as a process; it keeps its addresses when it is started again. */
export class ServiceProcess {
  private child?: ChildProcess;

  private constructor(
    readonly name: ShopServiceName,
    /** The log of all its runs, what went to standard error included. */
    readonly logFile: string,
    private readonly ports: { readonly public: number; readonly internal: number },
  ) {}

  /**
   * Reserves its addresses; nothing runs yet.
   *
   * @param folder where its log is written
   */
  static async reserve(name: ShopServiceName, folder: string): Promise<ServiceProcess> {
    const ports = { public: await freePort(), internal: await freePort() };
    return new ServiceProcess(name, join(folder, `${name}.log`), ports);
  }

  /** The lines of its log. */
  get log(): string[] {
    if (!existsSync(this.logFile)) return [];
    return readFileSync(this.logFile, 'utf8').split('\n').filter(Boolean);
  }

  /** Where it answers, at the port that users reach or at the one for other services. */
  url(port: 'public' | 'internal' = 'public'): string {
    return `http://127.0.0.1:${this.ports[port]}`;
  }

  /** Whether it runs. */
  get runs(): boolean {
    return this.child !== undefined && this.child.exitCode === null && this.child.signalCode === null;
  }

  /**
   * Starts it, and waits until it is ready.
   *
   * @throws what it logged, where it ends or does not become ready in time
   */
  async start(program: string, environment: NodeJS.ProcessEnv): Promise<void> {
    const log = openSync(this.logFile, 'a');
    const child = spawn(process.execPath, [program], {
      env: {
        PATH: process.env.PATH,
        ...environment,
        HOST: '127.0.0.1',
        PORT: String(this.ports.public),
        INTERNAL_PORT: String(this.ports.internal),
        STOP_TIMEOUT_SECONDS: String(SECONDS.ownStop),
      },
      stdio: ['ignore', log, log],
      // A terminal sends Ctrl-C to the whole process group of the command in it, which stops its services itself.
      detached: true,
    });
    closeSync(log);
    this.child = child;
    running.add(child);
    child.once('exit', () => running.delete(child));
    const limit = performance.now() + SECONDS.ready * 1_000;
    while (!(await this.isReady())) {
      if (this.runs && performance.now() < limit) await pause(PAUSE);
      else throw new Error(`${this.name} did not become ready:\n${this.log.slice(-20).join('\n')}`);
    }
  }

  /** Ends it as a crash does. */
  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  /** Asks it to stop, and ends it where it does not. */
  async stop(): Promise<void> {
    const { child } = this;
    const killer = setTimeout(() => child?.kill('SIGKILL'), SECONDS.stop * 1_000);
    await this.end('SIGTERM');
    clearTimeout(killer);
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    const { child } = this;
    if (!child || !this.runs) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  }

  private async isReady(): Promise<boolean> {
    try {
      return (await fetch(`${this.url()}/readyz`)).ok;
    } catch {
      return false;
    }
  }
}
