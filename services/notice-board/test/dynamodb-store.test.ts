import { createServer } from 'node:http';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { DynamoDbStore } from '../dynamodb-store';
import type { Notice } from '../notices';
import { type Listening, listening } from './support/listening';

const TABLE = 'notices';
let table: Listening;
let store: DynamoDbStore;

beforeAll(async () => {
  table = await listening(dynalite({ createTableMs: 0 }));
  vi.stubEnv('AWS_ENDPOINT_URL', table.url);
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
  const client = new DynamoDBClient({ region: 'eu-west-1' });
  await client.send(
    new CreateTableCommand({
      TableName: TABLE,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: ['pk', 'sk'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
    }),
  );
  client.destroy();
  store = new DynamoDbStore('eu-west-1', TABLE);
});

afterAll(async () => {
  vi.unstubAllEnvs();
  store.close();
  await table.close();
});

/** All notices, page by page. */
async function readAll(limit: number): Promise<Notice[]> {
  const all: Notice[] = [];
  let after: string | undefined;
  do {
    const page = await store.list(limit, after);
    expect(page.notices.length).toBeLessThanOrEqual(limit);
    all.push(...page.notices);
    after = page.last;
  } while (after);
  return all;
}

test('pages of any size hold every notice once, newest first, while others are added and removed', async () => {
  const added: Notice[] = [];
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 4 }),
      fc.nat(),
      fc.integer({ min: 1, max: 9 }),
      async (more, gone, limit) => {
        for (let count = 0; count < more; count += 1)
          added.unshift(await store.add({ title: 't', body: 'ü\n\u{1f4cc}' }));
        const [removed] = added.splice(gone % added.length, 1);
        if (removed) await store.remove(removed.id);
        expect(await readAll(limit)).toEqual(added);
      },
    ),
    { numRuns: 15 },
  );
});

test('the last page says so, also where it is full', async () => {
  const { notices } = await store.list(100);
  expect((await store.list(notices.length)).last).toBeUndefined();
  expect((await store.list(notices.length - 1)).last).toBe(notices.at(-2)?.id);
});

test('a notice is there until it is removed, and may be removed twice', async () => {
  const notice = await store.add({ title: 'Party', body: 'On Friday.' });
  expect(await store.get(notice.id)).toEqual(notice);
  await store.remove(notice.id);
  await store.remove(notice.id);
  expect(await store.get(notice.id)).toBeUndefined();
});

test('the check ends well where the table is, and fails where it is not', async () => {
  await expect(store.check()).resolves.toBeUndefined();
  const other = new DynamoDbStore('eu-west-1', 'another');
  await expect(other.check()).rejects.toThrow(/not found/);
  other.close();
});

test('a table that does not answer ends the call after three attempts', async () => {
  let attempts = 0;
  const silence = await listening(
    createServer(() => {
      attempts += 1;
    }),
  );
  vi.stubEnv('AWS_ENDPOINT_URL', silence.url);
  const lost = new DynamoDbStore('eu-west-1', TABLE, 200);
  await expect(lost.check()).rejects.toMatchObject({ name: 'TimeoutError' });
  expect(attempts).toBe(3);
  vi.stubEnv('AWS_ENDPOINT_URL', table.url);
  lost.close();
  await silence.close();
});
