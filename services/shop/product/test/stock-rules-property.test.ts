import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Change, recordOf } from '../stock-rules';
import { reserve, Shelf, settle } from './support/shelf';

const ORDERS = ['a', 'b', 'c', 'd', 'e'];
const change: fc.Arbitrary<Change> = fc.oneof(
  fc
    .record({
      orderId: fc.constantFrom(...ORDERS),
      tea: fc.integer({ min: 1, max: 4 }),
      cup: fc.integer({ min: 0, max: 3 }),
    })
    .map(({ orderId, tea, cup }) => reserve(orderId, cup > 0 ? { tea, cup } : { tea })),
  fc
    .record({ orderId: fc.constantFrom(...ORDERS), kind: fc.constantFrom('confirm', 'release') })
    .map(({ orderId, kind }) => settle(kind, orderId)),
);

test('in any order, with any repeats and in any batches, every piece is in one place', () => {
  const batches = fc.array(
    fc.uniqueArray(change, { selector: recordOf, minLength: 1, maxLength: ORDERS.length }),
    { maxLength: 30 },
  );
  fc.assert(
    fc.property(batches, fc.integer({ min: 0, max: 9 }), (all, pieces) => {
      const shelf = new Shelf({ tea: pieces, cup: 4 });
      for (const batch of all) {
        shelf.run(...batch);
        for (const [id, initial] of [
          ['tea', pieces],
          ['cup', 4],
        ] as const) {
          const level = shelf.levels.get(id);
          const held = { RESERVED: 0, CONFIRMED: 0, RELEASED: 0 };
          for (const { state, lines } of shelf.reservations.values())
            held[state] += lines.find(({ productId }) => productId === id)?.quantity ?? 0;
          expect(level).toEqual({
            available: initial - held.RESERVED - held.CONFIRMED,
            reserved: held.RESERVED,
            sold: held.CONFIRMED,
          });
          expect(level?.available).toBeGreaterThanOrEqual(0);
        }
      }
    }),
    { numRuns: 300 },
  );
});
