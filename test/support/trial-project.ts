import { execFile } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { StackTemplate } from './apps';

const run = promisify(execFile);
const PACKAGES = resolve('node_modules');
const CDK = join(PACKAGES, 'aws-cdk', 'bin', 'cdk');

/** A file of settings, as far as trials change it. */
interface Settings {
  readonly compilerOptions?: Readonly<Record<string, unknown>>;
  readonly [key: string]: unknown;
}

/** A CDK project that has nothing to do with this repository but its packages. */
export class TrialProject {
  private constructor(readonly folder: string) {}

  /**
   * The project that `cdk init app --language typescript` of the pinned CLI makes, with the packages of this repository.
   *
   * @param folder a new one; the CLI names the app after it
   * @param instead packages of this repository that stand there under another name
   */
  static async create(folder: string, instead: Readonly<Record<string, string>> = {}): Promise<TrialProject> {
    mkdirSync(folder, { recursive: true });
    const project = new TrialProject(folder);
    await project.cdk('init', 'app', '--language', 'typescript', '--generate-only');
    project.linkPackages(instead);
    for (const part of ['bin', 'lib', 'test']) rmSync(join(folder, part), { recursive: true });
    // Jest is not among the packages here, and the template's test, which would need its types, is gone.
    project.change('tsconfig.json', ({ compilerOptions }) => ({
      compilerOptions: { ...compilerOptions, types: ['node'] },
    }));
    return project;
  }

  /** Writes a file of the project. */
  write(path: string, text: string): void {
    mkdirSync(join(this.folder, path, '..'), { recursive: true });
    writeFileSync(join(this.folder, path), text);
  }

  /** Changes members of a JSON file of the project. */
  change(path: string, members: (before: Settings) => Settings): void {
    const before: Settings = JSON.parse(readFileSync(join(this.folder, path), 'utf8'));
    this.write(path, JSON.stringify({ ...before, ...members(before) }, undefined, 2));
  }

  /**
   * Type-checks all files of the project with its own TypeScript and settings.
   *
   * @throws what is wrong with them
   */
  async typeCheck(): Promise<void> {
    await this.node([join(this.folder, 'node_modules', 'typescript', 'bin', 'tsc'), '--noEmit']);
  }

  /** Synthesizes the project by the CLI and its own cdk.json: the templates, as `templatesIn` names them. */
  async synth(): Promise<ReadonlyMap<string, StackTemplate>> {
    // What the CLI adds of its own accord is no part of the patterns.
    await this.cdk('synth', '--quiet', '--no-version-reporting', '--no-path-metadata', '--no-asset-metadata');
    return templatesIn(join(this.folder, 'cdk.out'));
  }

  private cdk(...args: string[]): Promise<void> {
    return this.node([CDK, ...args, '--no-notices']);
  }

  private async node(args: string[]): Promise<void> {
    const path = [join(this.folder, 'node_modules', '.bin'), join(PACKAGES, '.bin'), process.env.PATH];
    const env = { ...process.env, PATH: path.join(delimiter), CDK_DISABLE_CLI_TELEMETRY: 'true' };
    await run(process.execPath, args, { cwd: this.folder, env, maxBuffer: 2 ** 25 }).catch(
      ({ message, stdout }: Failure) => {
        // TypeScript prints to stdout what is wrong.
        throw new Error(`${message}\n${stdout}`);
      },
    );
  }

  private linkPackages(instead: Readonly<Record<string, string>>): void {
    const own = join(this.folder, 'node_modules');
    // A folder of its own, so that what a pattern builds is kept apart.
    mkdirSync(join(own, '.bin'), { recursive: true });
    const names = readdirSync(PACKAGES).filter((name) => !name.startsWith('.'));
    for (const name of names) symlinkSync(join(PACKAGES, instead[name] ?? name), join(own, name));
    for (const program of readdirSync(join(PACKAGES, '.bin'))) {
      symlinkSync(join(PACKAGES, '.bin', program), join(own, '.bin', program));
    }
    for (const name of Object.keys(instead)) {
      const { bin }: { bin: Readonly<Record<string, string>> } = JSON.parse(
        readFileSync(join(own, name, 'package.json'), 'utf8'),
      );
      for (const [program, file] of Object.entries(bin)) {
        rmSync(join(own, '.bin', program), { force: true });
        symlinkSync(join('..', name, file), join(own, '.bin', program));
      }
    }
  }
}

const ENDING = '.template.json';

/** The templates of an assembly, nested ones and those of stages included, by their files without the ending. */
export function templatesIn(output: string): ReadonlyMap<string, StackTemplate> {
  return new Map(
    readdirSync(output, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith(ENDING))
      .map((file) => [file.slice(0, -ENDING.length), JSON.parse(readFileSync(join(output, file), 'utf8'))]),
  );
}

/** What a program says that fails. */
interface Failure {
  readonly message: string;
  readonly stdout: string;
}
