import { expect, onTestFinished, test } from 'vitest';
import { openTable, type Table } from '../../shared/table';
import { startAws } from '../../shared/test/support/aws';
import { CartStore } from '../cart-store';
import { CheckoutStore } from '../checkout-store';
import type { Line } from '../model';

async function open(): Promise<Table> {
  const aws = await startAws();
  await aws.createTable('carts');
  const table = openTable('eu-west-1', 'carts');
  onTestFinished(async () => {
    table.close();
    await aws.close();
  });
  return table;
}

test.each([
  [5, 48],
  [2, 48],
])('pieces leave the cart as it is, though it was read with %i pieces', async (read, left) => {
  const table = await open();
  let looks = 0;
  class LateStore extends CartStore {
    override async list(customerId: string): Promise<readonly Line[]> {
      looks += 1;
      return looks === 1 ? [{ productId: 'tea', quantity: read }] : await super.list(customerId);
    }
  }
  await new CartStore(table).put('ann', { productId: 'tea', quantity: 50 });
  const carts = new LateStore(table);
  const items = [{ productId: 'tea', quantity: 2 }];
  expect(await carts.clear({ orderId: 'order-1', customerId: 'ann', items })).toBe(true);
  expect(await carts.list('ann')).toEqual([{ productId: 'tea', quantity: left }]);
  expect(await carts.clear({ orderId: 'order-1', customerId: 'ann', items })).toBe(false);
});

test('the first checkout of an order counts', async () => {
  const checkouts = new CheckoutStore(await open());
  const first = {
    orderId: 'order-1',
    paymentMethodId: 'card-1',
    items: [{ productId: 'tea', quantity: 2 }],
    expectedTotal: undefined,
  };
  expect(await checkouts.keep('ann', first)).toEqual(first);
  expect(await checkouts.keep('ann', { ...first, items: [{ productId: 'cup', quantity: 1 }] })).toEqual(
    first,
  );
  expect(await checkouts.find('ann', 'order-1')).toEqual(first);
  expect(await checkouts.find('bob', 'order-1')).toBeUndefined();
});
