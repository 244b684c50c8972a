import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { vi } from 'vitest';
import type { DocumentItem } from '../../lambda/serverless-api/document-item';
import { documentKey, EXPIRY_INDEX } from '../../lambda/serverless-api/keys';
import { type ApiRequest, accessToken, apiEvent, CLIENT_ID, type Format } from './api-events';
import { captureOutput } from './captured-output';
import { type LocalDynamoDb, startDynamoDb } from './local-dynamodb';
import { LOCAL_CREDENTIALS, type LocalS3, startS3 } from './local-s3';

/** What a client sees. */
export interface ApiAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Json;
}

/** A body of an answer; the tests say what they expect of it. */
export type Json = { readonly [name: string]: unknown };

/** The function with servers of its own. */
export interface ApiFunction {
  readonly dynamoDb: LocalDynamoDb;
  readonly s3: LocalS3;

  /** The lines that the function logged, metrics included. */
  readonly log: string[];

  /** Sends an event as it is. */
  invoke(event: unknown): Promise<ApiAnswer>;

  /** Sends a request of the person with this `sub`. */
  call(request: ApiRequest & { readonly as?: string; readonly format?: Format }): Promise<ApiAnswer>;

  /** Makes a document of this person. */
  create(title?: string, as?: string): Promise<{ readonly id: string; readonly path: string }>;

  /** Gives a document attributes that another function would write. */
  patch(id: string, attributes: Partial<DocumentItem>, as?: string): Promise<void>;
  close(): Promise<void>;
}

/** Bytes. */
export const MAX_FILE_SIZE = 5_000_000;

/** Starts DynamoDB and S3, and loads the function anew with an environment that leads to them. */
export async function startApi(environment: Readonly<Record<string, string>> = {}): Promise<ApiFunction> {
  const [dynamoDb, s3] = await Promise.all([startDynamoDb({ expiryIndex: EXPIRY_INDEX }), startS3()]);
  const variables = {
    ...LOCAL_CREDENTIALS,
    AWS_REGION: 'eu-west-1',
    AWS_ENDPOINT_URL_DYNAMODB: dynamoDb.endpoint,
    AWS_ENDPOINT_URL_S3: s3.endpoint,
    TABLE_NAME: dynamoDb.tableName,
    BUCKET_NAME: s3.bucketName,
    STAGE: 'dev',
    AUTHENTICATION: 'required',
    CLIENT_ID,
    MAX_FILE_SIZE: String(MAX_FILE_SIZE),
    ALLOWED_FILE_TYPES: 'application/pdf,image/png',
    POWERTOOLS_SERVICE_NAME: 'documents',
    POWERTOOLS_METRICS_NAMESPACE: 'Documents',
    POWERTOOLS_LOG_LEVEL: 'DEBUG',
    ...environment,
  };
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
  const output = captureOutput();
  const close = async () => {
    output.restore();
    vi.unstubAllEnvs();
    await Promise.all([dynamoDb.close(), s3.close()]);
  };
  vi.resetModules();
  const { handler } = await import('../../lambda/serverless-api/api.js').catch(async (error: unknown) => {
    await close();
    throw error;
  });
  const context = {
    functionName: 'api',
    functionVersion: '1',
    invokedFunctionArn: 'arn:aws:lambda:eu-west-1:111122223333:function:api',
    memoryLimitInMB: '512',
    awsRequestId: 'lambda-request',
    getRemainingTimeInMillis: () => 10_000,
  };
  const invoke = async (event: unknown): Promise<ApiAnswer> => {
    const { statusCode, headers, body } = await handler(event, context);
    return { status: statusCode, headers, body: body === '' ? {} : JSON.parse(body) };
  };
  const call: ApiFunction['call'] = ({ as = 'alice', format = '2.0', ...request }) =>
    invoke(apiEvent(format, { claims: accessToken(as), ...request }));
  return {
    dynamoDb,
    s3,
    log: output.lines,
    invoke,
    call,
    create: async (title = 'Minutes', as = 'alice') => {
      const { status, body } = await call({ method: 'POST', path: '/documents', body: { title }, as });
      if (status !== 201) throw new Error(`${status} ${JSON.stringify(body)}`);
      return { id: String(body.id), path: `/documents/${body.id}` };
    },
    patch: async (id, attributes, as = 'alice') => {
      const Key = documentKey(as, id);
      const { Item } = await dynamoDb.documents.send(new GetCommand({ TableName: dynamoDb.tableName, Key }));
      const changed = { ...Item, ...attributes };
      await dynamoDb.documents.send(new PutCommand({ TableName: dynamoDb.tableName, Item: changed }));
    },
    close,
  };
}
