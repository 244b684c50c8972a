import { setTimeout as pause } from 'node:timers/promises';
import type { FastifyBaseLogger } from 'fastify';

/** Work that no request asks for. */
export interface Background {
  readonly name: string;
  start(): void;
  /** Begins nothing more, and waits for what runs. */
  stop(): Promise<void>;
}

/**
 * Does something again and again, and never twice at once. The pauses differ by a fifth, so that replicas that started
 * together don't work in step. What fails is logged and tried again after the next pause.
 *
 * @param interval from the end of a run to the beginning of the next, in milliseconds, or how to tell after each run;
 *   the first run begins at once
 * @param work gets a signal that says when a stop has begun
 */
export function every(
  name: string,
  interval: number | (() => number),
  work: (signal: AbortSignal) => Promise<void>,
  log: FastifyBaseLogger,
): Background {
  const stopping = new AbortController();
  let running: Promise<void> | undefined;

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        await work(stopping.signal);
      } catch (err) {
        if (!stopping.signal.aborted) log.error({ err, event: 'background', name }, `${name} failed`);
      }
      const wait = (typeof interval === 'number' ? interval : interval()) * (0.9 + Math.random() * 0.2);
      await pause(wait, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  }

  return {
    name,
    start() {
      running ??= run();
    },
    async stop() {
      stopping.abort();
      await running;
    },
  };
}
