import { setTimeout as pause } from 'node:timers/promises';
import type { FastifyBaseLogger, FastifyInstance } from 'fastify';
import type { Background } from './background';
import type { Readiness } from './readiness';

/** How often connections are closed that have become idle during the stop, in milliseconds. */
const SWEEP = 100;

/** The times of a stop, in milliseconds. */
export interface StopTimes {
  /** How long new connections are still served, for load balancers that have not heard of the stop. */
  readonly drain: number;
  /** When requests are cut off, counted from the beginning. */
  readonly requests: number;
  /** How long the last work may take after that, such as sending spans. */
  readonly flush: number;
}

/** What a stop ends. */
export interface Stoppable {
  /** One for each port. */
  readonly apps: readonly FastifyInstance[];
  readonly background: readonly Background[];
  readonly readiness: Readiness;
  readonly log: FastifyBaseLogger;
  /** What is left to do when nothing runs any more. */
  readonly flush: () => Promise<void>;
}

/** Ends the service without losing a request, or leaving work half done that had the time to end. */
export class Stop {
  private readonly impatience = new AbortController();
  private running?: Promise<void>;

  constructor(
    private readonly service: Stoppable,
    private readonly times: StopTimes,
  ) {}

  /** Begins the stop, once; resolves when nothing runs any more, and rejects never. */
  begin(reason: string): Promise<void> {
    this.running ??= this.run(reason);
    return this.running;
  }

  /** Whether a stop has begun. */
  get hasBegun(): boolean {
    return this.running !== undefined;
  }

  /** Waits for nobody any more. */
  hurry(): void {
    this.impatience.abort();
  }

  private async run(reason: string): Promise<void> {
    const { apps, background, readiness, log, flush } = this.service;
    const start = performance.now();
    log.info({ event: 'stopping', reason }, 'stopping');
    readiness.stop();
    await this.wait(this.times.drain);
    const ended = Promise.allSettled([
      ...apps.map((app) => app.close()),
      ...background.map((work) => work.stop()),
    ]).then((results) => {
      for (const result of results) if (result.status === 'rejected') logFailure(log, result.reason);
      return 'ended' as const;
    });
    const sweep = setInterval(() => {
      for (const app of apps) app.server.closeIdleConnections();
    }, SWEEP);
    const left = Math.max(0, this.times.requests - (performance.now() - start));
    if ((await Promise.race([ended, this.wait(left)])) === 'cut off') {
      log.warn({ event: 'requests cut off' }, 'requests or background work took longer than a stop may');
      for (const app of apps) app.server.closeAllConnections();
    }
    clearInterval(sweep);
    await Promise.race([flush().catch((error: unknown) => logFailure(log, error)), pause(this.times.flush)]);
    log.info({ event: 'stopped', ms: Math.round(performance.now() - start) }, 'stopped');
  }

  /** Waits so long, or until somebody is in a hurry. */
  private async wait(milliseconds: number): Promise<'cut off'> {
    await pause(milliseconds, undefined, { signal: this.impatience.signal }).catch(() => undefined);
    return 'cut off';
  }
}

function logFailure(log: FastifyBaseLogger, err: unknown): void {
  log.error({ err, event: 'fault' }, 'the stop had a fault');
}
