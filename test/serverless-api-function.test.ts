import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { documentKey } from '../lambda/serverless-api/keys';
import { accessToken, FORMATS } from './support/api-events';
import { type ApiFunction, startApi } from './support/api-function';

let api: ApiFunction;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const ID = expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
const itemOf = async (id: string, owner: string) => {
  const { documents, tableName } = api.dynamoDb;
  return (await documents.send(new GetCommand({ TableName: tableName, Key: documentKey(owner, id) }))).Item;
};

describe.each(FORMATS)('with payload format %s', (format) => {
  const as = `person-${format.replace('.', '-')}`;
  const call = (request: Parameters<ApiFunction['call']>[0]) => api.call({ format, as, ...request });

  test('a document is made, read, changed and deleted', async () => {
    const body = { title: 'Minutes', description: 'Of May', expiresAt: '2030-01-01T08:30:00+09:00' };
    const made = await call({ method: 'POST', path: '/documents', body });
    expect(made).toEqual({
      status: 201,
      headers: {
        'content-type': 'application/json; charset=utf-8',
        'cache-control': 'no-store',
        'x-correlation-id': 'b7a4c3b2-request',
        etag: '"1"',
        location: `documents/${made.body.id}`,
      },
      body: {
        id: ID,
        title: 'Minutes',
        description: 'Of May',
        createdAt: TIME,
        updatedAt: made.body.createdAt,
        version: 1,
        expiresAt: '2029-12-31T23:30:00.000Z',
      },
    });
    const path = `/documents/${made.body.id}`;
    const read = await call({ method: 'GET', path });
    expect(read).toMatchObject({ status: 200, headers: { etag: '"1"' }, body: made.body });

    const change = { method: 'PUT', path, headers: { 'If-Match': '"1"' }, body: { title: 'Notes' } };
    const changed = await call(change);
    expect(changed).toMatchObject({ status: 200, headers: { etag: '"2"' } });
    expect(changed.body).toEqual({
      id: made.body.id,
      title: 'Notes',
      description: '',
      createdAt: made.body.createdAt,
      updatedAt: TIME,
      version: 2,
    });
    expect(String(changed.body.updatedAt) >= String(made.body.updatedAt)).toBe(true);
    expect((await call({ method: 'GET', path })).body).toEqual(changed.body);

    expect(await call({ method: 'DELETE', path })).toMatchObject({ status: 204, body: {} });
    expect(await call({ method: 'GET', path })).toMatchObject({ status: 404 });
    expect(await call({ method: 'DELETE', path })).toMatchObject({ status: 404 });
  });

  test('a body in base64 is a body', async () => {
    const title = '議事録 📄';
    const made = await call({ method: 'POST', path: '/documents', body: { title }, base64: true });
    expect(made).toMatchObject({ status: 201, body: { title } });
  });

  test('documents are listed newest first, page by page', async () => {
    const owner = `lister-${as}`;
    for (const title of ['1', '2', '3', '4', '5']) await api.create(title, owner);
    const list = (query: Record<string, string>) =>
      call({ method: 'GET', path: '/documents', query, as: owner });
    const first = await list({ limit: '2' });
    const second = await list({ limit: '2', next: String(first.body.next) });
    const third = await list({ limit: '2', next: String(second.body.next) });
    expect([first, second, third].map(({ body }) => body)).toMatchObject([
      { documents: [{ title: '5' }, { title: '4' }], next: expect.stringMatching(/^[\w-]+$/) },
      { documents: [{ title: '3' }, { title: '2' }], next: expect.stringMatching(/^[\w-]+$/) },
      { documents: [{ title: '1' }] },
    ]);
    expect(third.body).not.toHaveProperty('next');
    expect(Buffer.from(String(first.body.next), 'base64url').toString()).not.toContain(owner);
    expect((await list({ limit: '5' })).body).not.toHaveProperty('next');
    expect((await list({})).body.documents).toHaveLength(5);
  });

  test('another owner sees, changes and deletes nothing', async () => {
    const { id, path } = await api.create('Private', as);
    const headers = { 'if-match': '"1"' };
    const other = { as: 'mallory', path, headers };
    expect(await call({ ...other, method: 'GET' })).toMatchObject({ status: 404 });
    expect(await call({ ...other, method: 'PUT', body: { title: 'Mine' } })).toMatchObject({ status: 404 });
    expect(await call({ ...other, method: 'DELETE' })).toMatchObject({ status: 404 });
    const body = { fileName: 'a.png', contentType: 'image/png', size: 1, sha256: `${'A'.repeat(43)}=` };
    const upload = { ...other, method: 'POST', path: `${path}/upload`, body };
    expect(await call(upload)).toMatchObject({ status: 404 });
    const list = await call({ method: 'GET', path: '/documents', as: 'mallory' });
    expect(list).toMatchObject({ status: 200, body: { documents: [] } });
    expect(await itemOf(id, as)).toMatchObject({ title: 'Private', version: 1 });
    expect(await itemOf(id, 'mallory')).toBeUndefined();
  });

  test('only an access token says who it is', async () => {
    const list = (claims: Record<string, unknown> | undefined) =>
      call({ method: 'GET', path: '/documents', ...{ claims } });
    const refused = {
      status: 401,
      headers: { 'www-authenticate': 'Bearer' },
      body: { title: 'Unauthorized' },
    };
    const good = accessToken(as);
    for (const claims of [
      undefined,
      {},
      { ...good, token_use: undefined },
      { ...good, token_use: 'id' },
      { ...good, client_id: undefined },
      { ...good, client_id: 'another-client' },
      { ...good, sub: undefined },
      { ...good, sub: '' },
      { ...good, sub: 'a/b' },
      { ...good, sub: 'a#b' },
    ]) {
      expect(await list(claims), JSON.stringify(claims)).toMatchObject(refused);
    }
    expect(await list(good)).toMatchObject({ status: 200 });
  });
});

test('the default page has 25 documents', async () => {
  await Promise.all(Array.from({ length: 26 }, () => api.create('One of many', 'collector')));
  const { body } = await api.call({ method: 'GET', path: '/documents', as: 'collector' });
  expect(body.documents).toHaveLength(25);
  expect(body).toHaveProperty('next');
});

test('an item has what the other functions and DynamoDB need', async () => {
  const body = { title: 'Offer', expiresAt: '2030-03-01T00:30:00+01:00' };
  const made = await api.call({ method: 'POST', path: '/documents', body });
  const id = String(made.body.id);
  const expiry = {
    expiresAt: '2030-02-28T23:30:00.000Z',
    expiryDay: '2030-02-28',
    timeToLive: Date.parse('2030-03-07T23:30:00Z') / 1000,
  };
  expect(await itemOf(id, 'alice')).toEqual({
    ...documentKey('alice', id),
    ...{ id, owner: 'alice', title: 'Offer', description: '', version: 1 },
    ...{ createdAt: made.body.createdAt, updatedAt: made.body.createdAt },
    ...expiry,
  });
  const change = { method: 'PUT', path: `/documents/${id}`, headers: { 'if-match': '"1"' } };
  await api.call({ ...change, body: { title: 'Offer' } });
  const changed = await itemOf(id, 'alice');
  for (const name of Object.keys(expiry)) expect(changed).not.toHaveProperty(name);
});

test('what is read is what was written last, and no more than answers need', async () => {
  const { path } = await api.create();
  api.dynamoDb.operations.length = 0;
  await api.call({ method: 'GET', path });
  await api.call({ method: 'GET', path: '/documents' });
  const projection =
    '#id, #title, #description, #createdAt, #updatedAt, #version, #expiresAt, #upload, #file';
  expect(api.dynamoDb.operations).toMatchObject([
    { name: 'GetItem', input: { ConsistentRead: true, ProjectionExpression: projection } },
    { name: 'Query', input: { ConsistentRead: true, ProjectionExpression: projection } },
  ]);
});

test('an answer shows nothing of the inside', async () => {
  const { id, path } = await api.create('With a file');
  const time = new Date().toISOString();
  await api.patch(id, {
    upload: { id: 'upload-2', fileName: 'b.png', contentType: 'image/png', size: 2, sha256: 'two' },
    file: {
      ...{ status: 'rejected', uploadId: 'upload-1', key: `quarantine/alice/${id}/upload-1` },
      ...{
        name: 'a.pdf',
        type: 'text/html',
        size: 1,
        sha256: 'one',
        recordedAt: time,
        reason: 'It is HTML.',
      },
    },
  });
  const { body } = await api.call({ method: 'GET', path });
  const list = await api.call({ method: 'GET', path: '/documents', query: { limit: '1' } });
  expect(list.body.documents).toEqual([body]);
  expect(body).toEqual({
    ...{ id, title: 'With a file', description: '', createdAt: TIME, updatedAt: TIME, version: 1 },
    upload: { fileName: 'b.png', contentType: 'image/png', size: 2, sha256: 'two' },
    file: {
      ...{ status: 'rejected', name: 'a.pdf', type: 'text/html', size: 1, sha256: 'one' },
      ...{ recordedAt: time, reason: 'It is HTML.' },
    },
  });
  const change = { method: 'PUT', path, headers: { 'if-match': '"1"' }, body: { title: 'Renamed' } };
  const changed = await api.call(change);
  expect(changed.body).toEqual({ ...body, title: 'Renamed', version: 2, updatedAt: TIME });
});

test('a document is gone from the moment on in which it expires', async () => {
  const expiresAt = new Date(Date.now() + 60_000).toISOString();
  const as = 'forgetful';
  const made = await api.call({
    method: 'POST',
    path: '/documents',
    body: { title: 'Brief', expiresAt },
    as,
  });
  const path = `/documents/${made.body.id}`;
  const headers = { 'if-match': '"1"' };
  const body = { fileName: 'a.png', contentType: 'image/png', size: 1, sha256: `${'A'.repeat(43)}=` };
  const statuses = async () => [
    (await api.call({ method: 'GET', path, as })).status,
    (await api.call({ method: 'PUT', path, headers, body: { title: 'Longer' }, as })).status,
    (await api.call({ method: 'POST', path: `${path}/upload`, body, as })).status,
    (await api.call({ method: 'DELETE', path, as })).status,
  ];
  const listed = async () =>
    (await api.call({ method: 'GET', path: '/documents', as })).body.documents as readonly unknown[];
  expect(await listed()).toHaveLength(1);
  vi.useFakeTimers({ toFake: ['Date'], now: Date.parse(expiresAt) });
  try {
    expect(await statuses()).toEqual([404, 404, 404, 404]);
    expect(await listed()).toEqual([]);
    vi.setSystemTime(Date.parse(expiresAt) - 1);
    expect(await listed()).toHaveLength(1);
    expect((await statuses())[0]).toBe(200);
  } finally {
    vi.useRealTimers();
  }
});

test('a list reads past many expired documents, and gives up for this page rather than never', async () => {
  const as = 'hoarder';
  const oldest = await api.create('Oldest', as);
  const made = await Promise.all(Array.from({ length: 30 }, () => api.create('Old', as)));
  await Promise.all(made.map(({ id }) => api.patch(id, { expiresAt: '2020-01-01T00:00:00.000Z' }, as)));
  let query: Record<string, string> = { limit: '1' };
  const pages: unknown[] = [];
  for (;;) {
    const { body } = await api.call({ method: 'GET', path: '/documents', query, as });
    pages.push(body.documents);
    if (body.next === undefined) break;
    query = { limit: '1', next: String(body.next) };
  }
  expect(pages).toEqual([[], [expect.objectContaining({ id: oldest.id })]]);
});
