import { SourceMap } from 'node:module';
import { expect, it } from 'vitest';
import { ownSourceMap } from '../lib/building-blocks/own-source-map';

/** Four columns of one line: of a library, of our file, of the library again, and of our file's line 996, column 0. */
const MAP = JSON.stringify({
  version: 3,
  sources: ['node_modules/library/index.js', 'lambda/pattern/handler.ts'],
  names: ['a'],
  mappings: 'AAAA,KCCKA,KDAA,KCm+BL;;A',
});

it('leads from our own code to its file, and from libraries nowhere.', () => {
  const own = ownSourceMap(MAP);
  const map = new SourceMap(JSON.parse(own));
  const file = 'lambda/pattern/handler.ts';
  expect([0, 5, 10, 15].map((column) => map.findEntry(0, column))).toMatchObject([
    {},
    { originalSource: file, originalLine: 1, originalColumn: 5 },
    { generatedColumn: 10, originalSource: undefined },
    { originalSource: file, originalLine: 996, originalColumn: 0 },
  ]);
  expect(map.findEntry(0, 0)).toEqual({});
  expect(own).not.toContain('library');
});

it('changes nothing about a map of our own code.', () => {
  const map = {
    version: 3,
    sources: ['lambda/a.ts', 'lib/b.ts'],
    names: [],
    mappings: 'AAAA,QCgiBA;;CDhhBQ;A',
  };
  expect(JSON.parse(ownSourceMap(JSON.stringify(map)))).toEqual({ ...map, mappings: 'AAAA,QCgiBA;;CDhhBQ;' });
});
