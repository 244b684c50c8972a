import { S3ServiceException } from '@aws-sdk/client-s3';
import { DeleteCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type * as CleanUp from '../lambda/serverless-api/clean-up';
import { CHECKPOINT_KEY, objectKey } from '../lambda/serverless-api/keys';
import type * as Observability from '../lambda/serverless-api/observability';
import type { DocumentWithFile } from '../lambda/serverless-api/stored-file';
import {
  acceptedFile,
  documentItem,
  type Hooks,
  pendingUpload,
  type Storage,
  startStorage,
} from './support/serverless-api-functions';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

let storage: Storage;
let cleanUp: typeof CleanUp;
let observability: typeof Observability;
beforeAll(async () => {
  storage = await startStorage();
  cleanUp = await import('../lambda/serverless-api/clean-up.js');
  observability = await import('../lambda/serverless-api/observability.js');
});
afterAll(() => storage.close());

/** How old objects pretend to be, in hours, by key; all others are two days old. */
const ages = new Map<string, number | 'unknown'>();
beforeEach(async () => {
  vi.restoreAllMocks();
  vi.useFakeTimers({ toFake: ['Date'], now: new Date('2026-11-21T03:00:00Z') });
  await empty();
});
afterEach(() => {
  vi.useRealTimers();
});

async function empty(): Promise<void> {
  ages.clear();
  const { removeObjects } = await import('../lambda/serverless-api/stored-objects.js');
  await removeObjects((await storage.objects()).map((key) => ({ key })));
  for (const { pk, sk } of await storage.items()) {
    const { documents, tableName } = storage.dynamoDb;
    await documents.send(new DeleteCommand({ TableName: tableName, Key: { pk, sk } }));
  }
}

const fromNow = (milliseconds: number): string => new Date(Date.now() + milliseconds).toISOString();

const place = (documentId: string, uploadId = 'u') => ({ owner: 'anna', documentId, uploadId });

const fileKey = (documentId: string, uploadId = 'u') =>
  objectKey({ folder: 'documents', ...place(documentId, uploadId) });

/** A document with a file, which expires so many milliseconds from now, or never. */
async function addDocument(
  id: string,
  expiresIn?: number,
  more: Partial<DocumentWithFile> = {},
): Promise<void> {
  const expiresAt = expiresIn === undefined ? undefined : fromNow(expiresIn);
  const expiryDay = expiresAt?.slice(0, 10);
  await storage.putItem(
    documentItem(place(id), { file: acceptedFile(place(id)), expiresAt, expiryDay, ...more }),
  );
  await storage.putObject(fileKey(id), 'file');
}

interface Conditions extends Hooks {
  /** The largest page that is asked for. */
  readonly pageSize?: number;

  /** The milliseconds that are left, each time that it asks. */
  readonly remaining?: () => number;
}

/** Runs the clean-up with ages and pages as the tests want them: the server ends no list before its end. */
function run({ before, after, pageSize, remaining = () => 300_000 }: Conditions = {}) {
  const hooks: Hooks = {
    before: async (call) => {
      if (pageSize !== undefined && call.name === 'QueryCommand') call.input.Limit = pageSize;
      await before?.(call);
    },
    after: async (call, output) => {
      const changed = (await after?.(call, output)) ?? output;
      if (call.name !== 'ListObjectsV2Command') return changed;
      const { Contents = [] } = changed as { Contents?: { Key: string }[] };
      const page = Contents.slice(0, pageSize).map((object) => {
        const age = ages.get(object.Key) ?? 48;
        return { ...object, LastModified: age === 'unknown' ? undefined : new Date(Date.now() - age * HOUR) };
      });
      return { ...changed, Contents: page, IsTruncated: page.length < Contents.length };
    },
  };
  return storage.withHooks(hooks, () => cleanUp.handler({}, { getRemainingTimeInMillis: remaining }));
}

/** Time for so many pages. */
function timeFor(pages: number): () => number {
  let asked = 0;
  return () => {
    asked += 1;
    return asked <= pages ? 300_000 : 15_000;
  };
}

const checkpoint = async () => (await storage.items()).find(({ pk }) => pk === CHECKPOINT_KEY.pk);
const documentIds = async () => (await storage.items()).filter(({ id }) => id).map(({ id }) => id);

const NOTHING = { documentsExpired: 0, filesRemoved: 0, orphansRemoved: 0, complete: true };

describe('expired documents', () => {
  test('go with their files, the others stay', async () => {
    await addDocument('expired', -1000);
    await addDocument('expired-a-week-ago', -7 * DAY + HOUR);
    await addDocument('expires-soon', 60_000);
    await addDocument('never-expires');
    expect(await run()).toEqual({ ...NOTHING, documentsExpired: 2, filesRemoved: 2 });
    expect(await documentIds()).toEqual(['expires-soon', 'never-expires']);
    expect(await storage.objects()).toEqual(['expires-soon', 'never-expires'].map((id) => fileKey(id)));
    expect(await run()).toEqual(NOTHING);
  });

  test('are found on each of the last eight days, and on none before', async () => {
    const days = ['11-21', '11-20', '11-19', '11-18', '11-17', '11-16', '11-15', '11-14', '11-13'];
    for (const day of days) {
      const expiresAt = `2026-${day}T02:00:00.000Z`;
      await storage.putItem(documentItem(place(day), { expiresAt, expiryDay: `2026-${day}` }));
    }
    expect(await run()).toEqual({ ...NOTHING, documentsExpired: 8 });
    expect(await documentIds()).toEqual(['11-13']);
  });

  test('go page by page', async () => {
    for (let number = 0; number < 7; number += 1) await addDocument(`expired-${number}`, -1000 - number);
    expect(await run({ pageSize: 3 })).toEqual({ ...NOTHING, documentsExpired: 7, filesRemoved: 7 });
  });

  test('without a file, or with a rejected one, go as well', async () => {
    await storage.putItem(
      documentItem(place('bare'), { expiresAt: fromNow(-9), expiryDay: fromNow(-9).slice(0, 10) }),
    );
    const key = objectKey({ folder: 'quarantine', ...place('rejected') });
    const file = { ...acceptedFile(place('rejected')), status: 'rejected' as const, key };
    await addDocument('rejected', -1000, { file });
    await storage.putObject(key, 'file');
    expect(await run()).toEqual({ ...NOTHING, documentsExpired: 2, filesRemoved: 1, orphansRemoved: 1 });
    expect(await storage.objects()).toEqual([]);
  });

  const changes: [string, Partial<DocumentWithFile>][] = [
    ['later', { expiresAt: '2999-01-01T00:00:00.000Z', expiryDay: '2999-01-01' }],
    ['never', { expiresAt: undefined, expiryDay: undefined }],
  ];
  test.each(changes)('stay where they are changed meanwhile to expire %s', async (_, change) => {
    await addDocument('a', -1000);
    const before: Hooks['before'] = async ({ name, input }) => {
      if (name !== 'DeleteItemCommand' || !input.ConditionExpression) return;
      const [item] = await storage.items();
      await storage.putItem({ ...item, ...change });
    };
    expect(await run({ before })).toEqual(NOTHING);
    expect(await documentIds()).toEqual(['a']);
    expect(await storage.objects()).toEqual([fileKey('a')]);
  });

  test('go with the file that they have in the end', async () => {
    await addDocument('a', -1000);
    const before: Hooks['before'] = async ({ name, input }) => {
      if (name !== 'DeleteItemCommand' || !input.ConditionExpression) return;
      const [item] = await storage.items();
      await storage.putObject(fileKey('a', 'new'), 'file');
      await storage.putItem({ ...item, file: acceptedFile(place('a', 'new')) });
    };
    ages.set(fileKey('a'), 1);
    expect(await run({ before })).toEqual({ ...NOTHING, documentsExpired: 1, filesRemoved: 1 });
    expect(await storage.objects()).toEqual([fileKey('a')]);
  });

  test('of which two runs know go once', async () => {
    for (let number = 0; number < 30; number += 1) await addDocument(`expired-${number}`, -1000 - number);
    const results = await Promise.all([
      run({ pageSize: 4 }),
      cleanUp.handler({}, { getRemainingTimeInMillis: () => 3e5 }),
    ]);
    expect(results.map(({ documentsExpired }) => documentsExpired).reduce((sum, count) => sum + count)).toBe(
      30,
    );
    expect(await storage.objects()).toEqual([]);
  });
});

describe('orphans', () => {
  test('go when they are older than a day', async () => {
    const hours = { old: 24.1, young: 23.9, new: 0, ageless: 'unknown' } as const;
    for (const [id, age] of Object.entries(hours)) {
      await storage.putObject(fileKey(id), 'file');
      ages.set(fileKey(id), age);
    }
    expect(await run()).toEqual({ ...NOTHING, orphansRemoved: 1 });
    expect(await storage.objects()).toEqual([fileKey('ageless'), fileKey('new'), fileKey('young')]);
  });

  test('are the files that a document replaced, not the one that it has or waits for', async () => {
    await addDocument('a', undefined, { upload: pendingUpload('pending', 'x', 'text/plain') });
    await storage.putObject(fileKey('a', 'pending'), 'file');
    await storage.putObject(fileKey('a', 'replaced'), 'file');
    expect(await run()).toEqual({ ...NOTHING, orphansRemoved: 1 });
    expect(await storage.objects()).toEqual([fileKey('a', 'pending'), fileKey('a')]);
  });

  test('are looked for in one folder only, and among our own keys', async () => {
    const others = ['documents/readme.txt', 'incoming/anna/a/u', 'quarantine/anna/a/u'];
    for (const key of others) await storage.putObject(key, 'file');
    expect(await run()).toEqual(NOTHING);
    expect(await storage.objects()).toEqual(others);
  });

  test.each(['BatchGetItemCommand', 'DeleteObjectsCommand'])(
    'are none where the upload is recorded at the last moment, before %s',
    async (command) => {
      await addDocument('a', undefined, { upload: pendingUpload('late', 'x', 'text/plain') });
      await storage.putObject(fileKey('a', 'late'), 'file');
      await storage.putObject(fileKey('a', 'replaced'), 'file');
      const before: Hooks['before'] = async ({ name }) => {
        if (name !== command) return;
        const [item] = await storage.items();
        await storage.putItem({ ...item, file: acceptedFile(place('a', 'late')), upload: undefined });
      };
      await run({ before });
      expect(await storage.objects()).toContain(fileKey('a', 'late'));
      expect(await storage.objects()).not.toContain(fileKey('a', 'replaced'));
    },
  );

  test('are asked for until DynamoDB has answered for all of them', async () => {
    await addDocument('a');
    await addDocument('b');
    await storage.putObject(fileKey('c'), 'file');
    let asked = 0;
    const after: Hooks['after'] = ({ name, input }, output) => {
      if (name !== 'BatchGetItemCommand') return;
      asked += 1;
      const { RequestItems } = input as { RequestItems: Record<string, object> };
      return asked <= 3 ? { ...output, Responses: {}, UnprocessedKeys: RequestItems } : undefined;
    };
    expect(await run({ after })).toEqual({ ...NOTHING, orphansRemoved: 1 });
    expect(asked).toBe(4);
    expect(await storage.objects()).toEqual([fileKey('a'), fileKey('b')]);
  });

  test('stay where DynamoDB never answers for them', async () => {
    await storage.putObject(fileKey('orphan'), 'file');
    const after: Hooks['after'] = ({ name, input }, output) =>
      name === 'BatchGetItemCommand'
        ? { ...output, Responses: {}, UnprocessedKeys: (input as { RequestItems: object }).RequestItems }
        : undefined;
    await expect(run({ after })).rejects.toThrow(/^1 parts of the clean-up failed: /);
    expect(await storage.objects()).toEqual([fileKey('orphan')]);
  });

  test('are found among more documents than one request may ask for', async () => {
    await Promise.all(
      Array.from({ length: 105 }, (_, number) => storage.putObject(fileKey(`orphan-${number}`), 'file')),
    );
    await addDocument('named');
    expect(await run()).toEqual({ ...NOTHING, orphansRemoved: 105 });
    expect(await storage.objects()).toEqual([fileKey('named')]);
  });
});

describe('when the time is short', () => {
  test('it stops at once where there is none', async () => {
    await addDocument('expired', -1000);
    await storage.putObject(fileKey('orphan'), 'file');
    expect(await run({ remaining: timeFor(0) })).toEqual({ ...NOTHING, complete: false });
    expect(await storage.objects()).toHaveLength(2);
  });

  test('the next run goes on where it stopped, and the one after it begins anew', async () => {
    for (const id of ['a', 'b', 'c', 'd', 'e']) await storage.putObject(fileKey(id), 'file');
    // Eight pages of documents, then two of files.
    expect(await run({ pageSize: 2, remaining: timeFor(10) })).toEqual({
      ...NOTHING,
      orphansRemoved: 4,
      complete: false,
    });
    expect(await checkpoint()).toMatchObject({ ...CHECKPOINT_KEY, lastKey: fileKey('d') });
    await storage.putObject(fileKey('a'), 'file');
    expect(await run({ pageSize: 2 })).toEqual({ ...NOTHING, orphansRemoved: 1 });
    expect(await storage.objects()).toEqual([fileKey('a')]);
    expect(await checkpoint()).toBeUndefined();
    expect(await run()).toEqual({ ...NOTHING, orphansRemoved: 1 });
  });

  test('documents are taken up by the next run without a note', async () => {
    for (let number = 0; number < 4; number += 1) await addDocument(`expired-${number}`, -1000 - number);
    // Seven days without any, then the first page of today.
    const first = await run({ pageSize: 2, remaining: timeFor(8) });
    expect(first).toEqual({ ...NOTHING, documentsExpired: 2, filesRemoved: 2, complete: false });
    expect(await checkpoint()).toBeUndefined();
    expect(await run()).toEqual({ ...NOTHING, documentsExpired: 2, filesRemoved: 2 });
  });
});

test('everything that decides is read as it is at the moment', async () => {
  await storage.putObject(fileKey('orphan'), 'file');
  const reads: unknown[] = [];
  const before: Hooks['before'] = ({ name, input }) => {
    if (name === 'GetItemCommand') reads.push(input.ConsistentRead);
    if (name === 'BatchGetItemCommand') {
      reads.push(...Object.values(input.RequestItems as object).map(({ ConsistentRead }) => ConsistentRead));
    }
  };
  await run({ before });
  expect(reads).toEqual([true, true]);
});

describe('a failure', () => {
  test('of one document does not hide the next pages', async () => {
    for (let number = 0; number < 3; number += 1) await addDocument(`expired-${number}`, -1000 + number);
    const before: Hooks['before'] = ({ name, input }) => {
      if (name === 'DeleteItemCommand' && JSON.stringify(input.Key).includes('expired-0'))
        throw new Error('throttled');
    };
    const remaining = timeFor(20);
    await expect(run({ before, pageSize: 1, remaining })).rejects.toThrow(/^1 parts .*"documentsExpired":2/);
  });

  test('of the removal of an expired file leaves an orphan', async () => {
    await addDocument('expired', -1000);
    ages.set(fileKey('expired'), 1);
    const before: Hooks['before'] = ({ name }) => {
      if (name === 'DeleteObjectsCommand') throw new Error('S3 is slow today');
    };
    await expect(run({ before })).rejects.toThrow(/^1 parts .*"documentsExpired":1,"filesRemoved":0/);
    ages.clear();
    expect(await run()).toEqual({ ...NOTHING, orphansRemoved: 1 });
  });

  test.each(['before', 'after'] as const)(
    '%s any call to AWS does not matter once it ran again',
    async (when) => {
      for (let number = 1; ; number += 1) {
        await empty();
        await addDocument('expired', -1000);
        await addDocument('named');
        await storage.putObject(fileKey('orphan'), 'file');
        let isHit = false;
        const crash = (call: { number: number }) => {
          if (call.number !== number) return;
          isHit = true;
          throw new Error('the function ended');
        };
        const first = await run({ [when]: crash }).catch((error: unknown) => error);
        if (!isHit) {
          expect(number).toBeGreaterThan(8 + 6);
          return;
        }
        expect(first).toBeInstanceOf(AggregateError);
        await run();
        expect(await documentIds(), `at call ${number}`).toEqual(['named']);
        expect(await storage.objects()).toEqual([fileKey('named')]);
        expect(await checkpoint()).toBeUndefined();
      }
    },
  );

  test('stops nothing else, and is told at the end with what was done', async () => {
    const log = vi.spyOn(observability.logger, 'error');
    const metric = vi.spyOn(observability.metrics, 'addMetric');
    const publish = vi.spyOn(observability.metrics, 'publishStoredMetrics');
    for (const id of ['expired-1', 'expired-2']) await addDocument(id, -1000);
    for (const id of ['orphan-1', 'orphan-2']) await storage.putObject(fileKey(id), 'file');
    const before: Hooks['before'] = ({ name, input }) => {
      if (name === 'DeleteItemCommand' && JSON.stringify(input.Key).includes('expired-1'))
        throw new Error('throttled');
    };
    const after: Hooks['after'] = ({ name, input }, output) => {
      const isOrphans = name === 'DeleteObjectsCommand' && JSON.stringify(input).includes('orphan');
      const Errors = [{ Key: fileKey('orphan-1'), Code: 'InternalError', Message: 'We are sorry' }];
      return isOrphans ? { ...output, Errors } : undefined;
    };
    const failure = (await run({ before, after }).catch((error: unknown) => error)) as AggregateError;
    const counts = { documentsExpired: 1, filesRemoved: 1, orphansRemoved: 1 };
    expect(failure.message).toBe(
      `2 parts of the clean-up failed: ${JSON.stringify({ ...counts, complete: true })}`,
    );
    expect(failure.errors.map(({ message, cause }) => [message, cause.message])).toEqual([
      ['the removal of DOCUMENT#expired-1 failed', 'throttled'],
      [`the removal of ${fileKey('orphan-1')} failed`, 'InternalError: We are sorry'],
    ]);
    expect(log.mock.calls.map(([message]) => message)).toEqual(failure.errors.map(({ message }) => message));
    expect(metric.mock.calls.map(([name, , count]) => [name, count])).toEqual([
      ['DocumentsExpired', 1],
      ['FilesRemoved', 1],
      ['OrphansRemoved', 1],
    ]);
    expect(publish).toHaveBeenCalledOnce();
  });

  test('of a whole request to S3 is a failure of each of its objects', async () => {
    for (const id of ['orphan-1', 'orphan-2']) await storage.putObject(fileKey(id), 'file');
    const before: Hooks['before'] = ({ name }) => {
      if (name === 'DeleteObjectsCommand') {
        throw new S3ServiceException({
          name: 'SlowDown',
          $fault: 'server',
          $metadata: { httpStatusCode: 503 },
        });
      }
    };
    await expect(run({ before })).rejects.toThrow(/^2 parts .*"orphansRemoved":0/);
  });

  test('of the list of files ends the run before its end', async () => {
    const before: Hooks['before'] = ({ name }) => {
      if (name === 'ListObjectsV2Command') throw new Error('no list');
    };
    await expect(run({ before })).rejects.toThrow(/"complete":false/);
  });
});

test('of any documents and files exactly the expired and the orphaned go', async () => {
  const UPLOADS = ['u1', 'u2', 'u3'];
  const DOCUMENT = fc.record({
    expires: fc.constantFrom('past', 'future', 'never'),
    file: fc.option(fc.constantFrom(...UPLOADS)),
    upload: fc.option(fc.constantFrom(...UPLOADS)),
  });
  const WORLD = fc.record({
    documents: fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd', 'e'), DOCUMENT),
    objects: fc.uniqueArray(
      fc.tuple(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'), fc.constantFrom(...UPLOADS)),
      {
        selector: ([id, upload]) => `${id}/${upload}`,
      },
    ),
    young: fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'), fc.constantFrom(...UPLOADS))),
    pageSize: fc.integer({ min: 1, max: 5 }),
    pages: fc.integer({ min: 9, max: 12 }),
  });
  await fc.assert(
    fc.asyncProperty(WORLD, async ({ documents, objects, young, pageSize, pages }) => {
      await empty();
      for (const [id, { expires, file, upload }] of Object.entries(documents)) {
        const expiresAt = { past: fromNow(-1000), future: fromNow(HOUR), never: undefined }[expires];
        await storage.putItem(
          documentItem(place(id), {
            expiresAt,
            expiryDay: expiresAt?.slice(0, 10),
            file: file ? acceptedFile(place(id, file)) : undefined,
            upload: upload ? pendingUpload(upload, 'x', 'text/plain') : undefined,
          }),
        );
      }
      await Promise.all(objects.map(([id, upload]) => storage.putObject(fileKey(id, upload), 'x')));
      for (const [id, upload] of young) ages.set(fileKey(id, upload), 1);

      let result = await run({ pageSize, remaining: timeFor(pages) });
      for (let runs = 0; !result.complete; runs += 1) {
        expect(runs).toBeLessThan(30);
        result = await run({ pageSize, remaining: timeFor(pages) });
      }

      const isExpired = (id: string) => documents[id]?.expires === 'past';
      const staying = objects.filter(([id, upload]) => {
        const document = documents[id];
        const isNamed = document?.file === upload;
        if (isExpired(id) && isNamed) return false;
        const isAwaited = document?.upload === upload && !isExpired(id);
        return ages.has(fileKey(id, upload)) || (!isExpired(id) && (isNamed || isAwaited));
      });
      expect(await storage.objects()).toEqual(staying.map(([id, upload]) => fileKey(id, upload)).sort());
      const stayingIds = Object.keys(documents).filter((id) => !isExpired(id));
      expect(await documentIds()).toEqual(stayingIds.sort());
      expect(await checkpoint()).toBeUndefined();
    }),
    { numRuns: 40 },
  );
});

test('a checkpoint that makes no sense is not followed', async () => {
  const { documents, tableName } = storage.dynamoDb;
  await documents.send(new PutCommand({ TableName: tableName, Item: { ...CHECKPOINT_KEY, lastKey: ['z'] } }));
  await storage.putObject(fileKey('orphan'), 'file');
  expect(await run()).toEqual({ ...NOTHING, orphansRemoved: 1 });
});
