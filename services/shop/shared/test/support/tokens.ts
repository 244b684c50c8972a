import { createServer } from 'node:http';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import { ALGORITHM, AUDIENCE, ISSUER, KEYS_PATH } from '../../identity';
import { listening } from './listening';

/** What stands in for the service "customer": its address, its keys and its tokens. */
export interface Issuer {
  /** For CUSTOMER_URL. */
  readonly url: string;
  /** How often the keys were read. */
  readonly reads: number;
  /** A token of fifteen minutes; claims may be put in the place of its own, or taken away by undefined. */
  tokenFor(customerId: string, claims?: JWTPayload): Promise<string>;
  /** The headers of a request of a customer. */
  headersOf(customerId: string): Promise<{ authorization: string }>;
  /** Signs with a new key from now on; `keeps` tells whether the old one is still shown. */
  rotate(keeps: boolean): Promise<void>;
  /** Shows no key from now on. */
  showNone(): void;
  /** Answers with this status from now on. */
  answerWith(status: number): void;
  close(): Promise<void>;
}

/** Starts one. */
export async function startIssuer(): Promise<Issuer> {
  let count = 0;
  let reads = 0;
  let status = 200;
  let keys: object[] = [];

  async function newKey() {
    count += 1;
    const { privateKey, publicKey } = await generateKeyPair(ALGORITHM, { crv: 'Ed25519', extractable: true });
    const kid = `key-${count}`;
    return { kid, privateKey, shown: { ...(await exportJWK(publicKey)), kid, alg: ALGORITHM, use: 'sig' } };
  }

  let key = await newKey();
  keys = [key.shown];
  const { url, close } = await listening(
    createServer((request, response) => {
      if (request.url !== KEYS_PATH) return response.writeHead(404).end();
      reads += 1;
      return response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ keys }));
    }),
  );

  async function tokenFor(customerId: string, claims: JWTPayload = {}): Promise<string> {
    const now = Math.floor(Date.now() / 1_000);
    return await new SignJWT({
      iss: ISSUER,
      aud: AUDIENCE,
      sub: customerId,
      iat: now,
      exp: now + 900,
      ...claims,
    })
      .setProtectedHeader({ alg: ALGORITHM, kid: key.kid })
      .sign(key.privateKey);
  }

  return {
    url,
    get reads() {
      return reads;
    },
    tokenFor,
    headersOf: async (customerId) => ({ authorization: `Bearer ${await tokenFor(customerId)}` }),
    async rotate(keeps) {
      key = await newKey();
      keys = keeps ? [key.shown, ...keys] : [key.shown];
    },
    showNone() {
      keys = [];
    },
    answerWith(next) {
      status = next;
    },
    close,
  };
}
