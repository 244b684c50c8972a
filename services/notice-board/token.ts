import { createHash, timingSafeEqual } from 'node:crypto';

const BEARER = /^Bearer ([\x21-\x7e]+)$/i;

/** Whether the Authorization header carries the token. The time it takes says nothing about the token. */
export function carriesToken(header: string | undefined, token: string): boolean {
  const given = header?.match(BEARER)?.[1];
  return given !== undefined && timingSafeEqual(digest(given), digest(token));
}

/** Of one length, as `timingSafeEqual` needs it. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
