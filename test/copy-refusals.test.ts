import { describe, expect, test, vi } from 'vitest';
import { CDK_PACKAGES, CopyProject, HOME, MANIFEST, runCopy } from './support/copy-project';

const PATTERN = 'campaign-site';
const PATH = `lib/${PATTERN}/${PATTERN}.ts`;
const CONSTRUCT = `${HOME}/${PATH}`;

/** Folders that can't be written: root, which runs tests in containers, may write all real ones. */
const locked = vi.hoisted(() => new Set<string>());
vi.mock('node:fs', async (original) => {
  const fs = await original<typeof import('node:fs')>();
  const accessSync: typeof fs.accessSync = (path, mode) => {
    if (locked.has(String(path)) && mode === (fs.constants.W_OK | fs.constants.X_OK))
      throw new Error('EACCES');
    fs.accessSync(path, mode);
  };
  return { ...fs, accessSync };
});

function withFile(file: string, text: string): CopyProject {
  const project = new CopyProject();
  project.write(file, text);
  return project;
}

describe('it refuses, and changes nothing', () => {
  const older = { ...CDK_PACKAGES, dependencies: { ...CDK_PACKAGES.dependencies, 'aws-cdk-lib': '2.275.0' } };
  const LATER = { withStack: false, withTests: false };

  test.each<[string, () => CopyProject, string[], string]>([
    [
      'a misspelt pattern',
      () => new CopyProject(),
      ['campain-site'],
      'There is no pattern "campain-site"; did you mean campaign-site?',
    ],
    [
      'an unknown pattern',
      () => new CopyProject(),
      ['x'],
      'There is no pattern "x"; choose one of blue-green-service, campaign-site, ',
    ],
    [
      'the building blocks',
      () => new CopyProject(),
      ['building-blocks'],
      'There is no pattern "building-blocks"; ',
    ],
    [
      'an unknown option',
      () => new CopyProject(),
      [PATTERN, '--fast'],
      "Unknown option '--fast'; the command is: npm run copy",
    ],
    ['a word too many', () => new CopyProject(), [PATTERN, 'b'], '"b" is more than a pattern and a folder; '],
    ['two ways to settle', () => new CopyProject(), [PATTERN, '--force', '--keep'], 'give one of them.'],
    ['no package.json', () => new CopyProject(''), [PATTERN], "package.json can't be read (ENOENT"],
    ['a broken package.json', () => new CopyProject('{'), [PATTERN], "package.json can't be read ("],
    [
      'a package.json of nothing',
      () => new CopyProject('null'),
      [PATTERN],
      "package.json can't be read (it is no object)",
    ],
    ['no CDK project', () => new CopyProject({}), [PATTERN], 'names no aws-cdk-lib, so '],
    [
      'an older aws-cdk-lib',
      () => new CopyProject(older),
      [PATTERN],
      'has aws-cdk-lib 2.275.0, older than 2.276.0 that the pattern needs; run `npm install aws-cdk-lib@^2.276.0` there.',
    ],
    [
      'a file in place of the folder',
      () => withFile(HOME, 'file'),
      [PATTERN],
      `${HOME} is no folder; move that file away.`,
    ],
    [
      'a file in place of a folder in it',
      () => withFile(`${HOME}/lib`, 'file'),
      [PATTERN],
      `${HOME}/lib is no folder; move that file away.`,
    ],
    [
      'a folder in place of a file',
      () => withFile(`${CONSTRUCT}/x`, 'x'),
      [PATTERN],
      `${PATH} is in the place of a file; move it away.`,
    ],
    ...[
      '{',
      '[]',
      'null',
      '{}',
      '{ "version": "1", "patterns": {}, "files": { "a": 1 } }',
      '{ "version": "1", "patterns": { "a": true }, "files": {} }',
      '{ "version": "1", "patterns": { "a": { "withStack": true } }, "files": {} }',
      JSON.stringify({ version: 1, patterns: { a: LATER }, files: {} }),
      JSON.stringify({ version: '1', patterns: { a: LATER } }),
      JSON.stringify({ version: '1', patterns: {}, files: [] }),
    ].map((text): [string, () => CopyProject, string[], string] => [
      `a manifest ${text}`,
      () => withFile(MANIFEST, text),
      [PATTERN],
      'restore it from your version control, or delete it and copy again.',
    ]),
  ])('%s', (_, create, [pattern = '', ...rest], message) => {
    const project = create();
    const before = project.state();
    const { code, error, out } = runCopy(pattern, project.folder, ...rest);
    expect(error).toContain(message);
    expect(error).toMatch(/^[^\n]+\n$/);
    expect(out).toBe('');
    expect(code).toBe(2);
    expect(project.state()).toEqual(before);
    expect(JSON.parse(runCopy(pattern, project.folder, ...rest, '--json').out)).toEqual({
      outcome: 'refused',
      message: error.trim(),
    });
  });

  test.each([
    [[PATTERN], `${PATTERN} goes into a project, but no folder is given; `],
    [[PATTERN, '/no/such/folder'], '/no/such/folder is no folder; give the folder of a CDK project'],
    [[PATTERN, '.'], '. lies inside this repository; '],
    [[PATTERN, 'lib'], 'lib lies inside this repository; '],
  ])('%s', (words, message) => {
    const { code, error } = runCopy(...words);
    expect([code, error.startsWith(message)]).toEqual([2, true]);
  });

  test('both foundations that are too old, in one sentence', () => {
    const project = new CopyProject({ dependencies: { 'aws-cdk-lib': '2.1.0', constructs: '10.0.0' } });
    const { error } = project.copy(PATTERN);
    expect(error).toContain(
      'aws-cdk-lib 2.1.0, older than 2.276.0, and constructs 10.0.0, older than 10.8.1 that',
    );
    expect(error).toContain('`npm install aws-cdk-lib@^2.276.0 constructs@^10.8.1`');
  });

  test.each(['', HOME, `${HOME}/lib`])('a folder that can\'t be written: "%s"', (folder) => {
    const project = new CopyProject();
    if (folder) project.write(`${folder}/own.ts`, 'mine');
    const before = project.state();
    locked.add(project.path(folder));
    expect(project.copy(PATTERN, '--dry-run').code).toBe(2);
    expect(project.copy(PATTERN)).toEqual({
      code: 2,
      out: '',
      error: `${project.path(folder)} can't be written (EACCES); change its permissions.\n`,
    });
    expect(project.state()).toEqual(before);
  });
});
