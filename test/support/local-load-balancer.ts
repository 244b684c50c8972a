import type { AddressInfo } from 'node:net';
import httpProxy from '@fastify/http-proxy';
import fastify, { type FastifyInstance } from 'fastify';
import { TargetGroup } from './target-group';

/** The names of the target groups of a blue/green deployment. */
export type Color = 'blue' | 'green';

/** What of the requests each group gets, in percent. */
export type Weights = Readonly<Record<Color, number>>;

/** Milliseconds for which an ALB keeps an idle connection. */
const IDLE_TIMEOUT = 60_000;

/** Headers that are about a connection, and none of the next connection's business. */
const OF_THE_CONNECTION = new Set(['connection', 'keep-alive']);

/** A port of the load balancer with a rule that divides its requests between the groups. */
export class LocalListener {
  weights: Weights = { blue: 100, green: 0 };
  private greens = 0;

  private constructor(
    private readonly app: FastifyInstance,
    readonly port: number,
  ) {}

  /** Listens on a free port of the loopback. */
  static async start(groups: Readonly<Record<Color, TargetGroup>>): Promise<LocalListener> {
    const app = fastify({ keepAliveTimeout: IDLE_TIMEOUT, forceCloseConnections: true });
    await app.register(httpProxy, {
      upstream: '',
      internalRewriteLocationHeader: false,
      disableRequestLogging: true,
      destroyAgent: true,
      replyOptions: {
        // The handler knows it.
        getUpstream: () => '',
        // An ALB tells the client what happened. Retries would hide it.
        retryDelay: () => null,
        onError: (reply) => reply.code(502).send(),
        rewriteHeaders: (headers) =>
          Object.fromEntries(Object.entries(headers).filter(([name]) => !OF_THE_CONNECTION.has(name))),
      },
      handler: (_request, reply, path, options) => {
        const target = groups[listener.nextColor()].take();
        if (!target) return reply.code(503).send();
        reply.raw.on('close', target.release);
        return reply.from(path, { ...options, getUpstream: () => target.url });
      },
    });
    await app.listen({ host: '127.0.0.1', port: 0 });
    const listener = new LocalListener(app, (app.server.address() as AddressInfo).port);
    return listener;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  close(): Promise<void> {
    return this.app.close();
  }

  /** Spreads the groups' turns evenly, so that 10 % are one in ten. */
  private nextColor(): Color {
    this.greens += this.weights.green;
    const whole = this.weights.blue + this.weights.green;
    if (this.greens < whole) return 'blue';
    this.greens -= whole;
    return 'green';
  }
}

/**
 * A load balancer like an ALB: a production and a test listener, two target groups with health checks, keep-alive
 * connections to the targets, no retries, 502 where a target breaks off, and 503 where a group has no healthy target.
 */
export class LocalLoadBalancer {
  private constructor(
    readonly groups: Readonly<Record<Color, TargetGroup>>,
    readonly production: LocalListener,
    readonly test: LocalListener,
  ) {}

  static async start(): Promise<LocalLoadBalancer> {
    const groups = { blue: new TargetGroup(), green: new TargetGroup() };
    const [production, test] = [await LocalListener.start(groups), await LocalListener.start(groups)];
    return new LocalLoadBalancer(groups, production, test);
  }

  async close(): Promise<void> {
    for (const group of Object.values(this.groups)) group.close();
    await Promise.all([this.production.close(), this.test.close()]);
  }
}
