import { createHash } from 'node:crypto';
import { ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import { PutCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import type { DocumentItem, PendingUpload } from '../../lambda/serverless-api/document-item';
import { documentKey, EXPIRY_INDEX, type ObjectPlace, objectKey } from '../../lambda/serverless-api/keys';
import type { DocumentWithFile, RecordedFile } from '../../lambda/serverless-api/stored-file';
import { captureOutput } from './captured-output';
import { startDynamoDb } from './local-dynamodb';
import { LOCAL_CREDENTIALS, startS3 } from './local-s3';

/** A call to AWS that is about to happen, or has happened. */
export interface AwsCall {
  /** Counts from 1 since the hooks were set. */
  readonly number: number;

  /** Like 'CopyObjectCommand'. */
  readonly name: string;

  /** The command's input, which may be changed before the call. */
  readonly input: Record<string, unknown>;
}

/** What a test does before and after the calls to AWS; what it throws the code under test gets to see. */
export interface Hooks {
  before?(call: AwsCall): unknown;

  /** May return another answer. */
  after?(call: AwsCall, output: Record<string, unknown>): unknown;
}

/** The least of a client's middleware stack that the hooks need. */
interface Hookable {
  readonly middlewareStack: {
    add(
      middleware: (
        next: (args: { input: object }) => Promise<{ output: object; response: unknown }>,
        context: { commandName?: string },
      ) => (args: { input: object }) => Promise<{ output: object; response: unknown }>,
      options: { step: 'initialize'; priority: 'high'; name: string },
    ): void;
  };
}

/** The servers, the clients of the code under test, and what tests do with them. */
export type Storage = Awaited<ReturnType<typeof startStorage>>;

/** Starts a DynamoDB and an S3, and points the environment to them: import the code under test afterwards. */
export async function startStorage(environment: Record<string, string> = {}) {
  const [dynamoDb, bucket] = await Promise.all([startDynamoDb({ expiryIndex: EXPIRY_INDEX }), startS3()]);
  Object.assign(process.env, LOCAL_CREDENTIALS, {
    AWS_REGION: 'eu-west-1',
    AWS_ENDPOINT_URL_DYNAMODB: dynamoDb.endpoint,
    AWS_ENDPOINT_URL_S3: bucket.endpoint,
    TABLE_NAME: dynamoDb.tableName,
    BUCKET_NAME: bucket.bucketName,
    STAGE: 'dev',
    POWERTOOLS_SERVICE_NAME: 'test',
    POWERTOOLS_METRICS_NAMESPACE: 'Test',
    ...environment,
  });
  const output = captureOutput();
  const { s3, table } = await import('../../lambda/serverless-api/storage-clients.js');
  let hooks: Hooks = {};
  let calls = 0;
  for (const client of [s3, table] as unknown as Hookable[]) {
    client.middlewareStack.add(
      (next, { commandName = '' }) =>
        async (args) => {
          calls += 1;
          const { before, after } = hooks;
          const call = { number: calls, name: commandName, input: { ...args.input } };
          await before?.(call);
          const result = await next({ ...args, input: call.input });
          const output = { ...result.output };
          return {
            ...result,
            output: ((await after?.(call, output)) as object | undefined) ?? result.output,
          };
        },
      { step: 'initialize', priority: 'high', name: 'testHooks' },
    );
  }
  const setHooks = (next: Hooks): void => {
    hooks = next;
    calls = 0;
  };

  return {
    bucketName: bucket.bucketName,
    dynamoDb,

    /** Does something with hooks; the calls of the test itself have none. */
    async withHooks<T>(some: Hooks, act: () => Promise<T>): Promise<T> {
      setHooks(some);
      try {
        return await act();
      } finally {
        setHooks({});
      }
    },
    setHooks,

    putItem: (item: object) =>
      dynamoDb.documents.send(new PutCommand({ TableName: dynamoDb.tableName, Item: item })),

    /** All items, in the order of their keys. */
    async items(): Promise<DocumentWithFile[]> {
      const { Items = [] } = await dynamoDb.documents.send(
        new ScanCommand({ TableName: dynamoDb.tableName }),
      );
      return (Items as DocumentWithFile[]).toSorted((one, other) =>
        one.pk + one.sk < other.pk + other.sk ? -1 : 1,
      );
    },

    putObject: (key: string, content: Uint8Array | string) =>
      s3.send(
        new PutObjectCommand({
          Bucket: bucket.bucketName,
          Key: key,
          Body: Buffer.from(content),
          ContentType: 'x/y',
        }),
      ),

    /** The keys of all objects, sorted. */
    async objects(): Promise<string[]> {
      const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: bucket.bucketName }));
      return Contents.map(({ Key = '' }) => Key).sort();
    },

    async close(): Promise<void> {
      output.restore();
      s3.destroy();
      table.destroy();
      await Promise.all([dynamoDb.close(), bucket.close()]);
    },
  };
}

/** SHA-256 in base64. */
export const sha256 = (content: Uint8Array | string): string =>
  createHash('sha256').update(content).digest('base64');

/** What the API notes of an upload that it allows. */
export function pendingUpload(id: string, content: Uint8Array | string, contentType: string): PendingUpload {
  const size = Buffer.byteLength(content);
  return { id, fileName: 'report.pdf', contentType, size, sha256: sha256(content) };
}

/** A document, as the API writes it. */
export function documentItem(
  { owner, documentId }: Pick<ObjectPlace, 'owner' | 'documentId'>,
  more: Partial<DocumentWithFile> = {},
): DocumentItem {
  const createdAt = '2026-11-01T00:00:00.000Z';
  return {
    ...documentKey(owner, documentId),
    id: documentId,
    owner,
    title: 'A document',
    description: '',
    createdAt,
    updatedAt: createdAt,
    version: 1,
    ...more,
  };
}

/** The file of an upload that was accepted before. */
export function acceptedFile(place: Omit<ObjectPlace, 'folder'>): RecordedFile {
  return {
    status: 'accepted',
    uploadId: place.uploadId,
    key: objectKey({ ...place, folder: 'documents' }),
    name: 'old.pdf',
    type: 'application/pdf',
    size: 3,
    sha256: sha256('old'),
    recordedAt: '2026-11-02T00:00:00.000Z',
  };
}
