import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { HandlerBundle } from '../../lib/building-blocks/handler-bundles';

const TSX = pathToFileURL(createRequire(join(process.cwd(), 'package.json')).resolve('tsx')).href;

/** Puts lambda/ and the building blocks into another project, with handlers of its own. */
export function copyTo(project: string, handlers: Readonly<Record<string, string>> = {}): void {
  for (const folder of ['lambda', 'lib/building-blocks']) {
    cpSync(folder, join(project, folder), { recursive: true });
  }
  // A folder of its own, so that what it builds is kept apart.
  mkdirSync(join(project, 'node_modules'));
  for (const name of readdirSync('node_modules').filter((each) => each !== '.cache')) {
    symlinkSync(join(process.cwd(), 'node_modules', name), join(project, 'node_modules', name));
  }
  for (const [name, source] of Object.entries(handlers)) {
    mkdirSync(join(project, 'lambda', 'trial'), { recursive: true });
    writeFileSync(join(project, 'lambda', 'trial', `${name}.ts`), source);
  }
}

/** Bundles a pattern in another project, in a process of its own, from a folder that has nothing to do with it. */
export function bundleIn(project: string, pattern: string) {
  writeFileSync(
    join(project, 'print.ts'),
    `import { handlerBundles } from './lib/building-blocks/handler-bundles';
     process.stdout.write(JSON.stringify([...handlerBundles(process.argv[2] ?? '')]));`,
  );
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--import', TSX, join(project, 'print.ts'), pattern],
    { cwd: tmpdir(), encoding: 'utf8', maxBuffer: 2 ** 25 },
  );
  return { status, stderr, read: () => new Map<string, HandlerBundle>(JSON.parse(stdout)) };
}
