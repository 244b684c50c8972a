import type { FastifyInstance } from 'fastify';
import { type Money, money, sum, times } from '../shared/money';
import { Problem } from '../shared/problem';
import { json, problems } from '../shared/schemas';
import type { Line, ProductDraft, Reservation, StockLevel } from './model';
import {
  DELIVERY_BODY,
  ORDER_PARAMS,
  PRODUCT_BODY,
  PRODUCT_PARAMS,
  RESERVATION,
  RESERVATION_BODY,
  STOCK,
  WRITTEN,
} from './schemas';
import type { Stock } from './stock';
import type { Outcome } from './stock-rules';
import type { Upkeep } from './upkeep';

interface ReservationRoute {
  Params: { readonly orderId: string };
  Body: { readonly items: readonly Line[] };
}

interface ProductRoute {
  Params: { readonly productId: string };
  Body: ProductDraft & { readonly stock?: number };
}

interface DeliveryRoute {
  Params: { readonly productId: string };
  Body: { readonly deliveryId: string; readonly quantity: number };
}

/** What only the order service and the shop's owner may do. */
export function addInternalRoutes(app: FastifyInstance, stock: Stock, upkeep: Upkeep): void {
  addReservationRoutes(app, stock);

  app.put<ProductRoute>(
    '/products/:productId',
    {
      schema: {
        summary: 'Makes a product, or changes all of it but its pieces',
        params: PRODUCT_PARAMS,
        body: PRODUCT_BODY,
        response: {
          200: json('It has been changed', WRITTEN),
          201: json('It is new', WRITTEN),
          ...problems(400, 409, 500, 503),
        },
      },
    },
    async ({ params: { productId }, body: { stock: pieces = 0, ...draft } }, reply) => {
      const created = await upkeep.put(productId, draft, pieces);
      return reply.code(created ? 201 : 200).send({ productId, created });
    },
  );

  app.post<DeliveryRoute>(
    '/products/:productId/stock',
    {
      schema: {
        summary: 'Takes pieces in, once for each deliveryId',
        params: PRODUCT_PARAMS,
        body: DELIVERY_BODY,
        response: { 200: json('The pieces there are now', STOCK), ...problems(400, 404, 409, 500, 503) },
      },
    },
    async ({ params: { productId }, body: { deliveryId, quantity } }) => {
      const outcome = await stock.deliver(productId, deliveryId, quantity);
      if (outcome.kind === 'unknown-product')
        throw new Problem(404, 'unknown-product', 'There is no such product.');
      if (outcome.kind !== 'delivered') throw refusal(outcome);
      return { productId, ...outcome.level } satisfies StockLevel & { productId: string };
    },
  );
}

function addReservationRoutes(app: FastifyInstance, stock: Stock): void {
  const params = ORDER_PARAMS;
  const answer = json('What is kept for the order', RESERVATION);

  app.put<ReservationRoute>(
    '/reservations/:orderId',
    {
      schema: {
        summary: 'Keeps pieces for an order, all or none, at the prices of this moment',
        params,
        body: RESERVATION_BODY,
        response: { 200: answer, ...problems(400, 409, 422, 500, 503) },
      },
    },
    async ({ params: { orderId }, body: { items } }) => {
      if (new Set(items.map(({ productId }) => productId)).size < items.length)
        throw new Problem(400, 'bad-request', 'body/items has a product twice');
      return reservationIn(await stock.reserve(orderId, items));
    },
  );

  app.post<Pick<ReservationRoute, 'Params'>>(
    '/reservations/:orderId/confirm',
    {
      schema: {
        summary: 'Sells what is kept for an order',
        params,
        response: { 200: answer, ...problems(400, 404, 409, 500, 503) },
      },
    },
    async ({ params: { orderId } }) => reservationIn(await stock.settle('confirm', orderId)),
  );

  app.post<Pick<ReservationRoute, 'Params'>>(
    '/reservations/:orderId/release',
    {
      schema: {
        summary: 'Gives back what is kept for an order, and keeps nothing for it any more',
        params,
        response: { 200: answer, ...problems(400, 409, 500, 503) },
      },
    },
    async ({ params: { orderId } }) => reservationIn(await stock.settle('release', orderId)),
  );
}

const REFUSALS: Readonly<Record<string, readonly [status: number, detail: string]>> = {
  'out-of-stock': [409, 'There are not enough pieces.'],
  'unknown-product': [422, 'There is no such product.'],
  released: [409, 'The reservation has been released; nothing can be kept for this order any more.'],
  confirmed: [409, 'What was kept for the order has been sold.'],
  'other-content': [409, 'There has been a request with this id and another content.'],
  'not-reserved': [404, 'Nothing is kept for this order.'],
};

function refusal(outcome: Outcome): Problem {
  const [status, detail] = REFUSALS[outcome.kind] ?? [500, 'The change went nowhere.'];
  const fields = 'productIds' in outcome ? { productIds: outcome.productIds } : {};
  return new Problem(status, outcome.kind, detail, { fields });
}

function reservationIn(outcome: Outcome) {
  if (outcome.kind !== 'done') throw refusal(outcome);
  const { orderId, state, lines } = outcome.reservation;
  return { orderId, state, items: lines, total: totalOf(outcome.reservation) };
}

function totalOf({ lines }: Reservation): Money {
  return lines.length > 0
    ? sum(lines.map(({ unitPrice, quantity }) => times(unitPrice, quantity)))
    : money(0);
}
