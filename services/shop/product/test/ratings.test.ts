import { expect, test } from 'vitest';
import { newEvent, type ShopEvent } from '../../shared/events';
import { ratingIn } from '../rating-events';
import { make, openProduct } from './support/product';

const CHANGE = { productId: 'tea', ratingCount: 3, ratingSum: 13, revision: 4 };

async function openRated() {
  const opened = await openProduct();
  await make(opened.product, 'tea');
  for (const work of opened.product.service.background ?? []) work.start();
  async function rating() {
    const answer = await opened.product.call({ method: 'GET', url: '/products/tea' });
    return answer.json().rating;
  }
  async function send(...data: object[]) {
    for (const one of data) opened.queue.send(newEvent('review.changed', one));
    await expect.poll(() => opened.queue.size, { timeout: 10_000 }).toBe(0);
  }
  return { ...opened, rating, send };
}

test('the newest rating is shown, whatever order and however often the events come', async () => {
  const { product, rating, send } = await openRated();
  await send(CHANGE);
  expect(await rating()).toEqual({ count: 3, average: 4.3 });
  await send({ ...CHANGE, ratingCount: 2, ratingSum: 2, revision: 3 }, CHANGE);
  expect(await rating()).toEqual({ count: 3, average: 4.3 });
  await send({ ...CHANGE, ratingCount: 4, ratingSum: 18, revision: 5 });
  expect(await rating()).toEqual({ count: 4, average: 4.5 });
  await product.callInternal({
    method: 'PUT',
    url: '/products/tea',
    payload: { name: 'T', description: 'T', category: 'drinks', price: { amount: 1, currency: 'JPY' } },
  });
  expect(await rating()).toEqual({ count: 4, average: 4.5 });
  await send({ ...CHANGE, ratingCount: 0, ratingSum: 0, revision: 6 });
  expect(await rating()).toEqual({ count: 0 });
  expect(product.lines.filter(({ event }) => event === 'rating ignored')).toHaveLength(2);
});

test('a rating of an unknown product makes none', async () => {
  const { aws, product, send } = await openRated();
  const before = await aws.items('products');
  await send({ ...CHANGE, productId: 'none' });
  expect(await aws.items('products')).toEqual(before);
  expect(product.lines).toContainEqual(expect.objectContaining({ event: 'rating ignored' }));
});

test('a rating that the table does not take comes again', async () => {
  const { aws, rating, send } = await openRated();
  aws.fail('UpdateItem', 'ProvisionedThroughputExceededException', 3);
  await send(CHANGE);
  expect(await rating()).toEqual({ count: 3, average: 4.3 });
});

test('events of other types are nothing to product', () => {
  expect(ratingIn(newEvent('order.confirmed', {}))).toBeUndefined();
  expect(ratingIn(newEvent('review.changed', { ...CHANGE, more: 1 }))).toEqual(CHANGE);
});

test.each<[unknown]>([
  [null],
  ['text'],
  [{}],
  [{ ...CHANGE, productId: '' }],
  [{ ...CHANGE, productId: 7 }],
  [{ ...CHANGE, ratingCount: -1, ratingSum: -1 }],
  [{ ...CHANGE, ratingCount: 2.5 }],
  [{ ...CHANGE, ratingSum: '13' }],
  [{ ...CHANGE, ratingSum: 16 }],
  [{ ...CHANGE, ratingSum: 2 }],
  [{ ...CHANGE, revision: undefined }],
  [{ ...CHANGE, revision: -1 }],
])('%j is no rating', (data) => {
  const event: ShopEvent = newEvent('review.changed', data);
  expect(() => ratingIn(event)).toThrow('review.changed without its data');
});
