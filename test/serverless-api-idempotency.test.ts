import { PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { idempotencyPartition, TIME_TO_LIVE } from '../lambda/serverless-api/keys';
import { FORMATS } from './support/api-events';
import { type ApiFunction, startApi } from './support/api-function';

let api: ApiFunction;
beforeAll(async () => {
  api = await startApi();
});
afterEach(() => {
  vi.useRealTimers();
  api.dynamoDb.fail();
});
afterAll(() => api.close());

const DAY_MS = 24 * 60 * 60 * 1000;
const post = (key: string, body: unknown, as = 'alice') =>
  api.call({ method: 'POST', path: '/documents', body, headers: { 'Idempotency-Key': key }, as });
const titles = async (as: string) => {
  const { body } = await api.call({ method: 'GET', path: '/documents', as });
  return (body.documents as { title: string }[]).map(({ title }) => title);
};
const notes = async (owner: string) => {
  const { Items } = await api.dynamoDb.documents.send(
    new QueryCommand({
      TableName: api.dynamoDb.tableName,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': idempotencyPartition(owner) },
    }),
  );
  return Items;
};
/** Only the clock moves: the SDK's own timers go on. */
const setTime = (now: number) => vi.useFakeTimers({ toFake: ['Date'], now });

test.each(FORMATS)('a retry gets the first answer (%s)', async (format) => {
  const as = `once-${format.replace('.', '-')}`;
  const headers = { 'Idempotency-Key': 'one' };
  const body = { title: 'Once', expiresAt: '2030-01-01T00:00:00Z' };
  const request = { method: 'POST', path: '/documents', headers, format, as };
  const first = await api.call({ ...request, body });
  const path = `/documents/${first.body.id}`;
  await api.call({ method: 'PUT', path, headers: { 'if-match': '*' }, body: { title: 'Changed' }, as });
  const spaced = JSON.stringify({ expiresAt: body.expiresAt, title: body.title }, null, 2);
  const second = await api.call({ ...request, body: spaced });
  expect(first.status).toBe(201);
  expect(second).toEqual(first);
  expect(await titles(as)).toEqual(['Changed']);
});

test('the metric counts the first only', async () => {
  api.log.length = 0;
  await post('counted', { title: 'Counted' });
  await post('counted', { title: 'Counted' });
  expect(api.log.filter((line) => line.includes('"DocumentsCreated":1'))).toHaveLength(1);
});

test('requests with different keys, or with none, are different requests', async () => {
  const body = { title: 'Again' };
  await Promise.all([post('a', body, 'repeater'), post('b', body, 'repeater')]);
  await api.create('Again', 'repeater');
  await api.create('Again', 'repeater');
  expect(await titles('repeater')).toHaveLength(4);
});

test('a key belongs to its owner', async () => {
  const first = await post('shared', { title: 'Of bob' }, 'bob');
  const second = await post('shared', { title: 'Of carol' }, 'carol');
  expect([first.status, second.status]).toEqual([201, 201]);
  expect(first.body.id).not.toBe(second.body.id);
  expect([await titles('bob'), await titles('carol')]).toEqual([['Of bob'], ['Of carol']]);
});

test('the same key with another body is refused, and the first answer stays', async () => {
  const first = await post('changed', { title: 'First' });
  const second = await post('changed', { title: 'Second' });
  expect(second).toMatchObject({
    status: 422,
    body: { detail: 'The Idempotency-Key was used for a request with another body.' },
  });
  expect((await post('changed', { title: 'First' })).body).toEqual(first.body);
});

test('requests at the same time make one document', async () => {
  const answers = await Promise.all(
    Array.from({ length: 5 }, () => post('race', { title: 'Race' }, 'racer')),
  );
  const made = answers.filter(({ status }) => status === 201);
  expect(made).not.toHaveLength(0);
  expect(new Set(made.map(({ body }) => body.id)).size).toBe(1);
  expect(answers.filter(({ status }) => status === 409)).toHaveLength(5 - made.length);
  expect(await titles('racer')).toEqual(['Race']);
});

test('while the first request is at work, others are told to wait; where it died, the next one does the work', async () => {
  const { documents, tableName } = api.dynamoDb;
  await post('busy', { title: 'Busy' }, 'bea');
  const [note] = (await notes('bea')) ?? [];
  const { data, ...started } = note ?? {};
  expect(data).toMatchObject({ result: { title: 'Busy' } });
  const inProgress = (expiry: number) => ({
    ...started,
    status: 'INPROGRESS',
    in_progress_expiration: expiry,
  });
  await documents.send(new PutCommand({ TableName: tableName, Item: inProgress(Date.now() + 10_000) }));
  expect(await post('busy', { title: 'Busy' }, 'bea')).toMatchObject({
    status: 409,
    headers: { 'retry-after': '1', 'content-type': 'application/problem+json' },
    body: { title: 'Conflict', detail: 'The first request with this Idempotency-Key is not answered yet.' },
  });
  expect(await titles('bea')).toHaveLength(1);
  await documents.send(new PutCommand({ TableName: tableName, Item: inProgress(Date.now() - 1) }));
  expect((await post('busy', { title: 'Busy' }, 'bea')).status).toBe(201);
  expect(await titles('bea')).toHaveLength(2);
});

test('a key is good for 24 hours', async () => {
  const start = Date.now();
  const body = { title: 'Daily' };
  setTime(start);
  await post('daily', body, 'dana');
  setTime(start + DAY_MS - 2000);
  await post('daily', body, 'dana');
  expect(await titles('dana')).toHaveLength(1);
  setTime(start + DAY_MS + 2000);
  await post('daily', body, 'dana');
  expect(await titles('dana')).toHaveLength(2);
});

test('DynamoDB removes the note by itself, and it holds no key in plain text', async () => {
  const before = Math.floor(Date.now() / 1000);
  await post('my-secret-key', { title: 'Noted' }, 'nora');
  expect(await notes('nora')).toEqual([
    expect.objectContaining({
      sk: expect.stringMatching(/^POST \/documents#[\w+/]{43}=$/),
      [TIME_TO_LIVE]: expect.closeTo(before + DAY_MS / 1000, -1),
    }),
  ]);
});

test('what failed may be tried again with the same key', async () => {
  api.dynamoDb.fail({ name: 'ThrottlingException', status: 400 });
  expect((await post('retry', { title: 'Retried' }, 'rita')).status).toBe(503);
  api.dynamoDb.fail();
  expect((await post('retry', { title: 'Retried' }, 'rita')).status).toBe(201);
});

test('a note of a function that died holds no one up for longer than the function could have run', async () => {
  const now = Date.now();
  await post('died', { title: 'Died' }, 'dora');
  const [note] = (await notes('dora')) ?? [];
  expect(note?.in_progress_expiration).toBeGreaterThan(now);
  expect(note?.in_progress_expiration).toBeLessThan(now + 11_000);
});

test('an invalid request leaves no note', async () => {
  expect((await post('invalid', { title: '' }, 'ivan')).status).toBe(400);
  expect(await notes('ivan')).toEqual([]);
  expect((await post('invalid', { title: 'Valid' }, 'ivan')).status).toBe(201);
});
