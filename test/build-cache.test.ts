import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
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
  symlinkSync(join(process.cwd(), 'node_modules', 'esbuild'), at('node_modules', 'esbuild'));
  mkdirSync(at('folder'));
  for (const name of ['build-cache', 'project-folder']) {
    cpSync(join('lib', 'building-blocks', `${name}.ts`), at('lib', 'building-blocks', `${name}.ts`));
  }
  writeFileSync(at('script.ts'), SCRIPT);
  writeFileSync(at('source.txt'), 'one');
});
afterEach(() => rmSync(project, { recursive: true }));

/** Runs the script, and tells what came out and whether it was built. */
function run(cwd = project): { value: string; isBuilt: boolean } {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', TSX, 'script.ts'], {
    cwd,
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

test('in a folder of another project it is kept with the packages of that one', () => {
  const inner = at('patterns');
  mkdirSync(inner);
  for (const name of ['lib', 'folder', 'script.ts', 'source.txt']) {
    cpSync(at(name), join(inner, name), { recursive: true });
  }
  expect(run(inner)).toEqual({ value: 'one', isBuilt: true });
  expect(run(inner)).toEqual({ value: 'one', isBuilt: false });
  expect(readdirSync(at(...CACHE))).toEqual(['thing.json']);
  expect(existsSync(join(inner, 'node_modules'))).toBe(false);
});

test('another version of esbuild builds anew', () => {
  run();
  const file = at(...CACHE, 'thing.json');
  writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), builtBy: '0.0.1' }));
  expect(run().isBuilt).toBe(true);
});

test('where the cache can not be written, it is built each time', () => {
  writeFileSync(at('node_modules', '.cache'), 'no folder');
  expect([run(), run()]).toEqual([
    { value: 'one', isBuilt: true },
    { value: 'one', isBuilt: true },
  ]);
});
