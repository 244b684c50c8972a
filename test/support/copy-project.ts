import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { hashOf } from '../../bin/copy/manifest';
import { run } from '../../bin/copy/run';
import packageJson from '../../package.json';

/** What `cdk init` writes down of packages, with this repository's versions. */
export const CDK_PACKAGES = {
  dependencies: {
    'aws-cdk-lib': `^${packageJson.dependencies['aws-cdk-lib']}`,
    constructs: `^${packageJson.dependencies.constructs}`,
  },
};

/** A project that patterns are copied into. */
export class CopyProject {
  readonly folder = mkdtempSync(join(tmpdir(), 'copy-'));

  /** @param content of its package.json; undefined for none */
  constructor(content: object | string | undefined = CDK_PACKAGES) {
    if (content) this.write('package.json', typeof content === 'string' ? content : JSON.stringify(content));
  }

  /** Runs the command for this project. */
  copy(pattern: string, ...options: string[]) {
    return runCopy(pattern, this.folder, ...options);
  }

  /** Runs the command for this project, and reads what it tells tools. */
  copyAsData(pattern: string, ...options: string[]): CopyData {
    return JSON.parse(this.copy(pattern, '--json', ...options).out);
  }

  path(file: string): string {
    return join(this.folder, file);
  }

  write(file: string, text: string): void {
    mkdirSync(dirname(this.path(file)), { recursive: true });
    writeFileSync(this.path(file), text);
  }

  read(file: string): string {
    return readFileSync(this.path(file), 'utf8');
  }

  has(file: string): boolean {
    return existsSync(this.path(file));
  }

  /** All files with their contents and the times of their last change. */
  state(): Record<string, string> {
    const files = readdirSync(this.folder, { recursive: true, encoding: 'utf8' }).toSorted();
    return Object.fromEntries(
      files.map((file) => {
        const stats = statSync(this.path(file));
        return [file, stats.isFile() ? `${stats.ctimeMs} ${this.read(file)}` : 'folder'];
      }),
    );
  }

  /** Makes a file one that an older version of the pattern brought along. */
  age(path: string, text: string): void {
    this.write(`${HOME}/${path}`, text);
    this.remember(path, text);
  }

  /** Writes into the manifest that a file was copied with this text. */
  remember(path: string, text: string): void {
    const manifest = JSON.parse(this.read(MANIFEST));
    manifest.files[path] = hashOf(Buffer.from(text));
    this.write(MANIFEST, JSON.stringify(manifest));
  }
}

export const HOME = 'aws-standard-patterns';
export const MANIFEST = `${HOME}/manifest.json`;

/** What the command tells tools. */
export interface CopyData {
  readonly outcome: string;
  readonly message?: string;
  readonly patterns: string[];
  readonly files: { readonly path: string; readonly action: string; readonly difference?: string }[];
  readonly packages: { readonly name: string; readonly version: string; readonly state: string }[];
  readonly install: string[];
  readonly flags: { readonly name: string; readonly value: unknown; readonly present?: unknown }[];
  readonly use: string;
}

/** Runs the copy command and collects its words. */
export function runCopy(...words: string[]): { code: number; out: string; error: string } {
  const said = { out: '', error: '' };
  const code = run(words, {
    out: (text) => {
      said.out += text;
    },
    error: (text) => {
      said.error += text;
    },
  });
  return { code, ...said };
}
