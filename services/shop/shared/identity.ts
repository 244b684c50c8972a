import type { FastifyBaseLogger, FastifyReply, FastifyRequest } from 'fastify';
import { createLocalJWKSet, errors, type JSONWebKeySet, jwtVerify } from 'jose';
import { type Background, every } from './background';
import { Problem, unavailable } from './problem';

/** Who signs the tokens of customers, and for whom. */
export const ISSUER = 'shop';
export const AUDIENCE = 'shop';
export const ALGORITHM = 'EdDSA';

/** Where the service "customer" shows its public keys. */
export const KEYS_PATH = '/.well-known/jwks.json';

/** How often the keys are read anew: a rotation takes them away after days, in milliseconds. */
const REFRESH = 300_000;

/** How often they are read while there are none. */
const FIRST_TRY = 1_000;

/** How long a token with an unknown key can't make this service ask again, in milliseconds. */
const COOL_DOWN = 30_000;

const READ_TIMEOUT = 2_000;
const BEARER = /^Bearer ([\w-]+\.[\w-]+\.[\w-]+)$/i;

/** Who a caller is. */
export interface Identity {
  /** For a route's `onRequest`: puts `request.customerId`, or refuses before the body is read. */
  readonly authenticate: (request: FastifyRequest, reply: FastifyReply) => Promise<void>;
  /** The customer whom a token belongs to. */
  verify(token: string): Promise<string>;
  /** Keeps the keys fresh. */
  readonly background: Background;
}

/** Where the keys come from: the service "customer", or for that service itself what it shows. */
type KeySource = { readonly customerUrl: string } | { readonly readKeys: () => Promise<JSONWebKeySet> };

/** What checks of tokens need. */
export type IdentityOptions = KeySource & { readonly log: FastifyBaseLogger };

/**
 * Checks tokens against the public keys of the service "customer".
 *
 * Keys stay good until newer ones have been read, however long that service is down, so that buying goes on. jose's own
 * remote key set has no such mode: its keys end with their time, or are never read again.
 */
export function createIdentity({ log, ...from }: IdentityOptions): Identity {
  const readKeys = 'readKeys' in from ? from.readKeys : () => askFor(from.customerUrl);
  let keys: ReturnType<typeof createLocalJWKSet> | undefined;
  let triedAt = Number.NEGATIVE_INFINITY;
  let reading: Promise<void> | undefined;

  async function read(): Promise<void> {
    const set = await readKeys();
    const next = createLocalJWKSet(set);
    if (set.keys.length === 0) throw new Error("the keys of customers' tokens: none");
    keys = next;
  }

  /** Who asks at the same time shares one answer. */
  function refresh(): Promise<void> {
    triedAt = performance.now();
    reading ??= read().finally(() => {
      reading = undefined;
    });
    return reading;
  }

  /** Reads them again, unless that was tried a moment ago. */
  async function refreshUnless(coolDown: number): Promise<void> {
    if (!reading && performance.now() - triedAt < coolDown) return;
    await refresh().catch((err: unknown) => {
      log.warn({ err, event: 'keys' }, 'the keys of tokens can not be read');
    });
  }

  async function check(token: string): Promise<string> {
    if (!keys) await refreshUnless(FIRST_TRY);
    if (!keys) throw unavailable('customer');
    const { payload } = await jwtVerify(token, keys, {
      issuer: ISSUER,
      audience: AUDIENCE,
      algorithms: [ALGORITHM],
      requiredClaims: ['sub', 'exp'],
    });
    return String(payload.sub);
  }

  async function verify(token: string): Promise<string> {
    try {
      return await check(token).catch(async (error: unknown) => {
        if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
        await refreshUnless(COOL_DOWN);
        return await check(token);
      });
    } catch (error) {
      if (error instanceof errors.JWTExpired) throw refusal('The token has expired. Please sign in again.');
      if (error instanceof errors.JOSEError) throw refusal('The token is not valid.');
      throw error;
    }
  }

  return {
    verify,
    async authenticate(request) {
      const token = request.headers.authorization?.match(BEARER)?.[1];
      if (!token) throw refusal('This needs the token of a customer, as Authorization: Bearer.');
      request.customerId = await verify(token);
    },
    // A warning where it fails: services start in any order, and go on with the keys that they have.
    background: every(
      'keys',
      () => (keys ? REFRESH : FIRST_TRY),
      () => refreshUnless(0),
      log,
    ),
  };
}

async function askFor(customerUrl: string): Promise<JSONWebKeySet> {
  const response = await fetch(`${customerUrl}${KEYS_PATH}`, {
    redirect: 'manual',
    signal: AbortSignal.timeout(READ_TIMEOUT),
  });
  if (response.status !== 200) throw new Error(`the keys of customers' tokens: ${response.status}`);
  return (await response.json()) as JSONWebKeySet;
}

function refusal(detail: string): Problem {
  return new Problem(401, 'unauthenticated', detail, {
    headers: { 'www-authenticate': 'Bearer realm="shop"' },
  });
}
