import { existsSync, mkdirSync, readdirSync, renameSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { MANIFEST, STAGING } from './manifest';
import type { Step } from './plan';
import { messageOf, Refusal } from './refusal';

/**
 * Changes the files of a folder. All are written elsewhere in it first, so that a full disk changes nothing; then each takes
 * its place at once, and the manifest last. A run that is interrupted leaves whole files, and the next one does the rest.
 *
 * @param steps what is to be written or removed, nothing else
 * @throws Refusal where the disk fails, and whether anything was changed by then
 */
export function applySteps(home: string, steps: readonly Step[], manifest: string): void {
  const staging = join(home, STAGING);
  const staged = stage(home, steps, manifest);
  try {
    for (const { file, path } of staged) {
      mkdirSync(dirname(join(home, path)), { recursive: true });
      renameSync(file, join(home, path));
    }
    for (const { path, wanted } of steps) if (!wanted) remove(home, path);
    renameSync(join(staging, MANIFEST), join(home, MANIFEST));
    rmSync(staging, { recursive: true });
  } catch (error) {
    // What has taken its place stays, and the staged manifest tells the next run of it.
    throw new Refusal(`${home} is copied in part (${messageOf(error)}); run the command again.`);
  }
}

function stage(home: string, steps: readonly Step[], manifest: string) {
  const staging = join(home, STAGING);
  try {
    rmSync(staging, { recursive: true, force: true });
    mkdirSync(staging, { recursive: true });
    const staged = steps.flatMap(({ path, wanted }, index) => {
      if (!wanted) return [];
      const file = join(staging, String(index));
      writeFileSync(file, wanted);
      return [{ file, path }];
    });
    writeFileSync(join(staging, MANIFEST), manifest);
    return staged;
  } catch (error) {
    rmSync(staging, { recursive: true, force: true });
    if (existsSync(home) && readdirSync(home).length === 0) rmdirSync(home);
    throw new Refusal(
      `${home} can't be written (${messageOf(error)}); nothing was changed, make room and run it again.`,
    );
  }
}

/** Removes a file, and the folders that it leaves empty. */
function remove(home: string, path: string): void {
  rmSync(join(home, path), { force: true });
  for (let folder = dirname(path); folder !== '.'; folder = dirname(folder)) {
    if (readdirSync(join(home, folder)).length > 0) return;
    rmdirSync(join(home, folder));
  }
}
