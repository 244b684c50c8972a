import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { derivedId, newId } from '../../shared/ids';
import { money } from '../../shared/money';
import { openTable, type Table } from '../../shared/table';
import { type FakeAws, startAws } from '../../shared/test/support/aws';
import { eventOf } from '../announcement';
import { DynamoDbOrders } from '../dynamodb-orders';
import type { Order } from '../order';
import { LeaseLost } from '../orders';
import { createOrderTable, TABLE } from './support/instance';

let aws: FakeAws;
let table: Table;
let store: DynamoDbOrders;
let order: Order;

beforeAll(async () => {
  aws = await startAws();
  await createOrderTable(aws);
  table = openTable('eu-west-1', TABLE);
  store = new DynamoDbOrders(table);
});

afterAll(async () => {
  table.close();
  await aws.close();
});

const NOW = Date.parse('2026-11-21T10:00:00.000Z');

beforeEach(() => {
  order = {
    orderId: derivedId(newId()),
    customerId: 'customer-1',
    items: [{ productId: 'cup', quantity: 2 }],
    paymentMethodId: 'method-1',
    state: 'PENDING',
    fingerprint: 'f',
    createdAt: new Date(NOW).toISOString(),
    updatedAt: new Date(NOW).toISOString(),
    attempts: 1,
    lease: 'mine',
    nextAttemptAt: NOW + 10,
  };
});

const reservation = {
  lines: [{ productId: 'cup', quantity: 2, name: 'Cup', unitPrice: money(250) }],
  total: money(500),
};

test('an order comes in once; whose answer was lost has made it all the same', async () => {
  expect(await store.create(order)).toBe(true);
  expect(await store.create(order)).toBe(true);
  expect(await store.create({ ...order, lease: 'other' })).toBe(false);
  expect(await store.get(order.orderId)).toEqual(order);
  expect((await aws.items(TABLE)).filter(({ sk }) => String(sk).endsWith(order.orderId))).toHaveLength(1);
});

test('an order is taken by one, when its time has come or nobody holds it', async () => {
  await store.create(order);
  expect(await store.claim(order.orderId, 'a', NOW + 20, NOW + 9)).toBeUndefined();
  const taken = { ...order, lease: 'a', nextAttemptAt: NOW + 20, attempts: 2 };
  expect(await store.claim(order.orderId, 'a', NOW + 20, NOW + 10)).toEqual(taken);
  // Sent again, since the answer was lost.
  expect(await store.claim(order.orderId, 'a', NOW + 20, NOW + 10)).toEqual(taken);
  expect(await store.claim(order.orderId, 'b', NOW + 20, NOW + 10)).toBeUndefined();
  await store.postpone(order.orderId, 'b', NOW);
  expect(await store.get(order.orderId)).toEqual(taken);
  await store.postpone(order.orderId, 'a', NOW + 500);
  expect(await store.claim(order.orderId, 'b', NOW + 30, NOW)).toMatchObject({ lease: 'b', attempts: 3 });
});

test('progress is written by who holds the order, and renews the lease', async () => {
  await store.create(order);
  const reserved = await store.advance(order, { state: 'RESERVED', reservation }, NOW + 30, NOW + 5);
  expect(reserved).toEqual({
    ...order,
    state: 'RESERVED',
    reservation,
    nextAttemptAt: NOW + 30,
    updatedAt: new Date(NOW + 5).toISOString(),
  });
  await store.claim(order.orderId, 'other', NOW + 60, NOW + 30);
  await expect(store.advance(reserved, { state: 'PAID' }, NOW + 90, NOW)).rejects.toThrow(LeaseLost);
  const again = { ...reserved, lease: 'other' };
  expect(await store.advance(again, { state: 'PAID' }, NOW + 90, NOW)).toMatchObject({ attempts: 1 });
});

test('the end and its event are written together, or not at all', async () => {
  await store.create(order);
  const event = eventOf(order, 'REJECTED', NOW);
  await expect(store.finish({ ...order, lease: 'other' }, 'REJECTED', event, NOW)).rejects.toThrow(LeaseLost);
  const outbox = async () => (await aws.items(TABLE)).filter(({ pk }) => pk === `outbox#${event.id}`);
  expect([(await store.get(order.orderId))?.state, await outbox()]).toEqual(['PENDING', []]);
  const ended = await store.finish(order, 'REJECTED', event, NOW + 7);
  const { lease: _lease, nextAttemptAt: _at, ...rest } = order;
  expect(ended).toEqual({ ...rest, state: 'REJECTED', updatedAt: new Date(NOW + 7).toISOString() });
  expect(await store.get(order.orderId)).toEqual(ended);
  expect(await outbox()).toHaveLength(1);
  await expect(store.finish(order, 'CONFIRMED', event, NOW)).rejects.toThrow(LeaseLost);
  expect(await store.claim(order.orderId, 'late', NOW, NOW + 1_000)).toBeUndefined();
  await store.postpone(order.orderId, 'mine', NOW);
  expect(await store.get(order.orderId)).toEqual(ended);
});

test('only unfinished orders are due, those that waited longest first', async () => {
  const ids: string[] = [];
  for (const wait of [30, 10, 20, 41]) {
    const one = { ...order, orderId: derivedId(newId()), nextAttemptAt: 1_000 + wait };
    await store.create(one);
    ids.push(one.orderId);
  }
  const due = await store.due(1_040, 100);
  expect(due).toEqual([ids[1], ids[2], ids[0]]);
  expect(await store.due(1_041, 2)).toEqual([ids[1], ids[2]]);
  expect(await store.due(1_009, 2)).toEqual([]);
});

test('what a batch leaves out is asked for again, and a page is never short of it', async () => {
  const mine = { ...order, customerId: 'customer-7' };
  await store.create(mine);
  const [{ TransactItems = [] } = {}] = aws.calls('TransactWriteItems').slice(-1) as {
    TransactItems?: { Put: { Item: object } }[];
  }[];
  const Item = TransactItems[0]?.Put.Item;
  let asked = 0;
  aws.on('DynamoDB_20120810.BatchGetItem', ({ RequestItems }) => {
    asked += 1;
    if (asked === 1 || asked > 2) return { Responses: {}, UnprocessedKeys: RequestItems };
    return { Responses: { [TABLE]: [Item] } };
  });
  expect(await store.list('customer-7', 10)).toEqual({ orders: [mine], last: undefined });
  expect(asked).toBe(2);
  await expect(store.list('customer-7', 10)).rejects.toMatchObject({ name: 'ThrottlingException' });
  expect(asked).toBe(6);
});

test('nobody writes without a lease', async () => {
  const { lease: _lease, ...free } = order;
  await store.create(order);
  await expect(store.advance(free, { state: 'PAID' }, NOW, NOW)).rejects.toThrow(/nobody holds/);
});

test('a table in trouble is no condition that failed', async () => {
  await store.create(order);
  const trouble = 'ValidationException';
  aws.fail('UpdateItem', trouble, 3);
  await expect(store.claim(order.orderId, 'a', NOW, NOW)).rejects.toMatchObject({ name: trouble });
  await expect(store.advance(order, { state: 'PAID' }, NOW, NOW)).rejects.toMatchObject({ name: trouble });
  await expect(store.postpone(order.orderId, 'mine', NOW)).rejects.toMatchObject({ name: trouble });
  aws.fail('TransactWriteItems', trouble, 2);
  await expect(store.create(order)).rejects.toMatchObject({ name: trouble });
  const event = eventOf(order, 'REJECTED', NOW);
  await expect(store.finish(order, 'REJECTED', event, NOW)).rejects.toMatchObject({ name: trouble });
});
