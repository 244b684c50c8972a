import { readdirSync, statSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join, posix } from 'node:path';
import { readSource, SOURCE } from './source';
import { readReferences } from './source-file';

/** The files that belong together, and the packages that they need. */
export interface Closure {
  /** Paths as seen from the repository, in order. */
  readonly files: readonly string[];

  /** The names of packages that are imported, in order; `@types/node` where something of Node.js is. */
  readonly packages: readonly string[];
}

/**
 * All that some files import and read, and what these import and read in turn.
 *
 * @param entries paths as seen from the repository; a folder stands for all its files
 */
export function closureOf(entries: readonly string[]): Closure {
  const files = new Set<string>();
  const packages = new Set<string>();
  const waiting = entries.flatMap(filesIn);
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (files.has(file)) continue;
    files.add(file);
    if (!/\.[cm]?ts$/.test(file)) continue;
    const { modules, paths } = readReferences(file, readSource(file).toString());
    for (const module of modules) {
      if (module.startsWith('.')) waiting.push(resolve(file, module));
      else packages.add(packageOf(module));
    }
    // What a project of its own reads, it has in its folder, which came as a whole; or it builds it there.
    if (!isOfOwnProject(file)) waiting.push(...paths.flatMap(filesIn));
  }
  return { files: [...files].toSorted(), packages: [...packages].toSorted() };
}

function packageOf(module: string): string {
  if (isBuiltin(module)) return '@types/node';
  return module
    .split('/')
    .slice(0, module.startsWith('@') ? 2 : 1)
    .join('/');
}

/** The file that a relative import means, as TypeScript finds it. */
function resolve(importer: string, module: string): string {
  const path = posix.join(posix.dirname(importer), module);
  const stem = path.replace(/\.js$/, '');
  const found = [path, `${stem}.ts`, `${path}.d.ts`, `${path}/index.ts`].find(isFile);
  if (!found) throw new Error(`${importer} imports ${module}, which is no file`);
  return found;
}

const isFile = (path: string): boolean =>
  statSync(join(SOURCE, path), { throwIfNoEntry: false })?.isFile() ?? false;

/** Whether a file lies in a folder with a package.json that is not this repository's. */
function isOfOwnProject(file: string): boolean {
  const folder = posix.dirname(file);
  return folder !== '.' && (isFile(posix.join(folder, 'package.json')) || isOfOwnProject(folder));
}

/** What tools put into a project of its own, and no commit holds. */
const MADE_BY_TOOLS = ['build', 'coverage', 'dist', 'node_modules', 'reports'];

/** A file itself; of a folder all files, at any depth, but for what tools put there. */
function filesIn(path: string): string[] {
  if (isFile(path)) return [path];
  return readdirSync(join(SOURCE, path), { withFileTypes: true }).flatMap(({ name }) =>
    MADE_BY_TOOLS.includes(name) ? [] : filesIn(posix.join(path, name)),
  );
}
