import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { originOf } from '../../shared/deadline';
import { derivedId, newId } from '../../shared/ids';
import { waitFor } from '../../shared/test/support/wait-for';
import type { Order } from '../order';
import { itemOf } from '../order-items';
import { type Instance, openPlace, type Place, TABLE, TIMES } from './support/instance';
import { METHODS } from './support/world';

let place: Place;
const never = new AbortController().signal;

beforeAll(async () => {
  place = await openPlace();
});

afterAll(() => place.close());

beforeEach(() => {
  place.world.recover();
  place.world.stock.set('cup', { available: 1_000, reserved: 0 });
});

/** An order that a process has left, whose time has come. */
async function leave(changes: Partial<Order> = {}): Promise<string> {
  const createdAt = new Date(place.time).toISOString();
  const order: Order = {
    orderId: derivedId(newId()),
    customerId: 'customer-1',
    items: [{ productId: 'cup', quantity: 1 }],
    paymentMethodId: METHODS.good,
    state: 'PENDING',
    fingerprint: 'f',
    createdAt,
    updatedAt: createdAt,
    attempts: 1,
    lease: 'of-the-dead',
    nextAttemptAt: place.time,
    ...changes,
  };
  await place.table.documents.send(new PutCommand({ TableName: TABLE, Item: itemOf(order) }));
  return order.orderId;
}

/** Lets product refuse this order in a way that nobody knows. */
function poison(orderId: string): void {
  place.world.product.answer((request) =>
    request.path.includes(orderId) ? { status: 418, body: {} } : place.world.answerProduct(request),
  );
}

async function statesOf({ store }: Instance, orderIds: readonly string[]): Promise<unknown[]> {
  return await Promise.all(orderIds.map(async (orderId) => (await store.get(orderId))?.state));
}

test('an order that always fails comes back after longer and longer pauses, and others pass it', async () => {
  const instance = place.open();
  const bad = await leave({ state: 'PAID' });
  poison(bad);
  const pauses: number[] = [];
  for (let attempt = 2; attempt <= 12; attempt += 1) {
    const good = await leave();
    await instance.recovery.sweep(never);
    expect(await statesOf(instance, [bad, good])).toEqual(['PAID', 'CONFIRMED']);
    const order = await instance.store.get(bad);
    expect(order).toMatchObject({ attempts: attempt });
    expect(order).not.toHaveProperty('lease');
    const { nextAttemptAt = 0 } = order ?? {};
    pauses.push(nextAttemptAt - place.time);
    place.time = nextAttemptAt - 1;
    await instance.recovery.sweep(never);
    expect((await instance.store.get(bad))?.attempts).toBe(attempt);
    place.time = nextAttemptAt;
  }
  for (const [place, pause] of pauses.entries()) {
    const longest = Math.min(60_000, 4_000 * 2 ** place);
    expect(pause).toBeGreaterThanOrEqual(longest / 2);
    expect(pause).toBeLessThanOrEqual(longest);
  }
  const lines = place.lines.filter(({ orderId, attempts }) => orderId === bad && attempts);
  expect(lines.map(({ event, level }) => `${level} ${event}`)).toEqual([
    ...Array(8).fill('warn order postponed'),
    ...Array(3).fill('error order stuck'),
  ]);
  expect(lines[0]).toMatchObject({
    state: 'PAID',
    attempts: 2,
    err: { type: 'UnexpectedAnswer', message: 'product answered confirm with 418' },
  });
  place.world.recover();
  await place.table.documents.send(
    new PutCommand({ TableName: TABLE, Item: { pk: `order#${bad}`, sk: 'order' } }),
  );
});

test('an item that is no order rests, and others pass it', async () => {
  const instance = place.open();
  const bad = await leave();
  const Item = { pk: `order#${bad}`, sk: 'order', unfinished: 'unfinished', nextAttemptAt: place.time };
  await place.table.documents.send(new PutCommand({ TableName: TABLE, Item }));
  const good = await leave();
  await instance.recovery.sweep(never);
  expect(await statesOf(instance, [good])).toEqual(['CONFIRMED']);
  const item = (await place.aws.items(TABLE)).find(({ pk }) => pk === `order#${bad}`);
  expect(item).toMatchObject({ nextAttemptAt: place.time + 60_000 });
  expect(item).not.toHaveProperty('lease');
  expect(place.lines).toContainEqual(
    expect.objectContaining({ level: 'error', event: 'order unreadable', orderId: bad }),
  );
});

test('one sweep takes all that has to be done, and two replicas share it', async () => {
  const orderIds = await Promise.all(Array.from({ length: 70 }, () => leave()));
  const [one, other] = [place.open(), place.open()];
  await Promise.all([one.recovery.sweep(never), other.recovery.sweep(never)]);
  const states = await statesOf(one, orderIds);
  expect(states.filter((state) => state !== 'CONFIRMED')).toEqual([]);
  expect(place.world.stock.get('cup')).toEqual({ available: 930, reserved: 0 });
  expect(one.life.calls).toBeGreaterThan(70);
  expect(other.life.calls).toBeGreaterThan(70);
});

test('an order that another process works on, or whose time has not come, is left alone', async () => {
  const orderId = await leave({ nextAttemptAt: place.time + 1 });
  const instance = place.open();
  await instance.recovery.sweep(never);
  expect(await instance.runs.resume(orderId, 'test')).toBe(false);
  expect(await instance.store.get(orderId)).toMatchObject({ state: 'PENDING', lease: 'of-the-dead' });
  place.time += 1;
  await instance.recovery.sweep(never);
  expect(await statesOf(instance, [orderId])).toEqual(['CONFIRMED']);
});

test('a sweep takes nothing more when a stop has begun', async () => {
  const orderId = await leave();
  const instance = place.open();
  await instance.recovery.sweep(AbortSignal.abort());
  expect(await instance.store.get(orderId)).toMatchObject({ state: 'PENDING', lease: 'of-the-dead' });
  await instance.recovery.sweep(never);
});

test('who places an order again does not wait for its next attempt', async () => {
  const instance = place.open();
  const orderId = derivedId(newId());
  const request = {
    customerId: 'customer-1',
    items: [{ productId: 'cup', quantity: 1 }],
    paymentMethodId: METHODS.good,
  };
  poison(orderId);
  const first = await instance.placement.place(orderId, request, originOf('test', 600));
  expect(first.state).toBe('PENDING');
  place.world.recover();
  const second = await instance.placement.place(orderId, request, originOf('test', 20_000));
  expect(second.state).toBe('CONFIRMED');
});

test('a stop waits for the orders in work, and hands those over at once that fail', async () => {
  const instance = place.open();
  const [good, bad] = [await leave(), await leave()];
  let arrive: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => {
    arrive = resolve;
  });
  const asked: string[] = [];
  place.world.product.answer(async (request) => {
    asked.push(request.path);
    await gate;
    return request.path.includes(bad) ? { status: 418 } : place.world.answerProduct(request);
  });
  const sweep = instance.recovery.sweep(never);
  await waitFor(() => expect(asked).toHaveLength(2));
  let stopped = false;
  const stop = instance.runs.stop().then(() => {
    stopped = true;
  });
  // The instance looks at another order meanwhile, which says that time has passed for the stop, too.
  await instance.store.get(good);
  expect([stopped, instance.runs.isStopping]).toEqual([false, true]);
  arrive();
  await Promise.all([stop, sweep]);
  expect(await statesOf(instance, [good])).toEqual(['CONFIRMED']);
  const left = await instance.store.get(bad);
  expect(left).toMatchObject({ state: 'PENDING', nextAttemptAt: place.time });
  expect(left).not.toHaveProperty('lease');
  place.world.recover();
  const next = place.open();
  await next.recovery.sweep(never);
  expect(await statesOf(next, [bad])).toEqual(['CONFIRMED']);
});

test('who waits for an order that fails is sent away when a stop has begun', async () => {
  const instance = place.open();
  const orderId = derivedId(newId());
  poison(orderId);
  const start = performance.now();
  await instance.runs.stop();
  const order = await instance.placement.place(
    orderId,
    { customerId: 'customer-1', items: [{ productId: 'cup', quantity: 1 }], paymentMethodId: METHODS.good },
    originOf('test', 20_000),
  );
  expect(order).toMatchObject({ state: 'PENDING', nextAttemptAt: place.time });
  expect(performance.now() - start).toBeLessThan(TIMES.sagaTimeout - 1_000);
  place.world.recover();
  await place.open().recovery.sweep(never);
});

test('the log tells how long each step took', async () => {
  const orderId = await leave();
  await place.open().recovery.sweep(never);
  const steps = place.lines.filter((line) => line.event === 'step' && line.orderId === orderId);
  expect(steps.map(({ step }) => step)).toEqual(['reserve', 'pay', 'confirm', 'record']);
  expect(steps.map(({ ms }) => Number(ms) > 0)).toEqual([true, true, true, true]);
});
