import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { type Ask, jsonOf, problemOf } from './desk';

/** A document as the API tells it. */
export interface Document {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly version: number;
  readonly expiresAt?: string;
  readonly upload?: { readonly fileName: string };
  readonly file?: {
    readonly status: string;
    readonly name: string;
    readonly type: string;
    readonly size: number;
    readonly sha256: string;
    readonly reason?: string;
    readonly downloadUrl?: string;
  };
}

interface Page {
  readonly documents: Document[];
  readonly next?: string;
}

/** The id of a document that was never registered, though it could be. */
export const UNKNOWN_ID = '01890a5d-ac96-774b-bcce-b302099a8057';

const CHANGED = { title: 'Contract, signed', description: 'by both' };

/** Registers a document. */
export async function register(ask: Ask, body: object = { title: 'Contract' }): Promise<Document> {
  return jsonOf<Document>(await ask('POST', '/documents', { json: body }), 201);
}

/** A document as it is now. */
export async function read(ask: Ask, id: string): Promise<Document> {
  return jsonOf<Document>(await ask('GET', `/documents/${id}`));
}

/** Shows the life of a document: registered, read, changed by those who know its latest version, deleted. */
export async function lifeOfDocument(ask: Ask): Promise<void> {
  const registered = await ask('POST', '/documents', { json: { title: 'Contract' } });
  const document = await jsonOf<Document>(registered, 201);
  const path = `/documents/${document.id}`;
  const etag = registered.headers.get('etag') ?? '';
  // Relative to what was asked, so that it leads there behind /api, too.
  assert.equal(registered.headers.get('location'), path.slice(1));
  assert.deepEqual([document.title, document.version], ['Contract', 1]);

  const seen = await ask('GET', path);
  assert.equal(seen.headers.get('etag'), etag);
  assert.equal(seen.headers.get('cache-control'), 'no-store');
  assert.deepEqual(await jsonOf(seen), document);
  const unchanged = await ask('GET', path, { headers: { 'if-none-match': etag } });
  assert.deepEqual([unchanged.status, await unchanged.text()], [304, '']);

  await problemOf(await ask('PUT', path, { json: CHANGED }), 428);
  const changed = await ask('PUT', path, { json: CHANGED, headers: { 'if-match': etag } });
  const latest = changed.headers.get('etag') ?? '';
  assert.notEqual(latest, etag);
  const { title, description, version } = await jsonOf<Document>(changed);
  assert.deepEqual({ title, description, version }, { ...CHANGED, version: 2 });
  const stale = { 'if-match': etag };
  await problemOf(await ask('PUT', path, { json: { title: 'Late' }, headers: stale }), 412);
  await problemOf(await ask('DELETE', path, { headers: stale }), 412);
  assert.equal((await read(ask, document.id)).title, CHANGED.title);

  assert.equal((await ask('DELETE', path, { headers: { 'if-match': latest } })).status, 204);
  for (const [method, json] of [
    ['GET', undefined],
    ['DELETE', undefined],
    ['PUT', CHANGED],
  ] as const)
    await problemOf(await ask(method, path, { json, headers: { 'if-match': '*' } }), 404);
}

/** Shows that the list has the newest first, in pages. */
export async function pages(ask: Ask): Promise<void> {
  const ids: string[] = [];
  for (const title of ['One', 'Two', 'Three']) ids.unshift((await register(ask, { title })).id);
  const found: string[] = [];
  let next: string | undefined;
  do {
    const query = new URLSearchParams({ limit: '2', ...(next !== undefined && { next }) });
    const page = await jsonOf<Page>(await ask('GET', `/documents?${query}`));
    assert.ok(page.documents.length <= 2, `${page.documents.length} on a page of two`);
    found.push(...page.documents.map(({ id }) => id));
    next = page.next;
  } while (next !== undefined && found.length < ids.length);
  assert.deepEqual(found.slice(0, ids.length), ids);
  await problemOf(await ask('GET', '/documents?limit=0'), 400);
  await problemOf(await ask('GET', '/documents?next=nonsense'), 400);
}

/** The ids of all documents of somebody, up to a hundred. */
export async function listed(ask: Ask): Promise<string[]> {
  const { documents } = await jsonOf<Page>(await ask('GET', '/documents?limit=100'));
  return documents.map(({ id }) => id);
}

/** Shows that of two who change the same version at once one wins, and the other learns of it. */
export async function twoWriters(ask: Ask): Promise<void> {
  const { id } = await register(ask);
  const answers = await Promise.all(
    ['Mine', 'Yours'].map((title) =>
      ask('PUT', `/documents/${id}`, { json: { title }, headers: { 'if-match': '"1"' } }),
    ),
  );
  assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 412]);
  const winner = answers.find(({ status }) => status === 200);
  assert(winner);
  const { title, version } = await read(ask, id);
  assert.deepEqual([title, version], [(await jsonOf<Document>(winner)).title, 2]);
}

/** Shows that a request that is sent again with its Idempotency-Key gets the first answer. */
export async function retried(ask: Ask): Promise<void> {
  const headers = { 'idempotency-key': randomUUID() };
  const send = (title: string) => ask('POST', '/documents', { json: { title }, headers });
  const title = `Once ${headers['idempotency-key']}`;
  const first = await jsonOf<Document>(await send(title), 201);
  assert.deepEqual(await jsonOf(await send(title), 201), first);
  await problemOf(await send('Something else'), 422);
  const { documents } = await jsonOf<Page>(await ask('GET', '/documents?limit=100'));
  assert.equal(documents.filter((document) => document.title === title).length, 1);
  assert.ok(documents.every((document) => document.title !== 'Something else'));
}

/** Shows that what is wrong with a request is told, in one form, without anything of the inside. */
export async function refusals(ask: Ask): Promise<void> {
  const { id } = await register(ask);
  const upload = { fileName: 'a.pdf', contentType: 'application/pdf', size: 1, sha256: `${'A'.repeat(43)}=` };
  // API Gateway's own words, where it looks at bodies before the function does.
  const form = /not valid|right form/;
  const refusals: [number, RegExp, ...Parameters<Ask>][] = [
    [400, /JSON|right form/, 'POST', '/documents', { text: '{"title":' }],
    [400, form, 'POST', '/documents', { json: {} }],
    [400, form, 'POST', '/documents', { json: { title: 'a', owner: 'me' } }],
    [400, /valid/, 'POST', '/documents', { json: { title: 'a', expiresAt: '2001-01-01T00:00:00Z' } }],
    [413, /8192/, 'POST', '/documents', { text: '{"title":"a"}'.padEnd(8193) }],
    [415, /JSON/, 'POST', '/documents', { text: 'a', headers: { 'content-type': 'text/plain' } }],
    [404, /./, 'GET', `/documents/${UNKNOWN_ID}`],
    [404, /./, 'GET', '/documents/1'],
    [404, /./, 'GET', '/nowhere'],
    [404, /./, 'PATCH', `/documents/${id}`, { json: {} }],
    [400, form, 'POST', `/documents/${id}/upload`, { json: { ...upload, contentType: 'text/html' } }],
    [400, form, 'POST', `/documents/${id}/upload`, { json: { ...upload, size: 26_214_401 } }],
    [400, form, 'POST', `/documents/${id}/upload`, { json: { ...upload, sha256: 'short' } }],
    [404, /./, 'POST', `/documents/${UNKNOWN_ID}/upload`, { json: upload }],
  ];
  for (const [status, words, ...request] of refusals) {
    const problem = await problemOf(await ask(...request), status);
    assert.match(problem.detail, words);
    assert.doesNotMatch(JSON.stringify(problem), /dynamodb|s3|lambda|arn:|bucket|table/i);
  }
  assert.equal((await read(ask, id)).version, 1);
}

/** Shows that each wrong value of a body is named. */
export async function namedErrors(ask: Ask): Promise<void> {
  const json = { title: '', description: 1 };
  const { errors } = await problemOf(await ask('POST', '/documents', { json }), 400);
  assert.deepEqual(errors?.map(({ path }) => path).sort(), ['description', 'title']);
}
