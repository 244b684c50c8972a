import {
  BrokenCircuitError,
  CircuitState,
  ConsecutiveBreaker,
  circuitBreaker,
  ExponentialBackoff,
  handleWhen,
  retry,
  TaskCancelledError,
  TimeoutStrategy,
  timeout as within,
  wrap,
} from 'cockatiel';
import type { FastifyBaseLogger } from 'fastify';
import { BUDGET, type Origin } from './deadline';
import { unavailable } from './problem';
import { traced, traceHeaders } from './traced';

export { type Origin, originOf } from './deadline';

/** How long an attempt may take, in milliseconds, and how many there are. */
const TIMEOUT = 2_000;
const ATTEMPTS = 3;

/** The pauses between attempts, in milliseconds: decorrelated jitter, with this median at the beginning. */
const FIRST_PAUSE = 50;
const LONGEST_PAUSE = 1_000;

/** So many failures in a row open the breaker, and so many milliseconds later one call tries again. */
const FAILURES = 8;
const OPEN_FOR = 3_000;

/** Methods that may be repeated (https://www.rfc-editor.org/rfc/rfc9110#name-idempotent-methods). */
const IDEMPOTENT = new Set(['GET', 'PUT', 'DELETE']);

/** A call to another service. */
export interface Call {
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE';
  /** With the query, from the first slash. */
  readonly path: string;
  /** Is sent as JSON. */
  readonly body?: unknown;
  /** On whose behalf. A request of Fastify is one. */
  readonly origin: Origin;
  /** Whether it may be repeated; by default as the method says. */
  readonly retry?: boolean;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What the other service said. */
export interface CallAnswer {
  readonly status: number;
  /** Parsed JSON; undefined where there is none. */
  readonly body: unknown;
}

/** Calls one other service. */
export interface Caller {
  /**
   * Asks, and again where that may help, until the origin's deadline at the latest.
   *
   * @returns also an answer that refuses (400 to 499)
   * @throws the problem `dependency-unavailable` where the service does not answer, answers with 500 or more, or has
   *   failed so often that it is left alone for a moment. Whether a write has happened is then unknown.
   */
  call(call: Call): Promise<CallAnswer>;
}

/** Whom to call, and how patiently. */
export interface CallerOptions {
  /** The name of the service, for people. */
  readonly target: string;
  /** Such as http://payment:8081. */
  readonly baseUrl: string;
  readonly log: FastifyBaseLogger;
  /** How long an attempt may take, in milliseconds; 2000 by default. */
  readonly timeout?: number;
  /** How many attempts a call has that may be repeated; 3 by default. */
  readonly attempts?: number;
  /** How many failures in a row open the breaker; 8 by default. */
  readonly failures?: number;
  /** How long the breaker stays open, in milliseconds; 3000 by default. */
  readonly openFor?: number;
}

/** No answer, or one that says that the service is out of order. */
class AttemptFailed extends Error {}

/** The service works, and has too much to do. */
class Busy extends Error {
  constructor(readonly answer: CallAnswer) {
    super('the service is busy');
  }
}

/** Makes what calls a service, with a circuit breaker of its own. */
export function createCaller(options: CallerOptions): Caller {
  const { target, baseUrl, log, timeout = TIMEOUT, attempts = ATTEMPTS } = options;
  const breaker = circuitBreaker(
    handleWhen((error) => error instanceof AttemptFailed),
    {
      breaker: new ConsecutiveBreaker(options.failures ?? FAILURES),
      halfOpenAfter: options.openFor ?? OPEN_FOR,
    },
  );
  breaker.onStateChange((state) => {
    log.warn({ event: 'circuit', target, state: CircuitState[state] }, `calls to ${target}`);
  });
  const again = retry(
    handleWhen((error) => error instanceof AttemptFailed || error instanceof Busy),
    {
      maxAttempts: attempts - 1,
      backoff: new ExponentialBackoff({ initialDelay: FIRST_PAUSE, maxDelay: LONGEST_PAUSE }),
    },
  );
  const repeated = wrap(again, breaker);

  async function attempt(call: Call): Promise<CallAnswer> {
    const budget = Math.min(timeout, call.origin.deadline - Date.now());
    if (budget <= 0) throw new TaskCancelledError();
    const answer = await send(baseUrl, call, Math.ceil(budget)).catch((err: unknown) => {
      log.warn({ err, event: 'call failed', target, requestId: call.origin.id }, 'no answer');
      throw new AttemptFailed();
    });
    if (answer.status === 429 || answer.status === 408) throw new Busy(answer);
    if (answer.status < 500) return answer;
    const { status } = answer;
    log.warn({ event: 'call failed', target, requestId: call.origin.id, status }, 'out of order');
    throw new AttemptFailed();
  }

  return {
    async call(call) {
      const left = Math.max(0, call.origin.deadline - Date.now());
      const policy = (call.retry ?? IDEMPOTENT.has(call.method)) ? repeated : breaker;
      try {
        return await traced(`${call.method} ${target}`, () =>
          // Also where it ends in a pause between two attempts.
          within(left, TimeoutStrategy.Aggressive).execute(() => policy.execute(() => attempt(call))),
        );
      } catch (error) {
        if (error instanceof Busy) return error.answer;
        if (
          error instanceof AttemptFailed ||
          error instanceof BrokenCircuitError ||
          error instanceof TaskCancelledError
        ) {
          throw unavailable(target);
        }
        throw error;
      }
    },
  };
}

async function send(
  baseUrl: string,
  { method, path, body, origin, headers }: Call,
  budget: number,
): Promise<CallAnswer> {
  const response = await fetch(`${baseUrl}${path}`, {
    method,
    redirect: 'manual',
    signal: AbortSignal.timeout(budget),
    headers: {
      ...traceHeaders(),
      ...headers,
      accept: 'application/json',
      'x-request-id': origin.id,
      [BUDGET]: String(budget),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  // Also where nobody needs it: else the connection can't be used again.
  const text = await response.text();
  const isJson = /json/.test(response.headers.get('content-type') ?? '');
  return { status: response.status, body: isJson && text !== '' ? JSON.parse(text) : undefined };
}
