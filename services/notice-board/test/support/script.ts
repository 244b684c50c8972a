import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const SCRIPTS = join(__dirname, '..', '..', 'servers', 'scripts');

/** How a script ended. */
export interface ScriptResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Puts commands of a test before those of the machine. The stand-in is a shell script. */
export function standIn(folder: string, command: string, script: string): void {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, command);
  writeFileSync(file, `#!/bin/bash\n${script}\n`);
  chmodSync(file, 0o755);
}

/** Runs a script of the servers. */
export async function runScript(
  name: string,
  commands: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<ScriptResult> {
  const env = { PATH: `${commands}${delimiter}${process.env.PATH}`, ...environment };
  const child = spawn('bash', [join(SCRIPTS, name)], { env });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (part: Buffer) => {
    stdout += part;
  });
  child.stderr.on('data', (part: Buffer) => {
    stderr += part;
  });
  const [code] = await once(child, 'close');
  return { code, stdout, stderr };
}
