import { Agent, request as send } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { POST_TOKEN } from './notice-board-process';
import { until } from './poll';

/** Milliseconds for which a slow writer pauses amid its body. */
const SLOW_BODY = 300;

/** Milliseconds after which a request without an answer has failed. */
const PATIENCE = 20_000;

/** One in so many requests takes a connection of its own. */
const NEW_CONNECTION = 7;

/**
 * Unanswered requests from which on the next ones wait for their turn, so that a busy machine does not look like a
 * service that fails. What they wait counts.
 */
const MOST = 16;

const AUTHORIZATION = { authorization: `Bearer ${POST_TOKEN}` };

/** A request of the load. */
interface Kind {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  /** Whether it takes so long that a stop meets it. */
  readonly slow?: boolean;
}

const LIST: Kind = { method: 'GET', path: '/notices?limit=10', status: 200 };
const PAGE: Kind = { method: 'GET', path: '/?limit=5', status: 200 };
const VERSION: Kind = { method: 'GET', path: '/version', status: 200 };
const POST: Kind = { method: 'POST', path: '/notices', status: 201 };
const SLOW_POST: Kind = { ...POST, slow: true };

/** Removes what is not there; slow, where the table's DeleteItem is. */
export const SLOW_DELETE: Kind = {
  method: 'DELETE',
  path: '/notices/00000000-0000-7000-8000-000000000000',
  status: 204,
  slow: true,
};

/** Eleven: were they ten, a canary's tenth of the requests would be all of one kind. */
const KINDS = [VERSION, LIST, POST, SLOW_DELETE, VERSION, PAGE, POST, SLOW_POST, VERSION, LIST, LIST];

/** What came of a request. */
export interface Outcome {
  readonly path: string;
  readonly slow: boolean;
  /** From when it was due, in milliseconds: a client that waits would hide what others have to wait. */
  readonly milliseconds: number;
  /** Why it failed; undefined where all is well. */
  readonly problem?: string;
  /** The version that answered, where it was asked for. */
  readonly version?: string;
  /** The notice that was posted and acknowledged. */
  readonly title?: string;
}

/** Requests at a steady rate that does not follow the answers, over kept and new connections; none is sent twice. */
export class SteadyLoad {
  readonly outcomes: Outcome[] = [];
  private readonly agent = new Agent({ keepAlive: true, scheduling: 'fifo' });
  private readonly requests: Promise<unknown>[] = [];
  private stopped = false;
  private readonly sender: Promise<void>;

  /** @param perSecond how many; 0 sends none */
  constructor(
    private readonly url: string,
    private readonly perSecond: number,
  ) {
    this.sender = perSecond > 0 ? this.run() : Promise.resolve();
  }

  /** Waits until so many requests more have been sent from now on and answered, failures included. */
  async pass(requests: number): Promise<void> {
    const sent = this.requests.length;
    await until(`${requests} requests are sent`, () => this.requests.length >= sent + requests);
    await Promise.all(this.requests.slice(0, sent + requests));
  }

  /** Waits until something is so of the requests that were answered. */
  async see(what: string, isSo: (outcomes: readonly Outcome[]) => boolean): Promise<void> {
    await until(what, () => isSo(this.outcomes));
  }

  /** Sends no more, and waits for all answers. */
  async stop(): Promise<readonly Outcome[]> {
    this.stopped = true;
    await this.sender;
    await Promise.all(this.requests);
    this.agent.destroy();
    return this.outcomes;
  }

  private async run(): Promise<void> {
    const start = performance.now();
    for (let index = 0; !this.stopped; index += 1) {
      const due = start + (index * 1_000) / this.perSecond;
      const early = due - performance.now();
      if (early > 0) await pause(early);
      while (this.requests.length - this.outcomes.length >= MOST) await pause(1);
      const kind = KINDS[index % KINDS.length] ?? VERSION;
      const agent = index % NEW_CONNECTION === 0 ? false : this.agent;
      const title = kind.method === 'POST' ? `Notice ${index}` : undefined;
      this.requests.push(
        ask(this.url, kind, agent, title).then((outcome) => {
          this.outcomes.push({ ...outcome, milliseconds: performance.now() - due });
        }),
      );
    }
  }
}

/**
 * Sends one request, and reads its answer to the end.
 *
 * @param agent the connections to be used; false makes one for this request
 */
export function ask(
  url: string,
  { method, path, status, slow = false }: Kind,
  agent: Agent | false = false,
  title?: string,
): Promise<Outcome> {
  const start = performance.now();
  const body = title && JSON.stringify({ title, body: 'How it went. '.repeat(20) });
  return new Promise((resolve) => {
    const finish = (result: Pick<Outcome, 'problem' | 'version' | 'title'>) =>
      resolve({ path, slow, milliseconds: performance.now() - start, ...result });
    const fail = (error: Error & { code?: string }) => finish({ problem: error.code ?? error.message });
    const headers = {
      ...AUTHORIZATION,
      ...(body && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
    };
    const request = send(`${url}${path}`, { method, agent, headers, timeout: PATIENCE }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('error', fail).on('end', () => {
        if (response.statusCode !== status) return finish({ problem: `${response.statusCode} ${text}` });
        return finish({ ...(path === VERSION.path && { version: String(JSON.parse(text).version) }), title });
      });
    });
    request.on('error', fail).on('timeout', () => request.destroy(new Error('no answer')));
    if (!body || !slow) {
      request.end(body);
      return;
    }
    const half = Math.floor(body.length / 2);
    request.write(body.slice(0, half));
    setTimeout(() => request.end(body.slice(half)), SLOW_BODY);
  });
}
