import { cpSync, existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildSync } from 'esbuild';

const PROJECT = import.meta.dirname;

/** Folders with the entry of a service. */
const SERVICES = readdirSync(PROJECT).filter((name) => existsSync(join(PROJECT, name, 'server.ts')));

/** What a service reads from its folder while it runs. */
const FILES = ['page'];

/** Makes a service one file, with what it reads beside it. */
function build(service: string, folder: string): void {
  rmSync(folder, { recursive: true, force: true });
  buildSync({
    absWorkingDir: PROJECT,
    entryPoints: [`${service}/server.ts`],
    outfile: join(folder, 'server.cjs'),
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    logLevel: 'warning',
  });
  for (const name of FILES) {
    const source = join(PROJECT, service, name);
    if (existsSync(source)) cpSync(source, join(folder, name), { recursive: true });
  }
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { out: { type: 'string', default: join(PROJECT, 'dist') } },
});
const wrong = positionals.filter((name) => !SERVICES.includes(name));
if (wrong.length > 0) {
  process.stderr.write(
    `${JSON.stringify(wrong)} is no service: give one or more of ${SERVICES.join(', ')}.\n`,
  );
  process.exit(1);
}
for (const service of positionals.length > 0 ? positionals : SERVICES)
  build(service, join(values.out, service));
