import { describe, expect, test } from 'vitest';
import { money } from '../../shared/money';
import { productsOf, recordOf } from '../stock-rules';
import { reserve, Shelf, settle } from './support/shelf';

describe('a reservation', () => {
  test('takes pieces, and says their names and prices', () => {
    const shelf = new Shelf({ tea: 3, cup: 1 });
    expect(shelf.run(reserve('a', { tea: 2, cup: 1 }))).toEqual([
      {
        kind: 'done',
        reservation: {
          orderId: 'a',
          state: 'RESERVED',
          lines: [
            { productId: 'tea', name: 'Tea', quantity: 2, unitPrice: money(500) },
            { productId: 'cup', name: 'Cup', quantity: 1, unitPrice: money(1_200) },
          ],
        },
      },
    ]);
    expect(shelf.levels.get('tea')).toEqual({ available: 1, reserved: 2, sold: 0 });
    expect(shelf.levels.get('cup')).toEqual({ available: 0, reserved: 1, sold: 0 });
  });

  test('takes nothing where one product is short, and names what is', () => {
    const shelf = new Shelf({ tea: 3, cup: 1 });
    expect(shelf.run(reserve('a', { tea: 3, cup: 2 }))).toEqual([
      { kind: 'out-of-stock', productIds: ['cup'] },
    ]);
    expect(shelf.levels.get('tea')).toEqual({ available: 3, reserved: 0, sold: 0 });
    expect(shelf.reservations.size).toBe(0);
  });

  test('of an unknown product is none, whatever the stock of others', () => {
    const shelf = new Shelf({ tea: 0 });
    expect(shelf.run(reserve('a', { tea: 1, cup: 1, pot: 1 }))).toEqual([
      { kind: 'unknown-product', productIds: ['cup', 'pot'] },
    ]);
  });

  test('is the same one the second time, with its lines in any order and the prices of the first time', () => {
    const shelf = new Shelf({ tea: 9, cup: 9 });
    const [first] = shelf.run(reserve('a', { tea: 2, cup: 1 }));
    expect(shelf.run(reserve('a', { cup: 1, tea: 2 }))).toEqual([first]);
    expect(shelf.levels.get('tea')?.reserved).toBe(2);
  });

  test.each<Record<string, number>>([{ tea: 2, cup: 2 }, { tea: 2 }, { cup: 2 }])(
    'with other content is refused: %j',
    (pieces) => {
      const shelf = new Shelf({ tea: 9, cup: 9 });
      shelf.run(reserve('a', { tea: 2, cup: 1 }));
      expect(shelf.run(reserve('a', pieces))).toEqual([{ kind: 'other-content' }]);
    },
  );

  test('of an order in the same batch counts what those before it took', () => {
    const shelf = new Shelf({ tea: 3 });
    const kinds = shelf
      .run(reserve('a', { tea: 2 }), reserve('b', { tea: 2 }), reserve('c', { tea: 1 }))
      .map(({ kind }) => kind);
    expect(kinds).toEqual(['done', 'out-of-stock', 'done']);
    expect(shelf.levels.get('tea')).toEqual({ available: 0, reserved: 3, sold: 0 });
  });

  test('uses what a release before it in the batch gave back', () => {
    const shelf = new Shelf({ tea: 1 });
    shelf.run(reserve('a', { tea: 1 }));
    const [, outcome] = shelf.run(settle('release', 'a'), reserve('b', { tea: 1 }));
    expect(outcome?.kind).toBe('done');
    expect(shelf.levels.get('tea')).toEqual({ available: 0, reserved: 1, sold: 0 });
  });
});

describe('the end of a reservation', () => {
  test('sells the pieces, once', () => {
    const shelf = new Shelf({ tea: 3 });
    shelf.run(reserve('a', { tea: 2 }));
    for (const time of [1, 2]) {
      expect(shelf.run(settle('confirm', 'a')), String(time)).toMatchObject([
        { kind: 'done', reservation: { orderId: 'a', state: 'CONFIRMED', lines: [{ quantity: 2 }] } },
      ]);
      expect(shelf.levels.get('tea')).toEqual({ available: 1, reserved: 0, sold: 2 });
    }
  });

  test('gives the pieces back, once', () => {
    const shelf = new Shelf({ tea: 3 });
    shelf.run(reserve('a', { tea: 2 }));
    for (const time of [1, 2]) {
      expect(shelf.run(settle('release', 'a')), String(time)).toMatchObject([
        { kind: 'done', reservation: { orderId: 'a', state: 'RELEASED' } },
      ]);
      expect(shelf.levels.get('tea')).toEqual({ available: 3, reserved: 0, sold: 0 });
    }
  });

  test('is final', () => {
    const shelf = new Shelf({ tea: 3 });
    shelf.run(reserve('a', { tea: 1 }), reserve('b', { tea: 1 }));
    shelf.run(settle('confirm', 'a'), settle('release', 'b'));
    expect(shelf.run(settle('release', 'a'), settle('confirm', 'b'), reserve('c', { tea: 1 }))).toMatchObject(
      [{ kind: 'confirmed' }, { kind: 'released' }, { kind: 'done' }],
    );
    expect(shelf.run(reserve('b', { tea: 1 }), reserve('a', { tea: 1 }))).toMatchObject([
      { kind: 'released' },
      { kind: 'done', reservation: { state: 'CONFIRMED' } },
    ]);
    expect(shelf.levels.get('tea')).toEqual({ available: 1, reserved: 1, sold: 1 });
  });

  test('before the beginning: a release keeps a late reservation out, a confirmation is refused', () => {
    const shelf = new Shelf({ tea: 3 });
    expect(shelf.run(settle('confirm', 'a'))).toEqual([{ kind: 'not-reserved' }]);
    expect(shelf.run(settle('release', 'a'))).toEqual([
      { kind: 'done', reservation: { orderId: 'a', state: 'RELEASED', lines: [] } },
    ]);
    expect(shelf.run(reserve('a', { tea: 1 }))).toEqual([{ kind: 'released' }]);
    expect(shelf.levels.get('tea')).toEqual({ available: 3, reserved: 0, sold: 0 });
  });

  test('is asked for again where it did not name all products', () => {
    const shelf = new Shelf({ tea: 3, cup: 3 });
    shelf.run(reserve('a', { tea: 1, cup: 1 }));
    expect(shelf.run(settle('release', 'a', ['tea']))).toEqual([{ kind: 'again' }]);
    expect(shelf.levels.get('tea')?.reserved).toBe(1);
  });
});

describe('a delivery', () => {
  const delivery = { kind: 'deliver', productId: 'tea', deliveryId: 'd', quantity: 5 } as const;

  test('arrives once, and says what is there', () => {
    const shelf = new Shelf({ tea: 3, cup: 0 });
    shelf.run(reserve('a', { tea: 1 }));
    const level = { available: 7, reserved: 1, sold: 0 };
    expect(shelf.run(delivery)).toEqual([{ kind: 'delivered', level }]);
    expect(shelf.run(delivery)).toEqual([{ kind: 'delivered', level }]);
    expect(shelf.levels.get('tea')).toEqual(level);
    for (const quantity of [4, 6])
      expect(shelf.run({ ...delivery, quantity })).toEqual([{ kind: 'other-content' }]);
    expect(shelf.run({ ...delivery, productId: 'cup' })[0]?.kind).toBe('delivered');
  });

  test('of an unknown product is refused', () => {
    expect(new Shelf({}).run(delivery)).toEqual([{ kind: 'unknown-product', productIds: ['tea'] }]);
  });
});

test('a change names its record and its products', () => {
  expect(recordOf(reserve('a', { tea: 1 }))).toBe(recordOf(settle('release', 'a')));
  expect(productsOf(reserve('a', { tea: 1, cup: 2 }))).toEqual(['tea', 'cup']);
  expect(productsOf(settle('confirm', 'a', ['cup']))).toEqual(['cup']);
  expect(productsOf({ kind: 'deliver', productId: 'tea', deliveryId: 'd', quantity: 1 })).toEqual(['tea']);
});
