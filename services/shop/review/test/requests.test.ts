import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readEnvironment } from '../../shared/environment';
import { checkDocument } from '../../shared/test/support/openapi';
import { changed, NO_RATINGS } from '../model';
import { readReviewSettings } from '../settings';
import { openReview, TABLE } from './support/review';

test('a review that is not as described is refused', async () => {
  const { aws, as, bought } = await openReview();
  await bought('ann', 'tea');
  for (const payload of [
    undefined,
    {},
    { rating: 5 },
    { text: 'Good.' },
    { rating: 0, text: 'Good.' },
    { rating: 6, text: 'Good.' },
    { rating: 4.5, text: 'Good.' },
    { rating: '5', text: 'Good.' },
    { rating: 5, text: '' },
    { rating: 5, text: ' \n ' },
    { rating: 5, text: 'a'.repeat(1_001) },
    { rating: 5, text: 'Good.', customerId: 'bob' },
  ]) {
    const answer = await as('ann', 'PUT', 'tea', payload);
    const what = JSON.stringify(payload);
    expect([answer.statusCode, answer.json().type], what).toEqual([400, 'urn:shop:bad-request']);
  }
  expect(await aws.items(TABLE)).toHaveLength(1);
});

test('what is no id of a product is refused', async () => {
  const { as, review } = await openReview();
  for (const id of ['Tea', 'a'.repeat(65), 'a%23b']) {
    expect((await as('ann', 'PUT', id, { rating: 5, text: 'Good.' })).statusCode, id).toBe(400);
    expect((await as('ann', 'DELETE', id)).statusCode, id).toBe(400);
    expect((await review.call({ method: 'GET', url: `/reviews?productId=${id}` })).statusCode, id).toBe(400);
  }
});

test('the list does not take queries that are not as described', async () => {
  const { review } = await openReview();
  const otherKey = Buffer.from('ratings').toString('base64url');
  for (const query of [
    '',
    'productId=',
    'productId=tea&limit=0',
    'productId=tea&limit=101',
    'productId=tea&next=',
    'productId=tea&next=x',
    `productId=tea&next=${otherKey}`,
    'productId=tea&productId=cup',
    'productId=tea&customerId=ann',
  ]) {
    const answer = await review.call({ method: 'GET', url: `/reviews?${query}` });
    expect(answer.statusCode, query).toBe(400);
    expect(answer.json().type).toMatch(/^urn:shop:bad-(request|cursor)$/);
  }
});

test('strangers only read', async () => {
  const { review } = await openReview();
  for (const method of ['PUT', 'DELETE'] as const) {
    const answer = await review.call({ method, url: '/reviews/tea', payload: { rating: 5, text: 'Good.' } });
    expect([answer.statusCode, answer.json().type]).toEqual([401, 'urn:shop:unauthenticated']);
  }
});

test('sums are those of the ratings that count, whatever changes', () => {
  const change = fc.record({
    customer: fc.nat({ max: 3 }),
    rating: fc.option(fc.integer({ min: 1, max: 5 }), { nil: undefined }),
  });
  fc.assert(
    fc.property(fc.array(change), (changes) => {
      const ratings = new Map<number, number>();
      let sum = NO_RATINGS;
      for (const { customer, rating } of changes) {
        sum = changed(sum, ratings.get(customer), rating);
        if (rating === undefined) ratings.delete(customer);
        else ratings.set(customer, rating);
      }
      expect(sum).toEqual({
        ratingCount: ratings.size,
        ratingSum: [...ratings.values()].reduce((all, rating) => all + rating, 0),
        revision: changes.length,
      });
    }),
  );
});

test('the document describes the routes', async () => {
  const { review } = await openReview();
  await checkDocument(review.app, join(__dirname, '..', 'openapi.json'));
  expect(review.internal).toBe(review.app);
});

test('the service is ready where its table is', async () => {
  const { review, aws } = await openReview();
  expect((await review.app.inject('/readyz')).statusCode).toBe(200);
  aws.fail('GetItem', 'ResourceNotFoundException');
  expect((await review.app.inject('/readyz')).statusCode).toBe(503);
});

test('the environment names table, queue, topic and whom to ask', () => {
  const given = {
    TABLE_NAME: 'reviews',
    QUEUE_URL: 'https://sqs.eu-west-1.amazonaws.com/1/orders',
    TOPIC_ARN: 'arn:aws:sns:eu-west-1:123456789012:reviews',
    CUSTOMER_URL: 'http://customer:8080',
  };
  const settings = readEnvironment('review', given, readReviewSettings);
  expect(Object.values(settings)).toEqual([...Object.values(given), 2_000]);
  expect(() => readEnvironment('review', { RECOVERY_INTERVAL_MS: '99' }, readReviewSettings)).toThrow(
    /TABLE_NAME is missing.*QUEUE_URL is missing.*TOPIC_ARN is missing.*CUSTOMER_URL is missing.*RECOVERY_INTERVAL_MS=99 is not/,
  );
});
