import type { FastifyInstance } from 'fastify';
import { Problem } from '../shared/problem';
import { json, problems } from '../shared/schemas';
import { hasEnded, type OrderRequest, viewOf } from './order';
import type { Placement } from './placement';
import { ORDER, ORDER_PARAMS, ORDER_REQUEST } from './schemas';

/** What the cart may ask. */
export function addInternalRoutes(app: FastifyInstance, placement: Pick<Placement, 'place'>): void {
  app.put<{ Params: { orderId: string }; Body: OrderRequest }>(
    '/orders/:orderId',
    {
      schema: {
        operationId: 'placeOrder',
        summary: 'Places an order, once for each id',
        params: ORDER_PARAMS,
        body: ORDER_REQUEST,
        response: {
          200: json('The order, which has ended', ORDER),
          202: json('The order, which is still on its way', ORDER),
          ...problems(400, 409, 503),
        },
      },
    },
    async (request, reply) => {
      const { params, body } = request;
      refuseDuplicates(body);
      const order = await placement.place(params.orderId, body, request);
      if (!hasEnded(order)) void reply.code(202).header('location', `/orders/${order.orderId}`);
      return viewOf(order);
    },
  );
}

/** A reservation is one transaction of DynamoDB, which touches each product once. */
function refuseDuplicates({ items }: OrderRequest): void {
  if (new Set(items.map(({ productId }) => productId)).size === items.length) return;
  throw new Problem(400, 'duplicate-product', 'body/items must name each product once');
}
