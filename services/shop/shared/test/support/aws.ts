import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, ScanCommand } from '@aws-sdk/lib-dynamodb';
import dynalite from 'dynalite';
import { vi } from 'vitest';
import type { ShopEvent } from '../../events';
import { type Json, Refusal } from './json-protocol';
import { listening } from './listening';
import { type FakeQueue, Queues } from './queues';
import { type Indexes, tableDefinition } from './table-definition';
import { Transactions } from './transactions';

/** An event as it was published. */
export interface Published {
  readonly topicArn: string;
  /** The attribute by which subscriptions filter. */
  readonly type: string;
  readonly event: ShopEvent;
}

/** An item of a table, without DynamoDB's types. */
export type PlainItem = Readonly<Record<string, unknown>>;

/** AWS, as far as the shop needs it: DynamoDB, SNS, SQS, and what a test adds. */
export interface FakeAws {
  readonly url: string;
  createTable(name: string, indexes?: Indexes): Promise<void>;
  /** All items, by key. */
  items(table: string): Promise<PlainItem[]>;
  /** Lets the next calls of an operation fail. For 'TransactWriteItems' `fields` may have CancellationReasons. */
  fail(operation: string, code: string, times?: number, fields?: Json): void;
  /** The requests of an operation so far. */
  calls(operation: string): readonly Json[];
  /** Forgets the requests and the events so far. */
  forget(): void;
  readonly published: readonly Published[];
  /** A queue; a message that is not removed comes back after `visibility` milliseconds, 30000 by default. */
  queue(name: string, visibility?: number): FakeQueue;
  /** Answers an operation of another service, such as 'TrentService.Encrypt'; it may throw a Refusal. */
  on(target: string, answer: (body: Json) => Json | Promise<Json>): void;
  close(): Promise<void>;
}

/** Starts one, and leads all clients of AWS that are made from now on to it. */
export async function startAws(): Promise<FakeAws> {
  const tables = await listening(dynalite({ createTableMs: 0 }));
  const transactions = new Transactions(ask);
  const queues = new Queues();
  const calls: { operation: string; body: Json }[] = [];
  const published: Published[] = [];
  const failures: { operation: string; refusal: Refusal }[] = [];
  const others = new Map<string, (body: Json) => Json | Promise<Json>>();
  let last: Promise<unknown> = Promise.resolve();

  async function ask(operation: string, body: Json): Promise<Json> {
    const response = await fetch(tables.url, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': `DynamoDB_20120810.${operation}`,
        authorization:
          'AWS4-HMAC-SHA256 Credential=a/20260101/eu-west-1/dynamodb/aws4_request, SignedHeaders=host, Signature=b',
        'x-amz-date': '20260101T000000Z',
      },
      body: JSON.stringify(body),
    });
    const answer = (await response.json()) as Json;
    if (response.ok) return answer;
    const { __type, message, Message, ...fields } = answer;
    throw new Refusal(String(__type).replace(/.*#/, ''), String(message ?? Message), fields, response.status);
  }

  /** One after the other, so that a transaction is seen as a whole or not at all. */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = last.then(work, work);
    last = turn.catch(() => undefined);
    return turn;
  }

  function refuse(operation: string): void {
    const place = failures.findIndex((failure) => failure.operation === operation);
    const [failure] = place < 0 ? [] : failures.splice(place, 1);
    if (failure) throw failure.refusal;
  }

  async function answerJson(target: string, body: Json, gone: AbortSignal): Promise<Json> {
    const [service, operation = ''] = target.split('.');
    calls.push({ operation, body });
    refuse(operation);
    const other = others.get(target);
    if (other) return await other(body);
    if (service === 'AmazonSQS') return await queues.answer(operation, body, gone);
    if (service !== 'DynamoDB_20120810') throw new Refusal('UnknownOperationException', target);
    if (operation === 'TransactWriteItems') return await inTurn(() => transactions.write(body));
    if (operation === 'TransactGetItems') return await inTurn(() => transactions.get(body));
    return await inTurn(() => ask(operation, body));
  }

  /** SNS still speaks in forms and XML. */
  function publish(form: URLSearchParams): string {
    refuse('Publish');
    published.push({
      topicArn: form.get('TopicArn') ?? '',
      type: form.get('MessageAttributes.entry.1.Value.StringValue') ?? '',
      event: JSON.parse(form.get('Message') ?? ''),
    });
    return '<PublishResponse><PublishResult><MessageId>1</MessageId></PublishResult></PublishResponse>';
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request);
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    const target = request.headers['x-amz-target'];
    try {
      if (typeof target === 'string') {
        const json = await answerJson(target, JSON.parse(body), gone.signal);
        response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' }).end(JSON.stringify(json));
      } else {
        const xml = publish(new URLSearchParams(body));
        response.writeHead(200, { 'content-type': 'text/xml' }).end(xml);
      }
    } catch (error) {
      const refusal =
        error instanceof Refusal ? error : new Refusal('InternalFailure', String(error), {}, 500);
      if (typeof target === 'string') {
        response
          .writeHead(refusal.status, { 'content-type': 'application/x-amz-json-1.0' })
          .end(JSON.stringify(refusal.body));
      } else {
        response
          .writeHead(refusal.status, { 'content-type': 'text/xml' })
          .end(
            `<ErrorResponse><Error><Type>Sender</Type><Code>${refusal.code}</Code><Message>${refusal.message}</Message></Error></ErrorResponse>`,
          );
      }
    }
  }

  const { url, close } = await listening(createServer((request, response) => void answer(request, response)));
  vi.stubEnv('AWS_ENDPOINT_URL', url);
  vi.stubEnv('AWS_REGION', 'eu-west-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
  const client = new DynamoDBClient({ region: 'eu-west-1', endpoint: tables.url });
  const documents = DynamoDBDocumentClient.from(client);

  return {
    url,
    async createTable(name, indexes = {}) {
      await ask('CreateTable', tableDefinition(name, indexes));
    },
    async items(table) {
      const { Items = [] } = await documents.send(
        new ScanCommand({ TableName: table, ConsistentRead: true }),
      );
      const keyOf = ({ pk, sk }: PlainItem) => JSON.stringify([pk, sk]);
      return Items.sort((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1));
    },
    fail(operation, code, times = 1, fields = {}) {
      for (let count = 0; count < times; count += 1) {
        failures.push({ operation, refusal: new Refusal(code, code, fields) });
      }
    },
    calls: (operation) => calls.filter((call) => call.operation === operation).map(({ body }) => body),
    forget() {
      calls.length = 0;
      published.length = 0;
    },
    published,
    queue: (name, visibility) => queues.queue(url, name, visibility),
    on: (target, other) => void others.set(target, other),
    async close() {
      vi.unstubAllEnvs();
      client.destroy();
      await close();
      await tables.close();
    },
  };
}
