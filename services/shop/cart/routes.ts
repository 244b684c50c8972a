import type { FastifyInstance } from 'fastify';
import type { Caller } from '../shared/call';
import type { Identity } from '../shared/identity';
import { IDEMPOTENCY_HEADERS, idempotencyKeyOf } from '../shared/ids';
import { Problem } from '../shared/problem';
import { json, problems, SECURED } from '../shared/schemas';
import type { CartStore } from './cart-store';
import { lineViewOf, viewOf } from './cart-view';
import type { Checkouts } from './checkout';
import type { CheckoutRequest } from './model';
import { findFacts } from './prices';
import { CART_VIEW, CHECKOUT_BODY, LINE_BODY, LINE_PARAMS, LINE_VIEW, ORDER } from './schemas';

/** What the routes need. */
export interface CartParts {
  readonly identity: Identity;
  readonly carts: CartStore;
  readonly checkouts: Checkouts;
  readonly product: Caller;
}

interface LineRoute {
  Params: { readonly productId: string };
  Body: { readonly quantity: number };
}

/** The cart of the customer who asks. */
export function addCartRoutes(
  app: FastifyInstance,
  { identity, carts, checkouts, product }: CartParts,
): void {
  const onRequest = identity.authenticate;

  app.get(
    '/cart',
    {
      onRequest,
      schema: {
        ...SECURED,
        summary: 'Shows the cart',
        response: { 200: json('The cart', CART_VIEW), ...problems(401, 500, 503) },
      },
    },
    async (request) => {
      const lines = await carts.list(request.customerId);
      const productIds = lines.map(({ productId }) => productId);
      return viewOf(lines, await findFacts(product, productIds, request));
    },
  );

  app.put<LineRoute>(
    '/cart/items/:productId',
    {
      onRequest,
      schema: {
        ...SECURED,
        summary: 'Says how many pieces of a product are in the cart',
        params: LINE_PARAMS,
        body: LINE_BODY,
        response: { 200: json('The line', LINE_VIEW), ...problems(400, 401, 409, 422, 500, 503) },
      },
    },
    async (request) => {
      const { productId } = request.params;
      const line = { productId, quantity: request.body.quantity };
      const facts = await findFacts(product, [productId], request);
      if (facts && !facts.has(productId))
        throw new Problem(422, 'unknown-product', 'There is no such product.');
      await carts.put(request.customerId, line);
      return lineViewOf(line, facts?.get(productId));
    },
  );

  app.delete<Pick<LineRoute, 'Params'>>(
    '/cart/items/:productId',
    {
      onRequest,
      schema: {
        ...SECURED,
        summary: 'Takes a product out of the cart',
        params: LINE_PARAMS,
        response: {
          204: { description: 'It is not in the cart', type: 'null' },
          ...problems(400, 401, 500, 503),
        },
      },
    },
    async (request, reply) => {
      await carts.remove(request.customerId, request.params.productId);
      return reply.code(204).send();
    },
  );

  app.post<{ Body: CheckoutRequest }>(
    '/cart/checkout',
    {
      onRequest,
      schema: {
        ...SECURED,
        summary: 'Buys what is in the cart, once for each Idempotency-Key',
        headers: IDEMPOTENCY_HEADERS,
        body: CHECKOUT_BODY,
        response: {
          201: json('The order is confirmed', ORDER),
          202: json('The order is on its way: look at it later, at its location', ORDER),
          ...problems(400, 401, 402, 409, 500, 503),
        },
      },
    },
    async (request, reply) => {
      const key = idempotencyKeyOf(request);
      const { order, ended } = await checkouts.checkOut(request.customerId, key, request.body, request);
      return reply
        .code(ended ? 201 : 202)
        .header('location', `/orders/${order.orderId}`)
        .send(order);
    },
  );
}
