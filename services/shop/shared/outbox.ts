import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { DeleteCommand, type NativeAttributeValue, QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { FastifyBaseLogger } from 'fastify';
import { type Background, every } from './background';
import type { ShopEvent } from './events';
import type { Table } from './table';

/** The index in which the events are that have not been published. */
const INDEX = 'outbox';

/** All of them have one partition key: it takes 1,000 small writes a second, and they stay there for moments. */
const PENDING = 'pending';

/** How many events a poll takes at a time. */
const BATCH = 25;

/** Younger events are those that their writer publishes just now, in milliseconds. */
const PATIENCE = 5_000;

/** Where events go that a transaction has written beside its data. */
export interface Outbox {
  /** Publishes an event that has just been written. It never rejects: what fails stays for the poller. */
  publish(event: ShopEvent): Promise<void>;
  /** Publishes what others have left. */
  readonly background: Background;
  /** Does so once; tells how many it has published. */
  flush(): Promise<number>;
  /** Ends its connections. */
  close(): void;
}

/** What an outbox needs. */
export interface OutboxOptions {
  readonly table: Table;
  readonly topicArn: string;
  readonly region: string;
  /** How often the poller looks, in milliseconds. */
  readonly interval: number;
  /** How old events are that the poller takes, in milliseconds; 5000 where nothing is said. */
  readonly patience?: number;
  readonly log: FastifyBaseLogger;
}

/** The write that puts the event into the outbox, for the transaction that makes it true. */
export function outboxItem(
  { name }: Pick<Table, 'name'>,
  event: ShopEvent,
): { Put: { TableName: string; Item: Record<string, NativeAttributeValue> } } {
  return {
    Put: {
      TableName: name,
      Item: {
        ...keyOf(event.id),
        outbox: PENDING,
        createdAt: event.occurredAt,
        // As text, so that what is published is what was written, whatever the types of DynamoDB.
        event: JSON.stringify(event),
        eventType: event.type,
      },
    },
  };
}

/** Opens the outbox of a table. Each event is published at least once. */
export function createOutbox({ table, topicArn, region, interval, patience, log }: OutboxOptions): Outbox {
  const sns = new SNSClient({
    region,
    maxAttempts: 2,
    requestHandler: { connectionTimeout: 1_000, requestTimeout: 2_000, throwOnRequestTimeout: true },
  });

  async function send(id: string, type: string, message: string): Promise<void> {
    await sns.send(
      new PublishCommand({
        TopicArn: topicArn,
        Message: message,
        MessageAttributes: { type: { DataType: 'String', StringValue: type } },
      }),
    );
    // That it is gone already is no failure: another replica has published it, too.
    await table.documents.send(new DeleteCommand({ TableName: table.name, Key: keyOf(id) }));
  }

  /** One that can't be published does not hold up those behind it. */
  async function flush(signal?: AbortSignal): Promise<number> {
    let published = 0;
    let failure: unknown;
    let next: Record<string, NativeAttributeValue> | undefined;
    do {
      const { Items = [], LastEvaluatedKey } = await table.documents.send(
        new QueryCommand({
          TableName: table.name,
          IndexName: INDEX,
          KeyConditionExpression: 'outbox = :pending AND createdAt < :before',
          ExpressionAttributeValues: {
            ':pending': PENDING,
            ':before': new Date(Date.now() - (patience ?? PATIENCE)).toISOString(),
          },
          Limit: BATCH,
          ExclusiveStartKey: next,
        }),
      );
      for (const { pk, eventType, event } of Items) {
        if (signal?.aborted) return published;
        try {
          await send(idOf(String(pk)), String(eventType), String(event));
          published += 1;
        } catch (error) {
          failure ??= error;
        }
      }
      next = LastEvaluatedKey;
    } while (next);
    if (failure) throw failure;
    return published;
  }

  return {
    async publish(event) {
      try {
        await send(event.id, event.type, JSON.stringify(event));
      } catch (err) {
        log.warn({ err, event: 'publish later', id: event.id, type: event.type }, 'the event has to wait');
      }
    },
    background: every(
      'outbox',
      interval,
      async (signal) => {
        const published = await flush(signal);
        if (published > 0) log.info({ event: 'outbox', published }, 'events were published late');
      },
      log,
    ),
    flush,
    close: () => sns.destroy(),
  };
}

const PREFIX = 'outbox#';

function keyOf(id: string): { pk: string; sk: string } {
  return { pk: `${PREFIX}${id}`, sk: 'event' };
}

function idOf(pk: string): string {
  return pk.slice(PREFIX.length);
}
