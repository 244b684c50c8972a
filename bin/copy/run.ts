import { spawnSync } from 'node:child_process';
import { type Arguments, readArguments, SYNOPSIS } from './arguments';
import { type Copy, copyPattern } from './copy';
import { installCommands } from './packages';
import { listPatterns } from './patterns';
import { Refusal } from './refusal';
import { copyAsData, describeCopy } from './report';

/** Where the command's words go. */
export interface Output {
  readonly out: (text: string) => void;
  readonly error: (text: string) => void;
}

const CONSOLE: Output = {
  out: (text) => process.stdout.write(text),
  error: (text) => process.stderr.write(text),
};

/**
 * The copy command.
 *
 * @returns the exit code: 0 done, or nothing to do; 1 stopped, since files differ, or packages could not be installed; 2 refused
 */
export function run(words: readonly string[], output = CONSOLE): number {
  const json = words.includes('--json');
  const print = (data: object) => output.out(`${JSON.stringify(data, null, 2)}\n`);
  try {
    const wish = readArguments(words);
    const { pattern, project } = wish;
    if (pattern === undefined || project === undefined) {
      const patterns = listPatterns();
      if (json) print({ patterns });
      else output.out(describePatterns(patterns));
      return 0;
    }
    const copy = copyPattern(pattern, project, wish);
    if (json) print(copyAsData(copy, wish.dryRun));
    else output.out(describeCopy(copy, wish.dryRun));
    if (copy.isStopped) return 1;
    return isInstalled(copy, wish) ? 0 : 1;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    if (json) print({ outcome: 'refused', message: error.message });
    else output.error(`${error.message}\n`);
    return 2;
  }
}

function describePatterns(patterns: ReturnType<typeof listPatterns>): string {
  const lines = patterns.flatMap(({ name, sentence }) => [name, `    ${sentence}`]);
  return ['Patterns:', '', ...lines, '', SYNOPSIS, ''].join('\n');
}

/** Installs what is missing, if that is wanted; npm's words go to stderr, so that stdout stays one answer. */
function isInstalled({ packages, target }: Copy, { dryRun, install }: Arguments): boolean {
  if (dryRun || !install) return true;
  return installCommands(packages).every(
    (words) => spawnSync('npm', words, { cwd: target.folder, stdio: ['ignore', 2, 2] }).status === 0,
  );
}
