import { Problem } from './problem';

/** A document's ETag says its version: "3". */
export const etagOf = (version: number): string => `"${version}"`;

/** Which versions of a document a request is meant for. */
export type Versions = 'any' | readonly number[];

const MOST_TAGS = 20;
const TAG = /(W\/)?"([!#-~\x80-\xff]*)"/g;
const TAGS = /^(?:W\/)?"[!#-~\x80-\xff]*"(?:[ \t]*,[ \t]*(?:W\/)?"[!#-~\x80-\xff]*")*$/;

/** The tags of If-Match and If-None-Match: `*`, or a list like `"1", W/"2"`; undefined where it is neither. */
function parseTags(header: string): '*' | { weak: boolean; version: number }[] | undefined {
  if (header === '*') return '*';
  if (!TAGS.test(header)) return undefined;
  return [...header.matchAll(TAG)].map(([, weak, text = '']) => ({
    weak: weak !== undefined,
    // A tag that is none of ours is kept as version 0, which no document has.
    version: /^[1-9][0-9]{0,14}$/.test(text) ? Number(text) : 0,
  }));
}

/** The versions that If-Match allows. Weak tags never match: RFC 9110 wants the strong comparison here. */
export function versionsOf(ifMatch: string): Versions {
  const tags = parseTags(ifMatch);
  if (tags === '*') return 'any';
  if (!tags || tags.length > MOST_TAGS) {
    throw new Problem(400, 'If-Match must hold the ETag of the document, like "3".');
  }
  return tags.map(({ weak, version }) => (weak ? 0 : version));
}

/** Whether the client of this If-None-Match has this version already. A malformed header is as good as none. */
export function isKnown(ifNoneMatch: string | null, version: number): boolean {
  const tags = ifNoneMatch === null ? undefined : parseTags(ifNoneMatch);
  return tags === '*' || (tags?.some((tag) => tag.version === version) ?? false);
}
