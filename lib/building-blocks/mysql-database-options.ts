import { Token } from 'aws-cdk-lib';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type { Problems } from './problems';

/** GiB of gp3 to begin with, where nothing is said: the least that RDS takes. */
export const DEFAULT_STORAGE = 20;

/** GiB of gp3 at most. */
export const MAX_STORAGE = 65_536;

/** What RDS advises to leave for growth, as a factor. */
export const STORAGE_HEADROOM = 1.26;

/** Connections that a database instance with 1 GiB of memory carries. */
export const DEFAULT_CONNECTIONS = 60;

/** The first schema, where nothing is said. */
export const DEFAULT_DATABASE_NAME = 'app';

/** The choices about a MySQL database that patterns hand on to their users. */
export interface MySqlDatabaseOptions {
  /**
   * The size of the database instance, without the `db.` prefix.
   *
   * @default - what the profile says
   */
  readonly databaseInstanceType?: ec2.InstanceType;

  /**
   * The name of the first schema: 1 to 64 letters and digits, starting with a letter.
   *
   * @default 'app'
   */
  readonly databaseName?: string;

  /**
   * The storage to begin with, in GiB of gp3: 20 to 65536
   * (https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Storage.html).
   *
   * @default 20
   */
  readonly allocatedStorage?: number;

  /**
   * How far RDS may grow the storage by itself, in GiB: at least 26 % above `allocatedStorage`, as RDS advises
   * (https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PIOPS.Autoscaling.html). Storage never shrinks.
   *
   * @default - five times allocatedStorage, at most 65536
   */
  readonly maxAllocatedStorage?: number;

  /**
   * The number of connections that MySQL accepts, 1 to 100000. It is set explicitly, so that the alarm on
   * connections knows the limit. MySQL's own formula gives an instance of 1 GiB 85 at most, less what RDS itself
   * needs (https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Limits.html); raise it with the size.
   *
   * @default 60
   */
  readonly maxConnections?: number;

  /**
   * Whether a standby waits in a second zone.
   *
   * @default - what the pattern says
   */
  readonly multiAz?: boolean;
}

/** Adds to `problems` what can't be honoured in `options`. */
export function checkMySqlDatabase(options: MySqlDatabaseOptions, problems: Problems): void {
  const {
    allocatedStorage = DEFAULT_STORAGE,
    maxAllocatedStorage,
    maxConnections = DEFAULT_CONNECTIONS,
    databaseName = DEFAULT_DATABASE_NAME,
  } = options;
  if (
    !Token.isUnresolved(allocatedStorage) &&
    !isWholeNumber(allocatedStorage, DEFAULT_STORAGE, MAX_STORAGE)
  ) {
    problems.add(
      'allocatedStorage',
      allocatedStorage,
      'is no size of gp3 storage; give whole GiB, 20 to 65536.',
    );
  }
  if (
    maxAllocatedStorage !== undefined &&
    !Token.isUnresolved(maxAllocatedStorage) &&
    !Token.isUnresolved(allocatedStorage) &&
    !isWholeNumber(maxAllocatedStorage, Math.ceil(allocatedStorage * STORAGE_HEADROOM), MAX_STORAGE)
  ) {
    problems.add(
      'maxAllocatedStorage',
      maxAllocatedStorage,
      `leaves no room to grow; give whole GiB, at least 26 % above allocatedStorage (${allocatedStorage}), at most 65536.`,
    );
  }
  if (!Token.isUnresolved(maxConnections) && !isWholeNumber(maxConnections, 1, 100_000)) {
    problems.add('maxConnections', maxConnections, 'is no limit that MySQL takes; give 1 to 100000.');
  }
  if (!Token.isUnresolved(databaseName) && !/^[A-Za-z][A-Za-z0-9]{0,63}$/.test(databaseName)) {
    problems.add(
      'databaseName',
      databaseName,
      'is no name that RDS takes; give 1 to 64 letters and digits, starting with a letter.',
    );
  }
}

function isWholeNumber(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most;
}
