import { afterEach, beforeEach, expect, test } from 'vitest';
import { Problem, unavailable } from '../problem';
import { json, object, problems, SECURED } from '../schemas';
import type { Service } from '../service';
import { type OpenedService, openService } from './support/service';

let failure: Error | undefined;
let checks: number;
let opened: OpenedService;

const CUP = object({ cup: { type: 'string' }, size: { type: 'integer' } }, ['size']);

/** A service with one thing. */
const service: Service = {
  routes(app) {
    app.get('/cups', { schema: { response: { 200: json('A cup', CUP), ...problems(409) } } }, async () => {
      if (failure) throw failure;
      return { cup: 'blue' };
    });
    app.post(
      '/cups',
      { schema: { ...SECURED, body: CUP, response: { 201: json('A cup', CUP), ...problems(400) } } },
      async ({ body }, reply) => reply.code(201).send(body),
    );
  },
  internalRoutes(app) {
    app.put(
      '/cups/:id',
      {
        schema: {
          params: object({ id: { type: 'string' } }),
          response: { 204: { description: 'Done', type: 'null' } },
        },
      },
      async (_request, reply) => reply.code(204).send(),
    );
  },
  async check() {
    checks += 1;
    if (failure) throw failure;
  },
};

beforeEach(async () => {
  failure = undefined;
  checks = 0;
  opened = await openService('cups', service);
});
afterEach(() => opened.close());

test('/version says which release of which service it is', async () => {
  expect((await opened.app.inject('/version')).json()).toEqual({ service: 'cups', version: 'v-1' });
});

test('connections live longer than the 60 s for which a load balancer keeps them', () => {
  for (const { server } of [opened.app, opened.internal]) {
    expect(server.keepAliveTimeout).toBeGreaterThan(60_000);
    expect(server.headersTimeout).toBeGreaterThan(server.keepAliveTimeout);
    expect(server.requestTimeout).toBeGreaterThan(server.headersTimeout);
  }
});

test('/healthz asks nothing, /readyz asks the table and says why it is not ready', async () => {
  failure = new Error('no table');
  expect([(await opened.app.inject('/healthz')).statusCode, checks]).toEqual([200, 0]);
  const answer = await opened.app.inject('/readyz');
  expect([answer.statusCode, answer.json().detail]).toEqual([503, 'The table does not answer.']);
  expect(opened.lines).toContainEqual(
    expect.objectContaining({
      level: 'warn',
      event: 'not ready',
      err: expect.objectContaining({ message: 'no table' }),
    }),
  );
  failure = undefined;
  expect((await opened.app.inject('/readyz')).statusCode).toBe(200);
});

test('while it stops it is not ready, and all answers end their connections', async () => {
  opened.readiness.stop();
  const answer = await opened.app.inject('/readyz');
  expect([answer.statusCode, answer.json().detail]).toEqual([503, 'This process is stopping.']);
  expect((await opened.app.inject('/cups')).headers.connection).toBe('close');
  expect((await opened.internal.inject({ method: 'PUT', url: '/cups/1' })).headers.connection).toBe('close');
});

test('each port has its own routes', async () => {
  expect((await opened.app.inject({ method: 'PUT', url: '/cups/1' })).statusCode).toBe(404);
  expect((await opened.internal.inject('/cups')).statusCode).toBe(404);
  expect((await opened.internal.inject('/healthz')).statusCode).toBe(404);
  expect((await opened.internal.inject({ method: 'PUT', url: '/cups/1' })).statusCode).toBe(204);
});

test('a request is one line of the log, without its query, and the internal port says so', async () => {
  await opened.app.inject('/healthz');
  await opened.app.inject({ url: '/cups?card=4242', headers: { 'x-request-id': 'request-1' } });
  await opened.internal.inject({ method: 'PUT', url: '/cups/1' });
  expect(opened.lines).toEqual([
    {
      level: 'info',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      service: 'cups',
      version: 'v-1',
      requestId: 'request-1',
      event: 'request',
      method: 'GET',
      path: '/cups',
      status: 200,
      ms: expect.any(Number),
      message: 'request',
    },
    expect.objectContaining({ port: 'internal', method: 'PUT', path: '/cups/1', status: 204 }),
  ]);
});

test('a problem that a route throws is told, with its kind, fields and headers', async () => {
  failure = new Problem(409, 'cup-broken', 'The cup is broken.', {
    fields: { cup: 'blue', status: 200 },
    headers: { 'retry-after': '7' },
  });
  const answer = await opened.call({ url: '/cups', headers: { 'x-request-id': 'request-1' } });
  expect(answer.headers).toMatchObject({
    'content-type': 'application/problem+json; charset=utf-8',
    'cache-control': 'no-store',
    'retry-after': '7',
  });
  expect(answer.json()).toEqual({
    type: 'urn:shop:cup-broken',
    title: 'Conflict',
    status: 409,
    detail: 'The cup is broken.',
    requestId: 'request-1',
    cup: 'blue',
  });
  expect(opened.lines.map(({ event }) => event)).toEqual(['request']);
});

test('another service that is away is a 503 that names it, and a warning in the log', async () => {
  failure = unavailable('payment');
  const answer = await opened.app.inject('/cups');
  expect([answer.statusCode, answer.headers['retry-after'], answer.json()]).toEqual([
    503,
    '5',
    expect.objectContaining({ type: 'urn:shop:dependency-unavailable', dependency: 'payment' }),
  ]);
  expect(opened.lines).toContainEqual(expect.objectContaining({ level: 'warn', event: 'unavailable' }));
});

test.each([
  [Object.assign(new Error('secret text'), { name: 'ThrottlingException' }), 503, '5'],
  [Object.assign(new Error('secret text'), { code: 'ECONNREFUSED' }), 503, '5'],
  [
    Object.assign(new Error('secret text'), {
      name: 'TransactionCanceledException',
      CancellationReasons: [{ Code: 'None' }, { Code: 'ThrottlingError' }],
    }),
    503,
    '5',
  ],
  [new Error('secret text'), 500, undefined],
])('%s is logged and not told', async (error, status, retryAfter) => {
  failure = error;
  const answer = await opened.app.inject('/cups');
  expect([answer.statusCode, answer.headers['retry-after']]).toEqual([status, retryAfter]);
  expect(answer.body).not.toContain('secret text');
  expect(opened.lines).toContainEqual(
    expect.objectContaining({
      level: 'error',
      event: 'fault',
      requestId: answer.json().requestId,
      err: expect.objectContaining({ message: 'secret text', stack: expect.stringContaining('.test.ts') }),
    }),
  );
});

test('the log has the kind and the place of an error, and nothing that hangs on it', async () => {
  failure = Object.assign(new Error('no'), {
    code: 'E1',
    $response: { headers: { authorization: 'x-secret' } },
  });
  await opened.app.inject('/cups');
  const err = opened.lines.find(({ event }) => event === 'fault')?.err;
  expect(err).toEqual({ type: 'Error', message: 'no', code: 'E1', stack: expect.any(String) });
});

test.each([
  [{ cup: 1 }, 'body/cup must be string'],
  [{}, "body must have required property 'cup'"],
  [{ cup: 'blue', more: 1 }, 'body must NOT have additional properties'],
])('a body %j says what is wrong', async (payload, detail) => {
  const answer = await opened.call({ method: 'POST', url: '/cups', payload });
  expect([answer.statusCode, answer.json()]).toEqual([
    400,
    expect.objectContaining({ type: 'urn:shop:bad-request', detail }),
  ]);
});

test.each([
  ['{', 'application/json', 400],
  ['cup=blue', 'application/x-www-form-urlencoded', 415],
  [`"${'x'.repeat(70_000)}"`, 'application/json', 413],
])('a body that can not be read is a problem', async (payload, type, status) => {
  const answer = await opened.app.inject({
    method: 'POST',
    url: '/cups',
    payload,
    headers: { 'content-type': type },
  });
  expect([answer.statusCode, answer.json().type]).toEqual([status, 'about:blank']);
});

test('a path that is none is a problem', async () => {
  const answer = await opened.app.inject('/%zz');
  expect([answer.statusCode, answer.json().status]).toEqual([400, 400]);
});

test('all answers have the headers that keep browsers from guessing and storing', async () => {
  for (const url of ['/cups', '/version', '/nothing']) {
    expect((await opened.app.inject(url)).headers).toMatchObject({
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
    });
  }
});

test('browsers are told to stay with HTTPS where they came by it', async () => {
  const answer = await opened.app.inject({ url: '/cups', headers: { 'x-forwarded-proto': 'https' } });
  expect(answer.headers['strict-transport-security']).toBe('max-age=31536000');
  expect((await opened.app.inject('/cups')).headers['strict-transport-security']).toBeUndefined();
});

test.each(['', 'a b', '<b>', 'a'.repeat(201)])('%j is no id of a request', async (id) => {
  const answer = await opened.app.inject({ url: '/cups', headers: { 'x-request-id': id } });
  expect(answer.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
});

test.each([
  ['1500', 1_500],
  [undefined, 30_000],
  ['-1', 30_000],
  ['99999999', 30_000],
])('a caller that waits %s ms gets that time', async (budget, milliseconds) => {
  let deadline = 0;
  const other = await openService('cups', {
    routes: (app) =>
      void app.get('/', async (request) => {
        deadline = request.deadline;
        return {};
      }),
    check: async () => undefined,
  });
  const before = Date.now();
  await other.app.inject({ url: '/', headers: budget === undefined ? {} : { 'x-budget-ms': budget } });
  expect(deadline - before).toBeGreaterThanOrEqual(milliseconds);
  expect(deadline - before).toBeLessThan(milliseconds + 1_000);
  await other.close();
});
