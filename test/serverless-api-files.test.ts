import { createHash } from 'node:crypto';
import { GetObjectCommand, HeadObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import type { StoredFile } from '../lambda/serverless-api/document-item';
import { objectKey, parseObjectKey } from '../lambda/serverless-api/keys';
import { SignedUrls, type UploadTicket } from '../lambda/serverless-api/signed-urls';
import { FORMATS } from './support/api-events';
import { type ApiFunction, startApi } from './support/api-function';

let api: ApiFunction;
let s3: S3Client;
const credentials = { accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER' };
beforeAll(async () => {
  api = await startApi();
  s3 = new S3Client({ endpoint: api.s3.endpoint, forcePathStyle: true, region: 'eu-west-1', credentials });
});
afterEach(() => {
  vi.useRealTimers();
});
afterAll(async () => {
  s3.destroy();
  await api.close();
});

const CONTENT = Buffer.from('%PDF-1.7 and so on');
const sha256 = (content: Buffer) => createHash('sha256').update(content).digest('base64');
const UPLOAD = {
  fileName: 'Minutes.pdf',
  contentType: 'application/pdf',
  size: CONTENT.length,
  sha256: sha256(CONTENT),
};

/** Asks for an upload to a new document. */
async function ticketFor(upload = UPLOAD, format: (typeof FORMATS)[number] = '2.0') {
  const { id, path } = await api.create();
  const answer = await api.call({ method: 'POST', path: `${path}/upload`, body: upload, format });
  expect(answer.status).toBe(200);
  return { id, path, answer, ticket: answer.body as unknown as UploadTicket };
}

const send = ({ url, method, headers }: UploadTicket, change: Record<string, string> = {}, body = CONTENT) =>
  fetch(url, { method, headers: { ...headers, ...change }, body });
const keyOf = (url: string) =>
  decodeURIComponent(new URL(url).pathname.slice(`/${api.s3.bucketName}/`.length));

describe('an upload', () => {
  test.each(FORMATS)('goes to the folder for arrivals, under a key of its own (%s)', async (format) => {
    const { id, path, answer, ticket } = await ticketFor(UPLOAD, format);
    expect(answer.headers.etag).toBe('"2"');
    expect(ticket).toEqual({
      url: expect.stringContaining(`${api.s3.endpoint}/files/incoming/alice/${id}/`),
      method: 'PUT',
      headers: { 'content-type': 'application/pdf', 'x-amz-checksum-sha256': UPLOAD.sha256 },
      expiresAt: expect.stringMatching(/:\d\d\.000Z$/),
    });
    expect((await send(ticket)).status).toBe(200);
    const Key = keyOf(ticket.url);
    const object = await s3.send(new GetObjectCommand({ Bucket: api.s3.bucketName, Key }));
    expect(await object.Body?.transformToString()).toBe(CONTENT.toString());
    expect(object.ContentType).toBe('application/pdf');
    const place = parseObjectKey(Key);
    expect(place).toEqual({
      folder: 'incoming',
      owner: 'alice',
      documentId: id,
      uploadId: expect.any(String),
    });
    const { body } = await api.call({ method: 'GET', path });
    expect(body).toMatchObject({ version: 2, upload: UPLOAD });
    const again = await api.call({ method: 'POST', path: `${path}/upload`, body: UPLOAD });
    expect(keyOf(String(again.body.url))).not.toBe(Key);
  });

  test.each([
    ['another type', { 'content-type': 'text/html' }, CONTENT],
    ['another checksum', { 'x-amz-checksum-sha256': sha256(Buffer.from('other')) }, CONTENT],
    ['another length', {}, Buffer.from('longer than what was said, much longer')],
    ['nothing in it', {}, Buffer.alloc(0)],
  ])('with %s is refused by S3', async (_, headers, content) => {
    const { ticket } = await ticketFor();
    expect((await send(ticket, headers, content)).status).toBe(403);
    await expect(
      s3.send(new HeadObjectCommand({ Bucket: api.s3.bucketName, Key: keyOf(ticket.url) })),
    ).rejects.toMatchObject({ name: 'NotFound' });
  });

  test.each([
    ['another key', (url: string) => url.replace('/incoming/', '/documents/')],
    ['a longer life', (url: string) => url.replace('X-Amz-Expires=300', 'X-Amz-Expires=3000')],
    ['fewer signed headers', (url: string) => url.replace('content-type%3B', '')],
    ['another signature', (url: string) => url.replace(/(X-Amz-Signature=).{8}/, '$1deadbeef')],
  ])('to a URL with %s is refused by S3', async (_, change) => {
    const { ticket } = await ticketFor();
    const url = change(ticket.url);
    expect(url).not.toBe(ticket.url);
    expect((await send({ ...ticket, url })).status).toBe(403);
  });

  test('must begin within five minutes', async () => {
    const { ticket } = await ticketFor();
    const end = Date.parse(ticket.expiresAt);
    expect(Math.abs(end - Date.now() - 300_000)).toBeLessThan(2000);
    vi.useFakeTimers({ toFake: ['Date'], now: end });
    expect((await send(ticket)).status).toBe(200);
    vi.setSystemTime(end + 1000);
    expect((await send(ticket)).status).toBe(403);
  });
});

describe('a download', () => {
  const file = (id: string, name: string): StoredFile => ({
    ...{ status: 'accepted', uploadId: 'u-1', name, type: 'application/pdf', size: CONTENT.length },
    ...{ sha256: UPLOAD.sha256, recordedAt: '2026-01-01T00:00:00.000Z' },
    key: objectKey({ folder: 'documents', owner: 'alice', documentId: id, uploadId: 'u-1' }),
  });
  const urlOf = async (path: string) => {
    const { body } = await api.call({ method: 'GET', path });
    return (body.file as { downloadUrl?: string }).downloadUrl;
  };

  test.each(['Minutes.pdf', '議事録 (1).pdf', `"quotes" & 'more' * 100% + #1;.pdf`, 'a\r\nset-cookie: b=c'])(
    'saves the file as %j',
    async (name) => {
      const { id, path } = await api.create();
      const stored = file(id, name);
      const object = { Bucket: api.s3.bucketName, Key: stored.key, Body: CONTENT, ContentType: 'text/html' };
      await s3.send(new PutObjectCommand(object));
      await api.patch(id, { file: stored });
      const answer = await fetch(String(await urlOf(path)));
      expect(answer.status).toBe(200);
      expect(await answer.text()).toBe(CONTENT.toString());
      expect(answer.headers.get('content-type')).toBe('application/pdf');
      const [disposition, encoded] = (answer.headers.get('content-disposition') ?? '').split(
        "; filename*=UTF-8''",
      );
      expect(disposition).toBe('attachment');
      expect(encoded).toMatch(/^[\w%.~-]+$/);
      expect(decodeURIComponent(String(encoded))).toBe(name);
    },
  );

  test('ends after five minutes, and is for this object only', async () => {
    const { id, path } = await api.create();
    const stored = file(id, 'a.pdf');
    await s3.send(new PutObjectCommand({ Bucket: api.s3.bucketName, Key: stored.key, Body: CONTENT }));
    await api.patch(id, { file: stored });
    const url = String(await urlOf(path));
    expect((await fetch(url.replace('attachment', 'inline'))).status).toBe(403);
    expect((await fetch(url, { method: 'PUT', body: 'x' })).status).toBe(403);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 301_000 });
    expect((await fetch(url)).status).toBe(403);
  });

  test('is not offered for a rejected file', async () => {
    const { id, path } = await api.create();
    await api.patch(id, { file: { ...file(id, 'a.pdf'), status: 'rejected', reason: 'It is HTML.' } });
    expect(await urlOf(path)).toBeUndefined();
  });
});

describe('an address', () => {
  const region = (name: string) => ({ region: async () => name });
  const urls = (name: string) =>
    new SignedUrls({ credentials, sha256: s3.config.sha256, ...region(name) }, 'files-bucket');
  const upload = { ...UPLOAD, id: 'u-1' };
  const addressOf = async (name: string) => {
    const { origin, pathname } = new URL((await urls(name).upload('incoming/a/b/c d', upload)).url);
    return `${origin}${pathname}`;
  };

  test('is the bucket’s regional one on AWS', async () => {
    vi.stubEnv('AWS_ENDPOINT_URL_S3', undefined);
    vi.stubEnv('AWS_ENDPOINT_URL', undefined);
    expect(await addressOf('ap-northeast-1')).toBe(
      'https://files-bucket.s3.ap-northeast-1.amazonaws.com/incoming/a/b/c%20d',
    );
    expect(await addressOf('cn-north-1')).toBe(
      'https://files-bucket.s3.cn-north-1.amazonaws.com.cn/incoming/a/b/c%20d',
    );
  });

  test('has the parameters that the client of S3 would give it', async () => {
    vi.stubEnv('AWS_ENDPOINT_URL_S3', undefined);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() });
    const client = new S3Client({
      region: 'eu-west-1',
      credentials: { ...credentials, sessionToken: 'a/b+c==' },
    });
    const mine = await new SignedUrls(client.config, 'files-bucket').upload('incoming/a/b/c', upload);
    const command = new PutObjectCommand({
      ...{ Bucket: 'files-bucket', Key: 'incoming/a/b/c', ContentType: upload.contentType },
      ...{ ContentLength: upload.size, ChecksumSHA256: upload.sha256 },
    });
    const theirs = await getSignedUrl(client, command, {
      expiresIn: 300,
      signableHeaders: new Set(['host', 'content-type', 'content-length', 'x-amz-checksum-sha256']),
      unhoistableHeaders: new Set(['x-amz-checksum-sha256']),
    });
    // `x-id` names the operation for AWS's own logs, and so makes another signature.
    const parts = (url: string) => {
      const { origin, pathname, searchParams } = new URL(url);
      const { 'x-id': _, 'X-Amz-Signature': signature, ...parameters } = Object.fromEntries(searchParams);
      return { origin, pathname, parameters, signature: signature?.length };
    };
    expect(parts(mine.url)).toEqual(parts(theirs));
  });

  test('is the one that the variables of the SDK name elsewhere', async () => {
    vi.stubEnv('AWS_ENDPOINT_URL_S3', undefined);
    vi.stubEnv('AWS_ENDPOINT_URL', 'http://127.0.0.1:4566/');
    expect(await addressOf('eu-west-1')).toBe('http://127.0.0.1:4566/files-bucket/incoming/a/b/c%20d');
    vi.stubEnv('AWS_ENDPOINT_URL_S3', 'https://s3.example.com/base');
    expect(await addressOf('eu-west-1')).toBe('https://s3.example.com/base/files-bucket/incoming/a/b/c%20d');
  });
});
