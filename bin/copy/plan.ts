import { readFileSync, statSync } from 'node:fs';
import { isAbsolute, join, normalize } from 'node:path';
import { hashOf, type Known } from './manifest';

/**
 * What becomes of a file:
 *
 * - `add`: it is not there yet;
 * - `same`: it is there already;
 * - `update`: it is as it was copied, and the pattern has a newer one;
 * - `yours`: you have changed it, and the pattern has not; it stays;
 * - `differs`: it is another one, and no run before has copied it;
 * - `both`: you have changed it, and so has the pattern;
 * - `remove`: it is as it was copied, and is no longer part of the pattern;
 * - `left`: you have changed it, and it is no longer part of the pattern; it stays.
 */
export type Action = 'add' | 'same' | 'update' | 'yours' | 'differs' | 'both' | 'remove' | 'left';

/** A file, and what becomes of it. */
export interface Step {
  /** Its path in the folder that takes what is copied. */
  readonly path: string;

  readonly action: Action;

  /** What is there now; undefined if nothing. */
  readonly present: Buffer | undefined;

  /** What the pattern has; undefined if it is no part of it. */
  readonly wanted: Buffer | undefined;

  /** The hash that the manifest keeps for it; undefined if it is no longer listed. */
  readonly hash: string | undefined;
}

/** Whether a step would overwrite what the user has made. */
export const isConflict = ({ action }: Step): boolean => action === 'differs' || action === 'both';

/**
 * Compares what is wanted with what is there, and with what runs before have copied. Changes nothing.
 *
 * @param keepsOthers whether files that are not wanted stay as they are, since it can't be told whose they are
 */
export function planSteps(
  home: string,
  files: ReadonlyMap<string, Buffer>,
  known: Known,
  keepsOthers = false,
): Step[] {
  const wanted = [...files].map(([path, content]) => stepOf(home, path, content, known));
  const others = Object.keys(known.manifest?.files ?? {})
    .filter((path) => !files.has(path) && isInside(path))
    .flatMap((path) => (keepsOthers ? keptStep(home, path, known) : goneStep(home, path, known)));
  return [...wanted, ...others].toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

function stepOf(home: string, path: string, wanted: Buffer, known: Known): Step {
  const present = read(home, path);
  const before = known.manifest?.files[path];
  const hash = hashOf(wanted);
  const step = (action: Action, kept: string | undefined = hash): Step => ({
    path,
    action,
    present,
    wanted,
    hash: kept,
  });
  if (!present) return step('add');
  const presentHash = hashOf(present);
  if (presentHash === hash) return step('same');
  if (known.isAsCopied(path, presentHash)) return step('update');
  if (before === undefined) return step('differs', before);
  return before === hash ? step('yours') : step('both', before);
}

function goneStep(home: string, path: string, known: Known): Step[] {
  const present = read(home, path);
  if (!present) return [];
  const action = known.isAsCopied(path, hashOf(present)) ? 'remove' : 'left';
  return [{ path, action, present, wanted: undefined, hash: undefined }];
}

function keptStep(home: string, path: string, known: Known): Step[] {
  const present = read(home, path);
  return [{ path, action: 'same', present, wanted: undefined, hash: known.manifest?.files[path] }];
}

/** A manifest is a file that anybody may have edited: it names nothing outside of its folder. */
const isInside = (path: string): boolean => !isAbsolute(path) && !normalize(path).startsWith('..');

function read(home: string, path: string): Buffer | undefined {
  const file = join(home, path);
  return statSync(file, { throwIfNoEntry: false })?.isFile() ? readFileSync(file) : undefined;
}
