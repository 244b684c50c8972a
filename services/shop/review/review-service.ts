import { confirmedOrderIn } from '../shared/confirmed-order';
import { createIdentity } from '../shared/identity';
import { createOutbox } from '../shared/outbox';
import { consumeQueue } from '../shared/queue';
import type { Context, Service } from '../shared/service';
import { openTable } from '../shared/table';
import { Purchases } from './purchases';
import { ReviewStore } from './review-store';
import { addReviewRoutes } from './routes';
import type { ReviewSettings } from './settings';

/** Reviews of those who have bought. */
export function buildReviewService(
  { tableName, queueUrl, topicArn, customerUrl, recoveryInterval }: ReviewSettings,
  { common: { region }, log }: Context,
): Service {
  const table = openTable(region, tableName);
  const identity = createIdentity({ customerUrl, log });
  const outbox = createOutbox({ table, topicArn, region, interval: recoveryInterval, log });
  const purchases = new Purchases(table);
  const reviews = new ReviewStore(table);
  return {
    routes: (app) => addReviewRoutes(app, { identity, reviews, purchases, outbox }),
    check: () => table.check(),
    background: [
      identity.background,
      outbox.background,
      consumeQueue({
        name: 'confirmed orders',
        queueUrl,
        region,
        log,
        async handle(event) {
          const confirmed = confirmedOrderIn(event);
          if (confirmed) await purchases.note(confirmed);
        },
      }),
    ],
    close() {
      table.close();
      outbox.close();
    },
  };
}
