import { type Background, every } from '../shared/background';
import { createCaller } from '../shared/call';
import { createIdentity } from '../shared/identity';
import { createOutbox } from '../shared/outbox';
import type { Context, Service } from '../shared/service';
import { openTable } from '../shared/table';
import { DynamoDbOrders } from './dynamodb-orders';
import { addInternalRoutes } from './internal-routes';
import { paymentOver } from './payment-partner';
import { productOver } from './product-partner';
import { addOrderRoutes } from './routes';
import type { Runs } from './runs';
import type { Settings } from './settings';
import { createWork } from './work';

/** Builds the service. */
export function buildOrderService(settings: Settings, { common, log }: Context): Service {
  const { recoveryInterval: interval, topicArn } = settings;
  const { region } = common;
  const table = openTable(region, settings.tableName);
  const store = new DynamoDbOrders(table);
  const identity = createIdentity({ customerUrl: settings.customerUrl, log });
  const outbox = createOutbox({ table, topicArn, region, interval, log });
  const told = new Set<Promise<void>>();
  const { runs, recovery, placement } = createWork(
    {
      store,
      product: productOver(createCaller({ target: 'product', baseUrl: settings.productUrl, log })),
      payment: paymentOver(createCaller({ target: 'payment', baseUrl: settings.paymentUrl, log })),
      announce(event) {
        const telling = outbox.publish(event).finally(() => told.delete(telling));
        told.add(telling);
      },
      log,
      now: Date.now,
    },
    settings,
  );
  return {
    routes: (app) => addOrderRoutes(app, store, identity),
    internalRoutes: (app) => addInternalRoutes(app, placement),
    check: () => table.check(),
    background: [
      identity.background,
      outbox.background,
      every('recovery', interval, (signal) => recovery.sweep(signal), log),
      untilDone(runs, told),
    ],
    close() {
      outbox.close();
      table.close();
    },
  };
}

/** Makes a stop wait for the orders on which this process works, and for what it tells of them. */
function untilDone(runs: Runs, told: ReadonlySet<Promise<void>>): Background {
  return {
    name: 'orders',
    start: () => undefined,
    async stop() {
      await runs.stop();
      await Promise.all(told);
    },
  };
}
