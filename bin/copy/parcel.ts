import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Closure, closureOf } from './closure';
import { isStage, patternNames, stackOf } from './patterns';
import { readSource, SOURCE } from './source';

/** What of a pattern is copied. */
export interface Parts {
  /** The stack that this repository makes of it; a stage has its own stacks in any case. */
  readonly withStack: boolean;
  readonly withTests: boolean;
}

/** What is copied into a project: contents by their paths, and the packages they need. */
export interface Parcel {
  readonly files: ReadonlyMap<string, Buffer>;
  readonly packages: readonly string[];
}

/** Where the tests run without this repository's vitest.config.mts, they leave temporary files behind. */
const TEST_SETUP = ['vitest.config.mts', 'test/support/temporary-folder.ts', 'test/support/servers.d.ts'];

/**
 * Takes the files out of a project's "type": "module". It has no "type" itself, as this repository: with one, esbuild makes
 * other bundles.
 */
const COMMON_JS = Buffer.from('{\n  "private": true\n}\n');

/** The closure of a pattern's parts, with its READMEs and the licence. */
export function patternClosure(pattern: string, { withStack, withTests }: Parts): Closure {
  const folder = `lib/${pattern}`;
  return closureOf([
    'LICENSE',
    `${folder}/README.md`,
    `${folder}/README.ja.md`,
    ...constructsOf(pattern),
    ...(withStack && !isStage(pattern) ? [stackOf(pattern)] : []),
    ...(withTests ? [...TEST_SETUP, ...testsOf(pattern)] : []),
  ]);
}

/**
 * The files of a pattern's own folder with its constructs: also those that only its stack puts together. The stack itself is a
 * part of its own.
 */
function constructsOf(pattern: string): string[] {
  const folder = `lib/${pattern}`;
  return readdirSync(join(SOURCE, folder))
    .filter((file) => file.endsWith('.ts'))
    .map((file) => `${folder}/${file}`)
    .filter((file) => file !== stackOf(pattern));
}

/**
 * Everything that the patterns of one folder need.
 *
 * @param isModule whether the project's own files are ES modules; the copied ones are CommonJS, as `cdk init` makes them
 */
export function packParcel(patterns: ReadonlyMap<string, Parts>, isModule: boolean): Parcel {
  const closures = [...patterns].map(([pattern, parts]) => patternClosure(pattern, parts));
  const paths = [...new Set(closures.flatMap(({ files }) => files))].toSorted();
  const files = new Map(paths.map((path) => [path, readSource(path)]));
  if (isModule) files.set('package.json', COMMON_JS);
  return { files, packages: [...new Set(closures.flatMap(({ packages }) => packages))].toSorted() };
}

/** test/<pattern>.test.ts and test/<pattern>-*.test.ts, except those of a pattern whose name only starts the same. */
function testsOf(pattern: string): string[] {
  const longer = patternNames().filter((name) => name.startsWith(`${pattern}-`));
  const belongs = (file: string, name: string) => file.startsWith(`${name}.`) || file.startsWith(`${name}-`);
  return readdirSync(join(SOURCE, 'test'))
    .filter((file) => file.endsWith('.test.ts') && belongs(file, pattern))
    .filter((file) => !longer.some((name) => belongs(file, name)))
    .map((file) => `test/${file}`);
}
