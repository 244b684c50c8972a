import { once } from 'node:events';
import {
  Agent,
  createServer,
  type IncomingMessage,
  request,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Called } from '../../../../bin/shop/local-shop';
import { nameOf } from './call-names';

/** At which call a service is to die: before anybody has heard of the call, or when only the answer is missing. */
export interface Strike {
  /** 1 is the first call after the strike was planned; what the service does on its own, by the clock, doesn't count. */
  readonly call: number;
  readonly moment: 'before' | 'after';
}

/** A strike that waits for its call. */
interface Plan extends Strike {
  readonly hit: () => Promise<void>;
}

/** What an address answered. */
interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

/** All that one service asks of others, on its way there: it can be struck at any call, without its doing. */
export class Outside {
  /** The names of the calls since a strike was planned, in order. */
  readonly calls: string[] = [];
  private readonly servers: Server[] = [];
  private readonly agent = new Agent({ keepAlive: true });
  private plan?: Plan | undefined;
  private held: Promise<unknown> = Promise.resolve();

  /** An address that leads to another one, and counts. */
  async leadTo(called: Called, url: string): Promise<string> {
    const server = createServer((incoming, response) => {
      this.pass(called, url, incoming, response).catch(() => response.destroy());
    });
    this.servers.push(server);
    await once(server.listen(0, '127.0.0.1'), 'listening');
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  /**
   * Plans a strike; it comes once.
   *
   * @param hit ends the service
   */
  expect(strike: Strike, hit: () => Promise<void>): void {
    this.calls.length = 0;
    this.plan = { ...strike, hit };
  }

  /** Lets calls wait for something: as if another copy of the service that is down took them. */
  hold(until: Promise<unknown>): void {
    this.held = until.catch(() => undefined);
  }

  /** Whether the planned strike has not come; it will not come any more. */
  calm(): boolean {
    const isLeft = this.plan !== undefined;
    this.plan = undefined;
    return isLeft;
  }

  async close(): Promise<void> {
    this.agent.destroy();
    await Promise.all(
      this.servers.map((server) => {
        server.closeAllConnections();
        return new Promise((done) => server.close(done));
      }),
    );
  }

  private async pass(
    called: Called,
    url: string,
    incoming: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const body = await read(incoming);
    const plan = this.count(nameOf(called, incoming, body));
    if (plan?.moment === 'before') {
      await plan.hit();
      response.destroy();
      return;
    }
    await this.held;
    const answer = await this.forward(url, incoming, body);
    if (plan) {
      await plan.hit();
      response.destroy();
      return;
    }
    response.writeHead(answer.status, answer.headers).end(answer.body);
  }

  /** The plan whose call this is. */
  private count(name: string | undefined): Plan | undefined {
    if (name === undefined) return undefined;
    this.calls.push(name);
    const { plan } = this;
    if (plan?.call !== this.calls.length) return undefined;
    this.plan = undefined;
    return plan;
  }

  private async forward(url: string, { headers, method, url: path }: IncomingMessage, body: Buffer) {
    const outgoing = request(`${url}${path}`, { method, headers, agent: this.agent });
    outgoing.end(body);
    const [answer] = (await once(outgoing, 'response')) as [IncomingMessage];
    return {
      status: answer.statusCode ?? 500,
      headers: answer.headers,
      body: await read(answer),
    } satisfies Answer;
  }
}

async function read(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
