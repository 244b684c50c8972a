import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * A path in the folder that holds lib/, lambda/ and services/.
 *
 * What depends on the place of the source files asks here, so that a project of ES modules has one line to change
 * (`import.meta.dirname` in place of `__dirname`).
 */
export const projectFolder = (...segments: readonly string[]): string =>
  join(__dirname, '..', '..', ...segments);

/** Hands a new empty folder to `use` and removes it afterwards: for assets, which aws-cdk-lib copies at once. */
export function inTemporaryFolder<T>(use: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'aws-standard-patterns-'));
  try {
    return use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
