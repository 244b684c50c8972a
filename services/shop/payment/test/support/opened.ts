import { newId } from '../../../shared/ids';
import { type FakeAws, startAws } from '../../../shared/test/support/aws';
import { type OpenedService, openService } from '../../../shared/test/support/service';
import { type Issuer, startIssuer } from '../../../shared/test/support/tokens';
import { buildPaymentService } from '../../payment-service';
import { addKms, KEY } from './fake-kms';

export const TABLE = 'payments';

/** A card that pays. */
export const CARD = {
  cardNumber: '4242424242424242',
  expiryMonth: 12,
  expiryYear: 2090,
  cardholder: 'Tanaka Yuki',
};

type Answer = ReturnType<OpenedService['call']>;

/** The payment service of a test, and what its callers do. */
export interface Opened {
  readonly aws: FakeAws;
  readonly issuer: Issuer;
  readonly payment: OpenedService;
  /** Adds a payment method; a text is sent as it is. */
  add(card: unknown, key?: string, customerId?: string): Answer;
  list(customerId: string): Promise<unknown>;
  remove(paymentMethodId: string, customerId?: string): Answer;
  pay(orderId: string, body: object): Answer;
  cancel(orderId: string): Answer;
  close(): Promise<void>;
}

/** Opens it. */
export async function openPayment(): Promise<Opened> {
  const aws = await startAws();
  addKms(aws);
  await aws.createTable(TABLE);
  const issuer = await startIssuer();
  const payment = await openService('payment', (context) =>
    buildPaymentService({ tableName: TABLE, keyId: KEY, customerUrl: issuer.url }, context),
  );
  return {
    aws,
    issuer,
    payment,
    async add(card, key = newId(), customerId = 'customer-1') {
      return await payment.call({
        method: 'POST',
        url: '/payment-methods',
        headers: {
          ...(await issuer.headersOf(customerId)),
          'content-type': 'application/json',
          'idempotency-key': key,
        },
        body: typeof card === 'string' ? card : JSON.stringify(card),
      });
    },
    async list(customerId) {
      const headers = await issuer.headersOf(customerId);
      return (await payment.call({ url: '/payment-methods', headers })).json().paymentMethods;
    },
    async remove(paymentMethodId, customerId = 'customer-1') {
      const headers = await issuer.headersOf(customerId);
      return await payment.call({ method: 'DELETE', url: `/payment-methods/${paymentMethodId}`, headers });
    },
    pay: (orderId, body) =>
      payment.callInternal({ method: 'PUT', url: `/payments/${orderId}`, payload: body }),
    cancel: (orderId) => payment.callInternal({ method: 'POST', url: `/payments/${orderId}/void` }),
    async close() {
      await payment.close();
      await issuer.close();
      await aws.close();
    },
  };
}
