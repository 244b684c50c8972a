import { readFileSync, realpathSync, statSync } from 'node:fs';
import { join, resolve, sep } from 'node:path';
import { messageOf, Refusal } from './refusal';
import { type PackageJson, SOURCE } from './source';

/** The folder of a project that takes what is copied. */
export const HOME = 'aws-standard-patterns';

/** A project that patterns are copied into. */
export interface Target {
  /** The project's folder. */
  readonly folder: string;

  /** The folder in it that takes what is copied. */
  readonly home: string;

  readonly packageJson: PackageJson;

  /** Whether its own files are ES modules. */
  readonly isModule: boolean;
}

/**
 * Looks at the project that patterns are to be copied into.
 *
 * @throws Refusal where it is missing, inside this repository, or no CDK project
 */
export function readTarget(project: string): Target {
  if (!statSync(project, { throwIfNoEntry: false })?.isDirectory()) {
    throw new Refusal(
      `${project} is no folder; give the folder of a CDK project, as \`npx cdk init app\` makes it.`,
    );
  }
  const folder = realpathSync(project);
  const home = homeOf(folder);
  for (const path of [folder, home]) {
    if (`${path}${sep}`.startsWith(`${SOURCE}${sep}`)) {
      throw new Refusal(`${project} lies inside this repository; give the folder of a project of your own.`);
    }
  }
  const packageJson = readPackageJson(project);
  if (!declaredVersion(packageJson, 'aws-cdk-lib')) {
    throw new Refusal(
      `${join(project, 'package.json')} names no aws-cdk-lib, so ${project} is no CDK project; give one, or run \`npm install aws-cdk-lib constructs\` there.`,
    );
  }
  return { folder, home, packageJson, isModule: packageJson.type === 'module' };
}

/** The version or range that a package.json gives a package, wherever it lists it. */
export function declaredVersion(
  { dependencies, devDependencies, peerDependencies }: PackageJson,
  name: string,
): string | undefined {
  return dependencies?.[name] ?? devDependencies?.[name] ?? peerDependencies?.[name];
}

function homeOf(folder: string): string {
  const home = resolve(folder, HOME);
  const stats = statSync(home, { throwIfNoEntry: false });
  if (!stats) return home;
  if (!stats.isDirectory()) throw new Refusal(`${home} is no folder; move that file away.`);
  return realpathSync(home);
}

function readPackageJson(project: string): PackageJson {
  const file = join(project, 'package.json');
  try {
    const content: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (typeof content === 'object' && content !== null) return content;
    throw new Error('it is no object');
  } catch (error) {
    throw new Refusal(
      `${file} can't be read (${messageOf(error)}); give the folder of a CDK project, as \`npx cdk init app\` makes it.`,
    );
  }
}
