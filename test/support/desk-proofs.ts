import { expect, vi } from 'vitest';
import { accessToken, FORMATS } from './api-events';
import { SAMPLES } from './sample-files';
import { type WholeDesk, withWholeDesk } from './whole-desk';

const PDF = SAMPLES['application/pdf'] ?? Buffer.alloc(0);
const HTML = Buffer.from('<!doctype html><script>alert(1)</script>');

/** Documents belong to their owner, whom the token names. */
export const ownersAreApart = () =>
  withWholeDesk(async ({ api }) => {
    for (const format of FORMATS) {
      const { path } = await api.create('Private', 'alice');
      const as = 'mallory';
      const ifMatch = { 'if-match': '"1"' };
      const attempts = [
        { method: 'GET', path },
        { method: 'PUT', path, headers: ifMatch, body: { title: 'Mine' } },
        { method: 'DELETE', path },
        {
          method: 'POST',
          path: `${path}/upload`,
          body: { fileName: 'a.pdf', contentType: 'application/pdf', size: 1, sha256: `${'A'.repeat(43)}=` },
        },
      ];
      for (const attempt of attempts) {
        expect((await api.call({ ...attempt, as, format })).status, attempt.method).toBe(404);
      }
      const list = await api.call({ method: 'GET', path: '/documents', as, format });
      expect(list).toMatchObject({ status: 200, body: { documents: [] } });
      expect(await api.call({ method: 'GET', path, format })).toMatchObject({
        status: 200,
        body: { title: 'Private', version: 1 },
      });
      for (const claims of [
        {},
        { ...accessToken(as), client_id: 'another' },
        { ...accessToken(as), token_use: 'id' },
      ]) {
        expect((await api.call({ method: 'GET', path, format, claims })).status).toBe(401);
      }
    }
  });

/** Of two writers one wins, and the other is told. */
export const noUpdateIsLost = () =>
  withWholeDesk(async ({ api }) => {
    const { path } = await api.create();
    const change = (title: string) =>
      api.call({ method: 'PUT', path, headers: { 'if-match': '"1"' }, body: { title } });
    const answers = await Promise.all(['first', 'second', 'third'].map(change));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412, 412]);
    const winner = answers.find(({ status }) => status === 200)?.body.title;
    expect((await api.call({ method: 'GET', path })).body).toMatchObject({ title: winner, version: 2 });
    expect((await api.call({ method: 'PUT', path, body: { title: 'blind' } })).status).toBe(428);
  });

/** A registration that is sent again is not done again. */
export const retriesRegisterOnce = () =>
  withWholeDesk(async ({ api }) => {
    const register = (title: string) =>
      api.call({
        method: 'POST',
        path: '/documents',
        headers: { 'idempotency-key': 'a-key' },
        body: { title },
      });
    const [first, again] = [await register('Once'), await register('Once')];
    expect(again).toEqual(first);
    expect(first.status).toBe(201);
    expect((await register('Other words')).status).toBe(422);
    const { body } = await api.call({ method: 'GET', path: '/documents' });
    expect(body.documents).toHaveLength(1);
  });

/** What is wrong with a request is told, and nothing else. */
export const problemsTellNothingOfTheInside = () =>
  withWholeDesk(async ({ api }) => {
    const unknown = '/documents/01890a5d-ac96-774b-bcce-b302099a8057';
    const requests = [
      [400, { method: 'POST', path: '/documents', body: '{"title":' }],
      [400, { method: 'POST', path: '/documents', body: { title: '' } }],
      [413, { method: 'POST', path: '/documents', body: { title: 'a', description: 'x'.repeat(8200) } }],
      [
        415,
        { method: 'POST', path: '/documents', body: 'title=a', headers: { 'content-type': 'text/plain' } },
      ],
      [404, { method: 'GET', path: unknown }],
      [404, { method: 'GET', path: '/nowhere' }],
      [400, { method: 'GET', path: '/documents', query: { next: 'made up' } }],
    ] as const;
    api.dynamoDb.fail();
    for (const format of FORMATS) {
      for (const [status, request] of requests) {
        expectProblem(await api.call({ ...request, format, id: 'r-1' }), status);
      }
    }
    api.dynamoDb.fail({ name: 'ResourceNotFoundException', status: 400 });
    expectProblem(await api.call({ method: 'GET', path: unknown, id: 'r-1' }), 500);
    api.dynamoDb.fail();

    function expectProblem(
      { body, headers, status }: Awaited<ReturnType<typeof api.call>>,
      expected: number,
    ) {
      expect(status).toBe(expected);
      expect(headers).toMatchObject({
        'content-type': 'application/problem+json',
        'x-correlation-id': 'r-1',
      });
      expect(body).toMatchObject({ status, correlationId: 'r-1', detail: expect.any(String) });
      const inside = [
        api.dynamoDb.tableName,
        api.s3.bucketName,
        'node_modules',
        'ResourceNotFound',
        'OWNER#',
      ];
      for (const word of inside) expect(JSON.stringify(body)).not.toContain(word);
    }
  });

/** Only what was announced arrives, and only what is allowed can be downloaded. */
export const filesAreLookedAt = () =>
  withWholeDesk(async (desk) => {
    const { path } = await desk.api.create();
    const good = await desk.announce(path, { content: PDF, contentType: 'application/pdf' });
    expect((await desk.send(good, PDF, { 'content-type': 'text/html' })).status).toBe(403);
    expect((await desk.send(good, Buffer.concat([PDF, PDF]))).status).toBe(403);
    expect((await desk.send(good, PDF)).status).toBe(200);
    expect(await desk.deliver(await desk.notifications())).toEqual([]);
    const accepted = await fileOf(desk, path);
    expect(accepted).toMatchObject({ status: 'accepted', type: 'application/pdf', size: PDF.length });
    const download = await fetch(String(accepted.downloadUrl));
    expect(download.headers.get('content-disposition')).toMatch(/^attachment/);
    expect(Buffer.from(await download.arrayBuffer())).toEqual(PDF);

    const forbidden = await desk.announce(path, { content: HTML, contentType: 'application/pdf' });
    expect((await desk.send(forbidden, HTML)).status).toBe(200);
    expect(await desk.deliver(await desk.notifications())).toEqual([]);
    const rejected = await fileOf(desk, path);
    expect(rejected).toMatchObject({ status: 'rejected', reason: expect.any(String) });
    expect(rejected.downloadUrl).toBeUndefined();
    expect((await desk.objects()).map((key) => key.split('/')[0])).toEqual(['quarantine']);
  });

/** A message may come twice, late, or be none at all. */
export const eventsMayComeAgain = () =>
  withWholeDesk(async (desk) => {
    const { path } = await desk.api.create();
    const first = await desk.announce(path, { content: PDF, contentType: 'application/pdf' });
    await desk.send(first, PDF);
    const [late = ''] = await desk.notifications();
    const newer = Buffer.concat([PDF, Buffer.from('%newer')]);
    const second = await desk.announce(path, { content: newer, contentType: 'application/pdf' });
    await desk.send(second, newer);
    const current = (await desk.notifications()).filter((body) => body !== late);
    expect(await desk.deliver(['no JSON', ...current, '{"Records":[{}]}', late])).toEqual([
      'message 0',
      'message 2',
    ]);
    const file = await fileOf(desk, path);
    expect(file).toMatchObject({ status: 'accepted', size: newer.length });
    expect(await desk.deliver([late, ...current])).toEqual([]);
    expect(await fileOf(desk, path)).toMatchObject({ size: newer.length, sha256: file.sha256 });
    expect((await desk.objects()).map((key) => key.split('/')[0])).toEqual(['documents']);
  });

/** What has expired and what nobody names goes, and nothing else. */
export const nightsRemoveWhatIsOver = () =>
  withWholeDesk(async (desk) => {
    const day = 24 * 60 * 60 * 1000;
    const withFile = async (expiresAt?: string) => {
      const { body } = await desk.api.call({
        method: 'POST',
        path: '/documents',
        body: { title: 'A document', ...(expiresAt && { expiresAt }) },
      });
      const path = `/documents/${body.id}`;
      await desk.send(await desk.announce(path, { content: PDF, contentType: 'application/pdf' }), PDF);
      await desk.deliver(await desk.notifications());
      return path;
    };
    const stays = await withFile();
    await withFile(new Date(Date.now() + day).toISOString());
    const deleted = await withFile();
    await desk.api.call({ method: 'DELETE', path: deleted });
    expect(await desk.objects()).toHaveLength(3);
    expect(await desk.cleanUp()).toMatchObject({ documentsExpired: 0, orphansRemoved: 0, complete: true });
    expect(await desk.objects()).toHaveLength(3);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 3 * day });
    try {
      expect(await desk.cleanUp()).toEqual({
        documentsExpired: 1,
        filesRemoved: 1,
        orphansRemoved: 1,
        complete: true,
      });
    } finally {
      vi.useRealTimers();
    }
    const [left, ...others] = await desk.objects();
    expect(others).toEqual([]);
    expect(left).toContain(stays.slice('/documents/'.length));
    expect((await fileOf(desk, stays)).status).toBe('accepted');
  });

async function fileOf({ api }: WholeDesk, path: string): Promise<Record<string, unknown>> {
  const { body } = await api.call({ method: 'GET', path });
  return body.file as Record<string, unknown>;
}
