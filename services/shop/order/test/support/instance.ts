import { createCaller } from '../../../shared/call';
import { createOutbox, type Outbox } from '../../../shared/outbox';
import { openTable, type Table } from '../../../shared/table';
import { type FakeAws, startAws } from '../../../shared/test/support/aws';
import { Life } from '../../../shared/test/support/mortal';
import { quietLog } from '../../../shared/test/support/quiet-log';
import { DynamoDbOrders } from '../../dynamodb-orders';
import type { OrderStore } from '../../orders';
import type { Outside } from '../../outside';
import { paymentOver } from '../../payment-partner';
import { productOver } from '../../product-partner';
import { createWork, type Work } from '../../work';
import { World } from './world';

export const TABLE = 'orders';
export const TOPIC = 'arn:aws:sns:eu-west-1:000000000000:orders';

/** The times of the tests, in milliseconds. */
export const TIMES = { recoveryInterval: 2_000, patience: 300_000, sagaTimeout: 8_000 };

/** A process of the order service, without its ports. */
export interface Instance extends Work {
  readonly store: OrderStore;
  readonly outbox: Outbox;
  readonly life: Life;
}

/** What instances share: the table, the other services, the log, and a clock that a test moves. */
export interface Place {
  readonly aws: FakeAws;
  readonly world: World;
  readonly table: Table;
  readonly lines: readonly Readonly<Record<string, unknown>>[];
  /** In milliseconds since 1970: yesterday, so that everything the outbox holds is old enough. */
  time: number;
  /** Starts a process. */
  open(life?: Life, changes?: Partial<Outside>, times?: Partial<typeof TIMES>): Instance;
  close(): Promise<void>;
}

/** Creates the table of the service. */
export async function createOrderTable(aws: FakeAws, name = TABLE): Promise<void> {
  await aws.createTable(name, {
    unfinished: {
      partition: 'unfinished',
      sort: 'nextAttemptAt',
      sortType: 'N',
      projection: 'KEYS_ONLY',
    },
    outbox: { partition: 'outbox', sort: 'createdAt' },
  });
}

/** Prepares everything. */
export async function openPlace(): Promise<Place> {
  const aws = await startAws();
  await createOrderTable(aws);
  const world = await World.start();
  const table = openTable('eu-west-1', TABLE);
  const { log, lines } = quietLog();
  const outboxes: Outbox[] = [];
  const place: Place = {
    aws,
    world,
    table,
    lines,
    time: Date.now() - 86_400_000,
    open(life = new Life(), changes = {}, times = {}) {
      const store = new DynamoDbOrders(table);
      const outbox = createOutbox({ table, topicArn: TOPIC, region: 'eu-west-1', interval: 1_000, log });
      outboxes.push(outbox);
      const announcing = life.bind(outbox);
      // One attempt a call: what fails is tried again by the recovery, which is what is tested.
      const caller = (target: string, baseUrl: string) =>
        createCaller({ target, baseUrl, log, attempts: 1, failures: 1_000 });
      const work = createWork(
        {
          store: life.bind(store),
          product: life.bind(productOver(caller('product', world.product.url))),
          payment: life.bind(paymentOver(caller('payment', world.payment.url))),
          announce: (event) => void announcing.publish(event).catch(() => undefined),
          log,
          now: () => place.time,
          ...changes,
        },
        { ...TIMES, ...times },
      );
      return { ...work, store, outbox, life };
    },
    async close() {
      for (const outbox of outboxes) outbox.close();
      table.close();
      await world.close();
      await aws.close();
    },
  };
  return place;
}
