import { NOTICE_ID } from './notice-id';

/** The form of a cursor, for a JSON schema. */
export const CURSOR = '^[A-Za-z0-9_-]{48}$';

const ID = new RegExp(NOTICE_ID);

/** Where the next page begins: after this notice. Opaque, so that it may hold something else one day. */
export function cursorAfter(id: string): string {
  return Buffer.from(id).toString('base64url');
}

/** The notice that a cursor stands for; undefined where nobody here has made it. */
export function idOf(cursor: string): string | undefined {
  const id = Buffer.from(cursor, 'base64url').toString();
  return ID.test(id) && cursorAfter(id) === cursor ? id : undefined;
}
