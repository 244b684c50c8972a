import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cursorAfter, idOf } from '../cursor';
import { NOTICE_ID, noticeIds } from '../notice-id';

const ID = new RegExp(NOTICE_ID);
const times = fc.array(fc.integer({ min: 1_700_000_000_000, max: 1_700_000_000_003 }), { minLength: 2 });

test('ids are UUIDs of version 7 in the order in which they were made, whatever the clock does', () => {
  fc.assert(
    fc.property(times, fc.uint8Array({ minLength: 8, maxLength: 8 }), (clock, chance) => {
      const left = [...clock];
      const next = noticeIds({ now: () => left.shift() ?? 0, random: () => Buffer.from(chance) });
      const ids = clock.map(next);
      expect(ids.filter((id) => !ID.test(id))).toEqual([]);
      expect(new Set(ids).size).toBe(ids.length);
      expect([...ids].sort()).toEqual(ids);
    }),
  );
});

test('more than 4096 ids in a millisecond take the next one', () => {
  const next = noticeIds({ now: () => 1_700_000_000_000, random: () => Buffer.alloc(8) });
  const ids = Array.from({ length: 4_098 }, next);
  expect([...ids].sort()).toEqual(ids);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.at(-1)).toMatch(/^018bcfe5-6801-7001-/);
});

test('an id begins with its time', () => {
  const next = noticeIds({
    now: () => Date.UTC(2022, 1, 22, 19, 22, 22),
    random: () => Buffer.alloc(8, 0xff),
  });
  expect(next()).toBe('017f22e2-79b0-7000-bfff-ffffffffffff');
});

test('a cursor leads back to its id, and nothing else is a cursor', () => {
  const next = noticeIds();
  fc.assert(
    fc.property(fc.string(), (text) => {
      const id = next();
      expect(idOf(cursorAfter(id))).toBe(id);
      expect(idOf(text)).toBeUndefined();
      expect(idOf(cursorAfter(text))).toBeUndefined();
    }),
  );
  expect(idOf(`${cursorAfter(next())}=`)).toBeUndefined();
});
