import type { Money } from '../shared/money';

/** Where an order stands. The last two are ends. */
export type OrderState = 'PENDING' | 'RESERVED' | 'PAID' | 'CONFIRMED' | 'REJECTED';

/** Why an order was refused. */
export type RejectionReason =
  | 'out-of-stock'
  | 'unknown-product'
  | 'price-changed'
  | 'payment-declined'
  | 'payment-unavailable'
  | 'product-unavailable';

/** The decision to refuse an order. It is never taken back. */
export interface Rejection {
  readonly reason: RejectionReason;
  /** What payment said of it, such as `insufficient-funds`. */
  readonly detail?: string;
  /** Which products are the reason. */
  readonly productIds?: readonly string[];
}

/** So many of a product. */
export interface OrderItem {
  readonly productId: string;
  readonly quantity: number;
}

/** An item with what it cost when it was reserved. */
export interface OrderLine extends OrderItem {
  readonly name: string;
  readonly unitPrice: Money;
}

/** What the cart asks for. */
export interface OrderRequest {
  readonly customerId: string;
  readonly items: readonly OrderItem[];
  readonly paymentMethodId: string;
  /** What the customer has agreed to pay; without it any price is taken. */
  readonly expectedTotal?: Money;
}

/** What product has put aside for an order. */
export interface Reservation {
  readonly lines: readonly OrderLine[];
  readonly total: Money;
}

/** An order as it is kept. */
export interface Order extends OrderRequest {
  readonly orderId: string;
  readonly state: OrderState;
  /** Set before anything is undone: from then on the order can only become REJECTED. */
  readonly rejection?: Rejection;
  /** Set from RESERVED on, and where the price has changed. */
  readonly reservation?: Reservation;
  /** Of the request: the same id with another content is refused. */
  readonly fingerprint: string;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  /** When the state was last written: ISO 8601, UTC. */
  readonly updatedAt: string;
  /** Runs that began since the last progress. */
  readonly attempts: number;
  /** Who works on it; nobody may write its state without it. None: it waits for its next attempt. */
  readonly lease?: string;
  /** When anybody may take it up again, in milliseconds since 1970; none when it has ended. */
  readonly nextAttemptAt?: number;
}

/** Whether nothing is left to do for it. */
export function hasEnded({ state }: Pick<Order, 'state'>): boolean {
  return state === 'CONFIRMED' || state === 'REJECTED';
}

/** An order as customers and the cart see it. */
export function viewOf(order: Order): Record<string, unknown> {
  const { orderId, state, items, reservation, rejection, paymentMethodId, createdAt, updatedAt } = order;
  return {
    orderId,
    state,
    // A decision that is still being carried out is no news yet: the stock has to be back first.
    ...(state === 'REJECTED' && rejection),
    items: reservation?.lines ?? items,
    ...(reservation && { total: reservation.total }),
    paymentMethodId,
    createdAt,
    updatedAt,
  };
}
