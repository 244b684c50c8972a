import { randomBytes } from 'node:crypto';

/** The form of the ids, for a JSON schema: a UUID of version 7 in lower case. */
export const NOTICE_ID = '^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$';

const MOST_IN_A_MILLISECOND = 0xfff;

/** The clock and the chance that ids are made of. */
export interface IdSources {
  /** The milliseconds since 1970. */
  now(): number;
  /** So many random bytes. */
  random(size: number): Buffer;
}

/**
 * Makes ids whose order as text is the order in which they were made: UUIDs of version 7
 * (https://www.rfc-editor.org/rfc/rfc9562#name-uuid-version-7), with a counter in the 12 bits after the time. Two
 * processes agree on the order as far as their clocks do.
 */
export function noticeIds({ now, random }: IdSources = { now: Date.now, random: randomBytes }): () => string {
  let time = 0;
  let counter = 0;
  return () => {
    const current = now();
    if (current > time) {
      time = current;
      counter = 0;
    } else if (counter < MOST_IN_A_MILLISECOND) {
      // Also where the clock was set back: the order counts for more than the time.
      counter += 1;
    } else {
      time += 1;
      counter = 0;
    }
    const bytes = random(8);
    bytes.writeUInt8((bytes.readUInt8(0) & 0x3f) | 0x80, 0);
    const hex = `${time.toString(16).padStart(12, '0')}7${counter.toString(16).padStart(3, '0')}${bytes.toString('hex')}`;
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
  };
}
