import fc from 'fast-check';
import { expect, test } from 'vitest';
import { money } from '../../shared/money';
import { PLACE, readPlace, searchTextOf, sortNameOf, wordsOf, writtenPlace } from '../search';

const DRAFT = { name: 'Ｇｒｅｅｎ  Tea', description: 'From ｶｺﾞｼﾏ\n', category: 'drinks', price: money(1) };

test('words are found whatever their case and width', () => {
  expect(searchTextOf(DRAFT)).toBe('green tea from カゴシマ');
  expect(wordsOf('  TEA ｇreen tea ｶｺﾞｼﾏ')).toEqual(['tea', 'green', 'カゴシマ']);
});

test.each([[undefined], [''], ['  '], ['\u3000']])('%j asks for no word', (query) => {
  expect(wordsOf(query)).toEqual([]);
});

test('more than five words do not count', () => {
  expect(wordsOf('a b c d e f')).toEqual(['a', 'b', 'c', 'd', 'e']);
});

test('names sort without case, by their beginning', () => {
  expect(sortNameOf(DRAFT)).toBe('green tea');
  expect(sortNameOf({ ...DRAFT, name: 'a'.repeat(100) })).toHaveLength(60);
});

test('a place is read as it was written', () => {
  const name = fc
    .string({ minLength: 1, maxLength: 100, unit: 'grapheme' })
    .filter((text) => /\S/.test(text));
  fc.assert(
    fc.property(name, (text) => {
      const place = {
        category: 'drinks',
        productId: 'green-tea',
        byName: sortNameOf({ ...DRAFT, name: text }),
      };
      expect(writtenPlace(place)).toMatch(PLACE);
      expect(readPlace(writtenPlace(place))).toEqual(place);
    }),
  );
});
