/** The shop's services, by name. */
export const SHOP_SERVICES = ['product', 'cart', 'order', 'payment', 'customer', 'review'] as const;

/** The name of one of the shop's services. */
export type ShopServiceName = (typeof SHOP_SERVICES)[number];

/** Where each service answers: what the load balancer reaches, and what only named services reach. */
export const SHOP_PORTS = { public: 8080, internal: 8081 } as const;

/** A service that another one calls. */
export interface ShopCall {
  readonly service: ShopServiceName;
  readonly port: keyof typeof SHOP_PORTS;
}

/** What the shop's cluster has to know of a service. */
export interface ShopService {
  /** The beginnings of the paths that the internet may ask for. */
  readonly publicPaths: readonly string[];

  /** Whether it answers at the internal port, too. */
  readonly internalApi: boolean;

  /** Whom it calls; it can reach nobody else in the cluster. */
  readonly calls: readonly ShopCall[];
}

const KEYS_OF_TOKENS: ShopCall = { service: 'customer', port: 'public' };

/** All that crosses the borders of the shop's services. */
export const SHOP: Readonly<Record<ShopServiceName, ShopService>> = {
  product: { publicPaths: ['/products', '/'], internalApi: true, calls: [] },
  cart: {
    publicPaths: ['/cart'],
    internalApi: false,
    calls: [{ service: 'product', port: 'public' }, { service: 'order', port: 'internal' }, KEYS_OF_TOKENS],
  },
  order: {
    publicPaths: ['/orders'],
    internalApi: true,
    calls: [
      { service: 'product', port: 'internal' },
      { service: 'payment', port: 'internal' },
      KEYS_OF_TOKENS,
    ],
  },
  payment: { publicPaths: ['/payment-methods'], internalApi: true, calls: [KEYS_OF_TOKENS] },
  customer: {
    publicPaths: ['/customers', '/sessions', '/.well-known/jwks.json'],
    internalApi: false,
    calls: [],
  },
  review: { publicPaths: ['/reviews'], internalApi: false, calls: [KEYS_OF_TOKENS] },
};

/**
 * The addresses of the services that a service calls, as its environment variables: `ORDER_URL` is `http://order:8081`.
 * They are the names of the services in their namespace.
 */
export function addressesFor(service: ShopServiceName): Record<string, string> {
  return Object.fromEntries(
    SHOP[service].calls.map(({ port, service: called }) => [
      `${called.toUpperCase()}_URL`,
      `http://${called}:${SHOP_PORTS[port]}`,
    ]),
  );
}
