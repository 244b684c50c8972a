import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Parts } from './parcel';
import { messageOf, Refusal } from './refusal';

/** The manifest's name, in the folder that takes what is copied. */
export const MANIFEST = 'manifest.json';

/** Where files are written before they take their places; all that an interrupted run leaves behind. */
export const STAGING = '.copying';

/** What was copied, and from where. */
export interface Manifest {
  /** What this file is. */
  readonly about: string;

  /** The version, and commit, of AWS Standard Patterns that the files are of. */
  readonly version: string;

  /** The patterns by their names, with the parts that came along. */
  readonly patterns: Readonly<Record<string, Parts>>;

  /** The SHA-256 of each file as it was copied. */
  readonly files: Readonly<Record<string, string>>;
}

const ABOUT =
  'Written by the copy command of AWS Standard Patterns, which updates the files that still have these hashes. Keep it with them.';

/** What is known of a folder from runs before. */
export interface Known {
  /** What the last run that came to its end has written; undefined before the first one. */
  readonly manifest: Manifest | undefined;

  /** The manifest as it is written. */
  readonly manifestText: string | undefined;

  /** Whether a file is as this or an interrupted run has copied it. */
  readonly isAsCopied: (path: string, hash: string) => boolean;
}

/** SHA-256 of a text with line feeds, whatever line ends git has made in this working copy. */
export function hashOf(content: Buffer): string {
  const text = content.includes(0) ? content : content.toString('latin1').replaceAll('\r\n', '\n');
  return createHash('sha256').update(text.toString('latin1'), 'latin1').digest('hex');
}

/**
 * Reads what runs before have left.
 *
 * @throws Refusal where there is a manifest that can't be read
 */
export function readKnown(home: string): Known {
  const file = join(home, MANIFEST);
  const manifest = existsSync(file) ? readManifest(file) : undefined;
  const interrupted = readInterrupted(home);
  return {
    manifest,
    manifestText: manifest && readFileSync(file, 'utf8').replaceAll('\r\n', '\n'),
    isAsCopied: (path, hash) => manifest?.files[path] === hash || interrupted?.files[path] === hash,
  };
}

/** The manifest's text: the same for the same content, so that copying twice changes nothing. */
export function manifestText(
  version: string,
  patterns: ReadonlyMap<string, Parts>,
  hashes: ReadonlyMap<string, string>,
): string {
  const sorted = <T>(map: ReadonlyMap<string, T>) =>
    Object.fromEntries([...map].toSorted(([a], [b]) => (a < b ? -1 : 1)));
  const manifest: Manifest = { about: ABOUT, version, patterns: sorted(patterns), files: sorted(hashes) };
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

function readManifest(file: string): Manifest {
  try {
    const content: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (isManifest(content)) return content;
    throw new Error('it lists no patterns and files');
  } catch (error) {
    throw new Refusal(
      `${file} can't be read (${messageOf(error)}); restore it from your version control, or delete it and copy again.`,
    );
  }
}

/** The manifest that an interrupted run was about to put into its place. */
function readInterrupted(home: string): Manifest | undefined {
  try {
    return readManifest(join(home, STAGING, MANIFEST));
  } catch {
    return undefined;
  }
}

function isManifest(content: unknown): content is Manifest {
  if (!isRecord(content)) return false;
  const { files, patterns, version } = content;
  return (
    typeof version === 'string' &&
    isRecord(files) &&
    Object.values(files).every((hash) => typeof hash === 'string') &&
    isRecord(patterns) &&
    Object.values(patterns).every(isParts)
  );
}

const isParts = (value: unknown): value is Parts =>
  isRecord(value) && typeof value.withStack === 'boolean' && typeof value.withTests === 'boolean';

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
