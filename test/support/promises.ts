import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

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

/** What is wrong between the promises of a README, those of its Japanese twin, and those that tests prove. */
export function promiseProblems(readme: string, twin: string, proven: ReadonlySet<string>): string[] {
  const promised = readPromises(readme);
  const promisedInTwin = readPromises(twin);
  const withoutTest = [...promised.keys()].filter((id) => !proven.has(id));
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

/**
 * Ties tests to the promises of a pattern's README.
 *
 * It returns a function that defines a test for a promise, under the promise's own words; a promise may have
 * several. Beside them stands a test that fails while promises and proofs differ.
 *
 * @param pattern the pattern's folder in lib/
 */
export function promisesOf(pattern: string): (id: string, prove: () => void | Promise<void>) => void {
  const [readme = '', twin = ''] = ['README.md', 'README.ja.md'].map((file) =>
    readFileSync(join('lib', pattern, file), 'utf8'),
  );
  const proven = new Set<string>();
  test(`every promise of ${pattern} has a test, and the Japanese README makes the same ones`, () => {
    expect(promiseProblems(readme, twin, proven)).toEqual([]);
  });
  return (id, prove) => {
    proven.add(id);
    test(`${id}: ${readPromises(readme).get(id)}`, prove);
  };
}
