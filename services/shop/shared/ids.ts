import { createHash, randomBytes } from 'node:crypto';
import type { FastifyRequest } from 'fastify';

/** The form of new ids, for a JSON schema: a UUID of version 7 in lower case. */
export const ID = '^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$';

/** The form of derived ids, for a JSON schema. */
export const DERIVED_ID = '^[a-z2-7]{26}$';

/** The schema of the headers of a request that may be repeated and has an effect once. */
export const IDEMPOTENCY_HEADERS = {
  type: 'object',
  required: ['idempotency-key'],
  properties: {
    'idempotency-key': {
      type: 'string',
      pattern: '^[\\x21-\\x7e]{8,128}$',
      description: '8 to 128 visible ASCII characters, new for each thing that shall happen once',
    },
  },
};

const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567';
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
 * (https://www.rfc-editor.org/rfc/rfc9562#name-uuid-version-7), with a counter in the 12 bits after the time.
 */
export function newIds({ now, random }: IdSources = { now: Date.now, random: randomBytes }): () => string {
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

/** A new id. */
export const newId = newIds();

/** The id of what has these parts: the same ones give the same id, in every process. 130 bits of their SHA-256. */
export function derivedId(...parts: readonly string[]): string {
  // As JSON, so that ['ab', 'c'] and ['a', 'bc'] differ.
  const digest = createHash('sha256').update(JSON.stringify(parts)).digest();
  let bits = BigInt(`0x${digest.toString('hex')}`) >> 126n;
  let text = '';
  for (let place = 0; place < 26; place += 1) {
    text = BASE32.charAt(Number(bits & 31n)) + text;
    bits >>= 5n;
  }
  return text;
}

/** Tells whether two contents are the same, whatever the order of their keys: SHA-256 in hex. */
export function fingerprint(content: unknown): string {
  return createHash('sha256').update(JSON.stringify(content, sortKeys)).digest('hex');
}

/** The key of a request whose schema has `IDEMPOTENCY_HEADERS`. */
export function idempotencyKeyOf({ headers }: Pick<FastifyRequest, 'headers'>): string {
  const key = headers['idempotency-key'];
  if (typeof key !== 'string') throw new TypeError('the route does not demand idempotency-key');
  return key;
}

function sortKeys(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)));
}
