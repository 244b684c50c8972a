import fc from 'fast-check';
import { expect, test } from 'vitest';
import { brandOf, hasExpired, isCardNumber, withoutCardNumbers } from '../card';

/** The digit that makes a number of a card of these digits, by trying. */
const complete = (digits: string) =>
  `${digits}${[...'0123456789'].find((digit) => isCardNumber(`${digits}${digit}`))}`;

const DIGITS = fc.stringMatching(/^\d{11,18}$/);

test.each([
  '4242424242424242',
  '4000000000000002',
  '5555555555554444',
  '378282246310005',
  '30569309025904',
  '3530111333300000',
  '6011111111111117',
  '4222222222222',
])('%s is a number of a card', (number) => {
  expect(isCardNumber(number)).toBe(true);
});

test.each([
  '',
  '42',
  '4242424242424241',
  '4242 4242 4242 4242',
  '٤'.repeat(16),
  '0'.repeat(11),
  '0'.repeat(20),
])('%j is none', (number) => {
  expect(isCardNumber(number)).toBe(false);
});

test('one digit of ten completes a number, and each wrong digit is found', () => {
  fc.assert(
    fc.property(DIGITS, fc.nat(), fc.integer({ min: 1, max: 9 }), (digits, at, shift) => {
      const number = complete(digits);
      expect(isCardNumber(number)).toBe(true);
      const place = at % number.length;
      const wrong = (Number(number[place]) + shift) % 10;
      expect(isCardNumber(number.slice(0, place) + wrong + number.slice(place + 1))).toBe(false);
    }),
  );
});

test.each([
  ['4242424242424242', 'visa'],
  ['5105105105105100', 'mastercard'],
  ['5500000000000004', 'mastercard'],
  ['2221000000000009', 'mastercard'],
  ['2229000000000000', 'mastercard'],
  ['2300000000000000', 'mastercard'],
  ['2699000000000000', 'mastercard'],
  ['2710000000000000', 'mastercard'],
  ['2720990000000000', 'mastercard'],
  ['2220000000000000', 'other'],
  ['2721000000000000', 'other'],
  ['5600000000000000', 'other'],
  ['340000000000000', 'amex'],
  ['370000000000000', 'amex'],
  ['3528000000000000', 'jcb'],
  ['3589000000000000', 'jcb'],
  ['3527000000000000', 'other'],
  ['3590000000000000', 'other'],
  ['30500000000000', 'diners'],
  ['36000000000000', 'diners'],
  ['38000000000000', 'diners'],
  ['6011000000000000', 'discover'],
  ['6440000000000000', 'discover'],
  ['6500000000000000', 'discover'],
  ['6430000000000000', 'other'],
  ['9000000000000000', 'other'],
])('%s is of %s', (number, brand) => {
  expect(brandOf(number)).toBe(brand);
});

test('a card is good until its month is over everywhere', () => {
  const card = { expiryMonth: 12, expiryYear: 2026 };
  const end = Date.parse('2027-01-01T12:00:00Z');
  expect([hasExpired(card, end - 1), hasExpired(card, end)]).toEqual([false, true]);
  expect(hasExpired({ expiryMonth: 1, expiryYear: 2027 }, end)).toBe(false);
});

test.each([
  ['/payment-methods/4242424242424242', '/payment-methods/[card]'],
  ['a 4242 4242 4242 4242 b 4000-0000-0000-0002', 'a [card] b [card]'],
  ['/orders/4242424242424241', '/orders/4242424242424241'],
  ['at 2026-11-21T10:00:00.000Z', 'at 2026-11-21T10:00:00.000Z'],
  ['nothing', 'nothing'],
])('%j is logged as %j', (text, logged) => {
  expect(withoutCardNumbers(text)).toBe(logged);
});
