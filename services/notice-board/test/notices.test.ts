import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { type Board, buildBoard, WRITER } from './support/board';

let board: Board;
beforeEach(async () => {
  board = await buildBoard();
});

const post = (payload: unknown, headers: Record<string, string> = WRITER) =>
  board.app.inject({
    method: 'POST',
    url: '/notices',
    headers: { 'content-type': 'application/json', ...headers },
    payload: typeof payload === 'string' ? payload : JSON.stringify(payload),
  });

test('a notice is posted, read and removed', async () => {
  const posted = await post({ title: 'Party', body: 'On Friday.' });
  expect(posted.statusCode).toBe(201);
  const notice = posted.json();
  expect(notice).toMatchObject({ title: 'Party', body: 'On Friday.' });
  const url = `/notices/${notice.id}`;
  expect(posted.headers.location).toBe(url);
  expect((await board.app.inject(url)).json()).toEqual(notice);
  expect((await board.app.inject('/notices')).json()).toEqual({ notices: [notice] });
  const removed = await board.app.inject({ method: 'DELETE', url, headers: WRITER });
  expect([removed.statusCode, removed.body]).toEqual([204, '']);
  expect((await board.app.inject(url)).statusCode).toBe(404);
  expect((await board.app.inject({ method: 'DELETE', url, headers: WRITER })).statusCode).toBe(204);
});

test('pages hold each notice once, newest first, for any number of notices and any limit', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 0, max: 30 }),
      fc.integer({ min: 1, max: 12 }),
      async (count, limit) => {
        board.store.kept.clear();
        for (let title = 0; title < count; title += 1)
          await board.store.add({ title: String(title), body: '-' });
        const titles: string[] = [];
        let next = '';
        do {
          const page = (await board.app.inject(`/notices?limit=${limit}${next && `&next=${next}`}`)).json();
          expect(page.notices.length).toBeLessThanOrEqual(limit);
          titles.push(...page.notices.map(({ title }: { title: string }) => title));
          next = page.next ?? '';
        } while (next);
        expect(titles).toEqual(Array.from({ length: count }, (_, index) => String(count - 1 - index)));
      },
    ),
    { numRuns: 40 },
  );
});

test('a page has 20 notices where nobody asks for a number, and 100 at most', async () => {
  for (let title = 0; title < 101; title += 1) await board.store.add({ title: String(title), body: '-' });
  const sizeOf = async (url: string) => (await board.app.inject(url)).json().notices.length;
  expect(await sizeOf('/notices')).toBe(20);
  expect(await sizeOf('/notices?limit=100')).toBe(100);
});

test.each([
  '/notices?limit=0',
  '/notices?limit=101',
  '/notices?limit=1.5',
  '/notices?limit=',
  '/notices?limit=5&limit=6',
  '/notices?next=abc',
  `/notices?next=${'A'.repeat(48)}`,
  `/?next=${'A'.repeat(48)}`,
  '/?limit=0',
  '/notices/1',
  '/notices/017F22E2-79B0-7000-BFFF-FFFFFFFFFFFF',
])('GET %s is refused with the details', async (url) => {
  const answer = await board.app.inject(url);
  expect(answer.statusCode).toBe(400);
  expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8');
  expect(answer.json()).toEqual({
    type: 'about:blank',
    title: 'Bad Request',
    status: 400,
    detail: expect.stringMatching(/^(querystring|params)\/(limit|next|id) must /),
    requestId: answer.headers['x-request-id'],
  });
});

test.each([
  [{ title: 'a' }, 400],
  [{ body: 'a' }, 400],
  [{ title: '', body: 'a' }, 400],
  [{ title: ' \u00a0', body: 'a' }, 400],
  [{ title: 'two\nlines', body: 'a' }, 400],
  [{ title: 'a', body: ' \n ' }, 400],
  [{ title: 'a'.repeat(101), body: 'a' }, 400],
  [{ title: 'a', body: 'a'.repeat(2_001) }, 400],
  [{ title: 5, body: 'a' }, 400],
  [{ title: 'a', body: 'a', id: 'b' }, 400],
  ['{', 400],
  ['[]', 400],
  [{ title: 'a', body: 'a'.repeat(17_000) }, 413],
] as const)('POST %j is refused with %i', async (payload, status) => {
  const answer = await post(payload);
  expect([answer.statusCode, answer.json().status]).toEqual([status, status]);
  expect(board.store.kept.size).toBe(0);
});

test('the longest notice is taken, whatever it is written in', async () => {
  const answer = await post({ title: '\u{1f4cc}'.repeat(100), body: '\u{1f4cc}'.repeat(2_000) });
  expect(answer.statusCode).toBe(201);
});

test('a form of a page elsewhere is refused', async () => {
  const answer = await post('title=a&body=b', {
    ...WRITER,
    'content-type': 'application/x-www-form-urlencoded',
  });
  expect(answer.statusCode).toBe(415);
});

describe('the token', () => {
  const wrong = [
    undefined,
    '',
    'Bearer',
    'Bearer ',
    'Bearer wrong',
    `Basic ${WRITER.authorization}`,
    `${WRITER.authorization}x`,
    `${WRITER.authorization} x`,
  ];

  test.each(wrong)('%j is none', async (authorization) => {
    const headers = authorization === undefined ? {} : { authorization };
    const answer = await post({ title: 'a', body: 'b' }, headers as Record<string, string>);
    expect(answer.statusCode).toBe(401);
    expect(answer.headers['www-authenticate']).toBe('Bearer realm="notice-board"');
    expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8');
    const { id } = await board.store.add({ title: 'a', body: 'b' });
    const removal = await board.app.inject({ method: 'DELETE', url: `/notices/${id}`, headers });
    expect([removal.statusCode, board.store.kept.size]).toEqual([401, 1]);
  });

  test('is asked for before the body is read', async () => {
    expect((await post('{', {})).statusCode).toBe(401);
  });

  test('is never in the log', async () => {
    await post({ title: 'a', body: 'b' });
    await post('{');
    // As the AWS SDK does it.
    board.store.failure = Object.assign(new Error('no table'), { $response: { headers: WRITER } });
    await post({ title: 'a', body: 'b' });
    expect(board.lines.length).toBeGreaterThan(3);
    expect(JSON.stringify(board.lines)).not.toContain('a-token');
  });

  test('where none is set, nobody may write', async () => {
    board = await buildBoard('');
    expect((await post({ title: 'a', body: 'b' }, { authorization: 'Bearer ' })).statusCode).toBe(403);
    expect((await post({ title: 'a', body: 'b' })).statusCode).toBe(403);
    expect(board.store.kept.size).toBe(0);
  });
});
