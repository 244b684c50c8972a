import type { FastifyInstance } from 'fastify';
import { cursorAfter, limitOf, type PageQuery, sortKeyAfter } from '../shared/cursor';
import { Problem } from '../shared/problem';
import { json, problems } from '../shared/schemas';
import type { Catalogue, Offer, OfferPage } from './catalogue';
import { OFFER, OFFERS, PRODUCT_PARAMS, PRODUCTS_QUERY } from './schemas';
import { PLACE, type Place, readPlace, wordsOf, writtenPlace } from './search';

interface ProductsQuery extends PageQuery {
  readonly query?: string;
  readonly category?: string;
  readonly ids?: string;
}

/** The catalogue, for everybody. */
export function addPublicRoutes(app: FastifyInstance, catalogue: Catalogue): void {
  app.get<{ Querystring: ProductsQuery }>(
    '/products',
    {
      schema: {
        summary: 'Lists and searches products',
        querystring: PRODUCTS_QUERY,
        response: { 200: json('Products by category and name', OFFERS), ...problems(400, 500, 503) },
      },
    },
    async ({ query }) => {
      const [page, categories] = await Promise.all([findPage(catalogue, query), catalogue.categories()]);
      return {
        products: page.offers.map(describe),
        categories,
        ...(page.last && { next: cursorAfter(writtenPlace(page.last)) }),
      };
    },
  );

  app.get<{ Params: { productId: string } }>(
    '/products/:productId',
    {
      schema: {
        summary: 'Shows a product',
        params: PRODUCT_PARAMS,
        response: { 200: json('The product', OFFER), ...problems(400, 404, 500, 503) },
      },
    },
    async ({ params }) => {
      const [offer] = await catalogue.find([params.productId]);
      if (!offer) throw new Problem(404, 'unknown-product', 'There is no such product.');
      return describe(offer);
    },
  );
}

async function findPage(catalogue: Catalogue, request: ProductsQuery): Promise<OfferPage> {
  const { ids, query, category } = request;
  if (ids === undefined) {
    const after = placeAfter(request);
    return await catalogue.search({ category, words: wordsOf(query), limit: limitOf(request), after });
  }
  if (Object.keys(request).length > 1) throw new Problem(400, 'bad-request', 'querystring/ids stands alone');
  return { offers: await catalogue.find(ids.split(',')) };
}

function placeAfter({ next, category }: ProductsQuery): Place | undefined {
  const written = sortKeyAfter(next, PLACE);
  const place = written === undefined ? undefined : readPlace(written);
  if (place && category !== undefined && place.category !== category) {
    throw new Problem(400, 'bad-cursor', 'querystring/next is of another category');
  }
  return place;
}

/** The average instead of the sum: what people look at. */
function describe({ rating: { count, sum }, ...offer }: Offer) {
  return { ...offer, rating: { count, ...(count > 0 && { average: Math.round((sum / count) * 10) / 10 }) } };
}
