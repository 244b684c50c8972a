import { once } from 'node:events';
import type { RequestListener, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import dynalite from 'dynalite';

/** An error by its name and status, or no answer. */
export type Failure = { readonly name: string; readonly status: number } | 'silence';

/** A DynamoDB of a test's own, with one empty table. */
export interface LocalDynamoDb {
  /** Like 'http://127.0.0.1:40123'. */
  readonly endpoint: string;
  readonly tableName: string;

  /** For the tests themselves; the code under test makes its own. */
  readonly documents: DynamoDBDocumentClient;

  /** What was asked for, in order: operations like 'GetItem', and their input in DynamoDB's own JSON. */
  readonly operations: { readonly name: string; readonly input: Readonly<Record<string, unknown>> }[];

  /** Answers operations with this error, or not at all, until it is called with nothing. */
  fail(how?: Failure): void;
  close(): Promise<void>;
}

const KEY = { accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER' };
const TABLE = 'documents';
const string = (AttributeName: string) => ({ AttributeName, AttributeType: 'S' as const });
const EXPIRY_KEYS = ['expiryDay', 'expiresAt'] as const;
const keys = (hash: string, range: string) => [
  { AttributeName: hash, KeyType: 'HASH' as const },
  { AttributeName: range, KeyType: 'RANGE' as const },
];

/** What a table is to be like. */
interface LocalTable {
  /** The milliseconds that an operation like 'GetItem' waits for its answer; asked when it arrives. */
  readonly delayOf?: (name: string) => number;

  /** The name of an index of what expires when. */
  readonly expiryIndex?: string;
}

/** Starts dynalite on a free port and makes the table as the constructs do, without TTL, which it does not know. */
export async function startDynamoDb({
  delayOf = () => 0,
  expiryIndex,
}: LocalTable = {}): Promise<LocalDynamoDb> {
  const server = dynalite({ createTableMs: 0 });
  const [answer] = server.listeners('request') as RequestListener[];
  const operations: LocalDynamoDb['operations'] = [];
  let failure: Failure | undefined;
  server.removeAllListeners('request').on('request', (request, response) => {
    const name = String(request.headers['x-amz-target']).replace(/^.*\./, '');
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => operations.push({ name, input: JSON.parse(Buffer.concat(chunks).toString()) }));
    const delay = delayOf(name);
    if (delay > 0) delayEnd(response, delay);
    if (!failure) return answer?.(request, response);
    request.resume();
    if (failure === 'silence') return undefined;
    response.writeHead(failure.status, { 'content-type': 'application/x-amz-json-1.0' });
    response.end(
      JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${failure.name}`, message: TABLE }),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = new DynamoDBClient({ endpoint, region: 'eu-west-1', credentials: KEY });
  await client.send(
    new CreateTableCommand({
      TableName: TABLE,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: ['pk', 'sk', ...(expiryIndex ? EXPIRY_KEYS : [])].map(string),
      KeySchema: keys('pk', 'sk'),
      GlobalSecondaryIndexes: expiryIndex
        ? [
            {
              IndexName: expiryIndex,
              KeySchema: keys(...EXPIRY_KEYS),
              Projection: { ProjectionType: 'KEYS_ONLY' },
            },
          ]
        : undefined,
    }),
  );
  operations.length = 0;
  return {
    endpoint,
    tableName: TABLE,
    documents: DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } }),
    operations,
    fail: (how) => {
      failure = how;
    },
    close: async () => {
      client.destroy();
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

/** Lets an answer end later than it would. */
function delayEnd(response: ServerResponse, milliseconds: number): void {
  const end = response.end.bind(response);
  response.end = (...answer: unknown[]) => {
    setTimeout(() => Reflect.apply(end, response, answer), milliseconds);
    return response;
  };
}
