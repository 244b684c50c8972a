import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { GetBucketCorsCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { FOLDERS, type Folder } from '../../../../lambda/serverless-api/keys';
import { until } from '../../support/polling';
import type { DeployedStack } from '../../support/stacks';
import { type Ask, functionOf, jsonOf, problemOf } from './desk';
import { type Document, read, register } from './documents';

/** How a file is to be sent to S3. */
export interface Ticket {
  readonly url: string;
  readonly method: string;
  readonly headers: Record<string, string>;
}

const PDF = 'application/pdf';

/** Something that begins as a PDF does; each is another one. */
export const pdf = (text: string) => Buffer.from(`%PDF-1.7\n%${text}\n%%EOF\n`);

/** Asks for the permission to upload a content, which is said to be a PDF. */
export async function announce(ask: Ask, id: string, content: Buffer): Promise<Ticket> {
  const sha256 = createHash('sha256').update(content).digest('base64');
  const json = { fileName: 'Vertrag ü.pdf', contentType: PDF, size: content.length, sha256 };
  return jsonOf<Ticket>(await ask('POST', `/documents/${id}/upload`, { json }));
}

/** Sends a content to S3 itself. */
export function send({ headers, method, url }: Ticket, content: Buffer): Promise<Response> {
  return fetch(url, { method, headers, body: new Uint8Array(content) });
}

/** Registers a document and uploads its file; the document, as soon as the file was looked at. */
export async function upload(ask: Ask, content: Buffer): Promise<Document> {
  const { id } = await register(ask);
  const sent = await send(await announce(ask, id, content), content);
  assert.equal(sent.status, 200, await sent.text());
  return settled(ask, id);
}

/** A document, as soon as its upload was looked at. */
export function settled(ask: Ask, id: string): Promise<Document> {
  return until('the look at an upload', async () => {
    const document = await read(ask, id);
    return document.upload ? undefined : document;
  });
}

/** The objects of a document. */
export async function keysOf(stack: DeployedStack, id: string): Promise<string[]> {
  const { bucket: Bucket } = await functionOf(stack, 'api');
  const { Contents = [] } = await stack.aws.s3.send(new ListObjectsV2Command({ Bucket }));
  return Contents.map(({ Key = '' }) => Key).filter((key) => key.includes(id));
}

/** In which folders of the bucket there is something of a document. */
export async function foldersOf(stack: DeployedStack, id: string): Promise<Folder[]> {
  const keys = await keysOf(stack, id);
  return FOLDERS.filter((folder) => keys.some((key) => key.startsWith(`${folder}/`)));
}

/** Waits until a document's files are where they belong: the upload function tidies up after it has recorded them. */
export async function restsIn(stack: DeployedStack, id: string, folders: readonly Folder[]): Promise<void> {
  await until(`what is of ${id} in ${folders.join(', ') || 'no folder'}`, async () =>
    (await foldersOf(stack, id)).join() === folders.join() ? true : undefined,
  );
}

/** Shows that a good file is accepted, and comes back as the same bytes, to be saved and not shown. */
export async function goodFile(stack: DeployedStack, ask: Ask): Promise<void> {
  const content = pdf('a good one');
  const { id } = await register(ask);
  const ticket = await announce(ask, id, content);
  assert.equal((await read(ask, id)).upload?.fileName, 'Vertrag ü.pdf');
  assert.equal((await send(ticket, content)).status, 200);
  const { file, version } = await settled(ask, id);
  const { downloadUrl, sha256, ...rest } = file ?? {};
  const { recordedAt: _, ...known } = rest as typeof rest & { recordedAt?: string };
  assert.deepEqual(known, { status: 'accepted', name: 'Vertrag ü.pdf', type: PDF, size: content.length });
  assert.equal(sha256, createHash('sha256').update(content).digest('base64'));
  assert.equal(version, 3, 'registered, announced, looked at');
  const downloaded = await fetch(downloadUrl ?? '');
  assert.equal(downloaded.status, 200);
  assert.deepEqual(Buffer.from(await downloaded.arrayBuffer()), content);
  assert.equal(downloaded.headers.get('content-type'), PDF);
  assert.match(
    downloaded.headers.get('content-disposition') ?? '',
    /^attachment; filename\*=UTF-8''Vertrag%20%C3%BC\.pdf$/,
  );
  await restsIn(stack, id, ['documents']);
}

/** Shows that S3 takes exactly what was announced. */
export async function onlyTheAnnounced(stack: DeployedStack, ask: Ask): Promise<void> {
  const content = pdf('announced');
  const { id } = await register(ask);
  const ticket = await announce(ask, id, content);
  const { url } = ticket;
  // Also the length, so that nothing can be sent that S3 would have to read to its end.
  assert.equal(
    new URL(url).searchParams.get('X-Amz-SignedHeaders'),
    'content-length;content-type;host;x-amz-checksum-sha256',
  );
  const other = pdf('changed!!');
  assert.equal(other.length, content.length);
  const checksum = createHash('sha256').update(other).digest('base64');
  const signature = /X-Amz-Signature=[0-9a-f]{4}/;
  const attempts: [string, Ticket, Buffer][] = [
    ['another content of the same size', ticket, other],
    ['another checksum', withHeaders(ticket, { 'x-amz-checksum-sha256': checksum }), other],
    ['another size', ticket, pdf('announced, and more')],
    ['another type', withHeaders(ticket, { 'content-type': 'text/html' }), content],
    ['another signature', { ...ticket, url: url.replace(signature, 'X-Amz-Signature=0000') }, content],
    ['another document', { ...ticket, url: url.replace(id, id.replace(/.$/, otherDigit)) }, content],
  ];
  for (const [what, asked, sent] of attempts) {
    const { status } = await send(asked, sent);
    assert.ok(status === 400 || status === 403, `${what}: ${status}`);
  }
  assert.deepEqual(await foldersOf(stack, id), []);
  assert.ok((await read(ask, id)).upload, 'the document waits for the announced file no more');
}

function withHeaders(ticket: Ticket, headers: Record<string, string>): Ticket {
  return { ...ticket, headers: { ...ticket.headers, ...headers } };
}

function otherDigit(digit: string): string {
  return digit === '0' ? '1' : '0';
}

/** Shows that a file whose content is not what it is said to be stays in quarantine, where nobody gets it from. */
export async function forbiddenFile(stack: DeployedStack, ask: Ask): Promise<void> {
  const { id, file } = await upload(ask, Buffer.from('MZ\u0090\u0000 This program cannot be run', 'latin1'));
  assert.equal(file?.status, 'rejected');
  assert.match(file.reason ?? '', /content/);
  assert.equal(file.downloadUrl, undefined);
  await restsIn(stack, id, ['quarantine']);
}

/** Shows that a file takes the place of the one before it, and that a deleted document gives away nothing more. */
export async function replacedFile(stack: DeployedStack, ask: Ask): Promise<void> {
  const first = await upload(ask, pdf('first'));
  const second = pdf('second');
  assert.equal((await send(await announce(ask, first.id, second), second)).status, 200);
  const { file } = await settled(ask, first.id);
  assert.equal(file?.size, second.length);
  await until('the removal of the replaced file', async () => {
    const { status } = await fetch(first.file?.downloadUrl ?? '');
    return status === 404 || status === 403 ? true : undefined;
  });
  assert.equal((await ask('DELETE', `/documents/${first.id}`)).status, 204);
  await problemOf(await ask('GET', `/documents/${first.id}`), 404);
  // The API may delete no objects: the clean-up takes it when it is a day old.
  await restsIn(stack, first.id, ['documents']);
}

/** Shows that browsers may upload from the site's own pages, and from no others. */
export async function uploadsFromTheSiteOnly(stack: DeployedStack, ask: Ask): Promise<void> {
  const { id } = await register(ask);
  const { url } = await announce(ask, id, pdf('never sent'));
  const preflight = (origin: string, method = 'PUT', headers = 'content-type,x-amz-checksum-sha256') =>
    fetch(url, {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': method,
        'access-control-request-headers': headers,
      },
    });
  const origin = stack.outputs.SiteUrl ?? '';
  const allowed = await preflight(origin);
  assert.deepEqual([allowed.status, allowed.headers.get('access-control-allow-origin')], [200, origin]);
  for (const refused of [
    preflight('https://elsewhere.example.com'),
    preflight(origin, 'DELETE'),
    preflight(origin, 'PUT', 'x-amz-acl'),
  ])
    assert.equal((await refused).status, 403);
  const { bucket: Bucket } = await functionOf(stack, 'api');
  const { CORSRules = [] } = await stack.aws.s3.send(new GetBucketCorsCommand({ Bucket }));
  assert.deepEqual(
    CORSRules.map(({ AllowedOrigins }) => AllowedOrigins),
    [[origin]],
  );
}
