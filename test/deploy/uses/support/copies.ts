import assert from 'node:assert/strict';
import {
  DescribeBackupVaultCommand,
  GetBackupPlanCommand,
  GetBackupSelectionCommand,
  ListBackupSelectionsCommand,
  ListBackupVaultsCommand,
  ListRecoveryPointsByBackupVaultCommand,
  StartBackupJobCommand,
  StartCopyJobCommand,
} from '@aws-sdk/client-backup';
import { GetScheduleCommand } from '@aws-sdk/client-scheduler';
import { until } from '../../support/polling';
import type { DeployedStack } from '../../support/stacks';
import { emulatorOf } from './addresses';
import { assertFailed, assertSucceeded, run } from './executions';
import { databaseIn, keyOf } from './recovery-data';
import { call } from './recovery-switch';
import { functionIn, idIn, inBoth, twoRegions } from './two-regions';

/** The ARN of a region's vault. */
async function vaultOf({ aws }: DeployedStack, BackupVaultName: string) {
  return aws.backup.send(new DescribeBackupVaultCommand({ BackupVaultName }));
}

/** Shows that each region has a vault under its own key, and that a plan fills both with servers and database. */
export async function copyPlan(stack: DeployedStack, hours: string): Promise<void> {
  const { names, primary, standby } = await twoRegions(stack);
  await inBoth(stack, async (region) => {
    const { EncryptionKeyArn, Locked } = await vaultOf(region, names.vault);
    assert.deepEqual([EncryptionKeyArn, Locked ?? false], [await keyOf(region, names), false]);
  });
  const { backup } = primary.aws;
  const BackupPlanId = await primary.idOf('AWS::Backup::BackupPlan');
  const { BackupPlan } = await backup.send(new GetBackupPlanCommand({ BackupPlanId }));
  const { BackupVaultArn } = await vaultOf(standby, names.vault);
  assert.deepEqual(
    BackupPlan?.Rules?.map(({ CopyActions, Lifecycle, ScheduleExpression, TargetBackupVaultName }) => ({
      copies: CopyActions?.map((copy) => [copy.DestinationBackupVaultArn, copy.Lifecycle?.DeleteAfterDays]),
      days: Lifecycle?.DeleteAfterDays,
      ScheduleExpression,
      TargetBackupVaultName,
    })),
    [
      {
        copies: [[BackupVaultArn, 7]],
        days: 7,
        ScheduleExpression: `cron(45 ${hours} * * ? *)`,
        TargetBackupVaultName: names.vault,
      },
    ],
  );
  const { BackupSelectionsList } = await backup.send(new ListBackupSelectionsCommand({ BackupPlanId }));
  const SelectionId = BackupSelectionsList?.[0]?.SelectionId;
  const { BackupSelection } = await backup.send(new GetBackupSelectionCommand({ BackupPlanId, SelectionId }));
  const { TagList } = await databaseIn(primary, names);
  const [tag] = BackupSelection?.Conditions?.StringEquals ?? [];
  assert.ok(
    TagList?.some(
      ({ Key, Value }) => tag?.ConditionKey === `aws:ResourceTag/${Key}` && tag.ConditionValue === Value,
    ),
    'the database does not bear the tag of what is copied',
  );
}

/** Shows that nothing is taken over where there is no copy, and that this is said. */
export async function noCopy(stack: DeployedStack): Promise<void> {
  const { standby } = await twoRegions(stack);
  const cause = assertFailed(await run(standby, 'take-over', { mode: 'disaster' }), 'FindCopy');
  assert.match(cause, /Nothing was changed\..*holds no complete copy of a database/);
}

/** Lets AWS Backup make a copy of the database and bring it to the standby, as its plan does; the copy's ARN. */
export async function addCopy(stack: DeployedStack): Promise<string> {
  const { names, primary, standby } = await twoRegions(stack);
  const { backup } = primary.aws;
  const { DBInstanceArn: ResourceArn } = await databaseIn(primary, names);
  const job = { IamRoleArn: 'arn:aws:iam::000000000000:role/copies', IdempotencyToken: undefined };
  const { RecoveryPointArn } = await backup.send(
    new StartBackupJobCommand({ ...job, BackupVaultName: names.vault, ResourceArn }),
  );
  const { BackupVaultArn: DestinationBackupVaultArn } = await vaultOf(standby, names.vault);
  const before = await pointsIn(standby, names.vault);
  await backup.send(
    new StartCopyJobCommand({
      ...job,
      RecoveryPointArn,
      SourceBackupVaultName: names.vault,
      DestinationBackupVaultArn,
    }),
  );
  return until('a copy in the other region', async () =>
    (await pointsIn(standby, names.vault)).find((arn) => !before.includes(arn)),
  );
}

async function pointsIn({ aws }: DeployedStack, BackupVaultName: string): Promise<string[]> {
  const { RecoveryPoints = [] } = await aws.backup.send(
    new ListRecoveryPointsByBackupVaultCommand({ BackupVaultName }),
  );
  return RecoveryPoints.map(({ RecoveryPointArn = '' }) => RecoveryPointArn);
}

/** Shows that a copy is found, and that the schedule's question is answered with an error when it is too old. */
export async function copyAge(stack: DeployedStack): Promise<void> {
  const { names, standby } = await twoRegions(stack);
  const arn = await addCopy(stack);
  const { output, ...ended } = await run(standby, 'take-over');
  assertSucceeded({ ...ended, output });
  const { activeRegion, builtOf, newestCopy } = output;
  assert.deepEqual({ activeRegion, builtOf }, { activeRegion: names.primaryRegion, builtOf: 'none' });
  assert.equal((newestCopy as Record<string, unknown>).snapshotArn, arn);
  const { Target } = await standby.aws.scheduler.send(
    new GetScheduleCommand({ Name: await idIn(standby, 'AWS::Scheduler::Schedule', /CopyAge/) }),
  );
  const question = JSON.parse(Target?.Input ?? '{}') as Record<string, unknown>;
  assert.deepEqual(question, { maxAgeSeconds: 26 * 3600 });
  const finder = await functionIn(standby, 'WorkflowsNewestCopy');
  assert.ok(Target?.Arn?.endsWith(`:${finder}`), Target?.Arn);
  assert.equal((await call(standby, finder, question)).payload.snapshotArn, arn);
  try {
    await makeOld(standby, names.vault, 27);
    assert.equal((await call(standby, finder, question)).error, 'CopyTooOld');
  } finally {
    await makeOld(standby, names.vault, 1);
  }
}

/** Lets the emulator take all copies of a vault for so many hours old; AWS lets nobody do that. */
async function makeOld({ aws }: DeployedStack, vault: string, hours: number): Promise<void> {
  const query = new URLSearchParams({ vault, region: aws.region, hours: String(hours) });
  const { status } = await fetch(`${await emulatorOf(aws)}/_emulator/recovery-point-age?${query}`, {
    method: 'POST',
  });
  assert.equal(status, 200);
}

/** Shows that the vaults are gone, although they held copies. */
export async function noVaults(stack: DeployedStack): Promise<void> {
  const { names } = await twoRegions(stack);
  await inBoth(stack, async ({ aws }) => {
    const { BackupVaultList = [] } = await aws.backup.send(new ListBackupVaultsCommand({}));
    assert.ok(!BackupVaultList.some(({ BackupVaultName }) => BackupVaultName === names.vault));
  });
}
