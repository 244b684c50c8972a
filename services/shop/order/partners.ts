import type { Origin } from '../shared/deadline';
import type { Order, Rejection, Reservation } from './order';

/** What came of asking for a reservation: something is put aside, or nothing and a reason. */
export type ReserveOutcome = { readonly reservation: Reservation } | { readonly rejection: Rejection };

/**
 * The product service as the order service needs it. All calls may be repeated, and throw where the outcome is not
 * known.
 */
export interface ProductPartner {
  /** Puts all items aside, or none. */
  reserve(order: Order, origin: Origin): Promise<ReserveOutcome>;
  /** What was put aside has been sold. */
  confirm(orderId: string, origin: Origin): Promise<void>;
  /** Puts everything back, and lets no later reservation of this order come in. */
  release(orderId: string, origin: Origin): Promise<void>;
}

/** The payment service as the order service needs it. All calls may be repeated, and throw where the outcome is not known. */
export interface PaymentPartner {
  /** Takes the total; undefined says that it was taken. */
  pay(order: Order, reservation: Reservation, origin: Origin): Promise<Rejection | undefined>;
  /** Gives back what was taken, and lets no later payment of this order come in. */
  cancel(orderId: string, origin: Origin): Promise<void>;
}

/** Another service said what its contract does not know. Nothing is guessed: the order is tried again. */
export class UnexpectedAnswer extends Error {
  constructor(service: string, request: string, status: number, type?: unknown) {
    super(`${service} answered ${request} with ${status} ${typeof type === 'string' ? type : ''}`.trimEnd());
    this.name = 'UnexpectedAnswer';
  }
}
