import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

/** Defines a test for a promise, under the promise's own words. */
export type ProvePromise = (id: string, prove: () => void | Promise<void>) => void;

/** Where promises are proven besides. */
export interface PromiseProofs {
  /**
   * Test files that prove some, from the folder in which the tests run. What they prove is read from their text: a line that
   * begins with `promise('MS-1',`. In a copied pattern one that did not come along is no trouble, and neither is what it proves.
   *
   * @default - none
   */
  readonly elsewhere?: readonly string[];
}

/** The promises of a README by id: the rows of the table under `## Promises`, in Japanese `## 約束`. */
function readPromises(readme: string): Map<string, string> {
  return new Map(rowsOf(readme));
}

function rowsOf(readme: string): [string, string][] {
  const section = /^## (?:Promises|約束)$([\s\S]*?)(?=^## |$(?![\s\S]))/m.exec(readme)?.[1];
  if (section === undefined) throw new Error('the README has no section "## Promises" or "## 約束"');
  const rows = [...section.matchAll(/^\| ([A-Z]{2}-\d+) \| (.+?) \|$/gm)];
  return rows.map(([, id = '', sentence = '']) => [id, sentence]);
}

/**
 * What is wrong between the promises of a README, those of its Japanese twin, and those that tests prove.
 *
 * @param isPartial whether some of the tests are not there, so that a promise without one may be proven all the same
 */
export function promiseProblems(
  readme: string,
  twin: string,
  proven: ReadonlySet<string>,
  isPartial = false,
): string[] {
  const promised = readPromises(readme);
  const promisedInTwin = readPromises(twin);
  const withoutTest = isPartial ? [] : [...promised.keys()].filter((id) => !proven.has(id));
  const notPromised = [...proven].filter((id) => !promised.has(id));
  const onlyInOne = [...promised.keys(), ...promisedInTwin.keys()].filter(
    (id) => !promised.has(id) || !promisedInTwin.has(id),
  );
  return [
    ...(promised.size < rowsOf(readme).length ? ['README.md promises an id twice'] : []),
    ...(promised.size === 0 ? ['README.md promises nothing'] : []),
    ...withoutTest.map((id) => `no test proves ${id}`),
    ...notPromised.map((id) => `README.md does not promise ${id}`),
    ...onlyInOne.map((id) => `only one of README.md and README.ja.md promises ${id}`),
  ];
}

/** What test files prove, by their texts. */
export interface ElsewhereProven {
  readonly ids: ReadonlySet<string>;

  /** Files that are not there, or prove nothing. */
  readonly problems: readonly string[];

  /** Whether files are missing that no copy brings along. */
  readonly isPartial: boolean;
}

/**
 * Reads which promises test files prove.
 *
 * @param folder the folder in which the tests run; that of a copied pattern holds the copy command's manifest
 */
export function provenElsewhere(files: readonly string[], folder = '.'): ElsewhereProven {
  const isCopy = existsSync(join(folder, 'manifest.json'));
  const missing = files.filter((file) => !existsSync(join(folder, file)));
  const proofs = files
    .filter((file) => !missing.includes(file))
    .map((file) => ({ file, ids: idsIn(readFileSync(join(folder, file), 'utf8')) }));
  return {
    ids: new Set(proofs.flatMap(({ ids }) => ids)),
    problems: [
      ...(isCopy ? [] : missing.map((file) => `there is no ${file}`)),
      ...proofs.filter(({ ids }) => ids.length === 0).map(({ file }) => `${file} proves no promise`),
    ],
    isPartial: isCopy && missing.length > 0,
  };
}

/** The ids of the tests that a file defines for promises; one that is commented out is no test. */
const idsIn = (text: string): string[] =>
  [...text.matchAll(/^[ \t]*promise\(\s*'([A-Z]{2}-\d+)',/gm)].map(([, id = '']) => id);

/**
 * Ties tests to the promises of a pattern's README.
 *
 * It returns a function that defines a test for a promise, under the promise's own words; a promise may have
 * several. Beside them stands a test that fails while promises and proofs differ.
 *
 * @param pattern the pattern's folder in lib/
 */
export function promisesOf(pattern: string, { elsewhere = [] }: PromiseProofs = {}): ProvePromise {
  const prove = promiseIn(pattern);
  const proven = new Set<string>();
  test(`every promise of ${pattern} has a test, and the Japanese README makes the same ones`, () => {
    const { ids, isPartial, problems } = provenElsewhere(elsewhere);
    const all = new Set([...proven, ...ids]);
    const [readme = '', twin = ''] = ['README.md', 'README.ja.md'].map((file) => readmeOf(pattern, file));
    expect([...problems, ...promiseProblems(readme, twin, all, isPartial)]).toEqual([]);
  });
  return (id, proof) => {
    proven.add(id);
    prove(id, proof);
  };
}

/**
 * The function that defines tests for promises in a file that a pattern's own test names under `elsewhere`. It has to be called
 * `promise`, by which its tests are found.
 *
 * @param pattern the pattern's folder in lib/
 */
export function promiseIn(pattern: string): ProvePromise {
  const promised = readPromises(readmeOf(pattern, 'README.md'));
  return (id, prove) => {
    test(`${id}: ${promised.get(id)}`, prove);
  };
}

const readmeOf = (pattern: string, file: string): string => readFileSync(join('lib', pattern, file), 'utf8');
