import fc from 'fast-check';
import { expect, test } from 'vitest';
import { equals, isMoney, money, sum, times } from '../money';

test.each([-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])('%s is no amount', (amount) => {
  expect(() => money(amount)).toThrow(RangeError);
});

test('zero and the largest exact amount are amounts', () => {
  expect(money(0)).toEqual({ amount: 0, currency: 'JPY' });
  expect(money(Number.MAX_SAFE_INTEGER).amount).toBe(Number.MAX_SAFE_INTEGER);
});

test('sums and products are exact, or refused', () => {
  const largest = BigInt(Number.MAX_SAFE_INTEGER);
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.maxSafeNat(), fc.integer({ min: 0, max: 99 })), { maxLength: 5 }),
      (lines) => {
        const products = lines.map(([price, quantity]) => BigInt(price) * BigInt(quantity));
        const exact = products.reduce((total, product) => total + product, 0n);
        const total = () => sum(lines.map(([price, quantity]) => times(money(price), quantity)));
        if (exact > largest) expect(total).toThrow(RangeError);
        else expect(BigInt(total().amount)).toBe(exact);
      },
    ),
  );
});

test.each([-1, 1.5, 2 ** 53])('%s is no quantity', (quantity) => {
  expect(() => times(money(1), quantity)).toThrow(/is no quantity/);
});

test('another currency is refused, and is not the same money', () => {
  const dollars = { amount: 1, currency: 'USD' };
  expect(() => sum([money(1), dollars])).toThrow('"USD" is not JPY');
  expect(() => times(dollars, 1)).toThrow('"USD" is not JPY');
  expect(equals(money(1), dollars)).toBe(false);
  expect(equals(money(1), money(2))).toBe(false);
  expect(equals(money(1), money(1))).toBe(true);
});

test.each([
  [{ amount: 1, currency: 'JPY' }, true],
  [{ amount: 0, currency: 'JPY' }, true],
  [{ amount: 1, currency: 'EUR' }, false],
  [{ amount: 1.5, currency: 'JPY' }, false],
  [{ amount: -1, currency: 'JPY' }, false],
  [{ amount: '1', currency: 'JPY' }, false],
  [{ currency: 'JPY' }, false],
  [null, false],
  ['1 JPY', false],
])('%j is money: %s', (value, is) => {
  expect(isMoney(value)).toBe(is);
});

test('a sum with an amount that is none is refused', () => {
  expect(() => sum([{ amount: -1, currency: 'JPY' }, money(2)])).toThrow(RangeError);
});
