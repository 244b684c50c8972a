import { existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { version } from 'esbuild';
import { projectFolder } from './project-folder';

/** What was built, and the files of which it was built, as seen from the project. */
export interface Built<T> {
  readonly value: T;
  readonly inputs: readonly string[];
}

/** What a file of the cache holds. */
interface Entry<T> {
  /** The version of esbuild. */
  readonly builtBy: string;
  readonly stamps: Readonly<Record<string, string>>;
  readonly value: T;
}

/** What builds: where one of these changes, so may all that was built. */
const BUILDERS = [
  'lib/building-blocks',
  'lib/building-blocks/stand-ins',
  ...['build-cache', 'bundle', 'handler-bundles', 'own-source-map', 'versions'].map(
    (name) => `lib/building-blocks/${name}.ts`,
  ),
];

/**
 * Takes what was built before, as long as none of its files has changed, and builds it otherwise: most of what a synthesis
 * would do is to bundle the same files again.
 *
 * It is kept in node_modules/.cache, which goes with the packages that are part of it; in a project without node_modules
 * nothing is kept.
 *
 * @param name a file's name, without its ending
 * @param inputs files and folders that decide what is built, besides those that the build itself names
 */
export function takeOrBuild<T>(name: string, inputs: readonly string[], build: () => Built<T>): T {
  const known = read<T>(name);
  if (known?.builtBy === version && isUnchanged(known.stamps)) return known.value;
  const built = build();
  const all = [...BUILDERS, ...inputs, ...built.inputs];
  const stamps = Object.fromEntries(all.map((path) => [path, stampOf(path)]));
  keep(name, { builtBy: version, stamps, value: built.value });
  return built.value;
}

const isUnchanged = (stamps: Entry<unknown>['stamps']): boolean =>
  Object.entries(stamps).every(([path, stamp]) => stampOf(path) === stamp);

/** The time of a file's last change of any kind, which unlike that of its content nobody sets; a folder's tells of its files. */
function stampOf(path: string): string {
  const stats = statSync(projectFolder(path), { throwIfNoEntry: false });
  return stats ? `${stats.ctimeMs} ${stats.size}` : 'missing';
}

/** In the nearest node_modules: where these files were copied into another project, it is that one's. */
function fileOf(name: string, folder = projectFolder()): string | undefined {
  const packages = join(folder, 'node_modules');
  if (existsSync(packages)) return join(packages, '.cache', 'aws-standard-patterns', `${name}.json`);
  return dirname(folder) === folder ? undefined : fileOf(name, dirname(folder));
}

function read<T>(name: string): Entry<T> | undefined {
  try {
    return JSON.parse(readFileSync(fileOf(name) ?? '', 'utf8')) as Entry<T>;
  } catch {
    return undefined;
  }
}

function keep<T>(name: string, entry: Entry<T>): void {
  const file = fileOf(name);
  if (!file) return;
  const unfinished = `${file}.${process.pid}`;
  try {
    mkdirSync(join(file, '..'), { recursive: true });
    writeFileSync(unfinished, JSON.stringify(entry));
    // At once, since another process may be about to read it.
    renameSync(unfinished, file);
  } catch {
    // Where nothing may be written, it is built each time.
  }
}
