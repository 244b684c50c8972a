import { setTimeout as wait } from 'node:timers/promises';
import {
  BackupClient,
  DeleteRecoveryPointCommand,
  paginateListRecoveryPointsByBackupVault,
  type RecoveryPointByBackupVault,
} from '@aws-sdk/client-backup';
import { CLIENT_OPTIONS } from '../shared/client-options';

/** Milliseconds that are kept for a call with all its attempts, and for the answer to CloudFormation. */
const RESERVE = 60_000;

/** Milliseconds between two looks at the vault; the pause doubles from the first to the longest. */
const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 10_000;

/** How many recovery points are deleted at once. */
const AT_ONCE = 10;

/** How many of the recovery points that are left a person is told of, and how much of what is said of each. */
const NAMED = 5;
const REASON_LENGTH = 250;

/** Why a recovery point is still there, by its ARN, as far as the service said so. */
type Refusals = Map<string, string>;

/**
 * Deletes all recovery points of a vault, and waits until none is left: AWS Backup deletes them after its answer, and
 * refuses to delete those with which it is busy, which is why all are asked for again after each look. A vault that does
 * not exist is empty.
 *
 * @param timeLeft milliseconds until the function is ended
 * @throws Error that says what is left where the time gets short
 */
export async function emptyVault(vault: string, timeLeft: () => number): Promise<void> {
  const client = new BackupClient(CLIENT_OPTIONS);
  const hasTime = () => timeLeft() > RESERVE;
  for (let pause = FIRST_PAUSE; ; pause = Math.min(2 * pause, LONGEST_PAUSE)) {
    const points = await list(client, vault);
    if (points.length === 0) return;
    const refusals = await remove(client, vault, points, hasTime);
    if (timeLeft() - pause <= RESERVE) throw new Error(describe(vault, points, refusals));
    await wait(pause);
  }
}

async function list(client: BackupClient, vault: string): Promise<RecoveryPointByBackupVault[]> {
  const points: RecoveryPointByBackupVault[] = [];
  try {
    const pages = paginateListRecoveryPointsByBackupVault({ client }, { BackupVaultName: vault });
    for await (const { RecoveryPoints = [] } of pages) points.push(...RecoveryPoints);
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
  return points;
}

/**
 * Whether a vault or a recovery point does not exist. To the question for a missing vault's content AWS Backup answers
 * that the privileges do not suffice, https://github.com/boto/boto3/issues/2269; where they really do not, IAM's text says
 * who is not authorized to do what.
 */
function isMissing(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error.name === 'ResourceNotFoundException') return true;
  return error.name === 'AccessDeniedException' && /^Insufficient privileges/.test(error.message);
}

async function remove(
  client: BackupClient,
  vault: string,
  points: readonly RecoveryPointByBackupVault[],
  hasTime: () => boolean,
): Promise<Refusals> {
  const refusals: Refusals = new Map();
  const arns = points.flatMap(({ RecoveryPointArn, Status }) =>
    RecoveryPointArn && Status !== 'DELETING' ? [RecoveryPointArn] : [],
  );
  for (let first = 0; first < arns.length && hasTime(); first += AT_ONCE) {
    await Promise.all(
      arns.slice(first, first + AT_ONCE).map(async (arn) => {
        const refusal = await removePoint(client, vault, arn);
        if (refusal !== undefined) refusals.set(arn, refusal);
      }),
    );
  }
  return refusals;
}

/** Returns why it was refused. */
async function removePoint(client: BackupClient, vault: string, arn: string): Promise<string | undefined> {
  try {
    await client.send(new DeleteRecoveryPointCommand({ BackupVaultName: vault, RecoveryPointArn: arn }));
    return undefined;
  } catch (error) {
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  }
}

function describe(vault: string, points: readonly RecoveryPointByBackupVault[], refusals: Refusals): string {
  const named = points.slice(0, NAMED).map(({ RecoveryPointArn = '', Status, StatusMessage }) => {
    const why = refusals.get(RecoveryPointArn) ?? StatusMessage;
    return `${RecoveryPointArn} (${[Status, ...(why ? [why] : [])].join(', ').slice(0, REASON_LENGTH)})`;
  });
  const others = points.length > NAMED ? `; and ${points.length - NAMED} more` : '';
  return `The vault ${vault} still holds ${points.length} recovery points. Delete them, then delete the stack again: ${named.join('; ')}${others}`;
}
