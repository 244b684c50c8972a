import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const REQUIREMENTS = join('test', 'deploy', 'emulator', 'requirements.txt');

/**
 * The interpreter of a virtual environment that holds what requirements.txt pins. It is made at the first call
 * and again when the file changes; one that was left half-made is thrown away.
 */
export function emulatorPython(): string {
  const version = createHash('sha256').update(readFileSync(REQUIREMENTS)).digest('hex').slice(0, 12);
  const folder = join('node_modules', '.cache', `emulator-${version}`);
  const python = join(folder, 'bin', 'python');
  const complete = join(folder, 'complete');
  if (existsSync(complete)) return python;
  rmSync(folder, { recursive: true, force: true });
  execFileSync(systemPython(), ['-m', 'venv', folder], { stdio: ['ignore', 'ignore', 'inherit'] });
  execFileSync(
    python,
    ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', REQUIREMENTS],
    {
      stdio: ['ignore', 'ignore', 'inherit'],
    },
  );
  writeFileSync(complete, '');
  return python;
}

function systemPython(): string {
  const isNewEnough = 'import sys, venv; sys.exit(sys.version_info < (3, 11))';
  const found = ['python3', 'python3.14', 'python3.13', 'python3.12', 'python3.11', 'python'].find(
    (name) => spawnSync(name, ['-c', isNewEnough]).status === 0,
  );
  if (!found) {
    throw new Error(
      'The deploy tests need Python 3.11 or newer with its venv module, as python3 on the PATH.',
    );
  }
  return found;
}
