import { spawnSync } from 'node:child_process';
import { readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';

/** This repository's folder. */
export const SOURCE = realpathSync(join(__dirname, '..', '..'));

/** What a package.json says of packages. */
export interface PackageJson {
  readonly version?: string;
  readonly type?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

/** A file's content, of this repository. */
export const readSource = (path: string): Buffer => readFileSync(join(SOURCE, path));

/** This repository's package.json. */
export const sourcePackage = (): PackageJson => JSON.parse(readSource('package.json').toString());

/** From what is copied: the version, and the commit where git knows it. */
export function sourceVersion(): string {
  const { version = '0.0.0' } = sourcePackage();
  const git = spawnSync('git', ['describe', '--always', '--dirty', '--abbrev=12', '--exclude=*'], {
    cwd: SOURCE,
    encoding: 'utf8',
  });
  return git.status === 0 ? `${version} (${git.stdout.trim()})` : version;
}
