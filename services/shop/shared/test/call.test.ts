import { afterEach, beforeEach, expect, test } from 'vitest';
import { type CallerOptions, createCaller, originOf } from '../call';
import { quietLog } from './support/quiet-log';
import { type Stub, type StubAnswer, startStub } from './support/stub';
import { waitFor } from './support/wait-for';

const AWAY = { statusCode: 503, slug: 'dependency-unavailable', more: { fields: { dependency: 'cups' } } };

let stub: Stub;
let { log, lines } = quietLog();

beforeEach(async () => {
  ({ log, lines } = quietLog());
  stub = await startStub(() => ({ status: 200, body: { cup: 'blue' } }));
});
afterEach(() => stub.close());

const callerOf = (options: Partial<CallerOptions> = {}) =>
  createCaller({ target: 'cups', baseUrl: stub.url, log, ...options });
const get = (budget = 30_000) =>
  ({ method: 'GET', path: '/cups?size=1', origin: originOf('request-1', budget) }) as const;
const put = (budget = 30_000) => ({ ...get(budget), method: 'PUT', body: { cup: 'red' } }) as const;

/** Lets the stub answer these, one after the other, and the last one for ever. */
function answers(...list: StubAnswer[]): void {
  let count = 0;
  stub.answer(() => list[Math.min(count++, list.length - 1)]);
}

test('a call hands on the id of the request and the time that is left', async () => {
  expect(await callerOf().call(put(1_500))).toEqual({ status: 200, body: { cup: 'blue' } });
  expect(stub.requests).toEqual([
    {
      method: 'PUT',
      path: '/cups?size=1',
      body: { cup: 'red' },
      headers: expect.objectContaining({
        'x-request-id': 'request-1',
        'content-type': 'application/json',
        'x-budget-ms': expect.stringMatching(/^1(4[5-9]\d|500)$/),
      }),
    },
  ]);
});

test('no attempt is told more time than it has', async () => {
  await callerOf({ timeout: 400 }).call({ ...get(), headers: { 'if-match': '1' } });
  expect(stub.requests[0]?.headers).toMatchObject({ 'x-budget-ms': '400', 'if-match': '1' });
  expect(stub.requests[0]?.headers['content-type']).toBeUndefined();
});

test.each([400, 402, 404, 409, 422])('%i is an answer, and not asked for again', async (status) => {
  stub.answer(() => ({ status, body: { type: 'urn:shop:no' }, type: 'application/problem+json' }));
  expect(await callerOf().call(put())).toEqual({ status, body: { type: 'urn:shop:no' } });
  expect(stub.requests).toHaveLength(1);
});

test('an answer without a body, or with another type, has none', async () => {
  answers({ status: 204 }, { status: 200, body: 'text', type: 'text/plain' });
  expect(await callerOf().call(get())).toEqual({ status: 204, body: undefined });
  expect(await callerOf().call(get())).toEqual({ status: 200, body: undefined });
});

test.each([500, 503, 429, 408])('after %i it is tried again', async (status) => {
  answers({ status }, { status }, { status: 200, body: 1 });
  expect(await callerOf().call(get())).toEqual({ status: 200, body: 1 });
  expect(stub.requests).toHaveLength(3);
});

test('after three attempts it is given up, and the log has each', async () => {
  stub.answer(() => ({ status: 502 }));
  await expect(callerOf().call(get())).rejects.toMatchObject(AWAY);
  expect(stub.requests).toHaveLength(3);
  expect(lines).toEqual(
    Array.from({ length: 3 }, () =>
      expect.objectContaining({ event: 'call failed', target: 'cups', requestId: 'request-1', status: 502 }),
    ),
  );
});

test('a service that has too much to do after three attempts says so', async () => {
  stub.answer(() => ({ status: 429 }));
  expect((await callerOf().call(get())).status).toBe(429);
  expect(stub.requests).toHaveLength(3);
});

test('a POST is tried once, unless it may be repeated', async () => {
  stub.answer(() => ({ status: 500 }));
  await expect(callerOf().call({ ...put(), method: 'POST' })).rejects.toMatchObject(AWAY);
  expect(stub.requests).toHaveLength(1);
  await expect(callerOf().call({ ...put(), method: 'POST', retry: true })).rejects.toMatchObject(AWAY);
  expect(stub.requests).toHaveLength(4);
});

test('a PUT that may not be repeated is tried once', async () => {
  stub.answer(() => ({ status: 500 }));
  await expect(callerOf().call({ ...put(), retry: false })).rejects.toMatchObject(AWAY);
  expect(stub.requests).toHaveLength(1);
});

test('a service that is not there is away, and the log says why', async () => {
  const { close, url } = await startStub(() => undefined);
  await close();
  await expect(callerOf({ baseUrl: url }).call(get())).rejects.toMatchObject(AWAY);
  expect(lines).toHaveLength(3);
  expect(lines[0]?.err).toMatchObject({ cause: expect.stringContaining('ECONNREFUSED') });
});

test('a service that says it is JSON, and is not, is away', async () => {
  stub.answer(() => ({ status: 200, text: '<html>' }));
  await expect(callerOf().call(get())).rejects.toMatchObject(AWAY);
  expect(stub.requests).toHaveLength(3);
});

test('an attempt that takes too long is ended, and the next one may work', async () => {
  answers(undefined, { status: 200, body: 1 });
  expect((await callerOf({ timeout: 200 }).call(get())).status).toBe(200);
  expect(stub.requests).toHaveLength(2);
});

test('nothing is tried after the deadline', async () => {
  await expect(callerOf().call(get(0))).rejects.toMatchObject(AWAY);
  await expect(callerOf().call(get(-5_000))).rejects.toMatchObject(AWAY);
  expect(stub.requests).toHaveLength(0);
  stub.answer(() => undefined);
  const start = performance.now();
  await expect(callerOf({ timeout: 300, attempts: 100 }).call(get(700))).rejects.toMatchObject(AWAY);
  expect(performance.now() - start).toBeLessThan(1_500);
  expect(stub.requests.length).toBeLessThanOrEqual(3);
});

test('a pause between attempts ends with the deadline', async () => {
  stub.answer(() => ({ status: 500 }));
  const start = performance.now();
  const call = () => callerOf({ attempts: 100, failures: 1_000 }).call(get(1_500));
  const calls = Array.from({ length: 8 }, call);
  for (const result of await Promise.allSettled(calls)) expect(result.status).toBe('rejected');
  expect(performance.now() - start).toBeLessThan(1_900);
});

test('a redirection is an answer, and not followed', async () => {
  stub.answer(({ path }) =>
    path === '/elsewhere' ? { status: 200 } : { status: 302, location: '/elsewhere' },
  );
  expect((await callerOf().call(get())).status).toBe(302);
  expect(stub.requests).toHaveLength(1);
});

test('a service that fails again and again is left alone, and tried again later', async () => {
  const caller = callerOf({ failures: 4, openFor: 300 });
  stub.answer(() => ({ status: 500 }));
  await expect(caller.call(get())).rejects.toMatchObject(AWAY);
  await expect(caller.call(get())).rejects.toMatchObject(AWAY);
  // The fourth failure opens it: the second call ends there.
  expect(stub.requests).toHaveLength(4);
  const start = performance.now();
  await expect(caller.call({ ...put(), method: 'POST' })).rejects.toMatchObject(AWAY);
  expect(performance.now() - start).toBeLessThan(100);
  expect(stub.requests).toHaveLength(4);
  expect(lines).toContainEqual(expect.objectContaining({ event: 'circuit', target: 'cups', state: 'Open' }));
  stub.answer(() => ({ status: 200 }));
  await waitFor(async () => expect((await caller.call(get())).status).toBe(200));
  expect(lines).toContainEqual(expect.objectContaining({ event: 'circuit', state: 'Closed' }));
});

test('refusals and too much work open no breaker', async () => {
  const caller = callerOf({ failures: 2, attempts: 1 });
  answers({ status: 429 }, { status: 429 }, { status: 429 }, { status: 404 }, { status: 200 });
  for (const status of [429, 429, 429, 404, 200]) expect((await caller.call(get())).status).toBe(status);
});
