import type { FastifyInstance } from 'fastify';
import { cursorAfter, limitOf, type PageQuery, sortKeyAfter } from '../shared/cursor';
import type { Identity } from '../shared/identity';
import type { Outbox } from '../shared/outbox';
import { Problem } from '../shared/problem';
import { json, problems, SECURED } from '../shared/schemas';
import type { ReviewDraft } from './model';
import type { Purchases } from './purchases';
import { REVIEW_KEY, type ReviewStore } from './review-store';
import { REVIEW, REVIEW_BODY, REVIEW_PARAMS, REVIEWS, REVIEWS_QUERY } from './schemas';

/** What the routes need. */
export interface ReviewParts {
  readonly identity: Identity;
  readonly reviews: ReviewStore;
  readonly purchases: Purchases;
  readonly outbox: Pick<Outbox, 'publish'>;
}

interface ReviewRoute {
  Params: { readonly productId: string };
  Body: ReviewDraft;
}

/** Reviews: everybody reads, and who has bought a product writes one of it. */
export function addReviewRoutes(
  app: FastifyInstance,
  { identity, reviews, purchases, outbox }: ReviewParts,
): void {
  const onRequest = identity.authenticate;

  app.get<{ Querystring: PageQuery & { readonly productId: string } }>(
    '/reviews',
    {
      schema: {
        summary: 'Lists the reviews of a product, newest first',
        querystring: REVIEWS_QUERY,
        response: { 200: json('Some reviews', REVIEWS), ...problems(400, 500, 503) },
      },
    },
    async ({ query }) => {
      const after = sortKeyAfter(query.next, REVIEW_KEY);
      const page = await reviews.list(query.productId, limitOf(query), after);
      return { reviews: page.reviews, ...(page.last && { next: cursorAfter(page.last) }) };
    },
  );

  app.put<ReviewRoute>(
    '/reviews/:productId',
    {
      onRequest,
      schema: {
        ...SECURED,
        summary: "Writes the customer's one review of a product, or writes it anew",
        params: REVIEW_PARAMS,
        body: REVIEW_BODY,
        response: {
          200: json('It has been changed', REVIEW),
          201: json('It is new', REVIEW),
          ...problems(400, 401, 403, 500, 503),
        },
      },
    },
    async ({ customerId, params: { productId }, body }, reply) => {
      if (!(await purchases.has(customerId, productId))) {
        throw new Problem(403, 'not-bought', 'Only who has bought a product may review it.');
      }
      const { review, isNew, event } = await reviews.put(customerId, productId, body);
      if (event) await outbox.publish(event);
      return reply.code(isNew ? 201 : 200).send(review);
    },
  );

  app.delete<Pick<ReviewRoute, 'Params'>>(
    '/reviews/:productId',
    {
      onRequest,
      schema: {
        ...SECURED,
        summary: "Takes the customer's review of a product back",
        params: REVIEW_PARAMS,
        response: { 204: { description: 'There is none', type: 'null' }, ...problems(400, 401, 500, 503) },
      },
    },
    async ({ customerId, params: { productId } }, reply) => {
      const { event } = await reviews.remove(customerId, productId);
      if (event) await outbox.publish(event);
      return reply.code(204).send();
    },
  );
}
