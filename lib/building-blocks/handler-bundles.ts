import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { transformSync } from 'esbuild';
import { type Built, takeOrBuild } from './build-cache';
import { bundle } from './bundle';
import { ownSourceMap } from './own-source-map';
import { projectFolder } from './project-folder';
import { LAMBDA_NODEJS } from './versions';

/** What a function is deployed with. */
export interface HandlerBundle {
  /** index.js: CommonJS, minified, with everything that it needs except Node.js. */
  readonly code: string;

  /** index.js.map: leads from `code` to the handler's own TypeScript files. */
  readonly map: string;
}

/** What no handler here uses, and what takes its place: a smaller bundle starts sooner. */
const STAND_INS = {
  '@aws-sdk/credential-provider-node': 'credentials.ts',
  '@smithy/core/event-streams': 'unused.ts',
  '@aws-sdk/endpoint-cache': 'unused.ts',
  '@aws-lambda-powertools/jmespath': 'unused.ts',
  '@aws-lambda-powertools/jmespath/functions': 'unused.ts',
  debug: 'debug.ts',
};

/** The names of the patterns that have handlers: the folders in lambda/, without those that only lend to others. */
export function patternsWithHandlers(): string[] {
  return readdirSync(projectFolder('lambda'))
    .filter((folder) => handlersOf(folder).length > 0)
    .sort();
}

/** The names of a pattern's handlers: its files in lambda/ that export a constant or function `handler`. */
function handlersOf(pattern: string): string[] {
  const folder = projectFolder('lambda', pattern);
  return readdirSync(folder)
    .filter((file) => file.endsWith('.ts'))
    .filter((file) =>
      /^export (const|async function) handler\b/m.test(readFileSync(join(folder, file), 'utf8')),
    )
    .map((file) => basename(file, '.ts'))
    .sort();
}

const bundled = new Map<string, ReadonlyMap<string, HandlerBundle>>();

/** All handlers of a pattern by their names, bundled at once, and again only when a file has changed. */
export function handlerBundles(pattern: string): ReadonlyMap<string, HandlerBundle> {
  const known =
    bundled.get(pattern) ??
    new Map(takeOrBuild(`handlers-${pattern}`, [`lambda/${pattern}`], () => bundleHandlers(pattern)));
  bundled.set(pattern, known);
  return known;
}

function bundleHandlers(pattern: string): Built<[string, HandlerBundle][]> {
  const entryPoints = handlersOf(pattern).map((name) => `lambda/${pattern}/${name}.ts`);
  const { inputs, texts } = bundle(entryPoints, {
    target: LAMBDA_NODEJS.target,
    alias: Object.fromEntries(
      Object.entries(STAND_INS).map(([part, file]) => [
        part,
        projectFolder('lib', 'building-blocks', 'stand-ins', file),
      ]),
    ),
    // Their modern modules, from which esbuild can leave out what is not used: half the size.
    mainFields: ['module', 'main'],
    // `import('node:http')` would make Node.js load all that node:http can do, its HTTP client for browsers' APIs included.
    supported: { 'dynamic-import': false },
    sourcemap: 'inline',
    sourcesContent: false,
  });
  return { inputs, value: [...texts].map(([name, text]) => [name, minify(text)]) };
}

function minify(text: string): HandlerBundle {
  const { code, map } = transformSync(withoutLibraryPaths(withLiteralKeys(text)), {
    target: LAMBDA_NODEJS.target,
    platform: 'node',
    format: 'cjs',
    minify: true,
    treeShaking: true,
    legalComments: 'none',
    sourcemap: 'external',
    sourcesContent: false,
  });
  return { code: `${code}//# sourceMappingURL=index.js.map\n`, map: ownSourceMap(map) };
}

/**
 * The AWS SDK describes each operation with objects like `{ [_hH]: _xaa }`, where `_hH` is a constant of the same file.
 * esbuild keeps every object with a computed key, and with it all operations of a service. With the constants' values as
 * keys, those that are not used fall away: 55 KiB of S3. It renames variables so that no inner one hides an outer one.
 */
function withLiteralKeys(text: string): string {
  const constants = new Map(
    Array.from(text.matchAll(/^var (_\w+) = ("[^"\n]*");$/gm), ([, name, value]) => [name, value]),
  );
  return text.replace(/\[(_\w+)\]: /g, (key, name) => {
    const value = constants.get(name);
    return value ? `${value}: ` : key;
  });
}

/** CommonJS libraries keep the path from which they were taken; it would differ between machines. */
function withoutLibraryPaths(text: string): string {
  return text.replace(/^( {2}")[^"\n]*node_modules\/(?=[^"\n]*"\()/gm, '$1');
}
