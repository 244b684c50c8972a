import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { PassThrough } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Stop, type StopTimes } from '../stop';
import { type Board, buildBoard, closedGate } from './support/board';
import { RawClient } from './support/raw-client';
import { waitFor } from './support/wait-for';

const TIMES: StopTimes = { drain: 0, requests: 10_000, flush: 1_000 };

let board: Board;
let port: number;
let flushed = 0;

beforeEach(async () => {
  flushed = 0;
  board = await buildBoard();
  await board.app.listen({ host: '127.0.0.1', port: 0 });
  port = (board.app.server.address() as AddressInfo).port;
});

afterEach(async () => {
  board.app.server.closeAllConnections();
  await board.app.close();
});

async function countFlush(): Promise<void> {
  flushed += 1;
}

function stopOf(times: Partial<StopTimes> = {}, flush = countFlush): Stop {
  return new Stop({ ...board, flush }, { ...TIMES, ...times });
}

const events = () => board.lines.map(({ event }) => event);

/** A client whose request has reached the store, where it waits. */
async function slowRequest(): Promise<{ client: RawClient; open: () => void }> {
  const { gate, open } = closedGate();
  const list = vi.spyOn(board.store, 'list');
  board.store.gate = gate;
  const client = await RawClient.open(port);
  client.get('/notices');
  await waitFor(() => expect(list).toHaveBeenCalled());
  return { client, open };
}

test('a running request ends well, and its connection closes', async () => {
  const { client, open } = await slowRequest();
  const stopped = stopOf().begin('test');
  await pause(300);
  expect([client.statuses, flushed]).toEqual([[], 0]);
  open();
  await stopped;
  await waitFor(() => expect(client.isClosed).toBe(true));
  expect(client.received).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  expect(client.received).toMatch(/\r\nconnection: close\r\n/i);
  expect(client.received).toContain('{"notices":[]}');
  expect([events().at(-1), flushed]).toEqual(['stopped', 1]);
});

test('connections without a request close soon, and do not hold up the stop', async () => {
  const idle = await RawClient.open(port);
  idle.get('/version');
  await waitFor(() => expect(idle.statuses).toEqual([200]));
  const silent = await RawClient.open(port);
  const start = performance.now();
  await stopOf().begin('test');
  expect(performance.now() - start).toBeLessThan(4_000);
  await waitFor(() => expect([idle.isClosed, silent.isClosed]).toEqual([true, true]));
  expect(events()).not.toContain('requests cut off');
  await expect(RawClient.open(port)).rejects.toThrow('ECONNREFUSED');
});

test('while new connections are still served, /readyz is 503 and every answer closes its connection', async () => {
  const stopped = stopOf({ drain: 500 }).begin('test');
  const checker = await RawClient.open(port);
  checker.get('/readyz');
  const visitor = await RawClient.open(port);
  visitor.get('/notices');
  await waitFor(() => expect([checker.isClosed, visitor.isClosed]).toEqual([true, true]));
  expect([checker.statuses, visitor.statuses]).toEqual([[503], [200]]);
  expect(visitor.received).toMatch(/\r\nconnection: close\r\n/i);
  await stopped;
});

test('a request that comes over a busy connection during the stop is answered', async () => {
  const { client, open } = await slowRequest();
  const stopped = stopOf().begin('test');
  client.get('/readyz');
  open();
  await stopped;
  // The first answer says that it is the last one; what was sent after it may go unanswered, but never half answered.
  await waitFor(() => expect(client.isClosed).toBe(true));
  expect(client.statuses[0]).toBe(200);
  expect([undefined, 503]).toContain(client.statuses[1]);
});

test('a request that takes too long is cut off, and said so', async () => {
  const { client, open } = await slowRequest();
  const start = performance.now();
  await stopOf({ requests: 300 }).begin('test');
  expect(performance.now() - start).toBeGreaterThan(280);
  await waitFor(() => expect(client.isClosed).toBe(true));
  expect([client.statuses, flushed]).toEqual([[], 1]);
  expect(events()).toContain('requests cut off');
  open();
});

test('the time for new connections is part of the time for requests', async () => {
  const { open } = await slowRequest();
  const start = performance.now();
  await stopOf({ drain: 1_500, requests: 2_000 }).begin('test');
  expect(performance.now() - start).toBeGreaterThan(1_980);
  expect(performance.now() - start).toBeLessThan(3_000);
  open();
});

/** A service with a client whose long answer has begun. */
async function longAnswer() {
  const answer = new PassThrough();
  const asked: string[] = [];
  const other = await buildBoard();
  other.app.addHook('onRequest', async ({ url }) => {
    asked.push(url);
  });
  other.app.get('/long', (_request, reply) => reply.send(answer));
  const { gate, open } = closedGate();
  other.app.get('/late', () => gate.then(() => 'late'));
  await other.app.listen({ host: '127.0.0.1', port: 0 });
  const client = await RawClient.open((other.app.server.address() as AddressInfo).port);
  client.get('/long');
  answer.write('begin');
  await waitFor(() => expect(client.received).toContain('begin'));
  return {
    answer,
    asked,
    client,
    open,
    app: other.app,
    stop: new Stop({ ...other, flush: countFlush }, TIMES),
  };
}

test('a connection whose answer had begun before the stop takes one more request, and closes', async () => {
  const { answer, asked, client, open, app, stop } = await longAnswer();
  const stopped = stop.begin('test');
  await waitFor(() => expect(app.server.listening).toBe(false));
  client.get('/late');
  await waitFor(() => expect(asked).toEqual(['/long', '/late']));
  answer.end('end');
  await pause(400);
  open();
  await stopped;
  await waitFor(() => expect(client.isClosed).toBe(true));
  const [long = '', late = ''] = client.received.split('end\r\n');
  expect(client.statuses).toEqual([200, 200]);
  expect(long).not.toMatch(/connection: close/i);
  expect(late).toMatch(/connection: close/i);
});

test('a connection whose answer had begun before the stop closes when the answer is over', async () => {
  const { answer, client, stop } = await longAnswer();
  const start = performance.now();
  const stopped = stop.begin('test');
  answer.end('end');
  await stopped;
  expect(performance.now() - start).toBeLessThan(5_000);
  expect(client.received).toContain('end');
});

test('an answer that a slow reader has not read yet arrives whole', async () => {
  const other = await buildBoard();
  const size = 30_000_000;
  other.app.get('/large', async () => Buffer.alloc(size));
  await other.app.listen({ host: '127.0.0.1', port: 0 });
  const client = await RawClient.open((other.app.server.address() as AddressInfo).port);
  client.pause();
  client.get('/large');
  await pause(300);
  const stopped = new Stop({ ...other, flush: countFlush }, TIMES).begin('test');
  await pause(300);
  client.resume();
  await stopped;
  await waitFor(() => expect(client.isClosed).toBe(true));
  expect(client.received.length).toBeGreaterThan(size);
  expect(other.lines.map(({ event }) => event)).not.toContain('requests cut off');
});

test('a request that has begun to arrive is answered, also as the first or second one of its connection', async () => {
  const first = await RawClient.open(port);
  const second = await RawClient.open(port);
  second.get('/version');
  await waitFor(() => expect(second.statuses).toEqual([200]));
  for (const client of [first, second]) client.send('GET /version HTTP/1.1\r\n');
  await pause(200);
  const stopped = stopOf().begin('test');
  await pause(800);
  for (const client of [first, second]) client.send('host: test\r\n\r\n');
  await stopped;
  await waitFor(() => expect([first.isClosed, second.isClosed]).toEqual([true, true]));
  expect([first.statuses, second.statuses]).toEqual([[200], [200, 200]]);
});

test('a connection that was opened just before the stop may still ask', async () => {
  const connected = once(board.app.server, 'connection');
  const client = await RawClient.open(port);
  await connected;
  const stopped = stopOf().begin('test');
  await waitFor(() => expect(board.app.server.listening).toBe(false));
  client.get('/version');
  await stopped;
  await waitFor(() => expect(client.isClosed).toBe(true));
  expect(client.statuses).toEqual([200]);
});

test('who is in a hurry waits for nothing', async () => {
  const { open } = await slowRequest();
  const stop = stopOf({ drain: 5_000 });
  const stopped = stop.begin('test');
  expect(stop.hasBegun).toBe(true);
  stop.hurry();
  const start = performance.now();
  await stopped;
  expect(performance.now() - start).toBeLessThan(2_000);
  open();
});

test('a stop happens once, whoever asks for it', async () => {
  const stop = stopOf();
  await Promise.all([stop.begin('one'), stop.begin('other')]);
  await stop.begin('third');
  expect(events().filter((event) => event === 'stopping')).toHaveLength(1);
  expect(flushed).toBe(1);
});

test('last work that fails, or never ends, does not keep the process', async () => {
  await stopOf({}, () => Promise.reject(new Error('no collector'))).begin('test');
  expect(board.lines).toContainEqual(
    expect.objectContaining({ event: 'fault', err: expect.objectContaining({ message: 'no collector' }) }),
  );
  const start = performance.now();
  await stopOf({ flush: 200 }, () => new Promise(() => undefined)).begin('test');
  expect(performance.now() - start).toBeLessThan(2_000);
});
