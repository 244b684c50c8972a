import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { apiEvent, FORMATS } from './support/api-events';
import { type ApiFunction, MAX_FILE_SIZE, startApi } from './support/api-function';

let api: ApiFunction;
beforeAll(async () => {
  api = await startApi();
});
afterEach(() => api.dynamoDb.fail());
afterAll(() => api.close());

const BODY = { title: 'Minutes' };
const UPLOAD = { fileName: 'a.png', contentType: 'image/png', size: 1, sha256: `${'A'.repeat(43)}=` };
const post = (body: unknown, headers: Record<string, string> = {}, path = '/documents') =>
  api.call({ method: 'POST', path, body, headers });

/** The text of a body of exactly this many bytes; JSON allows space around it. */
const bytes = (length: number) => JSON.stringify(BODY).padEnd(length);

describe.each(FORMATS)('with payload format %s', (format) => {
  test('a problem is answered as RFC 9457 has it', async () => {
    const answer = await api.call({
      format,
      method: 'POST',
      path: '/documents',
      body: { title: '' },
      id: 'r-1',
    });
    expect(answer).toEqual({
      status: 400,
      headers: {
        'content-type': 'application/problem+json',
        'cache-control': 'no-store',
        'x-correlation-id': 'r-1',
      },
      body: {
        type: 'about:blank',
        title: 'Bad Request',
        status: 400,
        detail: 'The request is not valid.',
        correlationId: 'r-1',
        errors: [{ path: 'title', message: 'Too small: expected string to have >=1 characters' }],
      },
    });
  });

  test.each([
    ['GET', '/', 404],
    ['GET', '/elsewhere', 404],
    ['GET', '/documents/a/b', 404],
    ['PATCH', '/documents', 404],
    ['PUT', '/documents', 404],
    ['TRACE', '/documents', 405],
    ['GET', '/documents/1', 404],
    ['GET', '/documents/%zz', 404],
    ['GET', '/documents/%20', 404],
    ['GET', '/documents/0198f3a0-0000-7000-8000-000000000000', 404],
    ['GET', '/documents/0198f3a0-0000-4000-8000-000000000000', 404],
    ['DELETE', '/documents/%2e%2e', 404],
  ])('%s %s is %i', async (method, path, status) => {
    const answer = await api.call({ format, method, path });
    expect(answer).toMatchObject({
      status,
      headers: {
        'content-type': 'application/problem+json',
        'cache-control': 'no-store',
        'x-correlation-id': 'b7a4c3b2-request',
      },
      body: { status, correlationId: 'b7a4c3b2-request' },
    });
  });

  test('the body of a GET means nothing', async () => {
    const answer = await api.call({ format, method: 'GET', path: '/documents', body: BODY });
    expect(answer).toMatchObject({ status: 200, body: { documents: [] } });
  });

  test('a host that is none makes no request', async () => {
    const answer = await api.call({ format, method: 'GET', path: '/documents', headers: { host: ' ' } });
    expect(answer).toMatchObject({ status: 400, body: { detail: 'The request can not be read.' } });
  });
});

test.each([
  '',
  'text/plain',
  'application/x-www-form-urlencoded',
  'application/jsonp',
  'multipart/form-data',
])('a body of the type "%s" is refused', async (type) => {
  expect(await post(JSON.stringify(BODY), { 'content-type': type })).toMatchObject({ status: 415 });
});

test('the content type may have parameters and any case', async () => {
  const answer = await post(JSON.stringify(BODY), { 'content-type': 'Application/JSON; charset=UTF-8' });
  expect(answer.status).toBe(201);
});

test('a body of 8192 bytes is taken, a larger one is refused', async () => {
  expect((await post(bytes(8192))).status).toBe(201);
  expect((await post(bytes(8193))).status).toBe(413);
  const long = JSON.stringify({ title: 'é'.repeat(4100) });
  expect(long.length).toBeLessThan(8192);
  expect((await post(long)).status).toBe(413);
});

test.each(['', '{', '{"title":}', "{'title':'x'}", '\u0000'])('the body %j is no JSON', async (body) => {
  const answer = await post(body);
  expect(answer).toMatchObject({ status: 400, body: { detail: 'The body is not valid JSON.' } });
});

const soon = (ms: number) => new Date(Date.now() + ms).toISOString();
const YEAR = 365.25 * 24 * 60 * 60 * 1000;

test.each<[unknown, string[]]>([
  ['text', ['']],
  [[], ['']],
  [null, ['']],
  [{}, ['title']],
  [{ title: 1 }, ['title']],
  [{ title: 'x'.repeat(201) }, ['title']],
  [{ title: '\ud800' }, ['title']],
  [{ ...BODY, description: 'x'.repeat(1001) }, ['description']],
  [{ ...BODY, description: null }, ['description']],
  [{ ...BODY, description: '\udfff' }, ['description']],
  [{ ...BODY, expiresAt: 'tomorrow' }, ['expiresAt']],
  [{ ...BODY, expiresAt: '2030-02-30T00:00:00Z' }, ['expiresAt']],
  [{ ...BODY, expiresAt: '2030-01-01T00:00:00' }, ['expiresAt']],
  [{ ...BODY, expiresAt: 1_900_000_000 }, ['expiresAt']],
  [{ ...BODY, expiresAt: soon(-1000) }, ['expiresAt']],
  [{ ...BODY, expiresAt: soon(10.1 * YEAR) }, ['expiresAt']],
  [{ ...BODY, owner: 'mallory' }, ['']],
  [{ title: '', description: 1, expiresAt: '' }, ['title', 'description', 'expiresAt']],
])('the document %j is refused', async (body, paths) => {
  const answer = await post(JSON.stringify(body));
  expect(answer.status).toBe(400);
  expect((answer.body.errors as { path: string }[]).map(({ path }) => path)).toEqual(paths);
});

test.each([
  { title: 'x'.repeat(200), description: 'y'.repeat(1000) },
  { title: ' ', description: '' },
  { title: '😀\n"\\\u0000' },
  { ...BODY, expiresAt: soon(9.9 * YEAR) },
  { ...BODY, expiresAt: '2030-01-01T00:00:00.123456+05:30' },
])('the document %j is taken', async (body) => {
  const made = await post(body);
  const { expiresAt, ...rest } = body as { expiresAt?: string };
  const utc = expiresAt && new Date(expiresAt).toISOString();
  expect(made).toMatchObject({ status: 201, body: { ...rest, ...(utc && { expiresAt: utc }) } });
});

test.each([
  [{ fileName: '' }, 'fileName'],
  [{ fileName: 'x'.repeat(256) }, 'fileName'],
  [{ fileName: '\ud83d.png' }, 'fileName'],
  [{ contentType: 'image/svg+xml' }, 'contentType'],
  [{ contentType: 'IMAGE/PNG' }, 'contentType'],
  [{ size: 0 }, 'size'],
  [{ size: 1.5 }, 'size'],
  [{ size: '1' }, 'size'],
  [{ size: MAX_FILE_SIZE + 1 }, 'size'],
  [{ sha256: 'A'.repeat(43) }, 'sha256'],
  [{ sha256: 'A'.repeat(44) }, 'sha256'],
  [{ sha256: `${'A'.repeat(42)}B=` }, 'sha256'],
  [{ sha256: `${'-'.repeat(43)}=` }, 'sha256'],
  [{ key: 'incoming/mallory' }, ''],
])('the upload with %j is refused', async (part, path) => {
  const { path: document } = await api.create();
  const answer = await post({ ...UPLOAD, ...part }, {}, `${document}/upload`);
  expect(answer).toMatchObject({ status: 400, body: { errors: [{ path }] } });
});

test.each(['0', '101', '0025', '-1', '1.5', '1e1', '', ' 5', 'ten'])(
  'the limit "%s" is refused',
  async (limit) => {
    const answer = await api.call({ method: 'GET', path: '/documents', query: { limit } });
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ path: 'limit' }] } });
  },
);

test.each(['', 'x', '*', 'e30', Buffer.from('OWNER#bob').toString('base64url'), 'A'.repeat(101)])(
  'the page token "%s" is refused',
  async (next) => {
    const answer = await api.call({ method: 'GET', path: '/documents', query: { next } });
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ path: 'next' }] } });
  },
);

test.each(['', 'a b', 'ü', 'x'.repeat(256)])('the Idempotency-Key "%s" is refused', async (key) => {
  const answer = await post(BODY, { 'idempotency-key': key });
  expect(answer).toMatchObject({ status: 400, body: { errors: [{ path: 'Idempotency-Key' }] } });
});

test.each([
  ['ThrottlingException', 400, 503],
  ['ProvisionedThroughputExceededException', 400, 503],
  ['RequestLimitExceeded', 400, 503],
  ['InternalServerError', 500, 503],
  ['ServiceUnavailable', 503, 503],
  ['ResourceNotFoundException', 400, 500],
])('DynamoDB’s %s', async (name, dynamoStatus, status) => {
  const { path } = await api.create();
  api.log.length = 0;
  api.dynamoDb.operations.length = 0;
  api.dynamoDb.fail({ name, status: dynamoStatus });
  const started = performance.now();
  const answers = await Promise.all([
    api.call({ method: 'GET', path }),
    post(BODY, { 'idempotency-key': name }),
    api.call({ method: 'PUT', path, body: BODY, headers: { 'if-match': '"1"' } }),
  ]);
  expect(performance.now() - started).toBeLessThan(5000);
  expect(api.dynamoDb.operations.length).toBeLessThanOrEqual(9);
  for (const answer of answers) {
    expect(answer.status).toBe(status);
    expect(answer.headers['retry-after']).toBe(status === 503 ? '1' : undefined);
    // The failing server names the table in its message.
    expect(JSON.stringify(answer)).not.toMatch(/documents|Exception|DynamoDB|dynalite|api\.ts/);
  }
  expect(api.log.filter((line) => line.includes('"level":"ERROR"'))).toHaveLength(3);
  expect(api.log.filter((line) => line.includes('"ServerErrors"'))).not.toHaveLength(0);
});

test('a DynamoDB that does not answer is not waited for', async () => {
  api.dynamoDb.fail('silence');
  const started = performance.now();
  const answer = await api.call({ method: 'GET', path: '/documents' });
  expect(answer).toMatchObject({ status: 503, headers: { 'retry-after': '1' } });
  expect(performance.now() - started).toBeLessThan(6000);
});

test('logs name the request, its route and status, and nothing that was sent', async () => {
  api.log.length = 0;
  const secret = 'secret-in-the-request';
  const headers = { authorization: `Bearer ${secret}`, 'x-other': secret };
  const base = { headers, query: { code: secret }, id: 'r-42' };
  await api.call({ ...base, method: 'POST', path: '/documents', body: { title: secret } });
  await api.call({ ...base, method: 'POST', path: '/documents', body: { title: { secret } } });
  await api.call({ ...base, method: 'POST', path: '/documents', body: `{"title":"${secret}"` });
  await api.call({ ...base, method: 'GET', path: `/${secret}` });
  await api.call({ ...base, method: 'GET', path: '/documents/%zz' });
  expect(api.log.join('\n')).not.toContain(secret);
  const answered = api.log.map((line) => JSON.parse(line)).filter(({ message }) => message === 'answered');
  expect(answered).toMatchObject([
    { correlation_id: 'r-42', route: 'POST /documents', status: 201, stage: 'dev', service: 'documents' },
    { correlation_id: 'r-42', route: 'POST /documents', status: 400 },
    { correlation_id: 'r-42', route: 'POST /documents', status: 400 },
    { correlation_id: 'r-42', route: 'none', status: 404 },
    { correlation_id: 'r-42', status: 404 },
  ]);
  expect(answered.at(-1)).not.toHaveProperty('route');
});

test('each kind of change is counted once', async () => {
  api.log.length = 0;
  const { path } = await api.create();
  await api.call({ method: 'PUT', path, body: BODY, headers: { 'if-match': '"1"' } });
  await api.call({ method: 'PUT', path, body: BODY, headers: { 'if-match': '"1"' } });
  await post(UPLOAD, {}, `${path}/upload`);
  await api.call({ method: 'DELETE', path });
  await api.call({ method: 'DELETE', path });
  const counted = api.log
    .map((line) => JSON.parse(line))
    .filter((line) => '_aws' in line)
    .map(({ _aws, ...values }) => values);
  const dimensions = { service: 'documents', stage: 'dev' };
  expect(counted).toEqual([
    { ...dimensions, DocumentsCreated: 1 },
    { ...dimensions, DocumentsChanged: 1 },
    { ...dimensions, UploadsAllowed: 1 },
    { ...dimensions, DocumentsDeleted: 1 },
  ]);
});

test('what is no request of API Gateway is an error of its sender', async () => {
  await expect(api.invoke({ Records: [] })).rejects.toThrow();
});

test('a request id that is none is not passed on', async () => {
  const answer = await api.invoke(apiEvent('2.0', { method: 'GET', path: '/', id: 'a\r\nset-cookie: b' }));
  expect(answer.headers['x-correlation-id']).toBe('unknown');
});
