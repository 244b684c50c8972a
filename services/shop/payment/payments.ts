import type { FastifyBaseLogger } from 'fastify';
import { fingerprint } from '../shared/ids';
import { Problem } from '../shared/problem';
import { type Acquirer, AcquirerError } from './acquirer';
import { hasExpired } from './card';
import type { MethodStore, Vault } from './methods';
import {
  answerOf,
  type Payment,
  type PaymentAnswer,
  type PaymentRequest,
  type PaymentStore,
} from './payment';

/** What payments need. */
export interface PaymentSurroundings {
  readonly payments: PaymentStore;
  readonly methods: Pick<MethodStore, 'find'>;
  readonly vault: Pick<Vault, 'open'>;
  readonly acquirer: Pick<Acquirer, 'charge' | 'reverse'>;
  readonly log: FastifyBaseLogger;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/**
 * Takes and returns money, once for each order, whatever is asked how often and in which order.
 *
 * What is going to happen is written before the acquirer is asked, so that a process that takes over asks for the same.
 */
export class Payments {
  constructor(private readonly surroundings: PaymentSurroundings) {}

  /**
   * Pays an order; the answer to the same request is the same for ever.
   *
   * @returns PENDING where the acquirer did not say; the same request asks it again
   * @throws a 409 where another payment was asked for this order
   */
  async pay(orderId: string, request: PaymentRequest): Promise<PaymentAnswer> {
    const { payments } = this.surroundings;
    const payment = (await payments.get(orderId)) ?? (await this.begin(orderId, request));
    if (payment.request && fingerprint(payment.request) !== fingerprint(request)) {
      throw new Problem(409, 'other-content', 'Another payment was asked for this order.');
    }
    return answerOf(payment.state === 'PENDING' ? await this.charge(payment) : payment);
  }

  /** Makes sure that nothing is paid for an order, now or later. */
  async cancel(orderId: string): Promise<Payment> {
    const { payments, acquirer } = this.surroundings;
    let payment = (await payments.get(orderId)) ?? (await payments.begin({ orderId, state: 'VOIDED' }));
    if (payment?.state === 'PENDING' || payment?.state === 'APPROVED') {
      payment = await payments.move(orderId, ['PENDING', 'APPROVED'], 'VOIDING');
    }
    if (payment?.state === 'VOIDING') {
      await acquirer.reverse(orderId);
      payment = await payments.move(orderId, ['VOIDING'], 'VOIDED');
    }
    return payment ?? { orderId, state: 'VOIDED' };
  }

  /** Decides what is going to happen. */
  private async begin(orderId: string, request: PaymentRequest): Promise<Payment> {
    const { payments, methods, now } = this.surroundings;
    const declined = (reason: string): Payment => ({ orderId, request, state: 'DECLINED', reason });
    const method = await methods.find(request);
    let first: Payment;
    if (!method || method === 'deleted') first = declined('unknown-payment-method');
    else if (hasExpired(method, now())) first = declined('card-expired');
    else first = { orderId, request, state: 'PENDING', sealed: method.sealed };
    const begun = (await payments.begin(first)) ?? (await payments.begin(declined('unknown-payment-method')));
    if (!begun) throw new Error(`the payment of ${orderId} could not begin`);
    return begun;
  }

  private async charge(payment: Payment): Promise<Payment> {
    const { payments, vault, acquirer, log } = this.surroundings;
    const { orderId, request, sealed } = payment;
    if (!request || !sealed) throw new Error(`the payment of ${orderId} has no card`);
    const { token } = await vault.open(request, sealed);
    try {
      const reason = await acquirer.charge(orderId, token, request.total);
      return await payments.move(orderId, ['PENDING'], reason ? 'DECLINED' : 'APPROVED', reason);
    } catch (err) {
      if (!(err instanceof AcquirerError)) throw err;
      log.warn({ err, event: 'acquirer', orderId }, 'the payment is not decided');
      return payment;
    }
  }
}
