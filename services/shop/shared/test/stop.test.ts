import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Background } from '../background';
import { Stop, type StopTimes } from '../stop';
import { RawClient } from './support/raw-client';
import { type OpenedService, openService } from './support/service';
import { waitFor } from './support/wait-for';

const SIZE = 30_000_000;
const TIMES: StopTimes = { drain: 0, requests: 10_000, flush: 1_000 };

let opened: OpenedService;
let port: number;
let flushed: number;

beforeEach(async () => {
  flushed = 0;
  opened = await openService('cups', {
    routes: (app) => void app.get('/large', async () => Buffer.alloc(SIZE)),
    check: async () => undefined,
  });
  await opened.app.listen({ host: '127.0.0.1', port: 0 });
  port = (opened.app.server.address() as AddressInfo).port;
});
afterEach(async () => {
  opened.app.server.closeAllConnections();
  await opened.close();
});

function stopOf(more: {
  times?: Partial<StopTimes>;
  flush?: () => Promise<void>;
  background?: Background[];
}) {
  const flush = async () => {
    flushed += 1;
  };
  const { app, readiness } = opened;
  const parts = { apps: [app], background: [], readiness, log: app.log, flush, ...more };
  return new Stop(parts, { ...TIMES, ...more.times });
}

const events = () => opened.lines.map(({ event }) => event);
const work = (stop: () => Promise<void>): Background => ({ name: 'work', start: () => undefined, stop });

test('an answer that a slow reader has not read yet arrives whole', async () => {
  const connected = once(opened.app.server, 'connection');
  const client = await RawClient.open(port);
  const [socket]: Socket[] = await connected;
  client.pause();
  client.get('/large');
  await waitFor(() => expect(socket?.writableLength).toBeGreaterThan(0));
  const stopped = stopOf({}).begin('test');
  await waitFor(() => expect(opened.app.server.listening).toBe(false));
  client.resume();
  await stopped;
  await waitFor(() => expect(client.isClosed).toBe(true));
  expect(client.received.length).toBeGreaterThan(SIZE);
  expect(events()).not.toContain('requests cut off');
});

test('a request that has begun to arrive is answered', async () => {
  const client = await RawClient.open(port);
  client.send('GET /version HTTP/1.1\r\n');
  await waitFor(() => expect(opened.app.server.listening).toBe(true));
  const stopped = stopOf({}).begin('test');
  await new Promise((resolve) => setTimeout(resolve, 800));
  client.send('host: test\r\n\r\n');
  await stopped;
  await waitFor(() => expect(client.isClosed).toBe(true));
  expect(client.statuses).toEqual([200]);
});

test('work that does not end is left, and said so', async () => {
  const start = performance.now();
  await stopOf({
    background: [work(() => new Promise(() => undefined))],
    times: { requests: 300 },
  }).begin('test');
  expect(performance.now() - start).toBeGreaterThan(280);
  expect(performance.now() - start).toBeLessThan(3_000);
  expect([events().at(-2), flushed]).toEqual(['requests cut off', 1]);
});

test('work that can not end well is logged, and the others are waited for', async () => {
  let ended = false;
  await stopOf({
    background: [
      work(() => Promise.reject(new Error('stuck'))),
      work(async () => {
        await new Promise((resolve) => setTimeout(resolve, 100));
        ended = true;
      }),
    ],
  }).begin('test');
  expect([ended, flushed]).toEqual([true, 1]);
  expect(opened.lines).toContainEqual(
    expect.objectContaining({ event: 'fault', err: expect.objectContaining({ message: 'stuck' }) }),
  );
});

test('a stop happens once, whoever asks for it', async () => {
  const stop = stopOf({});
  expect(stop.hasBegun).toBe(false);
  await Promise.all([stop.begin('one'), stop.begin('other')]);
  await stop.begin('third');
  expect(events().filter((event) => event === 'stopping')).toHaveLength(1);
  expect([stop.hasBegun, flushed]).toEqual([true, 1]);
});

test('last work that fails, or never ends, does not keep the process', async () => {
  await stopOf({ flush: () => Promise.reject(new Error('no collector')) }).begin('test');
  expect(opened.lines).toContainEqual(
    expect.objectContaining({ event: 'fault', err: expect.objectContaining({ message: 'no collector' }) }),
  );
  const start = performance.now();
  await stopOf({ flush: () => new Promise(() => undefined), times: { flush: 200 } }).begin('test');
  expect(performance.now() - start).toBeLessThan(2_000);
});
