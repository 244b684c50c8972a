import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { describe, expect, test } from 'vitest';
import { closureOf } from '../bin/copy/closure';
import { patternClosure } from '../bin/copy/parcel';
import { isStage, patternNames } from '../bin/copy/patterns';
import { readReferences } from '../bin/copy/source-file';
import packageJson from '../package.json';
import { catalogueIds } from './deploy/support/units';

const PATTERNS = patternNames();
const NOTHING_ELSE = { withStack: false, withTests: false };

test('every pattern of the catalogue can be copied', () => {
  const ids = PATTERNS.map((name) =>
    name.replace(/(?:^|-)(.)/g, (_, letter: string) => letter.toUpperCase()),
  );
  expect(ids).toEqual(catalogueIds().toSorted());
});

describe.each(PATTERNS)('%s', (pattern) => {
  const { files, packages } = patternClosure(pattern, NOTHING_ELSE);

  test('brings its construct, both READMEs and the licence, and stays small', async ({ annotate }) => {
    const folder = `lib/${pattern}`;
    expect(files).toEqual(
      expect.arrayContaining([
        'LICENSE',
        `${folder}/README.ja.md`,
        `${folder}/README.md`,
        `${folder}/${pattern}.ts`,
        'lib/profile.ts',
      ]),
    );
    const lines = files.map((file) => readFileSync(file, 'utf8').split('\n').length);
    const blocks = files.filter((file) => file.startsWith('lib/building-blocks/'));
    await annotate(
      `${files.length} files, ${lines.reduce((sum, count) => sum + count, 0)} lines, of which ${blocks.length} building blocks`,
    );
    const own = files.filter((file) => !file.startsWith('services/'));
    expect(own.length, 'besides the application that comes along').toBeLessThan(150);
  });

  test.each([
    ['nothing else', NOTHING_ELSE],
    ['its stack', { withStack: true, withTests: false }],
    ['its tests', { withStack: false, withTests: true }],
  ])('with %s, brings what its files import, and nothing of other patterns or the app', (_, parts) => {
    const copied = patternClosure(pattern, parts).files;
    expect(copied.filter((file) => !existsSync(file))).toEqual([]);
    const others = PATTERNS.filter((name) => name !== pattern);
    expect(copied.filter((file) => others.some((name) => file.includes(`/${name}/`)))).toEqual([]);
    expect(copied.filter((file) => file.startsWith('bin/'))).toEqual([]);
    const missing = copied
      .filter((file) => file.endsWith('.ts'))
      .flatMap((file) =>
        Array.from(
          readFileSync(file, 'utf8').matchAll(/(?:from|import|require)[ (]*'(\.[^']+)'/g),
          ([, path = '']) => join(file, '..', path).replace(/\.js$/, ''),
        ),
      )
      .filter(
        (path) =>
          !copied.includes(path) && !copied.includes(`${path}.ts`) && !copied.includes(`${path}.d.ts`),
      );
    expect(missing).toEqual([]);
  });

  test('brings all constructs of its folder, also those that only its stack puts together', () => {
    const folder = `lib/${pattern}`;
    const own = readdirSync(folder).filter((file) => file.endsWith('.ts') && file !== `${pattern}-stack.ts`);
    expect(files).toEqual(expect.arrayContaining(own.map((file) => `${folder}/${file}`)));
  });

  test('brings all that esbuild needs to bundle it, and names all packages', () => {
    const { metafile } = buildSync({
      entryPoints: [`lib/${pattern}/${pattern}.ts`],
      bundle: true,
      platform: 'node',
      packages: 'external',
      write: false,
      metafile: true,
      outdir: 'out',
    });
    expect(Object.keys(metafile.inputs).filter((file) => !files.includes(file))).toEqual([]);
    const imported = Object.values(metafile.outputs).flatMap(({ imports }) =>
      imports.map(({ path }) => path),
    );
    const names = imported
      .filter((path) => !path.startsWith('node:'))
      .map((path) =>
        path
          .split('/')
          .slice(0, path.startsWith('@') ? 2 : 1)
          .join('/'),
      );
    expect(packages).toEqual(expect.arrayContaining(names));
    expect(packages).toContain('aws-cdk-lib');
    expect({ ...packageJson.dependencies, ...packageJson.devDependencies }).toMatchObject(
      Object.fromEntries(packages.map((name) => [name, expect.any(String)])),
    );
  });

  test('brings its stack and tests when asked, and not otherwise', () => {
    const stack = `lib/${pattern}/${pattern}-stack.ts`;
    expect(files).not.toContain(stack);
    expect(files.filter((file) => file.startsWith('test/'))).toEqual([]);
    const withStack = patternClosure(pattern, { withStack: true, withTests: false }).files;
    expect(withStack.includes(stack)).toBe(!isStage(pattern));
    const tests = patternClosure(pattern, { withStack: false, withTests: true });
    expect(tests.files).toEqual(
      expect.arrayContaining(['cdk.json', 'vitest.config.mts', `test/${pattern}.test.ts`]),
    );
    expect(tests.packages).toContain('vitest');
  });
});

test('a pattern brings its functions, its page and the sample application, with their packages', () => {
  const { files, packages } = patternClosure('serverless-api', NOTHING_ELSE);
  for (const name of ['api', 'uploads', 'clean-up', 'keys'])
    expect(files).toContain(`lambda/serverless-api/${name}.ts`);
  expect(files).toContain('lib/serverless-api/site/index.html');
  expect(files).toContain('lib/building-blocks/stand-ins/unused.ts');
  expect(packages).toEqual(expect.arrayContaining(['zod', 'oidc-client-ts', 'esbuild', '@types/node']));
  const intranet = patternClosure('intranet', NOTHING_ELSE).files;
  expect(intranet).toContain('services/company-news/public/image/logo.svg');
  expect(intranet).toContain('services/company-news/server.ts');
});

test('a pattern brings a project of its own as it is committed, with the packages that its files import', () => {
  const { files, packages } = patternClosure('blue-green-service', NOTHING_ELSE);
  const folder = 'services/notice-board';
  const committed = execFileSync(
    'git',
    ['ls-files', '--cached', '--others', '--exclude-standard', '--', folder],
    { encoding: 'utf8' },
  );
  const brought = files.filter((file) => file.startsWith(`${folder}/`));
  expect(brought).toEqual(committed.trim().split('\n').toSorted());
  expect(brought).toEqual(
    expect.arrayContaining(['buildspec.yml', 'package-lock.json'].map((file) => `${folder}/${file}`)),
  );
  expect(packages).toEqual(expect.arrayContaining(['fastify', 'vitest']));
  expect(closureOf([folder]).files).toEqual(brought);
});

test('what a file asks for is read from its syntax, wherever it stands', () => {
  const { modules, paths } = readReferences(
    'lib/a/b.ts',
    `import x from './x';
     import './side';
     import type { T } from './t';
     export { y } from './y';
     export * from './z';
     type U = import('./u').U;
     const v = () => import('./v');
     const w = import(x);
     // import './comment';
     const text = "import './text'";
     projectFolder('lib', 'a', 'files', name);
     projectFolder('lib', name);
     other('lib', 'b');
     join(__dirname, 'public', name);
     join(__dirname, '..', '..');
     join(folder, 'elsewhere');
     new HandlerCode('a', 'api');
     new HandlerCode('a', name);
     new OtherCode('a', 'api');`,
  );
  expect(modules.toSorted()).toEqual(['./side', './t', './u', './v', './x', './y', './z']);
  expect(paths).toEqual(['lib/a/files', 'lib/a/public', 'lambda/a/api.ts']);
  expect(() => readReferences('lib/a/b.ts', 'import {')).toThrow('lib/a/b.ts: ');
});
