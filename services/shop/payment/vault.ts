import { DecryptCommand, EncryptCommand, KMSClient } from '@aws-sdk/client-kms';
import type { SealOwner, Secrets, Vault } from './methods';

/** Three attempts of two seconds, in milliseconds. */
const ATTEMPTS = 3;
const CONNECTION_TIMEOUT = 1_000;
const REQUEST_TIMEOUT = 2_000;

/**
 * Encrypts with a KMS key, which never leaves KMS. The owner is the encryption context: what was moved to another
 * customer's item does not decrypt, and CloudTrail shows whose secrets were read.
 */
export class KmsVault implements Vault {
  private readonly client: KMSClient;

  constructor(
    region: string,
    private readonly keyId: string,
  ) {
    this.client = new KMSClient({
      region,
      maxAttempts: ATTEMPTS,
      requestHandler: {
        connectionTimeout: CONNECTION_TIMEOUT,
        requestTimeout: REQUEST_TIMEOUT,
        throwOnRequestTimeout: true,
      },
    });
  }

  async seal(owner: SealOwner, { token, cardholder }: Secrets): Promise<Uint8Array> {
    const { CiphertextBlob } = await this.client.send(
      new EncryptCommand({
        KeyId: this.keyId,
        EncryptionContext: contextOf(owner),
        Plaintext: Buffer.from(JSON.stringify({ token, cardholder })),
      }),
    );
    if (!CiphertextBlob) throw new Error('KMS has encrypted nothing');
    return CiphertextBlob;
  }

  /** With the key's name, so that what another key has encrypted is refused. */
  async open(owner: SealOwner, sealed: Uint8Array): Promise<Secrets> {
    const { Plaintext } = await this.client.send(
      new DecryptCommand({
        KeyId: this.keyId,
        EncryptionContext: contextOf(owner),
        CiphertextBlob: sealed,
      }),
    );
    if (!Plaintext) throw new Error('KMS has decrypted nothing');
    const { token, cardholder } = JSON.parse(Buffer.from(Plaintext).toString());
    return { token: String(token), cardholder: String(cardholder) };
  }

  /** Ends its connections. */
  close(): void {
    this.client.destroy();
  }
}

function contextOf({ customerId, paymentMethodId }: SealOwner): Record<string, string> {
  return { customerId, paymentMethodId };
}
