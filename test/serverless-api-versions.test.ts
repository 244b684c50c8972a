import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ApiFunction, startApi } from './support/api-function';

let api: ApiFunction;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const put = (path: string, ifMatch?: string, title = 'Changed') =>
  api.call({
    method: 'PUT',
    path,
    body: { title },
    headers: ifMatch === undefined ? {} : { 'If-Match': ifMatch },
  });

/** A document of version 2. */
const second = async () => {
  const { path } = await api.create();
  await put(path, '"1"', 'Second');
  return path;
};

test('a change without If-Match is refused', async () => {
  const path = await second();
  expect(await put(path)).toMatchObject({ status: 428, body: { title: 'Precondition Required' } });
});

test.each([
  ['"2"', 200],
  ['*', 200],
  ['"1", "2"', 200],
  ['"1"\t,\t"2"', 200],
  ['"other", "2"', 200],
  ['"1"', 412],
  ['"3"', 412],
  ['"0"', 412],
  ['"02"', 412],
  ['"2 "', 400],
  ['W/"2"', 412],
  ['W/"2", "1"', 412],
  ['"other"', 412],
  ['""', 412],
  ['"a,b"', 412],
  ['2', 400],
  ['"2', 400],
  ['2"', 400],
  ['', 400],
  ['w/"2"', 400],
  ['"2" "3"', 400],
  ['"2",', 400],
  ['*, "2"', 400],
  [`"9${'9'.repeat(30)}"`, 412],
  [Array.from({ length: 20 }, (_, version) => `"${version}"`).join(', '), 200],
  [Array.from({ length: 21 }, (_, version) => `"${version}"`).join(', '), 400],
])('If-Match: %s on version 2 is %i', async (ifMatch, status) => {
  const path = await second();
  expect((await put(path, ifMatch)).status).toBe(status);
  const { body } = await api.call({ method: 'GET', path });
  expect(body).toMatchObject(
    status === 200 ? { version: 3, title: 'Changed' } : { version: 2, title: 'Second' },
  );
  const deleted = await api.call({ method: 'DELETE', path, headers: { 'If-Match': ifMatch } });
  const isForThree = ifMatch === '*' || ifMatch.includes('"3"');
  expect(deleted.status).toBe(status !== 200 ? status : isForThree ? 204 : 412);
});

test.each([
  ['"2"', 304],
  ['W/"2"', 304],
  ['"1", W/"2"', 304],
  ['*', 304],
  ['"1"', 200],
  ['2', 200],
  ['"2', 200],
  ['', 200],
])('If-None-Match: %s on version 2 is %i', async (ifNoneMatch, status) => {
  const path = await second();
  const answer = await api.call({ method: 'GET', path, headers: { 'If-None-Match': ifNoneMatch } });
  expect(answer).toMatchObject({ status, headers: { etag: '"2"', 'cache-control': 'no-store' } });
  expect(answer.body).toEqual(status === 304 ? {} : expect.objectContaining({ version: 2 }));
});

test('an unknown document is not found, whatever its version should be', async () => {
  const path = '/documents/0198f3a0-0000-7000-8000-000000000000';
  for (const ifMatch of ['"1"', '*', 'W/"1"']) expect((await put(path, ifMatch)).status).toBe(404);
});

test('a deletion needs no version', async () => {
  const path = await second();
  expect((await api.call({ method: 'DELETE', path })).status).toBe(204);
});

test('of two writers at once one wins, and the other is told', async () => {
  const { path } = await api.create();
  const writers = ['A', 'B', 'C', 'D', 'E'];
  const answers = await Promise.all(writers.map((title) => put(path, '"1"', title)));
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 412, 412, 412, 412]);
  const winner = writers[answers.findIndex(({ status }) => status === 200)];
  const { body } = await api.call({ method: 'GET', path });
  expect(body).toMatchObject({ title: winner, version: 2 });
});

test('of a change and a deletion at once one wins', async () => {
  const { path } = await api.create();
  const headers = { 'If-Match': '"1"' };
  const answers = await Promise.all([put(path, '"1"'), api.call({ method: 'DELETE', path, headers })]);
  expect([
    [200, 412],
    [404, 204],
  ]).toContainEqual(answers.map(({ status }) => status));
});
