import type { FastifyInstance } from 'fastify';
import { cursorAfter, limitOf, PAGE_QUERY, type PageQuery, sortKeyAfter } from '../shared/cursor';
import type { Identity } from '../shared/identity';
import { Problem } from '../shared/problem';
import { json, problems, SECURED } from '../shared/schemas';
import { viewOf } from './order';
import { HISTORY_KEY } from './order-items';
import type { OrderStore } from './orders';
import { ORDER, ORDER_PARAMS, ORDERS } from './schemas';

/** What customers may see of their orders. */
export function addOrderRoutes(
  app: FastifyInstance,
  store: OrderStore,
  { authenticate }: Pick<Identity, 'authenticate'>,
): void {
  app.get<{ Querystring: PageQuery }>(
    '/orders',
    {
      onRequest: authenticate,
      schema: {
        ...SECURED,
        operationId: 'listOrders',
        summary: "The customer's orders, newest first",
        querystring: PAGE_QUERY,
        response: { 200: json('A page of orders', ORDERS), ...problems(400, 401, 503) },
      },
    },
    async ({ query, customerId }) => {
      const after = sortKeyAfter(query.next, HISTORY_KEY);
      const { orders, last } = await store.list(customerId, limitOf(query), after);
      return { orders: orders.map(viewOf), ...(last && { next: cursorAfter(last) }) };
    },
  );

  app.get<{ Params: { orderId: string } }>(
    '/orders/:orderId',
    {
      onRequest: authenticate,
      schema: {
        ...SECURED,
        operationId: 'getOrder',
        summary: "One of the customer's orders",
        params: ORDER_PARAMS,
        response: { 200: json('The order', ORDER), ...problems(400, 401, 404, 503) },
      },
    },
    async ({ params, customerId }) => {
      const order = await store.get(params.orderId);
      // Nobody learns which ids others have.
      if (order?.customerId !== customerId)
        throw new Problem(404, 'unknown-order', 'There is no such order.');
      return viewOf(order);
    },
  );
}
