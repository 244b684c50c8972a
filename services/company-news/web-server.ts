import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { codeOf } from './failures';
import type { Log } from './log';
import { pathOf, type Site } from './site';

/**
 * A load balancer keeps its connections for 60 s. Were Node.js the one to close them, it would do so while a request
 * is on its way now and then, and the load balancer would answer that with 502
 * (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html).
 */
const KEEP_ALIVE = 65_000;

/** HTTP around the site: the connections, a line of the log per request, and the stop. */
export class WebServer {
  private readonly server: Server;
  private stopping = false;

  constructor(
    private readonly site: Site,
    private readonly log: Log,
  ) {
    this.server = createServer((request, response) => {
      void this.serve(request, response);
    });
    this.server.keepAliveTimeout = KEEP_ALIVE;
    // Has to be longer: releases of Node.js counted it from the end of the request before.
    this.server.headersTimeout = KEEP_ALIVE + 1_000;
    this.server.requestTimeout = KEEP_ALIVE + 5_000;
  }

  /** Starts to listen and says at which port. */
  async listen(port: number): Promise<number> {
    this.server.listen(port);
    await once(this.server, 'listening');
    return (this.server.address() as AddressInfo).port;
  }

  /** Accepts nothing more, lets the running requests end, and cuts off what takes longer than `limit`. */
  async stop(limit: number): Promise<void> {
    this.stopping = true;
    const closed = once(this.server, 'close');
    this.server.close();
    const timer = setTimeout(() => this.server.closeAllConnections(), limit);
    await closed;
    clearTimeout(timer);
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const start = performance.now();
    const requestId = request.headers['x-amzn-trace-id']?.toString().slice(0, 200) ?? randomUUID();
    response.once('close', () => {
      const ms = Math.round(performance.now() - start);
      const { method } = request;
      const status = response.headersSent ? response.statusCode : undefined;
      this.log({ event: 'request', method, path: pathOf(request), status, ms, requestId });
    });
    const { status, headers, body } = await this.site.answer(request).catch((error: unknown) => {
      this.log({ event: 'fault', code: codeOf(error), place: placeOf(error), requestId });
      return this.site.fault();
    });
    // A connection that lives on would hold up the stop until the load balancer lets go of it.
    if (this.stopping) response.setHeader('connection', 'close');
    response.writeHead(status, headers).end(body);
  }
}

/** Where an error comes from, without its message, which may quote what a visitor wrote. */
function placeOf(error: unknown): string | undefined {
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  return stack.match(/^ {4}at .+/m)?.[0].trim();
}
