import { existsSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { applySteps } from '../bin/copy/apply';
import { hashOf, MANIFEST, manifestText, readKnown, STAGING } from '../bin/copy/manifest';
import { planSteps } from '../bin/copy/plan';

/** How many changes of the disk there still may be, and how many files: afterwards there is no power, or no space. */
const power = vi.hoisted(() => ({ left: Number.POSITIVE_INFINITY, space: Number.POSITIVE_INFINITY }));
vi.mock('node:fs', async (original) => {
  const fs = await original<typeof import('node:fs')>();
  const takePower = () => {
    if (power.left <= 0) throw new Error('no power');
    power.left -= 1;
  };
  const writeFileSync = (path: string, content: Buffer | string) => {
    if (power.space <= 0) throw new Error('no space');
    power.space -= 1;
    if (power.left === 1) fs.writeFileSync(path, content.slice(0, 2));
    takePower();
    if (power.left > 0) fs.writeFileSync(path, content);
    else takePower();
  };
  const powered = <T extends unknown[]>(change: (...values: T) => unknown) => {
    return (...values: T) => {
      takePower();
      change(...values);
    };
  };
  return {
    ...fs,
    writeFileSync,
    renameSync: powered(fs.renameSync),
    mkdirSync: powered(fs.mkdirSync),
    rmSync: powered(fs.rmSync),
    rmdirSync: powered(fs.rmdirSync),
  };
});

const contents = (texts: Record<string, string>) =>
  new Map(Object.entries(texts).map(([path, text]) => [path, Buffer.from(text)]));

const FIRST = contents({
  'a.ts': 'first a',
  'lib/b.ts': 'first b',
  'lib/old/c.ts': 'first c',
  'd.ts': 'same d',
});
const SECOND = contents({
  'a.ts': 'second a',
  'lib/b.ts': 'second b',
  'd.ts': 'same d',
  'new/e.ts': 'second e',
});
const THIRD = contents({ 'a.ts': 'third a', 'lib/b.ts': 'third b', 'd.ts': 'same d', 'new/e.ts': 'third e' });

/** Copies files as the command does, and tells what it had to do. */
function copy(home: string, files: ReadonlyMap<string, Buffer>): string[] {
  const steps = planSteps(home, files, readKnown(home));
  const writes = steps.filter(({ action }) => action !== 'same');
  const hashes = new Map([...files].map(([path, content]) => [path, hashOf(content)]));
  applySteps(home, writes, manifestText('1.0.0', new Map(), hashes));
  return writes.map(({ action, path }) => `${action} ${path}`);
}

function filesOf(home: string): Record<string, string> {
  if (!existsSync(home)) return {};
  const entries = readdirSync(home, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  const paths = entries.map(({ name, parentPath }) => join(parentPath, name).slice(home.length + 1));
  return Object.fromEntries(paths.toSorted().map((path) => [path, readFileSync(join(home, path), 'utf8')]));
}

/** What is in place, without what an interrupted run has left for the next one. */
const inPlace = (home: string) =>
  Object.entries(filesOf(home)).filter(([path]) => !path.startsWith(STAGING) && path !== MANIFEST);

/** Interrupts a copy after some changes of the disk. */
function interrupt(home: string, files: ReadonlyMap<string, Buffer>, changes: number): boolean {
  power.left = changes;
  try {
    copy(home, files);
    return false;
  } catch {
    return true;
  } finally {
    power.left = Number.POSITIVE_INFINITY;
  }
}

const newHome = () => join(mkdtempSync(join(tmpdir(), 'copy-')), 'home');

test.each([
  ['the same version', SECOND],
  ['a newer version', THIRD],
])('an interrupted run leaves whole files, and the next one with %s does the rest', (_, next) => {
  const done = newHome();
  copy(done, next);
  const whole = [FIRST, SECOND].flatMap((files) => [...files].map(([path, content]) => `${path} ${content}`));
  let changes = 0;
  for (let isInterrupted = true; isInterrupted; changes += 1) {
    const home = newHome();
    copy(home, FIRST);
    isInterrupted = interrupt(home, SECOND, changes);
    expect(whole).toEqual(expect.arrayContaining(inPlace(home).map((file) => file.join(' '))));
    expect(
      copy(home, next).filter((step) => /^(both|differs|yours|left)/.test(step)),
      `${changes}`,
    ).toEqual([]);
    expect(filesOf(home), `after ${changes}`).toEqual(filesOf(done));
  }
  expect(changes).toBeGreaterThan(12);
});

test('a first run that is interrupted is simply run again', () => {
  for (let changes = 0; ; changes += 1) {
    const home = newHome();
    const isInterrupted = interrupt(home, FIRST, changes);
    copy(home, FIRST);
    expect(Object.keys(filesOf(home))).toEqual([...FIRST.keys(), MANIFEST].toSorted());
    if (!isInterrupted) break;
  }
});

test('the manifest takes its place last', () => {
  const home = newHome();
  for (let changes = 0; interrupt(home, FIRST, changes); changes += 1) {
    const files = filesOf(home);
    if (files[MANIFEST]) expect(Object.keys(files)).toEqual(expect.arrayContaining([...FIRST.keys()]));
  }
  expect(filesOf(home)).toHaveProperty([MANIFEST]);
});

test('a full disk changes nothing', () => {
  const home = newHome();
  const copyWithSpace = (files: ReadonlyMap<string, Buffer>, space: number) => {
    power.space = space;
    try {
      copy(home, files);
    } finally {
      power.space = Number.POSITIVE_INFINITY;
    }
  };
  expect(() => copyWithSpace(FIRST, 2)).toThrow(`${home} can't be written (no space); nothing was changed, `);
  expect(existsSync(home)).toBe(false);
  copy(home, FIRST);
  expect(existsSync(join(home, STAGING))).toBe(false);
  const before = filesOf(home);
  for (let space = 0; space < 4; space += 1) expect(() => copyWithSpace(SECOND, space)).toThrow('no space');
  expect(filesOf(home)).toEqual(before);
  copyWithSpace(SECOND, 4);
  expect(filesOf(home)).not.toEqual(before);
});

test('a failure on the way says that the command is to be run again', () => {
  const home = newHome();
  power.left = 9;
  expect(() => copy(home, FIRST)).toThrow(`${home} is copied in part (no power); run the command again.`);
  power.left = Number.POSITIVE_INFINITY;
  copy(home, FIRST);
});
