import { Problem } from './problem';

const USUAL_LIMIT = 20;

/** Which page is wanted. */
export interface PageQuery {
  readonly limit?: string;
  readonly next?: string;
}

/** The members of a query for a page. Numbers stay texts: Fastify's coercion would apply to bodies, too. */
export const PAGE_PROPERTIES = {
  limit: { type: 'string', pattern: '^([1-9]\\d?|100)$', description: '1 to 100; 20 where nobody asks' },
  next: { type: 'string', pattern: '^[A-Za-z0-9_-]{1,1024}$', description: "the 'next' of the page before" },
};

/** The schema of a query for a page, where nothing else can be asked. */
export const PAGE_QUERY = { type: 'object', additionalProperties: false, properties: PAGE_PROPERTIES };

/** How many the page shall have. */
export function limitOf({ limit }: PageQuery): number {
  return limit === undefined ? USUAL_LIMIT : Number(limit);
}

/**
 * Where the next page begins: after this sort key. It never holds the partition, which a caller could change. Opaque,
 * so that it may hold something else one day.
 */
export function cursorAfter(sortKey: string): string {
  return Buffer.from(sortKey).toString('base64url');
}

/**
 * The sort key that a cursor stands for; undefined where the first page is wanted.
 *
 * @throws a 400 where the key has not the given form, and so nobody here has made the cursor
 */
export function sortKeyAfter(next: string | undefined, form: RegExp): string | undefined {
  if (next === undefined) return undefined;
  const key = Buffer.from(next, 'base64url').toString();
  if (form.test(key) && cursorAfter(key) === next) return key;
  throw new Problem(400, 'bad-cursor', "querystring/next must be the 'next' of an answer");
}
