import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A call of a handler, and what its answer must hold at least. */
export interface HandlerCall {
  readonly name: string;
  readonly event: unknown;
  readonly answer: unknown;

  /**
   * Milliseconds that the function has left.
   *
   * @default 30000
   */
  readonly timeLeft?: number;
}

/** How a handler is called where it runs alone. */
export interface HandlerCalls {
  readonly environment: Readonly<Record<string, string>>;

  /** The first one needs as little as the handler can be asked for; the targets of the benchmark hold for it. */
  readonly calls: readonly [HandlerCall, ...HandlerCall[]];
}

/** Reads bench/events/<pattern>/<name>.json, which every handler must have. */
export function callsOf(pattern: string, name: string): HandlerCalls {
  return JSON.parse(
    readFileSync(join(__dirname, '..', '..', 'bench', 'events', pattern, `${name}.json`), 'utf8'),
  );
}
