import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { FastifyBaseLogger } from 'fastify';
import { type JSONWebKeySet, SignJWT } from 'jose';
import { type Background, every } from '../shared/background';
import { ALGORITHM, AUDIENCE, ISSUER } from '../shared/identity';
import { keyOf, type SigningKey } from './key-derivation';

/** How long a token is good, in seconds. */
export const TOKEN_LIFE = 900;

/** How often the secret is read, in milliseconds, and how often while there are no keys. */
const REFRESH = 300_000;
const FIRST_TRY = 2_000;

/**
 * How long a new key is shown before it signs, in milliseconds: until then each replica has read the secret, and shows
 * the key to whoever checks a token.
 */
const NOTICE = 2 * REFRESH;

interface Version extends SigningKey {
  readonly createdAt: number;
}

/** The keys that sign tokens: those of the secret's current version, and of the one before. */
export class SigningKeys {
  readonly background: Background;
  private readonly secrets: SecretsManagerClient;
  /** The newest first. */
  private versions: readonly Version[] = [];

  constructor(
    region: string,
    private readonly secretId: string,
    log: FastifyBaseLogger,
  ) {
    this.secrets = new SecretsManagerClient({
      region,
      maxAttempts: 3,
      requestHandler: { connectionTimeout: 1_000, requestTimeout: 2_000, throwOnRequestTimeout: true },
    });
    this.background = every(
      'signing keys',
      () => (this.versions.length > 0 ? REFRESH : FIRST_TRY),
      () => this.refresh(),
      log,
    );
  }

  /** Reads the secret; what is known stays where that fails. */
  async refresh(): Promise<void> {
    const current = await this.read('AWSCURRENT');
    if (!current) throw new Error(`the secret ${this.secretId} has no value`);
    const previous = await this.read('AWSPREVIOUS');
    this.versions = previous ? [current, previous] : [current];
  }

  /** The public keys. */
  async shown(): Promise<JSONWebKeySet> {
    if (this.versions.length === 0) await this.refresh();
    return { keys: this.versions.map(({ shown }) => shown) };
  }

  /** A token that says who the customer is. */
  async sign(customerId: string): Promise<string> {
    if (this.versions.length === 0) await this.refresh();
    const seasoned = this.versions.find(({ createdAt }) => Date.now() - createdAt >= NOTICE);
    const key = seasoned ?? this.versions.at(-1);
    if (!key) throw new Error('there is no key to sign with');
    return await new SignJWT()
      .setProtectedHeader({ alg: ALGORITHM, kid: key.kid, typ: 'JWT' })
      .setIssuer(ISSUER)
      .setAudience(AUDIENCE)
      .setSubject(customerId)
      .setIssuedAt()
      .setExpirationTime(`${TOKEN_LIFE}s`)
      .sign(key.privateKey);
  }

  close(): void {
    this.secrets.destroy();
  }

  /** The keys of one version; undefined where the secret has none with that label, as before its first rotation. */
  private async read(VersionStage: string): Promise<Version | undefined> {
    try {
      const { SecretString, CreatedDate } = await this.secrets.send(
        new GetSecretValueCommand({ SecretId: this.secretId, VersionStage }),
      );
      if (!SecretString) return undefined;
      return { ...(await keyOf(SecretString)), createdAt: CreatedDate?.getTime() ?? 0 };
    } catch (error) {
      if (error instanceof Error && error.name === 'ResourceNotFoundException') return undefined;
      throw error;
    }
  }
}
