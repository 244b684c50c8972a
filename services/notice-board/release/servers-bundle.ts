import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Puts together what CodeDeploy brings to the servers: the program, its files, how to run them, and the version.
 *
 * @param project the folder with `dist` and `servers`
 * @param folder an empty one
 */
export function makeServersBundle(project: string, folder: string, version: string): void {
  cpSync(join(project, 'servers'), folder, { recursive: true });
  cpSync(join(project, 'dist'), folder, { recursive: true });
  writeFileSync(join(folder, 'version.env'), `VERSION=${version}\n`);
}
