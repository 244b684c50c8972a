import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Gives the test run a temporary folder of its own, and removes it at the end: aws-cdk-lib makes one for every app
 * and every custom resource, and removes none.
 */
export default function setup(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'aws-standard-patterns-'));
  process.env.TMPDIR = folder;
  const remove = () => rmSync(folder, { recursive: true, force: true });
  // An interrupted run does not come to its end, but exits.
  process.once('exit', remove);
  return remove;
}
