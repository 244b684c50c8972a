import httpProxy from '@fastify/http-proxy';
import fastify, { type FastifyInstance } from 'fastify';
import { SHOP, SHOP_SERVICES, type ShopServiceName } from '../../lib/microservices/shop-services';

/** The paths that the internet may ask for, those with the most letters first. */
const ROUTES = SHOP_SERVICES.flatMap((service) =>
  SHOP[service].publicPaths.map((path) => ({ path, service })),
).sort((a, b) => b.path.length - a.path.length);

/** The service that answers a path, as an Ingress with paths of the type Prefix chooses it: by whole segments. */
function serviceOf(path: string): ShopServiceName | undefined {
  return ROUTES.find(({ path: prefix }) => path === prefix || path.startsWith(prefix.replace(/\/?$/, '/')))
    ?.service;
}

/** The shop's one address, as its Ingress makes it: no retries, and 502 where a service does not answer. */
export class Gateway {
  private constructor(
    private readonly app: FastifyInstance,
    readonly url: string,
  ) {}

  /**
   * Listens on the loopback.
   *
   * @param port 0 takes a free one
   */
  static async start(urlOf: (service: ShopServiceName) => string, port = 0): Promise<Gateway> {
    const app = fastify({ forceCloseConnections: true });
    await app.register(httpProxy, {
      upstream: '',
      disableRequestLogging: true,
      internalRewriteLocationHeader: false,
      destroyAgent: true,
      replyOptions: {
        getUpstream: (request) => urlOf(serviceOf(request.url.split('?', 1)[0] ?? '') ?? 'product'),
        retryDelay: () => null,
        onError: (reply) => reply.code(502).send(),
      },
    });
    return new Gateway(app, await app.listen({ host: '127.0.0.1', port }));
  }

  close(): Promise<void> {
    return this.app.close();
  }
}
