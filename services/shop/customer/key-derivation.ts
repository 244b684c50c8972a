import { createPrivateKey, createPublicKey, hkdfSync, type KeyObject } from 'node:crypto';
import { calculateJwkThumbprint, exportJWK, type JWK } from 'jose';
import { ALGORITHM } from '../shared/identity';

/** Ties the keys to what they are for: another use of the secret would have other ones. */
const PURPOSE = 'shop: tokens of customers, 1';

/** What stands before the 32 bytes of a private key of Ed25519 (https://www.rfc-editor.org/rfc/rfc8410#section-7). */
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');

/** Fewer characters would not hold the 256 bits that a key has. */
const SHORTEST = 32;

/** A pair of keys. */
export interface SigningKey {
  /** The thumbprint of the public one (https://www.rfc-editor.org/rfc/rfc7638). */
  readonly kid: string;
  readonly privateKey: KeyObject;
  /** As others see it. */
  readonly shown: JWK;
}

/**
 * The keys of a secret: the same in all processes. So Secrets Manager can make and rotate the secret as it does
 * passwords, without a function of its own.
 *
 * @throws where the secret is too short
 */
export async function keyOf(secret: string): Promise<SigningKey> {
  if (secret.length < SHORTEST) {
    throw new Error(
      `the signing secret has ${secret.length} characters: give ${SHORTEST} random ones or more`,
    );
  }
  const seed = Buffer.from(hkdfSync('sha256', secret, '', PURPOSE, 32));
  const privateKey = createPrivateKey({ key: Buffer.concat([PKCS8, seed]), format: 'der', type: 'pkcs8' });
  const jwk = await exportJWK(createPublicKey(privateKey));
  const kid = await calculateJwkThumbprint(jwk);
  return { kid, privateKey, shown: { ...jwk, kid, alg: ALGORITHM, use: 'sig' } };
}
