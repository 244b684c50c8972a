import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { MANIFEST } from '../bin/copy/manifest';
import { inTemporaryFolder } from '../lib/building-blocks/project-folder';
import { promiseProblems, provenElsewhere } from './support/promises';

describe('promises', () => {
  const page = (heading: string, ...ids: string[]) =>
    [
      `## ${heading}`,
      '',
      '| Id | Promise |',
      '| --- | --- |',
      ...ids.map((id) => `| ${id} | It holds. |`),
      '',
      '## Props',
      '| XX-9 | no promise |',
    ].join('\n');

  test('hold where READMEs and tests agree', () => {
    const problems = promiseProblems(
      page('Promises', 'CS-1', 'CS-2'),
      page('約束', 'CS-1', 'CS-2'),
      new Set(['CS-2', 'CS-1']),
    );
    expect(problems).toEqual([]);
  });

  test.each([
    ['a promise without a test', ['CS-1', 'CS-2'], ['CS-1', 'CS-2'], ['CS-1'], 'no test proves CS-2'],
    ['a test without a promise', ['CS-1'], ['CS-1'], ['CS-1', 'CS-2'], 'README.md does not promise CS-2'],
    [
      'a promise in English only',
      ['CS-1', 'CS-2'],
      ['CS-1'],
      ['CS-1', 'CS-2'],
      'only one of README.md and README.ja.md promises CS-2',
    ],
    [
      'a promise in Japanese only',
      ['CS-1'],
      ['CS-1', 'CS-2'],
      ['CS-1'],
      'only one of README.md and README.ja.md promises CS-2',
    ],
    ['no promises', [], [], [], 'README.md promises nothing'],
    ['a promise made twice', ['CS-1', 'CS-1'], ['CS-1'], ['CS-1'], 'README.md promises an id twice'],
  ])('do not with %s', (_, english, japanese, proven, problem) => {
    const problems = promiseProblems(
      page('Promises', ...english),
      page('約束', ...japanese),
      new Set(proven),
    );
    expect(problems).toEqual([problem]);
  });

  test('hold where some tests did not come along, but for what is wrong all the same', () => {
    const [english, japanese] = [page('Promises', 'CS-1', 'CS-2'), page('約束', 'CS-1', 'CS-2')];
    expect(promiseProblems(english, japanese, new Set(['CS-1']), true)).toEqual([]);
    expect(promiseProblems(english, japanese, new Set(['CS-3']), true)).toEqual([
      'README.md does not promise CS-3',
    ]);
  });

  test('need a section', () => {
    expect(() => promiseProblems('# A pattern', '# パターン', new Set())).toThrow('no section');
  });
});

describe('proofs elsewhere', () => {
  /** What is read from files that stand in a folder. */
  const read = (written: Readonly<Record<string, string>>, ...files: string[]) =>
    inTemporaryFolder((folder) => {
      for (const [name, text] of Object.entries(written)) writeFileSync(join(folder, name), text);
      const { ids, ...rest } = provenElsewhere(files, folder);
      return { ids: [...ids].toSorted(), ...rest };
    });

  test('are the tests that files define for promises', () => {
    const one =
      "promise('CS-1', () => {});\ndescribe('x', () => {\n  promise('CS-2', async () => {});\n});\n";
    const other = "promise(\n  'CS-2',\n  () => {},\n);\npromise('CS-13', prove);\n";
    expect(read({ one, other }, 'one', 'other')).toEqual({
      ids: ['CS-1', 'CS-13', 'CS-2'],
      problems: [],
      isPartial: false,
    });
  });

  test.each([
    ['a test that is commented out', "// promise('CS-1', () => {});"],
    ['one in a comment of many lines', "/*\n * promise('CS-1', () => {});\n */"],
    ['a test that names an id', "test('CS-1: it holds', () => {});"],
    ['another function', "compromise('CS-1', () => {});"],
    ['a word in a text', 'expect("promise(\'CS-1\', ").toBe(1);'],
    ['an id alone', "promise('CS-1')"],
    ['nothing', ''],
  ])('are not %s', (_, text) => {
    expect(read({ file: text }, 'file')).toEqual({
      ids: [],
      problems: ['file proves no promise'],
      isPartial: false,
    });
  });

  test('are missed where the file is not there', () => {
    expect(read({ one: "promise('CS-1', () => {});" }, 'one', 'other')).toEqual({
      ids: ['CS-1'],
      problems: ['there is no other'],
      isPartial: false,
    });
  });

  test('are not missed in a copied pattern, which brings some of the files', () => {
    const copy = { [MANIFEST]: '{}', one: "promise('CS-1', () => {});" };
    expect(read(copy, 'one', 'other')).toEqual({ ids: ['CS-1'], problems: [], isPartial: true });
    expect(read(copy, 'one')).toEqual({ ids: ['CS-1'], problems: [], isPartial: false });
  });
});
