import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type LocalDynamoDb, startDynamoDb } from './support/local-dynamodb';
import { NoticeBoardProcess, POST_TOKEN } from './support/notice-board-process';
import { until } from './support/poll';
import { RawConnection } from './support/raw-connection';
import { SLOW_DELETE } from './support/steady-load';

const TOKEN = `Authorization: Bearer ${POST_TOKEN}`;
const BODY = JSON.stringify({ title: 'Half', body: 'The other half comes after the SIGTERM.' });

/** Milliseconds for a stop that nothing holds up; the service would give up after eight seconds. */
const SOON = 6_000;

let table: LocalDynamoDb;

/** The slow answers that are held back. */
let held = 0;

beforeAll(async () => {
  table = await startDynamoDb({
    delayOf: (name) => {
      if (name !== 'DeleteItem') return 0;
      held += 1;
      return 1_000;
    },
  });
});
afterAll(() => table.close());

let service: NoticeBoardProcess | undefined;
afterEach(async () => {
  await service?.end('SIGKILL');
});

async function startService(drainSeconds = 0): Promise<NoticeBoardProcess> {
  const { endpoint, tableName } = table;
  service = await NoticeBoardProcess.start({ version: 'v1', endpoint, tableName, drainSeconds });
  return service;
}

test('at a SIGTERM running requests end, and each connection after its last answer', async () => {
  const process = await startService();
  const { url } = process;
  const unused = await RawConnection.open(url);
  const halfSent = await RawConnection.open(url);
  halfSent.send(
    `POST /notices HTTP/1.1\r\nHost: notice-board\r\n${TOKEN}\r\nContent-Type: application/json\r\n`,
  );
  halfSent.send(`Content-Length: ${Buffer.byteLength(BODY)}\r\n\r\n${BODY.slice(0, 20)}`);
  const halfAsked = await RawConnection.open(url);
  halfAsked.send('GET /version HTTP/1.1\r\nHost: notice-board\r\n');
  const idle = await RawConnection.open(url);
  idle.ask('GET', '/version');
  await idle.receive('"v1"');
  expect(idle.received.toLowerCase()).toContain('connection: keep-alive\r\nkeep-alive: timeout=65\r\n');
  const waiting = await RawConnection.open(url);
  const before = held;
  waiting.ask(SLOW_DELETE.method, SLOW_DELETE.path, [TOKEN]);
  await until('the slow request is at the table', () => held > before);

  const stopped = process.stop();
  expect(await idle.end()).toBe('cleanly');
  await expect(fetch(`${url}/version`)).rejects.toThrow();
  halfSent.send(BODY.slice(20));
  halfAsked.send('\r\n');
  const lasts: [RawConnection, number][] = [
    [halfSent, 201],
    [halfAsked, 200],
    [waiting, 204],
  ];
  for (const [connection, status] of lasts) {
    expect(await connection.end()).toBe('cleanly');
    expect(connection.received).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(connection.received.toLowerCase()).toContain('connection: close');
  }
  expect(await unused.end()).toBe('cleanly');
  const { code, milliseconds } = await stopped;
  expect(code).toBe(0);
  expect(milliseconds).toBeLessThan(SOON);
});

test('while it drains, open connections are still served, and closed with their answer', async () => {
  const process = await startService(2);
  const [users, checks] = [await RawConnection.open(process.url), await RawConnection.open(process.url)];
  for (const connection of [users, checks]) {
    connection.ask('GET', '/version');
    await connection.receive('"v1"');
  }

  const stopped = process.stop();
  await until('the stop has begun', () => process.log.some((line) => line.includes('"stopping"')));
  users.ask('GET', '/notices');
  checks.ask('GET', '/readyz');
  expect(await users.end()).toBe('cleanly');
  expect(users.received.toLowerCase()).toMatch(/http\/1\.1 200 ok[^{]+connection: close[^{]+{"notices":/);
  expect(await checks.end()).toBe('cleanly');
  expect(checks.received.toLowerCase()).toMatch(/http\/1\.1 503 [^{]+connection: close/);
  expect((await stopped).code).toBe(0);
});
