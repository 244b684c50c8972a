import { equals } from '../shared/money';
import { hasEnded, type Order, type Rejection, type Reservation } from './order';

/** What is to be done next for an order. */
export type Step =
  | { readonly kind: 'reserve' | 'pay' | 'confirm' | 'undo' }
  | { readonly kind: 'reject'; readonly rejection: Rejection };

/** The longest pause between two attempts, in milliseconds: so long an order waits at most when all works again. */
const LONGEST_PAUSE = 60_000;

/**
 * The next step; undefined when the order has ended.
 *
 * @param now in milliseconds since 1970
 * @param patience how long an order may wait for others before it has been paid, in milliseconds
 */
export function nextStep(order: Order, now: number, patience: number): Step | undefined {
  if (hasEnded(order)) return undefined;
  if (order.rejection) return { kind: 'undo' };
  if (order.state === 'PAID') return { kind: 'confirm' };
  const isReserved = order.state === 'RESERVED';
  if (now < patienceEnd(order, patience)) return { kind: isReserved ? 'pay' : 'reserve' };
  return {
    kind: 'reject',
    rejection: { reason: isReserved ? 'payment-unavailable' : 'product-unavailable' },
  };
}

/**
 * Whether the payment may have been made, or may still be made by a request on its way. A refused payment is refused
 * for ever, and before RESERVED was written nobody has asked for one.
 */
export function mayHavePaid({ state, rejection }: Pick<Order, 'state' | 'rejection'>): boolean {
  return state === 'RESERVED' && rejection?.reason !== 'payment-declined';
}

/** The refusal of a total that the customer did not agree to; undefined where it is the one. */
export function priceObjection(
  { expectedTotal }: Pick<Order, 'expectedTotal'>,
  { total }: Reservation,
): Rejection | undefined {
  return expectedTotal && !equals(expectedTotal, total) ? { reason: 'price-changed' } : undefined;
}

/**
 * When an order that has failed is to be tried again, in milliseconds since 1970: after pauses that double from
 * `interval` to a minute, of which chance takes up to a half, and not later than its patience ends.
 *
 * @param chance 0 to 1
 */
export function nextAttempt(
  order: Order,
  now: number,
  { interval, patience }: { readonly interval: number; readonly patience: number },
  chance = Math.random(),
): number {
  const pause = Math.min(LONGEST_PAUSE, interval * 2 ** Math.min(order.attempts - 1, 30));
  const at = now + Math.ceil(pause * (1 - chance / 2));
  const end = patienceEnd(order, patience);
  const isWaiting = !order.rejection && order.state !== 'PAID';
  return isWaiting && end > now ? Math.min(at, end) : at;
}

function patienceEnd({ createdAt }: Pick<Order, 'createdAt'>, patience: number): number {
  return Date.parse(createdAt) + patience;
}
