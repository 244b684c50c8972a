import { readdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join, relative, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import own from '../package.json';
import ownLock from '../package-lock.json';
import board from '../services/notice-board/package.json';
import boardLock from '../services/notice-board/package-lock.json';
import shop from '../services/shop/package.json';
import shopLock from '../services/shop/package-lock.json';

type Versions = Readonly<Record<string, string>>;
type Packages = Readonly<Record<string, { readonly version?: string }>>;

const PROJECTS: readonly {
  readonly name: string;
  readonly service: { readonly dependencies: Versions; readonly devDependencies: Versions };
  readonly lock: { readonly packages: Packages };
}[] = [
  { name: 'notice-board', service: board, lock: boardLock },
  { name: 'shop', service: shop, lock: shopLock },
];

describe.each(PROJECTS)('the project of services/$name', ({ name, service, lock }) => {
  const folder = resolve('services', name);
  const wanted: Versions = { ...service.dependencies, ...service.devDependencies };

  test('its packages are those of this repository, version by version', () => {
    const known: Versions = own.devDependencies;
    expect(Object.entries(wanted).filter(([one, version]) => known[one] !== version)).toEqual([]);
    const ownPackages: Packages = ownLock.packages;
    const others = Object.entries(lock.packages).filter(
      ([path, { version }]) => path !== '' && ownPackages[path]?.version !== version,
    );
    expect(others).toEqual([]);
    expect(lock.packages['']).toMatchObject({
      dependencies: service.dependencies,
      devDependencies: service.devDependencies,
    });
  });

  test('its lockfile names no registry, so that each machine takes its own', () => {
    expect(readFileSync(join(folder, 'package-lock.json'), 'utf8')).not.toContain('"resolved"');
  });

  test('its lockfile has what the build needs on Linux on arm64', () => {
    for (const tool of ['@biomejs/cli', '@esbuild/', '@rolldown/binding', '@typescript/typescript']) {
      const platform = `node_modules/${tool}${tool.endsWith('/') ? '' : '-'}linux-arm64`;
      expect(Object.keys(lock.packages).filter((path) => path.startsWith(platform))).not.toEqual([]);
    }
  });

  test('its folder is all it needs, and it needs all its packages', () => {
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
      (file) => /\.m?ts$/.test(file) && !/^(node_modules|build|dist)\b/.test(file),
    );
    expect(files.length).toBeGreaterThan(20);
    const imports = files.flatMap((file) =>
      [...readFileSync(join(folder, file), 'utf8').matchAll(/(?:from|import\(|import)\s*'([\w@./-]+)'/g)].map(
        ([, target = '']) => ({ file, target }),
      ),
    );
    const isOf = (target: string) => (one: string) => target === one || target.startsWith(`${one}/`);
    const wrong = imports.filter(({ file, target }) =>
      target.startsWith('.')
        ? relative(folder, resolve(folder, file, '..', target)).startsWith('..')
        : !isBuiltin(target) && !Object.keys(wanted).some(isOf(target)),
    );
    expect(wrong).toEqual([]);
    const unused = Object.keys(service.dependencies).filter(
      (one) => !imports.some(({ target }) => isOf(target)(one)),
    );
    expect(unused).toEqual([]);
  });
});
