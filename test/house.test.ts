import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Stage } from 'aws-cdk-lib';
import { describe, expect, test } from 'vitest';
import { createApp } from './support/apps';
import { CATALOGUE } from './support/estate';

const PATTERNS = readdirSync('lib', { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && entry.name !== 'building-blocks')
  .map(({ name }) => name);

function pascalCase(folder: string): string {
  return folder.replace(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

describe.each(PATTERNS)('%s', (pattern) => {
  const construct = pascalCase(pattern);

  test('has its construct, both READMEs and its promises', () => {
    const files = [`${pattern}.ts`, 'README.md', 'README.ja.md'];
    expect(files.filter((file) => !existsSync(join('lib', pattern, file)))).toEqual([]);
    const ownTest = readFileSync(join('test', `${pattern}.test.ts`), 'utf8');
    expect(ownTest).toMatch(new RegExp(`promisesOf\\('${pattern}'[),]`));
  });

  test('has a stack, or is a stage with stacks of its own', async () => {
    const file = pathToFileURL(resolve('lib', pattern, `${pattern}.ts`)).href;
    const exported: Readonly<Record<string, { prototype: unknown }>> = await import(/* @vite-ignore */ file);
    const isStage = exported[construct]?.prototype instanceof Stage;
    expect(existsSync(join('lib', pattern, `${pattern}-stack.ts`))).toBe(!isStage);
  });

  test('exports its construct and the props, nothing else', () => {
    const source = readFileSync(join('lib', pattern, `${pattern}.ts`), 'utf8');
    const names = [...source.matchAll(/^export \w+ (\w+)/gm)].map(([, name]) => name);
    expect(names.sort()).toEqual([construct, `${construct}Props`]);
  });

  test.each(CATALOGUE)('is in the catalogue of $name', ({ addStacks }) => {
    const app = createApp();
    addStacks(app);
    expect(app.node.tryFindChild(construct)).toBeDefined();
  });
});

test('imports point one way: pattern, its functions, building blocks, profile', () => {
  const wrong = readdirSync('lib', { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) => {
      const room = roomOf(file);
      const below =
        room === 'profile' ? [] : room === 'building-blocks' ? ['profile'] : ['building-blocks', 'profile'];
      const imports = [
        ...readFileSync(join('lib', file), 'utf8').matchAll(/(?:from|import|require)[ (]*'(\.[^']+)'/g),
      ];
      return (
        imports
          .map(([, path = '']) => relative('lib', join('lib', file, '..', path)))
          // What a pattern's functions and its construct must agree on is said once, with the functions.
          .filter((path) => !path.startsWith(join('..', 'lambda', room, sep)))
          .map(roomOf)
          .filter((target) => target !== room && !below.includes(target))
          .map((target) => `lib/${file} imports from ${target}`)
      );
    });
  expect(wrong).toEqual([]);
});

test('tsc is the one of the pinned TypeScript, though an older one is there for trials', () => {
  const program = realpathSync(join('node_modules', '.bin', 'tsc'));
  expect(relative(process.cwd(), program).split(sep).slice(0, 2)).toEqual(['node_modules', 'typescript']);
});

/** The folder, or the file without its ending, under lib/; `..` is outside of it. */
function roomOf(path: string): string {
  const [first = ''] = path.split(sep);
  return first.replace(/\.ts$/, '');
}
