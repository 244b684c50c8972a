import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cursorAfter, limitOf, sortKeyAfter } from '../cursor';
import { DERIVED_ID, derivedId, fingerprint, ID, idempotencyKeyOf, newId, newIds } from '../ids';

test('ids have their form, and the order in which they were made', () => {
  const ids = Array.from({ length: 5_000 }, () => newId());
  for (const id of ids) expect(id).toMatch(new RegExp(ID));
  expect([...ids].sort()).toEqual(ids);
  expect(new Set(ids).size).toBe(ids.length);
});

test('ids of one millisecond keep their order though the clock goes back, and though they are many', () => {
  let now = 1_000;
  const next = newIds({ now: () => now, random: (size) => Buffer.alloc(size, 0xff) });
  const first = next();
  now = 500;
  const ids = [first, ...Array.from({ length: 5_000 }, () => next())];
  expect([...ids].sort()).toEqual(ids);
  expect(new Set(ids).size).toBe(ids.length);
  expect(first).toBe('00000000-03e8-7000-bfff-ffffffffffff');
});

test('a derived id is always the same, also in the next release', () => {
  expect(derivedId('customer-1', 'key-1')).toBe('e3lkd2h2mo3sl5bekavrz5pmlc');
});

test('derived ids differ where a part differs', () => {
  const parts = fc.array(fc.string(), { maxLength: 3 });
  fc.assert(
    fc.property(parts, parts, (one, other) => {
      expect(derivedId(...one)).toMatch(new RegExp(DERIVED_ID));
      expect(derivedId(...one) === derivedId(...other)).toBe(JSON.stringify(one) === JSON.stringify(other));
    }),
  );
});

test('a fingerprint is that of the content, whatever the order of its keys', () => {
  expect(fingerprint({ b: [1, { d: 1, c: 2 }], a: null })).toBe(
    fingerprint({ a: null, b: [1, { c: 2, d: 1 }] }),
  );
  expect(fingerprint({ a: [1, 2] })).not.toBe(fingerprint({ a: [2, 1] }));
  expect(fingerprint({ a: 1 })).not.toBe(fingerprint({ a: '1' }));
  expect(fingerprint({ a: 1 })).not.toBe(fingerprint({ a: 1, b: 1 }));
  expect(fingerprint('')).toMatch(/^[0-9a-f]{64}$/);
});

test('the key of a repeated request is its header', () => {
  expect(idempotencyKeyOf({ headers: { 'idempotency-key': 'key-0001' } })).toBe('key-0001');
  expect(() => idempotencyKeyOf({ headers: {} })).toThrow('does not demand');
});

test('a cursor leads back to its sort key', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (key) => {
      expect(sortKeyAfter(cursorAfter(key), /^/)).toBe(key);
    }),
  );
  expect(sortKeyAfter(undefined, /./)).toBeUndefined();
});

test.each([
  ['another form', cursorAfter('order#1')],
  ['an end that was changed', `${cursorAfter('review#1')}=`],
  ['bytes that are no text', Buffer.from([0x72, 0x80]).toString('base64url')],
])('a cursor with %s is refused', (_what, cursor) => {
  expect(() => sortKeyAfter(cursor, /^r/)).toThrow(
    expect.objectContaining({ statusCode: 400, slug: 'bad-cursor' }),
  );
});

test('a page has twenty where nobody asks', () => {
  expect([limitOf({}), limitOf({ limit: '7' })]).toEqual([20, 7]);
});
