import { cpSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { buildSync, type OutputFile } from 'esbuild';
import { inTemporaryFolder, projectFolder } from '../building-blocks/project-folder';

const SOURCE = projectFolder('lib', 'serverless-api', 'site');
const STATIC_FILES = ['index.html', 'style.css', 'icon.svg'];

/**
 * Makes a folder with the page's files but `config.json`, gives it to a function, and removes it when that returns. An
 * asset copies the folder at once. The same sources make the same files on every machine.
 */
export function withSiteFiles<T>(use: (folder: string) => T): T {
  return inTemporaryFolder((folder) => {
    for (const name of STATIC_FILES) cpSync(join(SOURCE, name), join(folder, name));
    for (const { path, contents } of bundle()) writeFileSync(join(folder, basename(path)), contents);
    return use(folder);
  });
}

let bundled: readonly OutputFile[] | undefined;

/** `site.js`, and `sign-in.js` with the OpenID Connect library; made once a process, however many stacks take them. */
function bundle(): readonly OutputFile[] {
  bundled ??= buildSync({
    absWorkingDir: SOURCE,
    entryPoints: { site: 'main.ts' },
    outdir: '.',
    bundle: true,
    write: false,
    minify: true,
    splitting: true,
    format: 'esm',
    // Names without a hash of the content: the page asks whether its files changed whenever it is loaded.
    chunkNames: '[name]',
    platform: 'browser',
    target: 'es2022',
    // What the project's own configuration says is about its code for Node.js.
    tsconfigRaw: {},
    legalComments: 'eof',
    logLevel: 'warning',
  }).outputFiles;
  return bundled;
}
