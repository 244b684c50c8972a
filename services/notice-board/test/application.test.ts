import { beforeEach, expect, test } from 'vitest';
import { type Board, buildBoard } from './support/board';

let board: Board;
beforeEach(async () => {
  board = await buildBoard();
});

test('/version says which release it is', async () => {
  expect((await board.app.inject('/version')).json()).toEqual({ service: 'notice-board', version: 'v-1' });
});

test('connections live longer than the 60 s for which a load balancer keeps them', () => {
  const { keepAliveTimeout, headersTimeout, requestTimeout } = board.app.server;
  expect(keepAliveTimeout).toBeGreaterThan(60_000);
  expect(headersTimeout).toBeGreaterThan(keepAliveTimeout);
  expect(requestTimeout).toBeGreaterThan(headersTimeout);
});

test('/healthz asks nothing else', async () => {
  board.store.failure = new Error('no table');
  expect((await board.app.inject('/healthz')).statusCode).toBe(200);
  expect(board.store.checks).toBe(0);
});

test('/readyz asks the table once in a while, however many ask', async () => {
  const answers = await Promise.all(Array.from({ length: 5 }, () => board.app.inject('/readyz')));
  expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, 200, 200, 200, 200]);
  expect((await board.app.inject('/readyz')).statusCode).toBe(200);
  expect(board.store.checks).toBe(1);
});

test('/readyz is 503 where the table does not answer, and says why in the log', async () => {
  board.store.failure = new Error('no table');
  const answer = await board.app.inject('/readyz');
  expect([answer.statusCode, answer.json().detail]).toEqual([503, 'The table does not answer.']);
  expect(board.lines).toContainEqual(expect.objectContaining({ path: '/readyz', status: 503 }));
  expect(board.lines).toContainEqual(
    expect.objectContaining({
      level: 'warn',
      event: 'not ready',
      err: expect.objectContaining({ message: 'no table' }),
    }),
  );
});

test('/readyz is 503 while stopping, though the table answers', async () => {
  board.readiness.stop();
  const answer = await board.app.inject('/readyz');
  expect([answer.statusCode, answer.json().detail]).toEqual([503, 'This process is stopping.']);
  expect(answer.headers.connection).toBe('close');
  expect((await board.app.inject('/notices')).headers.connection).toBe('close');
});

test('the page shows notices as text, without a script', async () => {
  await board.store.add({ title: '<script>alert(1)</script>', body: `"it's" <b> & more` });
  const answer = await board.app.inject('/');
  expect(answer.headers['content-type']).toBe('text/html; charset=utf-8');
  expect(answer.body).toContain('<h2>&lt;script&gt;alert(1)&lt;/script&gt;</h2>');
  expect(answer.body).toContain('<p>&quot;it&#39;s&quot; &lt;b&gt; &amp; more</p>');
  expect(answer.body).not.toMatch(/<script|style=| on\w+=/);
  expect(answer.headers['content-security-policy']).toMatch(/^default-src 'none'; style-src 'self';/);
  expect(answer.headers['content-security-policy']).toMatch(/frame-ancestors 'none'$/);
});

test('the page leads to older notices', async () => {
  for (let title = 0; title < 21; title += 1) await board.store.add({ title: `notice ${title}`, body: '-' });
  const { body } = await board.app.inject('/');
  const older = body.match(/href="(\/\?next=[^"]+)"/)?.[1] ?? '';
  expect(body).not.toContain('notice 0<');
  const last = (await board.app.inject(older)).body;
  expect(last).toContain('<h2>notice 0</h2>');
  expect(last).not.toContain('next=');
});

test('the style sheet is there', async () => {
  const answer = await board.app.inject('/style.css');
  expect(answer.headers).toMatchObject({
    'content-type': 'text/css; charset=utf-8',
    'cache-control': 'public, max-age=3600',
  });
  expect(answer.body).toContain('font-family');
});

test('all answers have the headers that keep browsers from guessing and storing', async () => {
  for (const url of ['/', '/notices', '/version', '/nothing']) {
    expect((await board.app.inject(url)).headers).toMatchObject({
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
    });
  }
});

test('browsers are told to stay with HTTPS where they came by it', async () => {
  const answer = await board.app.inject({ url: '/', headers: { 'x-forwarded-proto': 'https' } });
  expect(answer.headers['strict-transport-security']).toBe('max-age=31536000');
  expect((await board.app.inject('/')).headers['strict-transport-security']).toBeUndefined();
});

test.each([
  ['x-amzn-trace-id', 'Root=1-67891233-abcdef012345678912345678'],
  ['x-request-id', 'request-1'],
])('the id in %s goes to answer and log', async (name, id) => {
  const answer = await board.app.inject({ url: '/version', headers: { [name]: id } });
  expect(answer.headers['x-request-id']).toBe(id);
  expect(board.lines).toEqual([
    {
      level: 'info',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      service: 'notice-board',
      version: 'v-1',
      requestId: id,
      event: 'request',
      method: 'GET',
      path: '/version',
      status: 200,
      ms: expect.any(Number),
      message: 'request',
    },
  ]);
});

test.each(['', 'a b', '<b>', 'a'.repeat(201)])('%j is no id of a request', async (id) => {
  const answer = await board.app.inject({ url: '/version', headers: { 'x-request-id': id } });
  expect(answer.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
});

test('the log has neither queries nor checks that went well', async () => {
  await board.app.inject('/healthz');
  await board.app.inject('/readyz');
  await board.app.inject('/nothing?token=secret');
  expect(board.lines.map(({ path }) => path)).toEqual(['/nothing']);
});

test('an unknown path, and a method that a path does not have, are problems', async () => {
  for (const request of [{ url: '/nothing' }, { url: '/notices', method: 'PATCH' as const }]) {
    const answer = await board.app.inject(request);
    expect([answer.statusCode, answer.json().title]).toEqual([404, 'Not Found']);
  }
});

test('a path that is none is a problem', async () => {
  const answer = await board.app.inject('/%zz');
  expect([answer.statusCode, answer.headers['content-type']]).toEqual([
    400,
    'application/problem+json; charset=utf-8',
  ]);
});

test.each([
  [Object.assign(new Error('secret text'), { name: 'ThrottlingException' }), 503, '5'],
  [Object.assign(new Error('secret text'), { code: 'ECONNREFUSED' }), 503, '5'],
  [new Error('secret text'), 500, undefined],
])('%s of the store is logged and not told', async (failure, status, retryAfter) => {
  board.store.failure = failure;
  const answer = await board.app.inject('/notices');
  expect([answer.statusCode, answer.headers['retry-after']]).toEqual([status, retryAfter]);
  expect(answer.body).not.toContain('secret text');
  expect(board.lines).toContainEqual(
    expect.objectContaining({
      level: 'error',
      requestId: answer.json().requestId,
      err: expect.objectContaining({ message: 'secret text', stack: expect.stringContaining('.test.ts') }),
    }),
  );
});
