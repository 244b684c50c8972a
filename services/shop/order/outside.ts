import type { FastifyBaseLogger } from 'fastify';
import type { ShopEvent } from '../shared/events';
import type { OrderStore } from './orders';
import type { PaymentPartner, ProductPartner } from './partners';

/** What the work on orders takes from outside. */
export interface Outside {
  readonly store: OrderStore;
  readonly product: ProductPartner;
  readonly payment: PaymentPartner;
  /** Tells others of the end, soon; what is not told now is told later by the outbox. */
  readonly announce: (event: ShopEvent) => void;
  readonly log: FastifyBaseLogger;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}
