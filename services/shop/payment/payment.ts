import type { Money } from '../shared/money';

/**
 * Where a payment stands. PENDING: the acquirer may have been asked. VOIDING: it is decided that nothing is paid, and
 * what was paid goes back.
 */
export type PaymentState = 'PENDING' | 'APPROVED' | 'DECLINED' | 'VOIDING' | 'VOIDED';

/** What the order service asks for. */
export interface PaymentRequest {
  readonly customerId: string;
  readonly paymentMethodId: string;
  readonly total: Money;
}

/** A payment as it is kept. One that was voided before it came has no request. */
export interface Payment {
  readonly orderId: string;
  readonly state: PaymentState;
  readonly request?: PaymentRequest;
  /** Why it was declined. */
  readonly reason?: string;
  /** A copy of the method's: from then on the payment does not depend on the method. Only while PENDING. */
  readonly sealed?: Uint8Array;
}

/** What the order service is told. */
export type PaymentAnswer =
  | { readonly state: 'PENDING' | 'APPROVED' }
  | { readonly state: 'DECLINED'; readonly reason: string };

/** What a payment is to who asks for it: a voided one was declined. */
export function answerOf({ state, reason = 'declined' }: Payment): PaymentAnswer {
  if (state === 'DECLINED') return { state, reason };
  if (state === 'VOIDING' || state === 'VOIDED') return { state: 'DECLINED', reason: 'voided' };
  return { state };
}

/** Where payments are kept. Each method is one request to the table, and one more where a condition did not hold. */
export interface PaymentStore {
  get(orderId: string): Promise<Payment | undefined>;
  /**
   * Adds a payment, where there is none for this order.
   *
   * @returns the payment that is there now, or undefined where the method was deleted at that moment
   */
  begin(payment: Payment): Promise<Payment | undefined>;
  /**
   * Writes the next state, where the payment is still in one of these.
   *
   * @returns the payment as it is now
   */
  move(orderId: string, from: readonly PaymentState[], to: PaymentState, reason?: string): Promise<Payment>;
}
