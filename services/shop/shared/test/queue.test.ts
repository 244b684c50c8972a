import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Background } from '../background';
import { eventOf, newEvent, type ShopEvent } from '../events';
import { consumeQueue, seenItem } from '../queue';
import { cancellationCodes, openTable, transact } from '../table';
import { type FakeAws, startAws } from './support/aws';
import type { FakeQueue } from './support/queues';
import { quietLog } from './support/quiet-log';
import { waitFor } from './support/wait-for';

let aws: FakeAws;
let queue: FakeQueue;
let consumer: Background;
let handle: (event: ShopEvent) => Promise<void>;
let seen: ShopEvent[];
let count = 0;
let { log, lines } = quietLog();

beforeAll(async () => {
  aws = await startAws();
});
afterAll(() => aws.close());
beforeEach(() => {
  count += 1;
  ({ log, lines } = quietLog());
  seen = [];
  handle = async () => undefined;
  queue = aws.queue(`queue-${count}`, 100);
  consumer = consumeQueue({
    name: 'orders',
    queueUrl: queue.url,
    region: 'eu-west-1',
    log,
    async handle(event) {
      seen.push(event);
      await handle(event);
    },
  });
});
afterEach(() => consumer.stop());

test('messages are handled, removed, and lines of the log', async () => {
  const events = [1, 2, 3].map((order) => newEvent('order.confirmed', { order }));
  for (const event of events) queue.send(event);
  consumer.start();
  await waitFor(() => expect(queue.size).toBe(0));
  expect(seen).toEqual(events);
  await waitFor(() =>
    expect(lines).toEqual(
      events.map(({ id }) =>
        expect.objectContaining({ event: 'message', name: 'orders', type: 'order.confirmed', id }),
      ),
    ),
  );
});

test('a message that fails stays, comes back, and says why', async () => {
  handle = async () => {
    if (seen.length < 3) throw new Error('not yet');
  };
  queue.send(newEvent('order.confirmed', {}));
  consumer.start();
  await waitFor(() => expect(queue.size).toBe(0));
  expect(queue.received).toBe(3);
  expect(lines.filter(({ event }) => event === 'message failed')).toEqual([
    expect.objectContaining({ level: 'error', name: 'orders' }),
    expect.objectContaining({ level: 'error', name: 'orders' }),
  ]);
});

test('a message that is no event is not removed, and its text is not logged', async () => {
  queue.send('4242424242424242');
  queue.send(newEvent('order.confirmed', {}));
  consumer.start();
  await waitFor(() => expect(queue.received).toBeGreaterThan(2));
  expect([queue.size, seen.length]).toEqual([1, 1]);
  expect(JSON.stringify(lines)).toContain('the message is no event');
  expect(JSON.stringify(lines)).not.toContain('4242');
});

test('a stop waits for what is being handled, and that is removed', async () => {
  let release = () => {};
  handle = () =>
    new Promise((resolve) => {
      release = resolve;
    });
  queue.send(newEvent('order.confirmed', {}));
  consumer.start();
  await waitFor(() => expect(seen).toHaveLength(1));
  const stopped = consumer.stop();
  release();
  await stopped;
  expect(queue.size).toBe(0);
  queue.send(newEvent('order.confirmed', {}));
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect([seen.length, queue.size]).toEqual([1, 1]);
  expect(lines.filter(({ level }) => level === 'error')).toEqual([]);
});

test('a stop does not wait for a poll', async () => {
  consumer.start();
  await waitFor(() => expect(aws.calls('ReceiveMessage').at(-1)).toMatchObject({ QueueUrl: queue.url }));
  const start = performance.now();
  await consumer.stop();
  await consumer.stop();
  expect(performance.now() - start).toBeLessThan(3_000);
  expect(lines).toEqual([]);
});

test('polls are long and take ten', async () => {
  consumer.start();
  await waitFor(() =>
    expect(aws.calls('ReceiveMessage').at(-1)).toMatchObject({
      QueueUrl: queue.url,
      WaitTimeSeconds: 20,
      MaxNumberOfMessages: 10,
    }),
  );
});

test('an event that was seen cancels the transaction that it would cause again', async () => {
  await aws.createTable('seen');
  const table = openTable('eu-west-1', 'seen');
  const writes = [seenItem(table, 'cart', 'event-1')];
  await transact(table, writes);
  await expect(transact(table, writes)).rejects.toSatisfy(
    (error) => cancellationCodes(error)[0] === 'ConditionalCheckFailed',
  );
  await transact(table, [seenItem(table, 'review', 'event-1')]);
  const [item] = await aws.items('seen');
  const days = (Number(item?.expiresAt) - Date.now() / 1_000) / 86_400;
  expect([item?.pk, Math.round(days)]).toEqual(['seen#cart#event-1', 15]);
  table.close();
});

test.each([
  undefined,
  'text',
  '1',
  'null',
  '{}',
  '{"id":"1","type":"a","occurredAt":"now"}',
  '{"id":1,"type":"a","occurredAt":"now","data":1}',
  '{"id":"1","type":"","occurredAt":"now","data":1}',
  '{"id":"1","type":"a","data":1}',
])('%j is no event', (body) => {
  expect(() => eventOf(body)).toThrow('the message is no event');
});

test('an event is what was sent', () => {
  const event = newEvent('a', { b: 1 }, 'id-1');
  expect(eventOf(JSON.stringify({ ...event, more: 1 }))).toEqual(event);
  expect(event).toMatchObject({ id: 'id-1', occurredAt: expect.stringMatching(/Z$/) });
});
