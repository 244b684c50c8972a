import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { Turnstile } from './turnstile';

/**
 * What a guess costs: 19 MiB, two passes, one thread, which is the least that OWASP recommends for Argon2id
 * (https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html). They are kept with each hash, so
 * that they may be raised one day.
 */
const COST = { memory: 19_456, passes: 2, parallelism: 1 };

const SALT_SIZE = 16;
const HASH_SIZE = 32;

/**
 * Two at once: they run in the four threads of Node.js, which also look up names. Fifty wait a second or so, less than
 * the patience of those who ask.
 */
const AT_ONCE = 2;
const WAITING = 50;

const derive = promisify(argon2);

/** A password that can be checked and not be read. */
export interface PasswordHash {
  /** In base64, like the hash. */
  readonly salt: string;
  readonly hash: string;
  /** In KiB. */
  readonly memory: number;
  readonly passes: number;
  readonly parallelism: number;
}

/** Hashes passwords by Argon2id, and checks them. */
export class Passwords {
  private readonly turnstile = new Turnstile(AT_ONCE, WAITING);
  /** What the passwords of those are compared with who don't exist; nobody knows its password. */
  private readonly nobody: PasswordHash = {
    ...COST,
    salt: randomBytes(SALT_SIZE).toString('base64'),
    hash: randomBytes(HASH_SIZE).toString('base64'),
  };

  /** A new salt and its hash. */
  async hash(password: string): Promise<PasswordHash> {
    const salt = randomBytes(SALT_SIZE);
    const hash = await this.derive(password, salt, COST);
    return { ...COST, salt: salt.toString('base64'), hash: hash.toString('base64') };
  }

  /** Whether it is the password. Where there is none, it takes as long to say no. */
  async matches(password: string, known: PasswordHash | undefined): Promise<boolean> {
    const { salt, hash, ...cost } = known ?? this.nobody;
    const given = await this.derive(password, Buffer.from(salt, 'base64'), cost);
    return timingSafeEqual(given, Buffer.from(hash, 'base64')) && known !== undefined;
  }

  private async derive(
    password: string,
    nonce: Buffer,
    { memory, passes, parallelism }: Omit<PasswordHash, 'salt' | 'hash'>,
  ): Promise<Buffer> {
    return await this.turnstile.pass(() =>
      derive('argon2id', {
        // One password, on whatever keyboard it is typed.
        message: password.normalize('NFKC'),
        nonce,
        memory,
        passes,
        parallelism,
        tagLength: HASH_SIZE,
      }),
    );
  }
}
