import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { coerce, gt, minVersion, satisfies, validRange } from 'semver';
import { Refusal } from './refusal';
import { type PackageJson, sourcePackage } from './source';
import { declaredVersion, type Target } from './target';

/** A package that the copied files import. */
export interface RequiredPackage {
  readonly name: string;

  /** The version that this repository is tested with. */
  readonly version: string;

  /** Whether it is needed to run the CDK app; all others only to build and test it. */
  readonly isDependency: boolean;

  /** What the project has: the installed version, or else what its package.json says; undefined if nothing. */
  readonly present: string | undefined;

  readonly state: 'present' | 'missing' | 'older';
}

/** What the copied files can't do without, at any rate; `--install` is no way to change these under a user's feet. */
const FOUNDATION = ['aws-cdk-lib', 'constructs'];

/** Compares the packages that are needed with those of a project. */
export function comparePackages(names: readonly string[], target: Target): RequiredPackage[] {
  const source = sourcePackage();
  return names.map((name) => {
    const version = declaredVersion(source, name);
    if (!version) throw new Error(`package.json does not name ${name}, which is imported`);
    const declared = declaredVersion(target.packageJson, name);
    const present = declared === undefined ? undefined : (installedVersion(name, target.folder) ?? declared);
    return {
      name,
      version,
      isDependency: isDependency(source, name),
      present,
      state: stateOf(version, present),
    };
  });
}

/**
 * Makes sure that the project's CDK is new enough.
 *
 * @throws Refusal where aws-cdk-lib or constructs is older than what the patterns are tested with
 */
export function checkFoundation(packages: readonly RequiredPackage[], project: string): void {
  const old = packages.filter(({ name, state }) => FOUNDATION.includes(name) && state === 'older');
  if (old.length === 0) return;
  const named = old
    .map(({ name, present, version }) => `${name} ${present}, older than ${version}`)
    .join(', and ');
  const wanted = old.map(({ name, version }) => `${name}@^${version}`).join(' ');
  throw new Refusal(`${project} has ${named} that the pattern needs; run \`npm install ${wanted}\` there.`);
}

/** The arguments of the npm commands that install what is missing or too old. */
export function installCommands(packages: readonly RequiredPackage[]): string[][] {
  const needed = packages.filter(({ state }) => state !== 'present');
  const command = (options: string[], isWanted: (each: RequiredPackage) => boolean) => {
    const specifications = needed.filter(isWanted).map(({ name, version }) => `${name}@${version}`);
    return specifications.length > 0 ? [['install', ...options, ...specifications]] : [];
  };
  return [
    ...command([], ({ isDependency }) => isDependency),
    ...command(['--save-dev'], ({ isDependency }) => !isDependency),
  ];
}

const isDependency = ({ dependencies }: PackageJson, name: string): boolean =>
  dependencies !== undefined && name in dependencies;

function stateOf(wanted: string, present: string | undefined): RequiredPackage['state'] {
  if (present === undefined) return 'missing';
  return isOlder(present, wanted) ? 'older' : 'present';
}

/** A range is too old where it allows neither the wanted version nor a newer one; what is no version is trusted. */
function isOlder(present: string, wanted: string): boolean {
  if (!validRange(present) || satisfies(wanted, present)) return false;
  const least = minVersion(present) ?? coerce(present);
  return least !== null && !gt(least, wanted);
}

/** The version in the nearest node_modules, as Node.js would find it. */
function installedVersion(name: string, folder: string): string | undefined {
  try {
    const { version }: PackageJson = JSON.parse(
      readFileSync(join(folder, 'node_modules', name, 'package.json'), 'utf8'),
    );
    return version;
  } catch {
    return dirname(folder) === folder ? undefined : installedVersion(name, dirname(folder));
  }
}
