import { describe, expect, test } from 'vitest';
import { newEvent } from '../../shared/events';
import { type OpenedReview, openReview, TABLE } from './support/review';

const GOOD = { rating: 5, text: 'Very good.' };

async function list({ review }: OpenedReview, query = 'productId=tea') {
  const answer = await review.call({ method: 'GET', url: `/reviews?${query}` });
  expect(answer.statusCode).toBe(200);
  return answer.json();
}

/** What was published, as product sees it. */
function ratings({ aws }: OpenedReview) {
  return aws.published.map(({ event }) => event.data);
}

describe('a review', () => {
  test('of who has bought is shown to everybody, without saying who it was', async () => {
    const opened = await openReview();
    await opened.bought('ann', 'tea', 'cup');
    const answer = await opened.as('ann', 'PUT', 'tea', GOOD);
    expect([answer.statusCode, answer.json()]).toMatchObject([201, { productId: 'tea', ...GOOD }]);
    const { reviews, next } = await list(opened);
    expect([reviews, next]).toEqual([[answer.json()], undefined]);
    expect(Math.abs(Date.parse(reviews[0].postedAt) - Date.now())).toBeLessThan(10_000);
    expect((await list(opened, 'productId=cup')).reviews).toEqual([]);
    expect(JSON.stringify(reviews)).not.toContain('ann');
  });

  test('of who has not bought it is refused', async () => {
    const opened = await openReview();
    await opened.bought('ann', 'cup');
    await opened.bought('bob', 'tea');
    const answer = await opened.as('ann', 'PUT', 'tea', GOOD);
    expect([answer.statusCode, answer.json().type]).toEqual([403, 'urn:shop:not-bought']);
    expect((await list(opened)).reviews).toEqual([]);
    expect(ratings(opened)).toEqual([]);
  });

  test('is one for each customer and product: the second one replaces the first', async () => {
    const opened = await openReview();
    await opened.bought('ann', 'tea');
    const first = (await opened.as('ann', 'PUT', 'tea', GOOD)).json();
    const answer = await opened.as('ann', 'PUT', 'tea', { rating: 2, text: 'Less\ngood.' });
    expect(answer.statusCode).toBe(200);
    const { reviews } = await list(opened);
    expect(reviews).toEqual([answer.json()]);
    expect(reviews[0]).toMatchObject({ rating: 2, text: 'Less\ngood.', postedAt: first.postedAt });
    expect(reviews[0].changedAt >= first.changedAt).toBe(true);
    expect(ratings(opened)).toEqual([
      { productId: 'tea', ratingCount: 1, ratingSum: 5, revision: 1 },
      { productId: 'tea', ratingCount: 1, ratingSum: 2, revision: 2 },
    ]);
  });

  test('may be taken back, twice, and written again', async () => {
    const opened = await openReview();
    await opened.bought('ann', 'tea');
    await opened.as('ann', 'PUT', 'tea', GOOD);
    for (const time of [1, 2])
      expect((await opened.as('ann', 'DELETE', 'tea')).statusCode, `${time}`).toBe(204);
    expect((await list(opened)).reviews).toEqual([]);
    expect((await opened.as('ann', 'PUT', 'tea', GOOD)).statusCode).toBe(201);
    expect(ratings(opened).map((data) => Object.values(data as object).slice(1))).toEqual([
      [1, 5, 1],
      [0, 0, 2],
      [1, 5, 3],
    ]);
  });

  test('is nobody else’s to take back', async () => {
    const opened = await openReview();
    await opened.bought('ann', 'tea');
    await opened.as('ann', 'PUT', 'tea', GOOD);
    expect((await opened.as('bob', 'DELETE', 'tea')).statusCode).toBe(204);
    expect((await list(opened)).reviews).toHaveLength(1);
  });
});

test('many who rate at once are all counted', async () => {
  const opened = await openReview();
  const customers = Array.from({ length: 8 }, (_, place) => `customer-${place}`);
  for (const customer of customers) await opened.bought(customer, 'tea');
  const answers = await Promise.all(
    customers.map((customer, place) =>
      opened.as(customer, 'PUT', 'tea', { ...GOOD, rating: 1 + (place % 5) }),
    ),
  );
  const counted = answers.filter(({ statusCode }) => statusCode === 201).length;
  expect(counted).toBeGreaterThanOrEqual(4);
  // Who was too late eight times is told so, and asks again.
  for (const [place, { statusCode }] of answers.entries()) {
    if (statusCode === 201) continue;
    expect(statusCode).toBe(503);
    await opened.as(customers[place] ?? '', 'PUT', 'tea', { ...GOOD, rating: 1 + (place % 5) });
  }
  const revisions = ratings(opened) as { revision: number; ratingCount: number; ratingSum: number }[];
  const newest = [...revisions].sort((one, other) => one.revision - other.revision).at(-1);
  expect(newest).toMatchObject({ revision: 8, ratingCount: 8, ratingSum: 1 + 2 + 3 + 4 + 5 + 1 + 2 + 3 });
  expect((await list(opened)).reviews).toHaveLength(8);
});

test('the same customer at once is one review', async () => {
  const opened = await openReview();
  await opened.bought('ann', 'tea');
  const answers = await Promise.all(
    [1, 2, 3].map((rating) => opened.as('ann', 'PUT', 'tea', { ...GOOD, rating })),
  );
  expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([200, 200, 201]);
  const { reviews } = await list(opened);
  expect(reviews).toHaveLength(1);
  expect(
    (ratings(opened) as { revision: number; ratingSum: number }[]).find(({ revision }) => revision === 3),
  ).toMatchObject({
    ratingCount: 1,
    ratingSum: reviews[0].rating,
  });
});

test.each([
  ['met others', 'TransactionConflict'],
  ['came when others had rated', 'ConditionalCheckFailed'],
])('a change that %s is tried again', async (_, Code) => {
  const opened = await openReview();
  await opened.bought('ann', 'tea');
  opened.aws.fail('TransactWriteItems', 'TransactionCanceledException', 7, {
    CancellationReasons: [{ Code }],
  });
  expect((await opened.as('ann', 'PUT', 'tea', GOOD)).statusCode).toBe(201);
});

test('a change that never gets through is told so, and another fault is one', async () => {
  const opened = await openReview();
  await opened.bought('ann', 'tea');
  opened.aws.fail('TransactWriteItems', 'TransactionCanceledException', 8, {
    CancellationReasons: [{ Code: 'ConditionalCheckFailed' }],
  });
  expect((await opened.as('ann', 'PUT', 'tea', GOOD)).statusCode).toBe(503);
  opened.aws.fail('TransactWriteItems', 'ValidationException');
  expect((await opened.as('ann', 'PUT', 'tea', GOOD)).statusCode).toBe(500);
});

test('pages lead from the newest review to the oldest', async () => {
  const opened = await openReview();
  for (const place of [0, 1, 2, 3, 4]) {
    await opened.bought(`customer-${place}`, 'tea');
    await opened.as(`customer-${place}`, 'PUT', 'tea', { rating: 3, text: `review ${place}` });
  }
  const texts: string[][] = [];
  let next: string | undefined;
  do {
    const page = await list(opened, `productId=tea&limit=2${next ? `&next=${next}` : ''}`);
    texts.push(page.reviews.map(({ text }: { text: string }) => text));
    next = page.next;
  } while (next);
  expect(texts).toEqual([['review 4', 'review 3'], ['review 2', 'review 1'], ['review 0']]);
  expect((await list(opened, 'productId=tea&limit=5')).next).toBeUndefined();
});

test('a purchase counts once it has arrived, however often it does, for ever', async () => {
  const opened = await openReview();
  const items = [{ productId: 'tea', quantity: 2 }];
  const event = newEvent('order.confirmed', { orderId: 'order-1', customerId: 'ann', items });
  await opened.send(event, event);
  await opened.send(newEvent('order.rejected', { orderId: 'order-2', customerId: 'bob', items }));
  expect(await opened.aws.items(TABLE)).toEqual([{ pk: 'customer#ann', sk: 'bought#tea' }]);
  expect((await opened.as('bob', 'PUT', 'tea', GOOD)).statusCode).toBe(403);
});

test('a purchase that can not be noted now comes again', async () => {
  const opened = await openReview();
  opened.aws.fail('PutItem', 'ValidationException');
  await opened.bought('ann', 'tea', 'cup');
  expect(await opened.aws.items(TABLE)).toHaveLength(2);
  expect(opened.review.lines).toContainEqual(expect.objectContaining({ event: 'message failed' }));
});

test('a rating that can not be published stays in the outbox with its review', async () => {
  const opened = await openReview();
  await opened.bought('ann', 'tea');
  opened.aws.fail('Publish', 'InternalError', 2);
  expect((await opened.as('ann', 'PUT', 'tea', GOOD)).statusCode).toBe(201);
  expect(ratings(opened)).toEqual([]);
  const waiting = (await opened.aws.items(TABLE)).filter(({ outbox }) => outbox === 'pending');
  expect(waiting.map(({ eventType, event }) => [eventType, JSON.parse(String(event)).data])).toEqual([
    ['review.changed', { productId: 'tea', ratingCount: 1, ratingSum: 5, revision: 1 }],
  ]);
});

test('what was left in the outbox is published later', async () => {
  const opened = await openReview(100);
  await opened.bought('ann', 'tea');
  opened.aws.fail('Publish', 'InternalError', 2);
  await opened.as('ann', 'DELETE', 'tea');
  await opened.as('ann', 'PUT', 'tea', GOOD);
  await expect.poll(() => opened.aws.published.length, { timeout: 15_000 }).toBe(1);
  expect(opened.aws.published[0]).toMatchObject({
    topicArn: 'arn:aws:sns:eu-west-1:123456789012:reviews',
    type: 'review.changed',
    event: { type: 'review.changed', data: { productId: 'tea', revision: 1 } },
  });
  await expect
    .poll(async () => (await opened.aws.items(TABLE)).filter(({ outbox }) => outbox), { timeout: 10_000 })
    .toEqual([]);
});
