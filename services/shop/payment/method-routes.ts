import type { FastifyInstance } from 'fastify';
import type { Identity } from '../shared/identity';
import { IDEMPOTENCY_HEADERS, idempotencyKeyOf } from '../shared/ids';
import { json, problems, SECURED } from '../shared/schemas';
import { type Card, withoutCardNumbers } from './card';
import type { Registration } from './registration';
import { CARD, METHOD, METHOD_PARAMS, METHODS } from './schemas';

/** What customers do with their payment methods. */
export function addMethodRoutes(
  app: FastifyInstance,
  registration: Registration,
  { authenticate }: Pick<Identity, 'authenticate'>,
): void {
  // The route is known by now; what follows writes the path into the log.
  app.addHook('onRequest', async ({ raw }) => {
    raw.url = withoutCardNumbers(raw.url ?? '');
  });

  app.post<{ Body: Card }>(
    '/payment-methods',
    {
      onRequest: authenticate,
      schema: {
        ...SECURED,
        operationId: 'addPaymentMethod',
        summary: 'Adds a card',
        headers: IDEMPOTENCY_HEADERS,
        body: CARD,
        response: { 201: json('The payment method', METHOD), ...problems(400, 401, 409, 422, 503) },
      },
    },
    async (request, reply) => {
      const method = await registration.add(request.customerId, idempotencyKeyOf(request), request.body);
      return reply.code(201).send(method);
    },
  );

  app.get(
    '/payment-methods',
    {
      onRequest: authenticate,
      schema: {
        ...SECURED,
        operationId: 'listPaymentMethods',
        summary: "The customer's payment methods, oldest first",
        response: { 200: json('The payment methods', METHODS), ...problems(401, 503) },
      },
    },
    async ({ customerId }) => ({ paymentMethods: await registration.list(customerId) }),
  );

  app.delete<{ Params: { paymentMethodId: string } }>(
    '/payment-methods/:paymentMethodId',
    {
      onRequest: authenticate,
      schema: {
        ...SECURED,
        operationId: 'deletePaymentMethod',
        summary: 'Deletes a payment method, if it is there',
        params: METHOD_PARAMS,
        response: {
          204: { description: 'It is not there any more', type: 'null' },
          ...problems(400, 401, 503),
        },
      },
    },
    async ({ params, customerId }, reply) => {
      await registration.remove({ customerId, ...params });
      return reply.code(204).send();
    },
  );
}
