import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { cleanEnvironment } from './support/cli';
import { emulatorPython } from './support/python';

test('every work-around of the emulator is needed, and works', () => {
  const { status, stdout, stderr } = spawnSync(
    resolve(emulatorPython()),
    ['faults.py', '--node-path', resolve('node_modules')],
    { cwd: join('test', 'deploy', 'emulator'), encoding: 'utf8', env: cleanEnvironment(), timeout: 240_000 },
  );
  // faults.py says for each whether the fault shows without its work-around, and in spite of it.
  expect(status, `${stdout}${stderr}`).toBe(0);
});
