import { HeadObjectCommand, S3ServiceException } from '@aws-sdk/client-s3';
import { DeleteCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { StoredFile } from '../lambda/serverless-api/document-item';
import { documentKey, type ObjectPlace, objectKey } from '../lambda/serverless-api/keys';
import type * as Observability from '../lambda/serverless-api/observability';
import type { DocumentWithFile } from '../lambda/serverless-api/stored-file';
import type * as Uploads from '../lambda/serverless-api/uploads';
import { SAMPLES } from './support/sample-files';
import {
  acceptedFile,
  documentItem,
  type Hooks,
  pendingUpload,
  type Storage,
  sha256,
  startStorage,
} from './support/serverless-api-functions';

const PDF = SAMPLES['application/pdf'] ?? Buffer.alloc(0);
const PNG = SAMPLES['image/png'] ?? Buffer.alloc(0);
const LIMIT = 20_000;

let storage: Storage;
let uploads: typeof Uploads;
let observability: typeof Observability;
beforeAll(async () => {
  storage = await startStorage({
    MAX_FILE_SIZE: String(LIMIT),
    ALLOWED_FILE_TYPES: 'application/pdf,text/plain,image/jpeg',
  });
  uploads = await import('../lambda/serverless-api/uploads.js');
  observability = await import('../lambda/serverless-api/observability.js');
});
afterAll(() => storage.close());

/** Each test has a document of its own, and so has each repetition within one. */
let documents = 0;
beforeEach(() => {
  vi.restoreAllMocks();
});

type Place = Omit<ObjectPlace, 'folder'>;

function newPlace(uploadId = 'new'): Place {
  documents += 1;
  return { owner: 'anna b', documentId: `document-${documents}`, uploadId };
}

const keyIn = (folder: ObjectPlace['folder'], place: Place) => objectKey({ ...place, folder });

/** Keys in notifications are encoded as in a form. */
const encodeKey = (key: string) => encodeURIComponent(key).replaceAll('%20', '+').replaceAll('%2F', '/');

function notification(key: string, more: { versionId?: string; bucket?: string } = {}) {
  const { versionId, bucket = storage.bucketName } = more;
  return {
    eventVersion: '2.1',
    eventSource: 'aws:s3',
    eventName: 'ObjectCreated:Put',
    s3: { bucket: { name: bucket }, object: { key: encodeKey(key), size: 1, versionId, sequencer: '00' } },
  };
}

let messages = 0;
function message(body: unknown) {
  messages += 1;
  return { messageId: `message-${messages}`, body: typeof body === 'string' ? body : JSON.stringify(body) };
}

const arrival = (place: Place, versionId?: string) =>
  message({
    Records: [notification(keyIn('incoming', place), versionId === undefined ? {} : { versionId })],
  });

/** Delivers an upload's notification; false where SQS will deliver it again. */
async function deliver(place: Place): Promise<boolean> {
  const { batchItemFailures } = await uploads.handler({ Records: [arrival(place)] });
  return batchItemFailures.length === 0;
}

/** A document that waits for an upload, which has arrived. */
async function arrive(
  content: Uint8Array | string,
  contentType: string,
  more: Partial<DocumentWithFile> = {},
  place = newPlace(),
): Promise<Place> {
  await storage.putItem(
    documentItem(place, { upload: pendingUpload(place.uploadId, content, contentType), ...more }),
  );
  await storage.putObject(keyIn('incoming', place), content);
  return place;
}

/** What there is of a document: its item without the times, and the folders and uploads of its objects. */
async function stateOf({ documentId }: Place) {
  const [item] = (await storage.items()).filter(({ id }) => id === documentId);
  const objects = (await storage.objects())
    .map((key) => key.split('/'))
    .filter(([, , document]) => document === documentId)
    .map(([folder, , , upload]) => `${folder}/${upload}`);
  const { status, uploadId } = item?.file ?? {};
  return {
    version: item?.version,
    waitsFor: item?.upload?.id,
    file: status && `${status} ${uploadId}`,
    objects,
  };
}

async function fileOf({ documentId }: Place): Promise<StoredFile | undefined> {
  return (await storage.items()).find(({ id }) => id === documentId)?.file;
}

/** Counts what is added to the metrics. */
function countMetrics(): () => Record<string, number> {
  const spy = vi.spyOn(observability.metrics, 'addMetric');
  return () => {
    const counts: Record<string, number> = {};
    for (const [name] of spy.mock.calls) counts[name] = (counts[name] ?? 0) + 1;
    return counts;
  };
}

describe('an upload', () => {
  test('that keeps its promises is accepted', async () => {
    const counts = countMetrics();
    const place = await arrive(PDF, 'application/pdf');
    expect(await deliver(place)).toBe(true);
    const key = keyIn('documents', place);
    expect(await stateOf(place)).toEqual({
      version: 2,
      waitsFor: undefined,
      file: 'accepted new',
      objects: ['documents/new'],
    });
    const file = await fileOf(place);
    expect(file).toEqual({
      status: 'accepted',
      uploadId: 'new',
      key,
      name: 'report.pdf',
      type: 'application/pdf',
      size: PDF.length,
      sha256: sha256(PDF),
      recordedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    });
    expect((await storage.items()).find(({ id }) => id === place.documentId)?.updatedAt).toBe(
      file?.recordedAt,
    );
    expect(counts()).toEqual({ FilesAccepted: 1 });
    const { s3 } = await import('../lambda/serverless-api/storage-clients.js');
    const head = await s3.send(new HeadObjectCommand({ Bucket: storage.bucketName, Key: key }));
    expect(head).toMatchObject({
      ContentType: 'application/pdf',
      ContentDisposition: 'attachment',
      CacheControl: 'no-store',
      ContentLength: PDF.length,
    });
  });

  test('is copied with a checksum, without tags, and only as it was read', async () => {
    const place = await arrive(PDF, 'application/pdf');
    const copies: unknown[] = [];
    await storage.withHooks(
      { before: ({ name, input }) => name === 'CopyObjectCommand' && copies.push(input) },
      () => deliver(place),
    );
    expect(copies).toEqual([
      expect.objectContaining({
        CopySource: `${storage.bucketName}/incoming/anna%20b/${place.documentId}/new`,
        CopySourceIfMatch: expect.stringMatching(/^".+"$/),
        MetadataDirective: 'REPLACE',
        TaggingDirective: 'REPLACE',
        ChecksumAlgorithm: 'SHA256',
      }),
    ]);
  });

  const rejected: [string, Uint8Array, string, Partial<ReturnType<typeof pendingUpload>>, RegExp][] = [
    ['is empty', Buffer.alloc(0), 'text/plain', {}, /^The file is empty\.$/],
    [
      'is too large',
      Buffer.alloc(LIMIT + 1, 'a'),
      'text/plain',
      {},
      /^The file is 19\.5 KiB large; at most 19\.5 KiB/,
    ],
    ['has another size', PDF, 'application/pdf', { size: PDF.length + 1 }, /^What arrived is not the file/],
    ['has another content', PDF, 'application/pdf', { sha256: sha256('x') }, /^What arrived is not the file/],
    [
      'is of no known type',
      Buffer.from([1, 2, 3, 4]),
      'text/plain',
      {},
      /^The content of the file shows no type/,
    ],
    [
      'is of a type that is not allowed',
      PNG,
      'image/png',
      {},
      /^The content of the file is image\/png; allowed are/,
    ],
    [
      'is not what was announced',
      PDF,
      'image/jpeg',
      {},
      /^The file was announced as image\/jpeg, but its content is/,
    ],
  ];
  test.each(rejected)('that %s is rejected, with a reason', async (_, content, type, announced, reason) => {
    const counts = countMetrics();
    const upload = { ...pendingUpload('new', content, type), ...announced };
    const place = await arrive(content, type, { upload });
    expect(await deliver(place)).toBe(true);
    expect(await stateOf(place)).toEqual({
      version: 2,
      waitsFor: undefined,
      file: 'rejected new',
      objects: ['quarantine/new'],
    });
    const isRead = content.length <= LIMIT;
    expect(await fileOf(place)).toMatchObject({
      reason: expect.stringMatching(reason),
      key: keyIn('quarantine', place),
      size: content.length,
      sha256: isRead ? sha256(content) : '',
    });
    expect(counts()).toEqual({ FilesRejected: 1 });
  });

  test('of just the largest size is accepted', async () => {
    const place = await arrive(Buffer.alloc(LIMIT, 'a'), 'text/plain');
    await deliver(place);
    expect(await fileOf(place)).toMatchObject({ status: 'accepted', size: LIMIT });
  });

  test('that is too large is not read', async () => {
    const place = await arrive(Buffer.alloc(LIMIT + 1, 'a'), 'text/plain');
    let isDestroyed: unknown;
    const after: Hooks['after'] = ({ name }, output) => {
      if (name !== 'GetObjectCommand') return;
      const body = output.Body as NodeJS.ReadableStream & { destroyed: boolean };
      body.once('data', () => expect.unreachable('it is read'));
      body.pause();
      setImmediate(() => {
        isDestroyed = body.destroyed;
      });
    };
    await storage.withHooks({ after }, () => deliver(place));
    expect(isDestroyed).toBe(true);
  });

  test('whose transfer breaks off is no other file, but read again', async () => {
    const place = await arrive(PDF, 'application/pdf');
    const after: Hooks['after'] = ({ name }, output) =>
      name === 'GetObjectCommand' ? { ...output, ContentLength: PDF.length + 1 } : undefined;
    expect(await storage.withHooks({ after }, () => deliver(place))).toBe(false);
    expect(await stateOf(place)).toMatchObject({ waitsFor: 'new', objects: ['incoming/new'] });
    expect(await deliver(place)).toBe(true);
    expect(await stateOf(place)).toMatchObject({ file: 'accepted new' });
  });

  test('is read, copied and removed in the version that the notification names', async () => {
    const place = await arrive(PDF, 'application/pdf');
    const versions: unknown[] = [];
    // The server keeps no versions: it gets to see the rest of the commands.
    const before: Hooks['before'] = ({ name, input }) => {
      if (name === 'GetObjectCommand') {
        versions.push(input.VersionId);
        delete input.VersionId;
      }
      if (name === 'CopyObjectCommand') {
        const [source, version] = String(input.CopySource).split('?versionId=');
        versions.push(version);
        input.CopySource = source;
      }
      if (name === 'DeleteObjectsCommand') {
        const { Objects } = input.Delete as { Objects: { Key: string; VersionId?: string }[] };
        versions.push(Objects.map(({ VersionId }) => VersionId));
        input.Delete = { Objects: Objects.map(({ Key }) => ({ Key })) };
      }
    };
    const previous = { ...place, uploadId: 'old' };
    await storage.putObject(keyIn('documents', previous), 'old');
    await storage.putItem(
      documentItem(place, {
        upload: pendingUpload('new', PDF, 'application/pdf'),
        file: acceptedFile(previous),
      }),
    );
    await storage.withHooks({ before }, () => uploads.handler({ Records: [arrival(place, 'v 1&')] }));
    expect(versions).toEqual(['v 1&', 'v%201%26', ['v 1&', undefined]]);
    expect(await stateOf(place)).toMatchObject({ file: 'accepted new', objects: ['documents/new'] });
  });
});

/** Situations in which a notification arrives, and what must become of them. */
const SITUATIONS: Record<string, { prepare: () => Promise<Place>; outcome: object }> = {
  'a first upload': {
    prepare: () => arrive(PDF, 'application/pdf'),
    outcome: { version: 2, waitsFor: undefined, file: 'accepted new', objects: ['documents/new'] },
  },
  'an upload that replaces a file': {
    prepare: async () => {
      const place = newPlace();
      const previous = { ...place, uploadId: 'old' };
      await storage.putObject(keyIn('documents', previous), 'old');
      return arrive(PDF, 'application/pdf', { file: acceptedFile(previous) }, place);
    },
    outcome: { version: 2, waitsFor: undefined, file: 'accepted new', objects: ['documents/new'] },
  },
  'an upload after one that was rejected': {
    prepare: async () => {
      const place = newPlace();
      const key = keyIn('quarantine', { ...place, uploadId: 'old' });
      await storage.putObject(key, 'old');
      return arrive(
        PDF,
        'application/pdf',
        { file: { ...acceptedFile(place), status: 'rejected', key } },
        place,
      );
    },
    outcome: {
      version: 2,
      waitsFor: undefined,
      file: 'accepted new',
      objects: ['documents/new', 'quarantine/old'],
    },
  },
  'an upload that is rejected': {
    prepare: () => arrive(PNG, 'application/pdf'),
    outcome: { version: 2, waitsFor: undefined, file: 'rejected new', objects: ['quarantine/new'] },
  },
  'an upload after which another one was announced': {
    prepare: () => arrive(PDF, 'application/pdf', { upload: pendingUpload('later', PDF, 'application/pdf') }),
    outcome: { version: 1, waitsFor: 'later', file: undefined, objects: [] },
  },
  'an upload after which another one was recorded': {
    prepare: async () => {
      const place = newPlace();
      const next = { ...place, uploadId: 'next' };
      await storage.putObject(keyIn('documents', next), 'next');
      return arrive(PDF, 'application/pdf', { upload: undefined, file: acceptedFile(next) }, place);
    },
    outcome: { version: 1, waitsFor: undefined, file: 'accepted next', objects: ['documents/next'] },
  },
  'an upload whose document is gone': {
    prepare: async () => {
      const place = newPlace();
      await storage.putObject(keyIn('incoming', place), PDF);
      return place;
    },
    outcome: { version: undefined, waitsFor: undefined, file: undefined, objects: [] },
  },
};

describe.each(Object.entries(SITUATIONS))('%s', (_, { prepare, outcome }) => {
  /** Does something at each call to AWS, in a situation of its own each time. */
  async function atEachCall(act: (place: Place, number: number) => Promise<boolean>): Promise<number> {
    for (let number = 1; ; number += 1) {
      const place = await prepare();
      if (!(await act(place, number))) return number - 1;
      expect(await stateOf(place), `at call ${number}`).toEqual(outcome);
    }
  }

  test('ends well', async () => {
    const place = await prepare();
    expect(await deliver(place)).toBe(true);
    expect(await stateOf(place)).toEqual(outcome);
  });

  test.each(['before', 'after'] as const)(
    'ends well where the function ends %s any call to AWS',
    async (when) => {
      const calls = await atEachCall(async (place, number) => {
        let isHit = false;
        const crash = (call: { number: number }) => {
          if (call.number !== number) return;
          isHit = true;
          throw new Error('the function ended');
        };
        const isDone = await storage.withHooks({ [when]: crash }, () => deliver(place));
        expect(isDone).toBe(!isHit);
        if (isHit) expect(await deliver(place)).toBe(true);
        return isHit;
      });
      expect(calls).toBeGreaterThanOrEqual(2);
    },
  );

  test('ends well where it is delivered again during any call to AWS', async () => {
    const counts = countMetrics();
    const calls = await atEachCall(async (place, number) => {
      let isHit = false;
      const before: Hooks['before'] = async (call) => {
        if (call.number !== number || isHit) return;
        isHit = true;
        storage.setHooks({});
        expect(await deliver(place)).toBe(true);
      };
      expect(await storage.withHooks({ before }, () => deliver(place))).toBe(true);
      return isHit;
    });
    const { FilesAccepted = 0, FilesRejected = 0 } = counts();
    expect(FilesAccepted + FilesRejected).toBe('version' in outcome && outcome.version === 2 ? calls + 1 : 0);
  });

  test('ends well where it is delivered three times at once, and once more', async () => {
    const place = await prepare();
    const message = arrival(place);
    const deliveries = [message, { ...message, messageId: 'again' }];
    const answers = await Promise.all([uploads.handler({ Records: deliveries }), deliver(place)]);
    expect(answers).toEqual([{ batchItemFailures: [] }, true]);
    expect(await stateOf(place)).toEqual(outcome);
    expect(await deliver(place)).toBe(true);
    expect(await stateOf(place)).toEqual(outcome);
  });
});

describe('while an upload is taken in', () => {
  /** Lets something happen before each call to AWS, and tells what there is at the end. */
  async function interfere(
    act: (place: Place) => Promise<unknown>,
    content = PDF,
  ): Promise<Awaited<ReturnType<typeof stateOf>>[]> {
    const states: Awaited<ReturnType<typeof stateOf>>[] = [];
    for (let isHit = true; isHit; ) {
      isHit = false;
      const place = await arrive(content, 'application/pdf');
      const before: Hooks['before'] = async ({ number }) => {
        if (number !== states.length + 1) return;
        isHit = true;
        await act(place);
      };
      expect(await storage.withHooks({ before }, () => deliver(place))).toBe(true);
      states.push(await stateOf(place));
    }
    return states.slice(0, -1);
  }

  /** Changes a document as the API does: none of its writes gets lost, and none is made to a document that is gone. */
  async function change({ documentId }: Place, more: Partial<DocumentWithFile>): Promise<void> {
    const item = (await storage.items()).find(({ id }) => id === documentId);
    if (item) await storage.putItem({ ...item, ...more, version: item.version + 1 });
  }

  const files = [
    ['accepted', PDF, 'documents/new'],
    ['rejected', PNG, 'quarantine/new'],
  ] as const;
  test.each(files)(
    'another one may be announced: it wins until this one is %s',
    async (status, content, object) => {
      const upload = pendingUpload('later', PDF, 'application/pdf');
      const states = await interfere((place) => change(place, { upload }), content);
      const superseded = { version: 2, waitsFor: 'later', file: undefined, objects: [] };
      const recorded = { version: 3, waitsFor: 'later', file: `${status} new`, objects: [object] };
      expect(states).toEqual([superseded, superseded, superseded, superseded, recorded]);
    },
  );

  test('the title may change: neither change gets lost', async () => {
    const states = await interfere((place) => change(place, { title: 'Another' }));
    expect(states).toHaveLength(5);
    const changed = (await storage.items()).filter(({ title }) => title === 'Another');
    expect(changed).toHaveLength(5);
    for (const state of states) {
      expect(state).toEqual({
        version: 3,
        waitsFor: undefined,
        file: 'accepted new',
        objects: ['documents/new'],
      });
    }
  });

  test('the document may go: nothing of the upload stays but what the clean-up finds', async () => {
    const states = await interfere(async ({ owner, documentId }) => {
      const Key = documentKey(owner, documentId);
      await storage.dynamoDb.documents.send(
        new DeleteCommand({ TableName: storage.dynamoDb.tableName, Key }),
      );
    });
    expect(states.map(({ objects }) => objects)).toEqual([[], [], [], [], ['documents/new']]);
  });
});

describe('an object that is missing', () => {
  const refusal = () =>
    new S3ServiceException({
      name: 'AccessDenied',
      message: 'Access Denied',
      $fault: 'client',
      $metadata: { httpStatusCode: 403 },
    });

  /** As S3 answers without the right to list the bucket. */
  const hideMissing: Hooks = {
    before: ({ name }) => {
      if (name === 'GetObjectCommand' || name === 'CopyObjectCommand') throw refusal();
    },
  };

  test('of an upload that was recorded is done, whatever S3 calls it', async () => {
    const place = await arrive(PDF, 'application/pdf');
    await deliver(place);
    expect(await storage.withHooks(hideMissing, () => deliver(place))).toBe(true);
  });

  test.each(['GetObjectCommand', 'CopyObjectCommand'])(
    'in the eyes of %s, once another delivery was faster, is done',
    async (command) => {
      const place = await arrive(PDF, 'application/pdf');
      const before: Hooks['before'] = async ({ name }) => {
        if (name !== command) return;
        storage.setHooks({});
        await deliver(place);
        throw refusal();
      };
      expect(await storage.withHooks({ before }, () => deliver(place))).toBe(true);
      expect(await stateOf(place)).toMatchObject({
        version: 2,
        file: 'accepted new',
        objects: ['documents/new'],
      });
    },
  );

  test('though its document waits for it, cannot be helped', async () => {
    const counts = countMetrics();
    const place = newPlace();
    await storage.putItem(documentItem(place, { upload: pendingUpload('new', PDF, 'application/pdf') }));
    expect(await deliver(place)).toBe(true);
    expect(await stateOf(place)).toMatchObject({ version: 1, waitsFor: 'new', file: undefined });
    expect(counts()).toEqual({ UploadsVanished: 1 });
  });

  test('may be one that the function must not read: it is tried again', async () => {
    const place = await arrive(PDF, 'application/pdf');
    expect(await storage.withHooks(hideMissing, () => deliver(place))).toBe(false);
    expect(await stateOf(place)).toMatchObject({ waitsFor: 'new', objects: ['incoming/new'] });
  });

  test('because the bucket is missing is tried again', async () => {
    const place = await arrive(PDF, 'application/pdf');
    const before: Hooks['before'] = ({ name, input }) => {
      if (name === 'GetObjectCommand') input.Bucket = 'nowhere';
    };
    expect(await storage.withHooks({ before }, () => deliver(place))).toBe(false);
  });
});

test('what could not be removed is tried again', async () => {
  const place = await arrive(PDF, 'application/pdf');
  const after: Hooks['after'] = ({ name }, output) =>
    name === 'DeleteObjectsCommand'
      ? { ...output, Errors: [{ Key: keyIn('incoming', place), Code: 'InternalError' }] }
      : undefined;
  expect(await storage.withHooks({ after }, () => deliver(place))).toBe(false);
  expect(await deliver(place)).toBe(true);
});

test.each(['NoSuchKey', 'NoSuchVersion'])('what is gone already counts as removed: %s', async (Code) => {
  const place = await arrive(PDF, 'application/pdf');
  const after: Hooks['after'] = ({ name }, output) =>
    name === 'DeleteObjectsCommand'
      ? { ...output, Errors: [{ Key: keyIn('incoming', place), Code }] }
      : undefined;
  expect(await storage.withHooks({ after }, () => deliver(place))).toBe(true);
});

test('an error of S3 does not matter where another delivery was faster', async () => {
  const place = await arrive(PDF, 'application/pdf');
  const before: Hooks['before'] = async ({ name }) => {
    if (name !== 'GetObjectCommand') return;
    storage.setHooks({});
    await deliver(place);
    throw new Error('S3 is slow today');
  };
  expect(await storage.withHooks({ before }, () => deliver(place))).toBe(true);
});

test('the outcomes are told apart', async () => {
  const counts = countMetrics();
  const place = await arrive(PDF, 'application/pdf');
  await deliver(place);
  await deliver(place);
  await deliver({ ...place, uploadId: 'before' });
  expect(counts()).toEqual({ FilesAccepted: 1, UploadsRepeated: 1, UploadsSuperseded: 1 });
});

test('documents are read as they are at the moment', async () => {
  const place = await arrive(PDF, 'application/pdf');
  const reads: unknown[] = [];
  const before: Hooks['before'] = ({ name, input }) =>
    name === 'GetItemCommand' && reads.push(input.ConsistentRead);
  await storage.withHooks({ before }, () => deliver(place));
  expect(reads).toEqual([true]);
});

test('metrics are published once a batch, if there are any', async () => {
  const publish = vi.spyOn(observability.metrics, 'publishStoredMetrics');
  const places = [await arrive(PDF, 'application/pdf'), await arrive(PDF, 'application/pdf')];
  await uploads.handler({ Records: places.map((place) => arrival(place)) });
  expect(publish).toHaveBeenCalledOnce();
  await uploads.handler({ Records: [] });
  expect(publish).toHaveBeenCalledOnce();
});

test.each(['', '0', '1.5', 'many'])(
  'the function does not start with the largest size "%s"',
  async (size) => {
    vi.resetModules();
    vi.stubEnv('MAX_FILE_SIZE', size);
    await expect(import('../lambda/serverless-api/uploads.js')).rejects.toThrow('MAX_FILE_SIZE');
    vi.unstubAllEnvs();
  },
);

describe('a batch', () => {
  test('reports exactly the messages that failed, also where all of them did', async () => {
    const counts = countMetrics();
    const place = await arrive(PDF, 'application/pdf');
    const good = arrival(place);
    const bad = [
      'no JSON',
      '{}',
      { Records: [] },
      { Records: [notification('incoming/a/b/c', { bucket: 'other' })] },
    ].map(message);
    const batchItemFailures = bad.map(({ messageId }) => ({ itemIdentifier: messageId }));
    expect(await uploads.handler({ Records: [...bad.slice(0, 2), good, ...bad.slice(2)] })).toEqual({
      batchItemFailures,
    });
    expect(await stateOf(place)).toMatchObject({ file: 'accepted new' });
    expect(counts()).toEqual({ FilesAccepted: 1, UploadMessagesFailed: 4 });
    expect(await uploads.handler({ Records: bad })).toEqual({ batchItemFailures });
  });

  test("takes S3's test event for what it is", async () => {
    const body = { Service: 'Amazon S3', Event: 's3:TestEvent', Bucket: storage.bucketName };
    expect(await uploads.handler({ Records: [message(body)] })).toEqual({ batchItemFailures: [] });
  });

  test('may hold several uploads in one message', async () => {
    const places = [await arrive(PDF, 'application/pdf'), await arrive(PNG, 'application/pdf')];
    const Records = places.map((place) => notification(keyIn('incoming', place)));
    expect(await uploads.handler({ Records: [message({ Records })] })).toEqual({ batchItemFailures: [] });
    const files = await Promise.all(places.map(fileOf));
    expect(files.map((file) => file?.status)).toEqual(['accepted', 'rejected']);
  });

  test('says what failed in the log, with the cause', async () => {
    const log = vi.spyOn(observability.logger, 'error');
    const [bad] = [message('{}')];
    await uploads.handler({ Records: [bad] });
    expect(log).toHaveBeenCalledExactlyOnceWith('message failed', {
      messageId: bad.messageId,
      error: expect.any(Error),
    });
  });
});
