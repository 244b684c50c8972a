import { SNSClient } from '@aws-sdk/client-sns';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { newEvent } from '../events';
import { createOutbox, type Outbox, outboxItem } from '../outbox';
import { openTable, type Table, transact } from '../table';
import { type FakeAws, startAws } from './support/aws';
import { quietLog } from './support/quiet-log';
import { waitFor } from './support/wait-for';

const TOPIC = 'arn:aws:sns:eu-west-1:123456789012:orders';
const EVENTS = { outbox: { partition: 'outbox', sort: 'createdAt' } };

let aws: FakeAws;
let table: Table;
let outbox: Outbox;
let count = 0;
let { log, lines } = quietLog();

beforeAll(async () => {
  aws = await startAws();
});
afterAll(() => aws.close());
beforeEach(async () => {
  count += 1;
  ({ log, lines } = quietLog());
  await aws.createTable(`orders-${count}`, EVENTS);
  table = openTable('eu-west-1', `orders-${count}`);
  outbox = open();
  aws.forget();
});
afterEach(async () => {
  await outbox.background.stop();
  outbox.close();
  table.close();
});

const open = (patience = 0) =>
  createOutbox({ table, topicArn: TOPIC, region: 'eu-west-1', interval: 5, patience, log });
const written = async (place: number) => {
  const event = {
    ...newEvent('order.confirmed', { place }),
    occurredAt: `2026-01-01T00:00:${10 + place}.000Z`,
  };
  await transact(table, [outboxItem(table, event)]);
  return event;
};
const left = async () => (await aws.items(table.name)).length;

test('an event that was written is published, with its type as an attribute, and then forgotten', async () => {
  const event = await written(0);
  expect(await left()).toBe(1);
  await outbox.publish(event);
  expect(aws.published).toEqual([{ topicArn: TOPIC, type: 'order.confirmed', event }]);
  expect(await left()).toBe(0);
});

test('what can not be published waits, and the request goes on', async () => {
  const event = await written(0);
  aws.fail('Publish', 'InvalidParameter');
  await expect(outbox.publish(event)).resolves.toBeUndefined();
  expect([await left(), aws.published]).toEqual([1, []]);
  expect(lines).toEqual([expect.objectContaining({ level: 'warn', event: 'publish later', id: event.id })]);
  expect(await outbox.flush()).toBe(1);
  expect(aws.published).toEqual([{ topicArn: TOPIC, type: 'order.confirmed', event }]);
  expect(await left()).toBe(0);
});

test('what was left is published in its order, however much it is', async () => {
  const events = [];
  for (let place = 0; place < 30; place += 1) events.push(await written(place));
  expect(await outbox.flush()).toBe(30);
  expect(aws.published.map(({ event }) => event)).toEqual(events);
  expect([await left(), await outbox.flush()]).toEqual([0, 0]);
});

test('an event that can not be published holds up none behind it, and is told', async () => {
  const events = [];
  for (let place = 0; place < 30; place += 1) events.push(await written(place));
  aws.fail('Publish', 'InvalidParameter');
  await expect(outbox.flush()).rejects.toThrow();
  expect(aws.published.map(({ event }) => event)).toEqual(events.slice(1));
  expect([await left(), await outbox.flush()]).toEqual([1, 1]);
  expect(aws.published.map(({ event }) => event)).toEqual([...events.slice(1), events[0]]);
});

test('an event whose writer may publish it just now is left to it', async () => {
  await written(0);
  const event = newEvent('order.confirmed', {});
  await transact(table, [outboxItem(table, event)]);
  const patient = open(60_000);
  expect(await patient.flush()).toBe(1);
  expect(await left()).toBe(1);
  patient.close();
});

test('an event that another replica has published meanwhile is no failure', async () => {
  const event = await written(0);
  await Promise.all([outbox.publish(event), outbox.publish(event)]);
  expect([await left(), lines]).toEqual([0, []]);
  expect(aws.published).toHaveLength(2);
});

test('an event that is published and not forgotten is published again, with the same id', async () => {
  const event = await written(0);
  aws.fail('DeleteItem', 'ValidationException');
  await outbox.publish(event);
  expect(await left()).toBe(1);
  await outbox.flush();
  expect(aws.published.map(({ event: { id } }) => id)).toEqual([event.id, event.id]);
  expect(await left()).toBe(0);
});

test('a stop does not wait for all that is left', async () => {
  await written(0);
  await written(1);
  let stopped: Promise<void> | undefined;
  const send = vi.spyOn(SNSClient.prototype, 'send').mockImplementation(async () => {
    stopped ??= outbox.background.stop();
  });
  outbox.background.start();
  await waitFor(() => expect(stopped).toBeDefined());
  await stopped;
  expect(send).toHaveBeenCalledTimes(1);
  send.mockRestore();
  expect(await left()).toBe(1);
});

test('the background publishes what is left, and says so', async () => {
  await written(0);
  await written(1);
  outbox.background.start();
  await waitFor(() => expect(aws.published).toHaveLength(2));
  await waitFor(() => expect(lines).toEqual([expect.objectContaining({ event: 'outbox', published: 2 })]));
});
