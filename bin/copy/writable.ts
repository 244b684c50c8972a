import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Step } from './plan';
import { messageOf, Refusal } from './refusal';
import type { Target } from './target';

/**
 * Makes sure before the first change that all of them can be made.
 *
 * @throws Refusal where a folder can't be written, or something is in a file's place
 */
export function checkWritable({ home }: Target, writes: readonly Step[]): void {
  for (const { path } of writes) {
    const file = join(home, path);
    if (existsSync(file) && !statSync(file).isFile()) {
      throw new Refusal(`${file} is in the place of a file; move it away.`);
    }
  }
  const folders = new Set(
    [home, ...writes.map(({ path }) => dirname(join(home, path)))].map(nearestExisting),
  );
  for (const folder of folders) checkFolder(folder);
}

function nearestExisting(folder: string): string {
  return existsSync(folder) ? folder : nearestExisting(dirname(folder));
}

function checkFolder(folder: string): void {
  if (!statSync(folder).isDirectory()) throw new Refusal(`${folder} is no folder; move that file away.`);
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new Refusal(`${folder} can't be written (${messageOf(error)}); change its permissions.`);
  }
}
