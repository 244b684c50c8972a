import { DeleteMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { NativeAttributeValue } from '@aws-sdk/lib-dynamodb';
import type { FastifyBaseLogger } from 'fastify';
import { Consumer } from 'sqs-consumer';
import type { Background } from './background';
import { eventOf, type ShopEvent } from './events';
import type { Table } from './table';

/** How long the marks of events that were seen stay, in seconds: a day longer than a message can live in a queue. */
const REMEMBERED = 15 * 86_400;

/** How long a poll waits for messages in seconds, and when it has failed in milliseconds. */
const POLL = 20;
const POLL_TIMEOUT = 25_000;

/** What a consumer needs. */
export interface QueueOptions {
  readonly name: string;
  readonly queueUrl: string;
  readonly region: string;
  readonly log: FastifyBaseLogger;
  /** Deals with an event, which may be one that it has seen. The message is removed when it resolves. */
  readonly handle: (event: ShopEvent) => Promise<void>;
}

/**
 * The write that marks an event as seen, for the transaction that it causes. Its condition fails where the event was
 * seen before.
 */
export function seenItem(
  { name }: Pick<Table, 'name'>,
  consumer: string,
  eventId: string,
): {
  Put: { TableName: string; Item: Record<string, NativeAttributeValue>; ConditionExpression: string };
} {
  return {
    Put: {
      TableName: name,
      Item: {
        pk: `seen#${consumer}#${eventId}`,
        sk: 'event',
        expiresAt: Math.floor(Date.now() / 1_000) + REMEMBERED,
      },
      ConditionExpression: 'attribute_not_exists(pk)',
    },
  };
}

/**
 * Takes messages from a queue, ten at a time. What is not handled comes back when the queue's visibility timeout is
 * over, and ends in the dead-letter queue in the end.
 */
export function consumeQueue({ name, queueUrl, region, log, handle }: QueueOptions): Background {
  const sqs = new SQSClient({
    region,
    requestHandler: {
      connectionTimeout: 1_000,
      requestTimeout: POLL_TIMEOUT,
      throwOnRequestTimeout: true,
    },
  });
  const consumer = Consumer.create({
    queueUrl,
    sqs,
    batchSize: 10,
    waitTimeSeconds: POLL,
    // How long a stop waits for the messages that are being handled.
    pollingCompleteWaitTimeMs: POLL_TIMEOUT,
    async handleMessage({ Body, ReceiptHandle }) {
      const start = performance.now();
      const event = eventOf(Body);
      await handle(event);
      await sqs.send(new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle }));
      const ms = Math.round(performance.now() - start);
      log.info({ event: 'message', name, type: event.type, id: event.id, ms }, 'message');
      // Removed already: the library's own way is cut off by a stop that cuts off a poll.
      return undefined;
    },
  });
  let stopped: Promise<void> | undefined;
  function logFailure(err: Error): void {
    log.error({ err, event: 'message failed', name }, `${name} failed`);
  }
  consumer.on('processing_error', logFailure);
  consumer.on('error', (err) => {
    // A stop cuts off the poll.
    if (!stopped) logFailure(err);
  });

  async function stop(): Promise<void> {
    if (consumer.status.isRunning) {
      await new Promise<void>((resolve) => {
        consumer.once('stopped', () => resolve());
        consumer.stop({ abort: true });
      });
    }
    sqs.destroy();
  }

  return {
    name,
    start: () => consumer.start(),
    stop() {
      stopped ??= stop();
      return stopped;
    },
  };
}
