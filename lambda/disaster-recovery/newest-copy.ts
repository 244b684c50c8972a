import { BackupClient, paginateListRecoveryPointsByBackupVault } from '@aws-sdk/client-backup';
import { CLIENT_OPTIONS } from '../shared/client-options';
import { requireVariable } from '../shared/environment';
import { NamedError } from '../shared/named-error';

/** The copy of which a database is made. */
export interface NewestCopy {
  /** The ARN of an RDS snapshot, which is what a recovery point of RDS is. */
  readonly snapshotArn: string;

  /** ISO 8601 in UTC. */
  readonly createdAt: string;

  /**
   * Whole seconds: what changed in them is lost. A copy bears the date of what it was copied from:
   * https://docs.aws.amazon.com/aws-backup/latest/devguide/recov-point-create-a-copy.html
   */
  readonly ageSeconds: number;
}

const vault = requireVariable('VAULT');
const client = new BackupClient(CLIENT_OPTIONS);

/** What is asked for. */
export interface NewestCopyEvent {
  /**
   * How old the copy may be, in seconds.
   *
   * @default - as old as it is
   */
  readonly maxAgeSeconds?: number;
}

/**
 * Finds the newest complete copy of a database in the vault.
 *
 * @throws NoCopy where there is none
 * @throws CopyTooOld where it is older than it may be
 */
export async function handler({ maxAgeSeconds }: NewestCopyEvent = {}): Promise<NewestCopy> {
  let newest: { readonly arn: string; readonly created: Date } | undefined;
  const pages = paginateListRecoveryPointsByBackupVault(
    { client },
    { BackupVaultName: vault, ByResourceType: 'RDS' },
  );
  for await (const { RecoveryPoints = [] } of pages) {
    for (const { CreationDate: created, RecoveryPointArn: arn, Status } of RecoveryPoints) {
      if (Status !== 'COMPLETED' || !arn || !created) continue;
      if (!newest || created > newest.created) newest = { arn, created };
    }
  }
  if (!newest) {
    throw new NamedError('NoCopy', `The vault ${vault} holds no complete copy of a database.`);
  }
  const ageSeconds = Math.floor((Date.now() - newest.created.getTime()) / 1000);
  if (maxAgeSeconds !== undefined && ageSeconds > maxAgeSeconds) {
    throw new NamedError(
      'CopyTooOld',
      `The newest copy, ${newest.arn}, is ${ageSeconds} seconds old; ${maxAgeSeconds} are allowed.`,
    );
  }
  return { snapshotArn: newest.arn, createdAt: newest.created.toISOString(), ageSeconds };
}
