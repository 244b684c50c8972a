import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { fileTypeFromBuffer } from 'file-type';
import { describe, expect, test, vi } from 'vitest';
import { objectKey, parseObjectKey } from '../lambda/serverless-api/keys';
import type { OpenedObject } from '../lambda/serverless-api/stored-objects';
import { readContent } from '../lambda/serverless-api/upload-content';
import { parseNotification } from '../lambda/serverless-api/upload-notification';
import { judge } from '../lambda/serverless-api/upload-rules';
import { contentTypes, DOCX, SAMPLES, XLSX, zip } from './support/sample-files';
import { pendingUpload } from './support/serverless-api-functions';

vi.mock(import('file-type'), { spy: true });

const TYPES = Object.keys(SAMPLES);
const LIMITS = { maxFileSize: 10_000_000, allowedFileTypes: TYPES };

/** An object as S3 sends it, in portions of a size. */
function opened(content: Uint8Array, portion = 65_536): OpenedObject {
  async function* send() {
    for (let start = 0; start < content.length; start += portion)
      yield content.subarray(start, start + portion);
  }
  return { etag: '"e"', size: content.length, content: send(), close: () => undefined };
}

async function judgeAs(content: Uint8Array, announced: string, portion?: number) {
  const found = await readContent(opened(content, portion), LIMITS.maxFileSize);
  return judge(found, pendingUpload('u', content, announced), LIMITS);
}

describe('the type', () => {
  test.each(TYPES)('%s is known by its content', async (type) => {
    expect(await judgeAs(SAMPLES[type] ?? Buffer.alloc(0), type)).toEqual({ status: 'accepted', type });
  });

  test.each(
    TYPES.flatMap((type) => TYPES.filter((other) => other !== type).map((other) => [type, other] as const)),
  )('%s is not accepted as %s', async (type, other) => {
    const verdict = await judgeAs(SAMPLES[type] ?? Buffer.alloc(0), other);
    // A table is a text, and a text may be one line of a table.
    if (type.startsWith('text/') && other.startsWith('text/')) expect(verdict.type).toBe(other);
    else expect(verdict).toMatchObject({ status: 'rejected', reason: expect.any(String) });
  });

  test('of an office file is known wherever its list of contents stands', async () => {
    const sheet = zip([
      ['xl/workbook.xml', '<workbook/>'],
      ['[Content_Types].xml', contentTypes(XLSX)],
    ]);
    expect(await judgeAs(sheet, XLSX)).toEqual({ status: 'accepted', type: XLSX });
  });

  test('of an office file with macros is another one', async () => {
    const macros = 'application/vnd.ms-word.document.macroEnabled';
    const file = zip([
      ['word/media/image1.png', Buffer.alloc(2_000_000)],
      ['[Content_Types].xml', contentTypes(macros)],
    ]);
    expect(await judgeAs(file, DOCX)).toMatchObject({
      status: 'rejected',
      type: `${macros.toLowerCase()}.12`,
    });
  });

  test('of an office file with large pictures is known by its folders', async () => {
    const file = zip([
      ['word/media/image1.png', Buffer.alloc(5_000_000)],
      ['[Content_Types].xml', contentTypes(DOCX)],
    ]);
    expect(await judgeAs(file, DOCX)).toEqual({ status: 'accepted', type: DOCX });
  });

  test.each(['BMW is a company.', 'II. Introduction', 'ID3 is a tag.', 'GIF89a=1;'])(
    'of the text "%s" is text, though a picture or a sound begins like it',
    async (text) => {
      expect(await judgeAs(Buffer.from(text), 'text/plain')).toEqual({
        status: 'accepted',
        type: 'text/plain',
      });
    },
  );

  test.each([
    ['%PDF-1.4 in letters only', 'application/pdf'],
    ['<?xml version="1.0"?><note/>', 'application/xml'],
  ])('of the text "%s" is that of the format', async (text, type) => {
    expect(await judgeAs(Buffer.from(text), 'text/plain')).toMatchObject({ status: 'rejected', type });
  });

  test('of a content that the recognition stumbles over is unknown', async () => {
    vi.mocked(fileTypeFromBuffer).mockRejectedValueOnce(new Error('stumbled'));
    expect(await judgeAs(SAMPLES['image/png'] ?? Buffer.alloc(0), 'image/png')).toMatchObject({
      status: 'rejected',
      type: 'application/octet-stream',
    });
  });

  const notText: [string, Uint8Array][] = [
    ['a NUL', Buffer.from('a\0b')],
    ['an escape sequence', Buffer.from('a\x1b[31mb')],
    ['a control character above ASCII', Buffer.from('a\u0085b')],
    ['Latin-1', Buffer.from('Grüße', 'latin1')],
    ['a character that is cut off', Buffer.from('aé').subarray(0, -1)],
  ];
  test.each(notText)('of something with %s is not text', async (_, content) => {
    expect(await judgeAs(content, 'text/plain')).toMatchObject({ status: 'rejected' });
  });

  test('of a text does not depend on its byte order mark or on how it is cut', async () => {
    const text = Buffer.from('\ufeffこんにちは\n😀');
    for (let portion = 1; portion < 8; portion += 1) {
      expect(await judgeAs(text, 'text/plain', portion)).toEqual({ status: 'accepted', type: 'text/plain' });
    }
  });
});

/** What each type must look like, written down once more, as simply as can be. */
const LOOKS: Readonly<Record<string, (content: Buffer) => boolean>> = {
  'application/pdf': (content) => content.toString('latin1').includes('%PDF'),
  'image/png': (content) => content.toString('latin1').startsWith('\x89PNG\r\n\x1a\n'),
  'image/jpeg': (content) => content.toString('hex').startsWith('ffd8ff'),
  'image/gif': (content) => content.toString('latin1').startsWith('GIF'),
  'text/plain': isText,
  'text/csv': isText,
};

function isText(content: Buffer): boolean {
  const bytes = [...content];
  const isPlain = bytes.every((byte) => (byte >= 32 && byte !== 127) || [9, 10, 12, 13].includes(byte));
  return isPlain && Buffer.from(content.toString('utf8')).equals(content);
}

const isZip = (content: Buffer): boolean => content.toString('latin1').startsWith('PK');

/** Anything at all, texts, and files that are cut, changed or put together. */
const CONTENTS = fc.oneof(
  fc.uint8Array({ maxLength: 200 }),
  fc.string({ unit: 'grapheme', maxLength: 50 }).map((text) => Buffer.from(text)),
  fc
    .record({
      type: fc.constantFrom(...TYPES),
      end: fc.nat(300),
      more: fc.uint8Array({ maxLength: 60 }),
      at: fc.nat(100),
      byte: fc.nat(255),
    })
    .map(({ type, end, more, at, byte }) => {
      const file = Buffer.concat([SAMPLES[type]?.subarray(0, end) ?? Buffer.alloc(0), more]);
      if (at < file.length) file[at] = byte;
      return file;
    }),
);

test('no content is accepted as what it does not look like, and none makes the rules fail', async () => {
  await fc.assert(
    fc.asyncProperty(CONTENTS, fc.constantFrom(...TYPES), async (bytes, announced) => {
      const content = Buffer.from(bytes);
      const { status, type, reason } = await judgeAs(content, announced);
      expect(reason === undefined).toBe(status === 'accepted');
      if (status === 'rejected') return;
      expect(type).toBe(announced);
      expect((LOOKS[announced] ?? isZip)(content)).toBe(true);
    }),
    { numRuns: 3000 },
  );
});

test('nothing is accepted that is not what was announced in size, content and type', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...TYPES),
      fc.constantFrom('size', 'sha256', 'contentType'),
      async (type, changed) => {
        const content = SAMPLES[type] ?? Buffer.alloc(0);
        const changes = { size: content.length + 1, sha256: 'AAAA', contentType: 'video/mp4' };
        const pending = {
          ...pendingUpload('u', content, type),
          [changed]: changes[changed as keyof typeof changes],
        };
        const found = await readContent(opened(content), LIMITS.maxFileSize);
        expect(judge(found, pending, LIMITS).status).toBe('rejected');
      },
    ),
  );
});

describe('a message', () => {
  const BUCKET = 'files';
  const record = (key: string, more: object = {}) => ({
    eventSource: 'aws:s3',
    eventName: 'ObjectCreated:CompleteMultipartUpload',
    s3: { bucket: { name: BUCKET }, object: { key, ...more } },
  });
  const PART = fc
    .string({ unit: 'binary', minLength: 1, maxLength: 20 })
    .filter((text) => !text.includes('/'));
  // https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
  const encode = (key: string) => encodeURIComponent(key).replaceAll('%20', '+').replaceAll('%2F', '/');

  test('names the object, whatever characters are in its key', () => {
    fc.assert(
      fc.property(
        PART,
        PART,
        PART,
        fc.option(PART, { nil: undefined }),
        (owner, documentId, uploadId, versionId) => {
          const place = { folder: 'incoming' as const, owner, documentId, uploadId };
          const key = objectKey(place);
          const body = JSON.stringify({ Records: [record(encode(key), { versionId })] });
          expect(parseNotification(body, BUCKET)).toEqual([{ key, place, ...(versionId && { versionId }) }]);
        },
      ),
    );
  });

  test('names the object, though its key is encoded as in a form', () => {
    const body = JSON.stringify({ Records: [record('incoming/a+b/%2B/c%20%C3%A9')] });
    expect(parseNotification(body, BUCKET).map(({ key }) => key)).toEqual(['incoming/a b/+/c \u00e9']);
  });

  test('of any other kind is refused, never taken for something else', () => {
    const SHAPES = fc.oneof(
      fc.string(),
      fc.json(),
      fc.json().map((value) => `{"Records":${value}}`),
      fc
        .record({ eventSource: fc.json(), s3: fc.json() })
        .map((value) => JSON.stringify({ Records: [value] })),
      fc.string().map((key) => JSON.stringify({ Records: [record(key)] })),
      fc.string().map((key) => JSON.stringify({ Records: [record(`documents/${key}`)] })),
    );
    fc.assert(
      fc.property(SHAPES, (body) => {
        try {
          for (const { key } of parseNotification(body, BUCKET))
            expect(parseObjectKey(key)?.folder).toBe('incoming');
        } catch (error) {
          expect(['SyntaxError', 'URIError', 'Error', '$ZodError', 'ZodError']).toContain(
            (error as Error).name,
          );
        }
      }),
    );
  });

  const refused: [string, unknown][] = [
    [
      'about a removed object',
      { Records: [{ ...record('incoming/a/b/c'), eventName: 'ObjectRemoved:Delete' }] },
    ],
    ['from elsewhere', { Records: [{ ...record('incoming/a/b/c'), eventSource: 'aws:sns' }] }],
    ['about another folder', { Records: [record('documents/a/b/c')] }],
    ['about a key that is none of ours', { Records: [record('incoming/a/b')] }],
    ['about a key that is encoded wrongly', { Records: [record('incoming/a/b/%E0%A4%A')] }],
    ['about nothing', { Records: [] }],
    ['that only looks like a test', { Event: 's3:TestEvent' }],
  ];
  test.each(refused)('%s is refused', (_, body) => {
    expect(() => parseNotification(JSON.stringify(body), BUCKET)).toThrow();
  });
});
