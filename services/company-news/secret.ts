import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { within } from './deadline';
import type { Limits } from './limits';
import type { Log } from './log';

/** Who logs in. */
export interface Login {
  readonly username: string;
  readonly password: string;
}

/** Fetches the text of a secret. */
export type FetchSecret = () => Promise<string | undefined>;

/** Reads the secret that RDS keeps, as the role of the server. */
export function fetchFromSecretsManager(region: string, secretArn: string): FetchSecret {
  const client = new SecretsManagerClient({ region });
  return async () => (await client.send(new GetSecretValueCommand({ SecretId: secretArn }))).SecretString;
}

/**
 * The login, read once and kept until MySQL refuses it: RDS rotates the managed password every seven days
 * (https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-secrets-manager.html), at a time of its own.
 *
 * There is a single flight: who needs the secret while it is being read waits for that reading. Otherwise a start, a
 * failover or a rotation would ask Secrets Manager once per waiting request.
 */
export class Secret {
  private reading?: Promise<Login>;
  private known?: Login;
  private readAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly fetch: FetchSecret,
    private readonly limits: Limits,
    private readonly log: Log,
  ) {}

  /** The login as it was read last. */
  current(): Promise<Login> {
    this.reading ??= this.read();
    return this.reading;
  }

  /**
   * The login to try after `refused`: read again, unless another request has done so since, or unless it was read just
   * now.
   */
  after(refused: Login): Promise<Login> {
    if (this.known === refused && performance.now() - this.readAt >= this.limits.secretAge) {
      this.known = undefined;
      this.reading = undefined;
    }
    return this.current();
  }

  private async read(): Promise<Login> {
    this.readAt = performance.now();
    try {
      this.known = parse(await within(this.limits.secret, this.fetch()));
      this.log({ event: 'secret read' });
      return this.known;
    } catch (error) {
      this.reading = undefined;
      throw error;
    }
  }
}

/** The message of JSON.parse quotes what it could not read, which is the password here: it must not get out. */
function parse(text: string | undefined): Login {
  const wrong = Object.assign(new Error('the secret has no username and password'), { code: 'BAD_SECRET' });
  let value: unknown;
  try {
    value = JSON.parse(text ?? '');
  } catch {
    throw wrong;
  }
  if (typeof value !== 'object' || value === null || !('username' in value && 'password' in value))
    throw wrong;
  const { username, password } = value;
  if (typeof username !== 'string' || typeof password !== 'string') throw wrong;
  return { username, password };
}
