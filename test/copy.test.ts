import { chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { isStage, listPatterns, patternNames } from '../bin/copy/patterns';
import cdkJson from '../cdk.json';
import packageJson from '../package.json';
import { CDK_PACKAGES, CopyProject, HOME, MANIFEST, runCopy } from './support/copy-project';

const PATTERN = 'campaign-site';
const CONSTRUCT = `${HOME}/lib/${PATTERN}/${PATTERN}.ts`;

afterEach(() => vi.unstubAllEnvs());

describe('without arguments', () => {
  test('it lists every pattern with the first sentence of its README', () => {
    const { code, out } = runCopy();
    expect(code).toBe(0);
    for (const { name, sentence } of listPatterns()) {
      expect(out).toContain(`${name}\n    ${sentence}\n`);
      expect(readFileSync(`lib/${name}/README.md`, 'utf8')).toContain(`\n\n${sentence}`);
      expect(sentence).toMatch(/^[A-Z].{40,}\.$/);
    }
    expect(out).toContain('npm run copy -- <pattern> <project folder>');
    expect(JSON.parse(runCopy('--json').out)).toEqual({ patterns: listPatterns() });
  });
});

describe.each(patternNames())('%s', (pattern) => {
  test('is copied as it is here, with a manifest; copying twice changes nothing', () => {
    const project = new CopyProject();
    const { code, out } = project.copy(pattern);
    expect(code).toBe(0);
    const manifest = JSON.parse(project.read(MANIFEST));
    const paths = Object.keys(manifest.files);
    expect(manifest.version).toMatch(new RegExp(`^${packageJson.version} \\([0-9a-f]{12}(-dirty)?\\)$`));
    expect(manifest.patterns).toEqual({ [pattern]: { withStack: false, withTests: false } });
    for (const path of paths) {
      expect(project.read(`${HOME}/${path}`)).toBe(readFileSync(path, 'utf8'));
      expect(out).toContain(`  ${path}\n`);
    }
    const files = Object.keys(project.state()).filter((file) => project.state()[file] !== 'folder');
    expect(files.toSorted()).toEqual(
      ['package.json', MANIFEST, ...paths.map((path) => `${HOME}/${path}`)].toSorted(),
    );

    expect(project.has(`${HOME}/.copying`)).toBe(false);
    const before = project.state();
    expect(project.copy(pattern)).toMatchObject({ code: 0, out: expect.stringContaining('Nothing to do.') });
    expect(project.state()).toEqual(before);
    expect(project.copyAsData(pattern).outcome).toBe('nothing to do');
  });

  test('comes with the lines that use it, for both kinds of projects', () => {
    const construct = pattern.replace(/(?:^|-)(.)/g, (_, letter: string) => letter.toUpperCase());
    const line = `import { ${construct} } from '../${HOME}/lib/${pattern}/${pattern}`;
    const { out } = new CopyProject().copy(pattern, '--dry-run');
    expect(out).toContain(`  ${line}';`);
    const [place, scope] = isStage(pattern) ? ['bin/, in your app', 'app'] : ['lib/, in a stack', 'this'];
    expect(out).toContain(`Use it in ${place}`);
    expect(out).toContain(`  new ${construct}(${scope}, '${construct}', {`);
    expect(out).not.toContain("from './");
    const modules = new CopyProject({ ...CDK_PACKAGES, type: 'module' });
    expect(modules.copyAsData(pattern).use).toContain(`${line}.js';`);
    expect(modules.read(`${HOME}/package.json`)).toBe('{\n  "private": true\n}\n');
  });
});

describe('a dry run', () => {
  test('says what would happen, and changes nothing', () => {
    const project = new CopyProject();
    const { code, out } = project.copy(PATTERN, '--dry-run', '--install');
    expect(code).toBe(0);
    expect(out).toMatch(/Would copy \(\d+\):\n {2}LICENSE\n/);
    expect(project.copyAsData(PATTERN, '--dry-run').outcome).toBe('would change');
    expect(Object.keys(project.state())).toEqual(['package.json']);
    expect(project.copy(PATTERN).out).toMatch(/Copied \(\d+\):\n {2}LICENSE\n/);
  });
});

describe('parts', () => {
  test('stack and tests come when asked, and keep coming; patterns share a folder', () => {
    const project = new CopyProject();
    project.copy(PATTERN, '--with-stack');
    expect(project.has(`${HOME}/lib/${PATTERN}/${PATTERN}-stack.ts`)).toBe(true);
    expect(project.has(`${HOME}/test`)).toBe(false);
    const { out } = project.copy(PATTERN, '--with-tests');
    expect(project.has(`${HOME}/test/${PATTERN}.test.ts`)).toBe(true);
    expect(out).toContain(`cd ${project.path(HOME)} && npx vitest run`);
    expect(out).toContain(`vitest ${packageJson.devDependencies.vitest}   missing`);
    const before = project.state();
    expect(project.copy(PATTERN).code).toBe(0);
    expect(project.state()).toEqual(before);

    expect(project.copy('intranet').out).toContain(`It shares files with ${PATTERN}, updated together.`);
    expect(JSON.parse(project.read(MANIFEST)).patterns).toEqual({
      [PATTERN]: { withStack: true, withTests: true },
      intranet: { withStack: false, withTests: false },
    });
    expect(project.has(CONSTRUCT)).toBe(true);
    expect(project.copyAsData(PATTERN).outcome).toBe('nothing to do');
  });
});

test.each(patternNames().filter(isStage))('%s has its stacks in it: --with-stack says so', (pattern) => {
  const project = new CopyProject();
  const { code, out } = project.copy(pattern, '--with-stack');
  expect(code).toBe(0);
  expect(out).toContain(`${pattern} is a stage: its stacks are part of it, and --with-stack adds nothing.`);
  expect(JSON.parse(project.read(MANIFEST)).files).not.toHaveProperty([`lib/${pattern}/${pattern}-stack.ts`]);
  expect(new CopyProject().copy(pattern).out).not.toContain('--with-stack');
  expect(new CopyProject().copy(PATTERN, '--with-stack').out).not.toContain('--with-stack');
});

describe('packages', () => {
  const state = (project: CopyProject, pattern: string, name: string) =>
    project.copyAsData(pattern, '--dry-run').packages.find((each) => each.name === name);

  test.each([
    [undefined, undefined, 'missing'],
    ['^0.28.0', undefined, 'present'],
    [packageJson.devDependencies.esbuild, undefined, 'present'],
    ['0.27.9', undefined, 'older'],
    ['^0.27.0', undefined, 'older'],
    ['>=0.20.0', undefined, 'present'],
    ['>=0.20.0', '0.27.0', 'older'],
    ['^0.30.0', undefined, 'present'],
    ['^0.27.0', '0.28.2', 'present'],
    ['workspace:*', undefined, 'present'],
  ])('esbuild %s, of which %s is installed, is %s', (declared, installed, expected) => {
    const project = new CopyProject({ ...CDK_PACKAGES, devDependencies: { esbuild: declared } });
    if (installed) project.write('node_modules/esbuild/package.json', JSON.stringify({ version: installed }));
    expect(state(project, 'intranet', 'esbuild')).toMatchObject({
      version: packageJson.devDependencies.esbuild,
      state: expected,
    });
  });

  test('a package in a folder above counts as installed', () => {
    const project = new CopyProject();
    project.write('app/package.json', JSON.stringify({ ...CDK_PACKAGES, devDependencies: { esbuild: '*' } }));
    project.write('node_modules/esbuild/package.json', '{ "version": "0.1.0" }');
    const { out } = runCopy('intranet', project.path('app'), '--dry-run');
    expect(out).toContain('older: 0.1.0');
  });

  describe('--install', () => {
    let project: CopyProject;
    beforeEach(() => {
      project = new CopyProject();
      project.write('commands/npm', '#!/bin/sh\necho "$PWD $*" >> "$NPM_CALLS"\nexit "$NPM_STATUS"\n');
      chmodSync(project.path('commands/npm'), 0o755);
      vi.stubEnv('NPM_STATUS', '0');
      vi.stubEnv('NPM_CALLS', project.path('calls'));
      vi.stubEnv('PATH', [project.path('commands'), process.env.PATH].join(delimiter));
    });

    test('runs npm there with what is missing, and only then', () => {
      expect(project.copy(PATTERN).code).toBe(0);
      expect(project.has('calls')).toBe(false);
      expect(project.copy(PATTERN, '--install', '--dry-run').code).toBe(0);
      expect(project.has('calls')).toBe(false);
      expect(project.copy(PATTERN, '--install').code).toBe(0);
      const types = `@types/node@${packageJson.devDependencies['@types/node']}`;
      expect(project.read('calls')).toBe(`${project.folder} install --save-dev ${types}\n`);
      expect(project.copyAsData(PATTERN).install).toEqual([`npm install --save-dev ${types}`]);
    });

    test('is told where it fails', () => {
      vi.stubEnv('NPM_STATUS', '7');
      expect(project.copy(PATTERN, '--install').code).toBe(1);
      expect(project.has(CONSTRUCT)).toBe(true);
    });

    test('has nothing to do where all is there', () => {
      const packages = Object.fromEntries(
        project.copyAsData(PATTERN).packages.map((each) => [each.name, each.version]),
      );
      project.write('package.json', JSON.stringify({ dependencies: packages }));
      expect(project.copy(PATTERN, '--install')).toMatchObject({
        code: 0,
        out: expect.not.stringContaining('npm install'),
      });
      expect(project.has('calls')).toBe(false);
    });
  });
});

describe('feature flags', () => {
  const FLAG = '@aws-cdk/aws-iam:minimizePolicies';

  test.each([
    ['no cdk.json', undefined, `${FLAG}: true   your cdk.json lacks it`],
    ['a cdk.json without it', '{}', `${FLAG}: true   your cdk.json lacks it`],
    ['a cdk.json that is broken', '{', `${FLAG}: true   your cdk.json lacks it`],
    ['another value', `{ "context": { "${FLAG}": false } }`, `${FLAG}: true   your cdk.json says false`],
    ['our cdk.json', JSON.stringify(cdkJson), `${FLAG}: true\n`],
  ])('are compared with %s', (_, text, expected) => {
    const project = new CopyProject();
    if (text) project.write('cdk.json', text);
    const { out } = project.copy(PATTERN, '--dry-run');
    expect(out).toContain(expected);
    expect(out).not.toContain('serverAccessLogsUseBucketPolicy');
  });
});

test('the command itself runs, and ends with the same codes', async () => {
  const { spawnSync } = await import('node:child_process');
  const project = new CopyProject();
  const call = (...words: string[]) =>
    spawnSync(process.execPath, ['--import', 'tsx', 'bin/copy.ts', ...words], { encoding: 'utf8' });
  expect(call(PATTERN, project.folder)).toMatchObject({ status: 0, stderr: '' });
  expect(existsSync(project.path(CONSTRUCT))).toBe(true);
  writeFileSync(project.path(CONSTRUCT), 'mine');
  project.remember(`lib/${PATTERN}/${PATTERN}.ts`, 'older');
  expect(call(PATTERN, project.folder).status).toBe(1);
  expect(call('nothing', project.folder)).toMatchObject({ status: 2, stdout: '' });
});

test('a folder by way of a symbolic link is the same folder', () => {
  const project = new CopyProject();
  mkdirSync(project.path('links'));
  symlinkSync(project.folder, project.path(join('links', 'app')));
  expect(runCopy(PATTERN, project.path('links/app')).out).toContain(` to ${project.path(HOME)}\n`);
});
