import type { FastifyInstance } from 'fastify';
import { json, problems } from '../shared/schemas';
import type { PaymentRequest } from './payment';
import type { Payments } from './payments';
import { CANCELLED, DECIDED, PAYMENT_PARAMS, PAYMENT_REQUEST, UNDECIDED } from './schemas';

interface Params {
  readonly orderId: string;
}

/** What the order service may ask. */
export function addPaymentRoutes(app: FastifyInstance, payments: Payments): void {
  app.put<{ Params: Params; Body: PaymentRequest }>(
    '/payments/:orderId',
    {
      schema: {
        operationId: 'pay',
        summary: 'Pays an order, once',
        params: PAYMENT_PARAMS,
        body: PAYMENT_REQUEST,
        response: {
          200: json('The decision, which stays the same', DECIDED),
          202: json('The acquirer has not decided: ask again', UNDECIDED),
          ...problems(400, 409, 503),
        },
      },
    },
    async ({ params: { orderId }, body }, reply) => {
      const answer = await payments.pay(orderId, body);
      if (answer.state === 'PENDING') void reply.code(202);
      return { orderId, ...answer };
    },
  );

  app.post<{ Params: Params }>(
    '/payments/:orderId/void',
    {
      schema: {
        operationId: 'void',
        summary: 'Makes sure that nothing is paid for an order, now or later',
        params: PAYMENT_PARAMS,
        response: { 200: json('What has become of the payment', CANCELLED), ...problems(400, 503) },
      },
    },
    async ({ params: { orderId } }) => ({ orderId, state: (await payments.cancel(orderId)).state }),
  );
}
