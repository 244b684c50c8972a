import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';

const TSX = pathToFileURL(createRequire(join(process.cwd(), 'package.json')).resolve('tsx')).href;

const SCRIPT = `
import { readFileSync } from 'node:fs';
import { takeOrBuild } from './lib/building-blocks/build-cache';
const value = takeOrBuild('thing', ['folder'], () => {
  process.stderr.write('built');
  return { value: readFileSync('source.txt', 'utf8'), inputs: ['source.txt'] };
});
process.stdout.write(value);
`;

let project: string;
const at = (...path: string[]) => join(project, ...path);
const CACHE = ['node_modules', '.cache', 'aws-standard-patterns'];

beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), 'build-cache-'));
  mkdirSync(at('lib', 'building-blocks'), { recursive: true });
  mkdirSync(at('node_modules'));
  mkdirSync(at('folder'));
  for (const name of ['build-cache', 'project-folder']) {
    cpSync(join('lib', 'building-blocks', `${name}.ts`), at('lib', 'building-blocks', `${name}.ts`));
  }
  writeFileSync(at('script.ts'), SCRIPT);
  writeFileSync(at('source.txt'), 'one');
});
afterEach(() => rmSync(project, { recursive: true }));

/** Runs the script, and tells what came out and whether it was built. */
function run(): { value: string; isBuilt: boolean } {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', TSX, 'script.ts'], {
    cwd: project,
    encoding: 'utf8',
  });
  expect(status, stderr).toBe(0);
  return { value: stdout, isBuilt: stderr === 'built' };
}

test('what was built is taken again until one of its files changes', () => {
  expect(run()).toEqual({ value: 'one', isBuilt: true });
  expect(run()).toEqual({ value: 'one', isBuilt: false });
  writeFileSync(at('source.txt'), 'two');
  expect(run()).toEqual({ value: 'two', isBuilt: true });
  writeFileSync(at('folder', 'another.ts'), '');
  expect(run().isBuilt).toBe(true);
  writeFileSync(at('lib', 'building-blocks', 'bundle.ts'), '');
  expect(run().isBuilt).toBe(true);
  expect(run()).toEqual({ value: 'two', isBuilt: false });
  rmSync(at('source.txt'));
  writeFileSync(at('source.txt'), 'two');
  expect(run().isBuilt).toBe(true);
  expect(readdirSync(at(...CACHE))).toEqual(['thing.json']);
});

test('a file of the cache that can not be read is built anew', () => {
  run();
  writeFileSync(at(...CACHE, 'thing.json'), '{"stamps":');
  expect(run()).toEqual({ value: 'one', isBuilt: true });
  expect(JSON.parse(readFileSync(at(...CACHE, 'thing.json'), 'utf8'))).toMatchObject({ value: 'one' });
});

test('without node_modules nothing is kept, and none is made', () => {
  rmSync(at('node_modules'), { recursive: true });
  expect([run().isBuilt, run().isBuilt]).toEqual([true, true]);
  expect(existsSync(at('node_modules'))).toBe(false);
});

test('where the cache can not be written, it is built each time', () => {
  writeFileSync(at('node_modules', '.cache'), 'no folder');
  expect([run(), run()]).toEqual([
    { value: 'one', isBuilt: true },
    { value: 'one', isBuilt: true },
  ]);
});
