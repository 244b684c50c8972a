import { expect } from 'vitest';
import { originOf } from '../../../shared/deadline';
import { derivedId } from '../../../shared/ids';
import { type Death, Life } from '../../../shared/test/support/mortal';
import { hasEnded, type Order, type OrderRequest, viewOf } from '../../order';
import { type Instance, type Place, TIMES } from './instance';
import { METHODS } from './world';

/** A purchase, and what has to come of it. */
export interface Story {
  readonly name: string;
  readonly request: Partial<OrderRequest>;
  readonly end: { readonly state: string; readonly reason?: string; readonly detail?: string };
  /** What is left of ten cups. */
  readonly available: number;
  readonly payment: 'APPROVED' | 'DECLINED' | 'VOIDED' | undefined;
}

/** Each kind of end. */
export const STORIES: readonly Story[] = [
  { name: 'bought', request: {}, end: { state: 'CONFIRMED' }, available: 7, payment: 'APPROVED' },
  {
    name: 'declined',
    request: { paymentMethodId: METHODS.declined },
    end: { state: 'REJECTED', reason: 'payment-declined', detail: 'insufficient-funds' },
    available: 10,
    payment: 'DECLINED',
  },
  {
    name: 'out of stock',
    request: { items: [{ productId: 'cup', quantity: 11 }] },
    end: { state: 'REJECTED', reason: 'out-of-stock' },
    available: 10,
    payment: undefined,
  },
  {
    name: 'unknown product',
    request: { items: [{ productId: 'moon', quantity: 1 }] },
    end: { state: 'REJECTED', reason: 'unknown-product' },
    available: 10,
    payment: undefined,
  },
  {
    name: 'another price',
    request: { expectedTotal: { amount: 749, currency: 'JPY' } },
    end: { state: 'REJECTED', reason: 'price-changed' },
    available: 10,
    payment: undefined,
  },
  {
    name: 'never decided',
    request: { paymentMethodId: METHODS.undecided },
    end: { state: 'REJECTED', reason: 'payment-unavailable' },
    available: 10,
    payment: 'VOIDED',
  },
];

/** More than a lease lasts, in milliseconds. */
const LEASE = TIMES.sagaTimeout + 3_000;

/** The clock of the tests begins so long ago: what they write is old enough for the outbox. */
const DAY = 86_400_000;

let count = 0;

/** Lets processes with these fates work on a purchase, and then one that lives; checks what has come of it. */
export async function live(
  place: Place,
  { request, ...story }: Story,
  fates: readonly Death[],
  inTime: 'in turn' | 'together' = 'in turn',
): Promise<readonly Life[]> {
  count += 1;
  place.time = Date.now() - DAY;
  const orderId = derivedId('death', String(count));
  const customerId = `customer-${count}`;
  place.world.stock.set('cup', { available: 10, reserved: 0 });
  place.aws.forget();
  const wanted: OrderRequest = {
    customerId,
    items: [{ productId: 'cup', quantity: 3 }],
    paymentMethodId: METHODS.good,
    ...request,
  };
  const lives = fates.map((fate) => new Life(fate));
  const attempts = lives.map((life) => () => attempt(place, place.open(life), orderId, wanted));
  if (inTime === 'together') await Promise.all(attempts.map((begin) => begin()));
  else for (const begin of attempts) await begin();
  const survivor = place.open();
  await attempt(place, survivor, orderId, wanted);
  const order = await untilEnd(place, survivor, orderId);
  await survivor.runs.stop();
  await survivor.outbox.flush();

  const reserved = place.world.stock.get('cup')?.reserved;
  const { state, reason, detail } = viewOf(order);
  expect({ state, reason, detail }).toEqual({ reason: undefined, detail: undefined, ...story.end });
  expect([place.world.stock.get('cup')?.available, reserved]).toEqual([story.available, 0]);
  expect(place.world.payments.get(orderId)).toBe(story.payment);
  // Told twice it may be, but not in two ways.
  const told = new Set(place.aws.published.map(({ event }) => JSON.stringify(event)));
  expect(told.size).toBe(1);
  expect(place.aws.published[0]).toMatchObject({
    type: state === 'CONFIRMED' ? 'order.confirmed' : 'order.rejected',
    event: { id: derivedId('order', orderId, String(state)), data: { orderId, customerId } },
  });
  expect(await survivor.outbox.flush()).toBe(0);
  expect(await survivor.store.due(Number.MAX_SAFE_INTEGER, 10)).toEqual([]);
  expect((await survivor.store.list(customerId, 10)).orders).toEqual([order]);
  return lives;
}

/** Places the order; then takes up what is left, when its time has come. */
async function attempt(
  place: Place,
  instance: Instance,
  orderId: string,
  wanted: OrderRequest,
): Promise<void> {
  const { placement, recovery, life, runs } = instance;
  const origin = originOf('test', 260);
  const work = async (): Promise<void> => {
    await placement.place(orderId, wanted, origin).catch(() => undefined);
    await runs.current(orderId);
    place.time += LEASE;
    await recovery.sweep(new AbortController().signal).catch(() => undefined);
  };
  await Promise.race([work(), life.death]);
  place.time += LEASE;
}

async function untilEnd(place: Place, { recovery, store }: Instance, orderId: string): Promise<Order> {
  for (let sweep = 0; sweep < 6; sweep += 1) {
    const order = await store.get(orderId);
    if (order && hasEnded(order)) return order;
    place.time += sweep === 0 ? 60_000 : TIMES.patience;
    await recovery.sweep(new AbortController().signal);
  }
  throw new Error('the order never ends');
}
