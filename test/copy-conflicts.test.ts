import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { CopyProject, HOME, MANIFEST } from './support/copy-project';

const PATTERN = 'campaign-site';
const PATH = `lib/${PATTERN}/${PATTERN}.ts`;
const CONSTRUCT = `${HOME}/${PATH}`;
const SOURCE = readFileSync(PATH, 'utf8');
const PROFILE = `${HOME}/lib/profile.ts`;

function copied(): CopyProject {
  const project = new CopyProject();
  project.copy(PATTERN);
  return project;
}

const actionOf = (project: CopyProject, path: string, ...options: string[]) =>
  project.copyAsData(PATTERN, ...options).files.find((file) => file.path === path)?.action;

const remembered = (project: CopyProject) => JSON.parse(project.read(MANIFEST)).files;

describe('a file that nobody has copied', () => {
  test('is in the way: the difference is shown, nothing is changed, and --force or --keep decides', () => {
    const project = new CopyProject();
    project.write(CONSTRUCT, `${SOURCE}// mine\n`);
    const before = project.state();
    const { code, out } = project.copy(PATTERN);
    expect(code).toBe(1);
    expect(out).toContain(`In the way, not copied by this command (1):\n  ${PATH}\n`);
    expect(out).toContain(`--- yours/${PATH}\n+++ pattern/${PATH}\n@@`);
    expect(out).toContain('\n }\n-// mine\n');
    expect(out).toContain('Nothing was changed, since files differ.');
    expect(out).not.toContain('Nothing to do.');
    expect(out).toMatch(/Would copy \(\d+\)/);
    expect(project.state()).toEqual(before);
    const data = project.copyAsData(PATTERN);
    expect(data.outcome).toBe('stopped');
    expect(data.files.find(({ path }) => path === PATH)).toMatchObject({
      action: 'differs',
      difference: expect.stringContaining('-// mine'),
    });

    expect(project.copy(PATTERN, '--force', '--dry-run').code).toBe(0);
    expect(project.state()).toEqual(before);
    expect(project.copy(PATTERN, '--keep').code).toBe(0);
    expect(project.read(CONSTRUCT)).toContain('// mine');
    expect(project.has(PROFILE)).toBe(true);
    expect(actionOf(project, PATH)).toBe('yours');
  });

  test('is overwritten with --force', () => {
    const project = new CopyProject();
    project.write(CONSTRUCT, 'mine');
    expect(project.copy(PATTERN, '--force').code).toBe(0);
    expect(project.read(CONSTRUCT)).toBe(SOURCE);
    expect(project.copyAsData(PATTERN).outcome).toBe('nothing to do');
  });

  test("is in nobody's way where it is the same, whatever its line ends", () => {
    const project = new CopyProject();
    project.write(CONSTRUCT, SOURCE.replaceAll('\n', '\r\n'));
    expect(project.copy(PATTERN).code).toBe(0);
    expect(actionOf(project, PATH)).toBe('same');
    expect(project.read(CONSTRUCT)).toContain('\r\n');
  });

  test('need be no text', () => {
    const project = new CopyProject();
    project.write(CONSTRUCT, 'a\0b');
    expect(project.copy(PATTERN).out).toContain(`Binary files of ${PATH} differ`);
  });
});

describe('a second run', () => {
  test('updates what is as it was copied, and removes what is no longer part', () => {
    const project = copied();
    project.age(PATH, 'older');
    project.age('lib/gone/deep/gone.ts', 'gone');
    const { code, out } = project.copy(PATTERN, '--dry-run');
    expect(code).toBe(0);
    expect(out).toContain(`Would update (1):\n  ${PATH}\n`);
    expect(out).toContain('Would remove, no longer part of it (1):\n  lib/gone/deep/gone.ts\n');
    expect(project.read(CONSTRUCT)).toBe('older');
    expect(project.has(`${HOME}/lib/gone/deep/gone.ts`)).toBe(true);
    expect(project.copy(PATTERN).out).toContain(`Updated (1):\n  ${PATH}\n`);
    expect(project.read(CONSTRUCT)).toBe(SOURCE);
    expect(project.has(`${HOME}/lib/gone`)).toBe(false);
    expect(remembered(project)['lib/gone/deep/gone.ts']).toBeUndefined();
    expect(project.copyAsData(PATTERN).outcome).toBe('nothing to do');
  });

  test('leaves what the user alone has changed, also what is no longer part', () => {
    const project = copied();
    project.write(PROFILE, 'mine');
    project.age('lib/gone.ts', 'gone');
    project.write(`${HOME}/lib/gone.ts`, 'mine');
    project.write(`${HOME}/lib/own.ts`, 'my own');
    const { code, out } = project.copy(PATTERN);
    expect(code).toBe(0);
    expect(out).toContain('Changed by you, so left (1):\n  lib/profile.ts\n');
    expect(out).toContain('No longer part of it, but changed by you, so left (1):\n  lib/gone.ts\n');
    expect(out).not.toContain('lib/own.ts');
    expect([PROFILE, `${HOME}/lib/gone.ts`].map((file) => project.read(file))).toEqual(['mine', 'mine']);
    expect(project.read(`${HOME}/lib/own.ts`)).toBe('my own');
    expect(remembered(project)['lib/gone.ts']).toBeUndefined();
  });

  test('lists what both sides have changed, updates the rest, and says so until it is settled', () => {
    const project = copied();
    project.age('lib/profile.ts', 'older');
    project.write(CONSTRUCT, 'mine');
    project.remember(PATH, 'older');
    const { code, out } = project.copy(PATTERN);
    expect(code).toBe(1);
    expect(out).toContain(`Changed by you and by the pattern, so left (1):\n  ${PATH}\n`);
    expect(out).toContain('-mine\n');
    expect(project.read(CONSTRUCT)).toBe('mine');
    expect(project.read(PROFILE)).toBe(readFileSync('lib/profile.ts', 'utf8'));
    const before = project.state();
    expect(project.copy(PATTERN).code).toBe(1);
    expect(project.state()).toEqual(before);

    expect(project.copy(PATTERN, '--keep').code).toBe(0);
    expect(project.read(CONSTRUCT)).toBe('mine');
    expect(actionOf(project, PATH)).toBe('yours');
    project.remember(PATH, 'older');
    expect(project.copy(PATTERN, '--force').code).toBe(0);
    expect(project.read(CONSTRUCT)).toBe(SOURCE);
  });

  test('--force leaves what only the user has changed', () => {
    const project = copied();
    project.write(PROFILE, 'mine');
    expect(project.copy(PATTERN, '--force').code).toBe(0);
    expect(project.read(PROFILE)).toBe('mine');
  });

  test('brings back what is missing', () => {
    const project = copied();
    project.age('lib/gone.ts', 'gone');
    const manifest = project.read(MANIFEST);
    const fresh = new CopyProject();
    fresh.write(MANIFEST, manifest);
    expect(fresh.copy(PATTERN).code).toBe(0);
    expect(fresh.read(CONSTRUCT)).toBe(SOURCE);
    expect(fresh.has(`${HOME}/lib/gone.ts`)).toBe(false);
  });

  test("removes nothing where a pattern of the manifest is gone, since it can't be told what is its", () => {
    const project = copied();
    project.age('lib/other/other.ts', 'other');
    const manifest = JSON.parse(project.read(MANIFEST));
    manifest.patterns.other = { withStack: false, withTests: false };
    project.write(MANIFEST, JSON.stringify(manifest));
    expect(project.copy(PATTERN).code).toBe(0);
    expect(project.read(`${HOME}/lib/other/other.ts`)).toBe('other');
    expect(remembered(project)).toHaveProperty(['lib/other/other.ts']);
  });

  test('touches nothing outside of its folder, whatever the manifest says', () => {
    const project = copied();
    for (const path of ['../outside.ts', 'lib/../../outside.ts', project.path('outside.ts')])
      project.remember(path, 'out');
    project.write('outside.ts', 'out');
    expect(project.copy(PATTERN).code).toBe(0);
    expect(project.read('outside.ts')).toBe('out');
  });
});
