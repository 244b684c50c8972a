import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { parse } from 'yaml';

/** The parts of a buildspec that are run or looked at here. */
export interface Buildspec {
  readonly env: {
    readonly shell: string;
    readonly variables: Readonly<Record<string, string>>;
    readonly 'exported-variables': readonly string[];
  };
  readonly phases: Readonly<Record<string, { readonly commands: readonly string[] }>>;
  readonly reports: Readonly<
    Record<string, { readonly 'base-directory': string; readonly files: readonly string[] }>
  >;
  readonly artifacts: { readonly 'base-directory': string };
}

/** How a build ended. */
export interface BuildResult {
  readonly code: number | null;
  /** All that it has said. */
  readonly log: string;
  /** The calls of Docker, in order; behind `<` what one was told on standard input. */
  readonly docker: readonly string[];
  /** What the pipeline would get to know. */
  readonly exported: Readonly<Record<string, string>>;
}

const DOCKER = `#!/bin/bash
line="$*"
case "$line" in *--password-stdin*) line="$line < $(cat)" ;; esac
echo "$line" >> "$DOCKER_LOG"
`;

/** The variables of this machine that npm needs, without those of the test run. */
const OF_THE_MACHINE = /^(HOME|TMPDIR|LANG|npm_config_\w+|\w+_proxy|NODE_EXTRA_CA_CERTS|SSL_CERT_FILE)$/i;

/** A copy of a project in a folder of its own, in which its buildspec runs as CodeBuild runs it, but for Docker. */
export class CodeBuild {
  readonly source: string;
  readonly buildspec: Buildspec;
  private readonly folder = mkdtempSync(join(tmpdir(), 'code-build-'));
  private builds = 0;

  /** @param project the folder to copy; what it ignores in git stays behind */
  constructor(project: string) {
    this.source = join(this.folder, 'src');
    const ignored = readFileSync(join(project, '.gitignore'), 'utf8').split('\n').filter(Boolean);
    const left = ignored.map((name) => join(project, name.replace(/\/$/, '')));
    cpSync(project, this.source, { recursive: true, filter: (path) => !left.includes(path) });
    this.buildspec = parse(readFileSync(join(this.source, 'buildspec.yml'), 'utf8'));
    mkdirSync(join(this.folder, 'commands'));
    const docker = join(this.folder, 'commands', 'docker');
    writeFileSync(docker, DOCKER);
    chmodSync(docker, 0o755);
  }

  /** The commands of all phases, in order. */
  get commands(): readonly string[] {
    return Object.values(this.buildspec.phases).flatMap(({ commands }) => commands);
  }

  /** Runs commands in one shell until one fails, as version 0.2 of the buildspec says. */
  async run(
    commands: readonly string[],
    environment: Readonly<Record<string, string>>,
  ): Promise<BuildResult> {
    this.builds += 1;
    const dockerLog = join(this.folder, `docker-${this.builds}.log`);
    const exportedFile = join(this.folder, `exported-${this.builds}`);
    const { shell, variables, 'exported-variables': names } = this.buildspec.env;
    const script = [
      ...commands.map((command) => `{ ${command}\n} || exit $?`),
      ...names.map((name) => `echo "${name}=$(printenv ${name})" >> '${exportedFile}'`),
    ].join('\n');
    const env = { ...this.environment(), ...variables, DOCKER_LOG: dockerLog, ...environment };
    const child = spawn(shell, ['-c', script], { cwd: this.source, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let log = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (part: Buffer) => {
        log += part;
      });
    }
    const [code] = await once(child, 'close');
    const pairs = linesOf(exportedFile).map((line) => [line.split('=', 1)[0], line.replace(/^[^=]*=/, '')]);
    return { code, log, docker: linesOf(dockerLog), exported: Object.fromEntries(pairs) };
  }

  /** Removes the copy and its packages. */
  async remove(): Promise<void> {
    await rm(this.folder, { recursive: true });
  }

  /** Node.js is the pinned one, and no program of this repository is within reach. */
  private environment(): Record<string, string | undefined> {
    const machine = Object.entries(process.env).filter(([name]) => OF_THE_MACHINE.test(name));
    const path = (process.env.PATH ?? '').split(delimiter).filter((part) => !part.includes('node_modules'));
    return {
      ...Object.fromEntries(machine),
      PATH: [join(this.folder, 'commands'), dirname(process.execPath), ...path].join(delimiter),
    };
  }
}

function linesOf(file: string): string[] {
  return existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n') : [];
}
