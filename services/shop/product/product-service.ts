import { consumeQueue } from '../shared/queue';
import type { Context, Service } from '../shared/service';
import { openTable } from '../shared/table';
import { Catalogue } from './catalogue';
import { addInternalRoutes } from './internal-routes';
import { addPageRoutes } from './page-routes';
import { addPublicRoutes } from './public-routes';
import { ratingIn } from './rating-events';
import type { ProductSettings } from './settings';
import { Stock } from './stock';
import { StockStore } from './stock-store';
import { Upkeep } from './upkeep';

/** The catalogue, its stock, and the shop's page. */
export function buildProductService(
  { tableName, queueUrl }: ProductSettings,
  { common: { region }, log }: Context,
): Service {
  const table = openTable(region, tableName);
  const catalogue = new Catalogue(table);
  const stock = new Stock(new StockStore(table));
  const upkeep = new Upkeep(table);
  return {
    routes(app) {
      addPublicRoutes(app, catalogue);
      addPageRoutes(app);
    },
    internalRoutes: (app) => addInternalRoutes(app, stock, upkeep),
    check: () => table.check(),
    background: [
      consumeQueue({
        name: 'ratings',
        queueUrl,
        region,
        log,
        async handle(event) {
          const rating = ratingIn(event);
          if (!rating || (await catalogue.rate(rating))) return;
          log.info(
            { event: 'rating ignored', id: event.id },
            'a newer rating is there, or no product to rate',
          );
        },
      }),
    ],
    close: () => table.close(),
  };
}
