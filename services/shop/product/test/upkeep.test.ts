import { describe, expect, test } from 'vitest';
import { money } from '../../shared/money';
import type { OpenedService } from '../../shared/test/support/service';
import { list, openShop } from './support/catalogue';
import { draft, make, openProduct, reserve } from './support/product';

describe('upkeep', () => {
  test('changes all but pieces and rating', async () => {
    const { product } = await openShop();
    await reserve(product, 'a', { tea: 1 });
    const change = draft({
      name: 'Gyokuro',
      description: 'Fine',
      category: 'leaves',
      price: money(0),
      stock: 99,
    });
    const answer = await product.callInternal({ method: 'PUT', url: '/products/tea', payload: change });
    expect([answer.statusCode, answer.json()]).toEqual([200, { productId: 'tea', created: false }]);
    const { ids, products, categories } = await list(product, '?query=gyokuro');
    expect([ids, products[0].available, products[0].price]).toEqual([['tea'], 2, money(0)]);
    expect(categories).toEqual(['dishes', 'drinks', 'leaves']);
    expect((await list(product, '?query=sencha')).ids).toEqual([]);
  });

  test('makes each product once, though two do it at once', async () => {
    const { product } = await openProduct();
    const answers = await Promise.all(
      [5, 5, 5].map((stock) =>
        product.callInternal({ method: 'PUT', url: '/products/tea', payload: draft({ stock }) }),
      ),
    );
    expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([200, 200, 201]);
    expect((await list(product)).products[0].available).toBe(5);
  });

  test('gives up where others are faster all the time', async () => {
    const { aws, product } = await openProduct();
    aws.fail('TransactWriteItems', 'TransactionCanceledException', 5, {
      CancellationReasons: [{ Code: 'None' }, { Code: 'ConditionalCheckFailed' }],
    });
    const request = { method: 'PUT' as const, url: '/products/tea', payload: draft() };
    expect((await product.callInternal(request)).statusCode).toBe(503);
    expect((await product.callInternal(request)).statusCode).toBe(201);
  });

  test('makes fifty categories and no more', async () => {
    const { product } = await openProduct();
    for (let place = 0; place < 50; place += 1)
      await make(product, `p-${place}`, { category: `category-${place}` });
    const more = { method: 'PUT' as const, url: '/products/tea', payload: draft({ category: 'more' }) };
    const answer = await product.callInternal(more);
    expect([answer.statusCode, answer.json().type]).toEqual([409, 'urn:shop:too-many-categories']);
    await make(product, 'cup', { category: 'category-7' });
    const { ids, categories } = await list(product, '?limit=100');
    expect([ids.length, categories.length]).toEqual([51, 50]);
  });

  const BAD: readonly (readonly [what: string, more: Record<string, unknown> | undefined])[] = [
    ['no content', undefined],
    ['no name', { name: undefined }],
    ['an empty name', { name: ' ' }],
    ['a name of two lines', { name: 'a\nb' }],
    ['a long name', { name: 'a'.repeat(101) }],
    ['an empty description', { description: '' }],
    ['a long description', { description: 'a'.repeat(1_001) }],
    ['a category that is no word', { category: 'Green Tea' }],
    ['a price without a currency', { price: { amount: 1 } }],
    ['another currency', { price: { amount: 1, currency: 'EUR' } }],
    ['a price below nothing', { price: { amount: -1, currency: 'JPY' } }],
    ['a fraction', { price: { amount: 0.5, currency: 'JPY' } }],
    ['a price beyond reason', { price: { amount: 1_000_000_001, currency: 'JPY' } }],
    ['less stock than nothing', { stock: -1 }],
    ['more than is known', { rating: 5 }],
  ];

  test('does not take what is not as described', async () => {
    const { aws, product } = await openProduct();
    for (const [what, more] of BAD) {
      const payload = more && draft(more);
      const answer = await product.callInternal({ method: 'PUT', url: '/products/tea', payload });
      expect([answer.statusCode, answer.json().type], what).toEqual([400, 'urn:shop:bad-request']);
    }
    expect(await aws.items('products')).toEqual([]);
  });
});

describe('a delivery', () => {
  const deliver = (product: OpenedService, payload: object, id = 'tea') =>
    product.callInternal({ method: 'POST', url: `/products/${id}/stock`, payload });

  test('arrives once', async () => {
    const { product } = await openShop();
    await reserve(product, 'a', { tea: 1 });
    const delivery = { deliveryId: 'D_1', quantity: 5 };
    const answers = await Promise.all([1, 2, 3].map(() => deliver(product, delivery)));
    for (const answer of answers)
      expect(answer.json()).toEqual({ productId: 'tea', available: 7, reserved: 1, sold: 0 });
    expect((await deliver(product, { ...delivery, deliveryId: 'D_2' })).json().available).toBe(12);
    expect((await deliver(product, delivery)).json().available).toBe(12);
  });

  test('with another quantity, or of an unknown product, is refused', async () => {
    const { product } = await openShop();
    await deliver(product, { deliveryId: 'd', quantity: 5 });
    const other = await deliver(product, { deliveryId: 'd', quantity: 6 });
    expect([other.statusCode, other.json().type]).toEqual([409, 'urn:shop:other-content']);
    const none = await deliver(product, { deliveryId: 'd', quantity: 5 }, 'none');
    expect([none.statusCode, none.json().type]).toEqual([404, 'urn:shop:unknown-product']);
  });

  test('that is not as described is refused', async () => {
    const { product } = await openShop();
    for (const payload of [
      {},
      { deliveryId: 'd' },
      { quantity: 1 },
      { deliveryId: '', quantity: 1 },
      { deliveryId: 'd#e', quantity: 1 },
      { deliveryId: 'd', quantity: 0 },
      { deliveryId: 'd', quantity: 1.5 },
      { deliveryId: 'd', quantity: 1_000_001 },
      { deliveryId: 'd', quantity: 1, productId: 'tea' },
    ])
      expect((await deliver(product, payload)).statusCode, JSON.stringify(payload)).toBe(400);
  });
});
