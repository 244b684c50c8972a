import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { etagOf, isKnown, versionsOf } from '../lambda/serverless-api/etags';
import { FOLDERS, objectKey, parseObjectKey } from '../lambda/serverless-api/keys';
import { Problem, parse } from '../lambda/serverless-api/problem';
import { documentBody, documentId, listQuery, pageToken, uploadBody } from '../lambda/serverless-api/schemas';
import { apiEvent, FORMATS } from './support/api-events';
import { type ApiFunction, startApi } from './support/api-function';

let api: ApiFunction;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const RULES = { maxFileSize: 1000, allowedFileTypes: ['image/png', 'application/pdf'] };
const text = (minLength: number, maxLength: number) =>
  fc.string({ unit: 'binary', minLength, maxLength }).filter((value) => value.length <= maxLength);
const time = fc
  .date({
    min: new Date(Date.now() + 600_000),
    max: new Date(Date.now() + 3650 * 86_400_000),
    noInvalidDate: true,
  })
  .map((date) => date.toISOString());
const document = fc.record(
  { title: text(1, 200), description: text(0, 1000), expiresAt: time },
  { requiredKeys: ['title'] },
);
const upload = fc.record({
  fileName: text(1, 255),
  contentType: fc.constantFrom(...RULES.allowedFileTypes),
  size: fc.integer({ min: 1, max: RULES.maxFileSize }),
  sha256: fc
    .uint8Array({ minLength: 32, maxLength: 32 })
    .map((value) => Buffer.from(value).toString('base64')),
});

/** What `act` throws, where it may throw a problem only. */
const statusOf = (act: () => unknown): number => {
  try {
    act();
    return 200;
  } catch (error) {
    if (error instanceof Problem) return error.status;
    throw error;
  }
};

describe('schemas', () => {
  test('take what is valid as it is', () => {
    fc.assert(
      fc.property(document, (value) => {
        expect(parse(documentBody, value)).toEqual(value);
      }),
    );
    fc.assert(
      fc.property(upload, (value) => {
        expect(parse(uploadBody(RULES), value)).toEqual(value);
      }),
    );
  });

  test('refuse another attribute', () => {
    const name = fc.string().filter((key) => !(key in documentBody.shape) && key !== '__proto__');
    fc.assert(
      fc.property(document, name, fc.jsonValue(), (value, key, other) => {
        expect(statusOf(() => parse(documentBody, { ...value, [key]: other }))).toBe(400);
      }),
    );
  });

  test('answer any JSON with a value or a problem', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        for (const schema of [documentBody, uploadBody(RULES), listQuery, documentId]) {
          expect([200, 400]).toContain(statusOf(() => parse(schema, value)));
        }
      }),
    );
  });

  test('are JSON Schema of draft 4 for API Gateway, which refuses the same', () => {
    const convert = (schema: z.core.$ZodType) => z.toJSONSchema(schema, { target: 'draft-4' });
    expect(convert(documentBody)).toMatchObject({
      type: 'object',
      required: ['title'],
      additionalProperties: false,
      properties: {
        title: { type: 'string', minLength: 1, maxLength: 200 },
        description: { type: 'string', maxLength: 1000 },
        expiresAt: { type: 'string', format: 'date-time' },
      },
    });
    expect(convert(uploadBody(RULES))).toMatchObject({
      required: ['fileName', 'contentType', 'size', 'sha256'],
      additionalProperties: false,
      properties: {
        fileName: { minLength: 1, maxLength: 255 },
        contentType: { enum: RULES.allowedFileTypes },
        size: { type: 'integer', minimum: 1, maximum: 1000 },
        sha256: { pattern: '^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$' },
      },
    });
  });
});

describe('keys of objects', () => {
  const part = fc.string({ minLength: 1, unit: 'binary' }).filter((value) => !value.includes('/'));
  const place = fc.record({
    folder: fc.constantFrom(...FOLDERS),
    owner: part,
    documentId: part,
    uploadId: part,
  });

  test('say what they were made of', () => {
    fc.assert(
      fc.property(place, (value) => {
        expect(parseObjectKey(objectKey(value))).toEqual(value);
      }),
    );
  });

  test('are all that is taken for one', () => {
    const other = fc.oneof(
      fc.string(),
      fc.array(fc.oneof(part, fc.constant('')), { maxLength: 6 }).map((list) => list.join('/')),
    );
    fc.assert(
      fc.property(fc.oneof(other, place.map(objectKey)), (key) => {
        const parsed = parseObjectKey(key);
        if (parsed) expect(objectKey(parsed)).toBe(key);
        else expect(key).not.toMatch(/^(incoming|documents|quarantine)\/[^/]+\/[^/]+\/[^/]+$/);
      }),
    );
  });
});

describe('ETags', () => {
  const version = fc.integer({ min: 1, max: 1_000_000 });

  test('match their own version and no other', () => {
    fc.assert(
      fc.property(version, version, (one, other) => {
        expect(versionsOf(etagOf(one))).toEqual([one]);
        expect(isKnown(etagOf(one), other)).toBe(one === other);
        expect(isKnown(`"x", W/${etagOf(one)}`, one)).toBe(true);
        expect(versionsOf(`W/${etagOf(one)}`)).not.toContain(one);
      }),
    );
  });

  test('of any other form are refused where they decide, and ignored where they do not', () => {
    const header = fc.oneof(
      fc.string(),
      fc.string({ unit: fc.constantFrom('"', 'W', '/', ',', ' ', '1', '*') }),
    );
    fc.assert(
      fc.property(header, (value) => {
        expect([200, 400]).toContain(statusOf(() => versionsOf(value)));
        if (!value.includes('1') && value !== '*') expect(isKnown(value, 1)).toBe(false);
      }),
    );
  });
});

describe('the function', () => {
  const method = fc.constantFrom(
    'GET',
    'POST',
    'PUT',
    'DELETE',
    'PATCH',
    'HEAD',
    'OPTIONS',
    'CONNECT',
    'brew',
  );
  const segment = fc.oneof(
    fc.constantFrom('documents', 'upload', '..', '%', '%00', ''),
    fc.uuid(),
    fc.webSegment(),
  );
  const path = fc.oneof(
    fc.array(segment, { maxLength: 4 }).map((list) => `/${list.join('/')}`),
    fc.uuid({ version: 7 }).map((id) => `/documents/${id}/upload`),
    fc.uuid({ version: 7 }).map((id) => `/documents/${id}`),
    fc.constant('/documents'),
    fc.string(),
  );
  const name = fc.constantFrom(
    'If-Match',
    'If-None-Match',
    'Idempotency-Key',
    'Content-Type',
    'Host',
    'Cookie',
  );
  const headers = fc.dictionary(
    fc.oneof(name, fc.string()),
    fc.oneof(fc.string(), fc.constantFrom('"1"', '*')),
    {
      maxKeys: 4,
    },
  );
  const query = fc.dictionary(fc.constantFrom('limit', 'next', '__proto__', 'x'), fc.string(), {
    maxKeys: 3,
  });
  const claims = fc.oneof(
    fc.record({ sub: fc.uuid(), token_use: fc.constant('access') }),
    fc.dictionary(fc.constantFrom('sub', 'token_use', 'scope'), fc.jsonValue()),
  );
  const body = fc.oneof(document, upload, fc.jsonValue(), fc.string(), fc.constant(undefined));
  const request = fc.record({ method, path, headers, query, claims, body, base64: fc.boolean() });

  test('answers any request, and never with 500', async () => {
    await fc.assert(
      fc.asyncProperty(request, fc.constantFrom(...FORMATS), async (value, format) => {
        const answer = await api.invoke(apiEvent(format, value));
        const { status } = answer;
        expect([200, 201, 204, 304, 400, 401, 404, 405, 412, 413, 415, 428]).toContain(status);
        expect(answer.headers).toMatchObject({
          'cache-control': 'no-store',
          'x-correlation-id': 'b7a4c3b2-request',
        });
        if (status >= 400) expect(answer.headers['content-type']).toBe('application/problem+json');
      }),
      { numRuns: 500 },
    );
  });

  test('makes every valid document, and gives it back as it was', async () => {
    await fc.assert(
      fc.asyncProperty(document, fc.constantFrom(...FORMATS), fc.boolean(), async (value, format, base64) => {
        fc.pre(Buffer.byteLength(JSON.stringify(value)) <= 8192);
        const made = await api.call({ method: 'POST', path: '/documents', body: value, format, base64 });
        const read = await api.call({ method: 'GET', path: `/documents/${made.body.id}`, format });
        expect(read.body).toEqual(made.body);
        expect(read.body).toMatchObject({ description: '', ...value });
      }),
      { numRuns: 50 },
    );
  });

  const list = async (as: string, parameters: Record<string, string>) => {
    const answer = await api.call({ method: 'GET', path: '/documents', query: parameters, as });
    const ids = ((answer.body.documents ?? []) as { id: string }[]).map(({ id }) => id);
    return { status: answer.status, ids, next: answer.body.next as string | undefined };
  };
  let owners = 0;

  test('lists every document once and in order, whatever the limit, and while others are made', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(12),
        fc.integer({ min: 1, max: 13 }),
        fc.boolean(),
        async (number, limit, inserting) => {
          const owner = `pager-${owners++}`;
          const expected: string[] = [];
          for (let made = 0; made < number; made += 1) expected.unshift((await api.create('Page', owner)).id);
          const seen: string[] = [];
          let next: string | undefined;
          do {
            const page = await list(owner, { limit: String(limit), ...(next !== undefined && { next }) });
            expect(page.ids.length).toBeLessThanOrEqual(limit);
            seen.push(...page.ids);
            next = page.next;
            if (inserting) await api.create('Meanwhile', owner);
          } while (next !== undefined);
          expect(seen).toEqual(expected);
        },
      ),
      { numRuns: 30 },
    );
  });

  test('takes changed page tokens for what they are, and shows no one else’s documents', async () => {
    const mine = new Set([(await api.create('Mine', 'anna')).id, (await api.create('Mine', 'anna')).id]);
    const others = [(await api.create('Other', 'ben')).id, (await api.create('Other', 'ben')).id];
    const token = pageToken(String(others[1]));
    const changed = fc
      .tuple(fc.nat(token.length - 1), fc.base64String({ minLength: 1, maxLength: 4 }), fc.nat(3))
      .map(([at, part, cut]) => token.slice(0, at) + part + token.slice(at + cut));
    const foreign = fc.uuid({ version: 7 }).map(pageToken);
    await fc.assert(
      fc.asyncProperty(fc.oneof(changed, foreign, fc.constant(token), fc.string()), async (next) => {
        const { status, ids } = await list('anna', { next });
        expect([200, 400]).toContain(status);
        for (const id of ids) expect(mine).toContain(id);
      }),
      { numRuns: 300 },
    );
  });
});
