import { expect, onTestFinished, test } from 'vitest';
import { isConditionFailure, openTable } from '../../shared/table';
import type { Reservation } from '../model';
import { Stock } from '../stock';
import { type Change, type Plan, plan } from '../stock-rules';
import { StockStore } from '../stock-store';
import { make, openProduct, piecesOf, reserve, TABLE } from './support/product';

/** Tea with five pieces, of which each of two orders has two, and a store at the same table. */
async function openStore() {
  const opened = await openProduct();
  await make(opened.product, 'tea', { stock: 5 });
  await reserve(opened.product, 'a', { tea: 2 });
  await reserve(opened.product, 'b', { tea: 2 });
  const table = openTable('eu-west-1', TABLE);
  onTestFinished(() => table.close());
  return { ...opened, table, store: new StockStore(table) };
}

/** Whether a plan was refused because something has changed since it was made. */
async function isRefused(store: StockStore, planned: Plan): Promise<boolean> {
  return await store.write(planned).then(() => false, isConditionFailure);
}

const confirm: Change = { kind: 'confirm', orderId: 'a', productIds: ['tea'] };
const delivery: Change = { kind: 'deliver', productId: 'tea', deliveryId: 'd', quantity: 1 };

test.each<Change>([
  confirm,
  { ...confirm, kind: 'release' },
  delivery,
  { kind: 'reserve', orderId: 'c', lines: [{ productId: 'tea', quantity: 1 }] },
])('a plan happens once, also where two replicas have made it: %j', async (change) => {
  const { aws, store } = await openStore();
  const planned = plan([change], await store.read([change]));
  expect(await isRefused(store, planned)).toBe(false);
  const pieces = await piecesOf(aws, 'tea');
  expect(await isRefused(store, planned)).toBe(true);
  expect(await piecesOf(aws, 'tea')).toEqual(pieces);
});

test.each([
  { available: -2, reserved: 0, sold: 0 },
  { available: 0, reserved: -5, sold: 0 },
])('no plan makes pieces less than none: %j', async (move) => {
  const { aws, store } = await openStore();
  const planned = { ...plan([delivery], await store.read([delivery])), moves: new Map([['tea', move]]) };
  expect(await isRefused(store, planned)).toBe(true);
  expect(await piecesOf(aws, 'tea')).toEqual([1, 4, 0]);
});

test('what decides is read as it is now', async () => {
  const { aws, store } = await openStore();
  aws.forget();
  await store.read([confirm]);
  expect(aws.calls('BatchGetItem')).toMatchObject([{ RequestItems: { [TABLE]: { ConsistentRead: true } } }]);
});

test('a reservation that arrives after the first look is ended all the same', async () => {
  const { aws, table } = await openStore();
  let looks = 0;
  class LateStore extends StockStore {
    override async findReservation(orderId: string): Promise<Reservation | undefined> {
      looks += 1;
      return looks === 1 ? undefined : await super.findReservation(orderId);
    }
  }
  const outcome = await new Stock(new LateStore(table)).settle('release', 'a');
  expect([outcome.kind, looks]).toEqual(['done', 2]);
  expect(await piecesOf(aws, 'tea')).toEqual([3, 2, 0]);
});
