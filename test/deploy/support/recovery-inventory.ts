import {
  ListBackupPlansCommand,
  ListBackupVaultsCommand,
  paginateListRecoveryPointsByBackupVault,
} from '@aws-sdk/client-backup';
import { DescribeKeyCommand, paginateListAliases, paginateListKeys } from '@aws-sdk/client-kms';
import { ListHealthChecksCommand, ListHostedZonesCommand } from '@aws-sdk/client-route-53';
import { ListStateMachinesCommand } from '@aws-sdk/client-sfn';
import { paginateDescribeParameters } from '@aws-sdk/client-ssm';
import type { Aws } from './aws';

type List = Promise<(string | undefined)[] | undefined>;

const AWS_ALIAS = /^alias\/aws\//;

/** What a system over two regions is recovered with in an account and region, by kind. */
export function recoveryLists(aws: Aws): Record<string, List> {
  const { backup, route53, sfn } = aws;
  const vaults = backup
    .send(new ListBackupVaultsCommand({}))
    .then(({ BackupVaultList = [] }) => BackupVaultList.map(({ BackupVaultName }) => BackupVaultName));
  return {
    key: keysOf(aws),
    'key alias': aliasesOf(aws),
    parameter: parametersOf(aws),
    'state machine': sfn
      .send(new ListStateMachinesCommand({}))
      .then(({ stateMachines }) => stateMachines?.map(({ stateMachineArn }) => stateMachineArn)),
    'backup plan': backup
      .send(new ListBackupPlansCommand({}))
      .then(({ BackupPlansList }) => BackupPlansList?.map(({ BackupPlanId }) => BackupPlanId)),
    'backup vault': vaults,
    'recovery point': vaults.then(async (names) =>
      (await Promise.all(names.map((name) => recoveryPointsOf(aws, name)))).flat(),
    ),
    'health check': route53
      .send(new ListHealthChecksCommand({}))
      .then(({ HealthChecks }) => HealthChecks?.map(({ Id }) => Id)),
    'hosted zone': route53
      .send(new ListHostedZonesCommand({}))
      .then(({ HostedZones }) => HostedZones?.map(({ Id }) => Id?.replace('/hostedzone/', ''))),
  };
}

/** The customers' own. One that waits for its deletion is gone for all that matters: it costs and opens nothing. */
async function keysOf({ kms }: Aws): Promise<string[]> {
  const keys: string[] = [];
  for await (const { Keys = [] } of paginateListKeys({ client: kms }, {})) {
    for (const { KeyId } of Keys) {
      const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId }));
      const isGone = KeyMetadata?.KeyState === 'PendingDeletion' || KeyMetadata?.KeyManager === 'AWS';
      if (KeyId && !isGone) keys.push(KeyId);
    }
  }
  return keys;
}

async function aliasesOf({ kms }: Aws): Promise<string[]> {
  const names: string[] = [];
  for await (const { Aliases = [] } of paginateListAliases({ client: kms }, {})) {
    names.push(...Aliases.map(({ AliasName = '' }) => AliasName).filter((name) => !AWS_ALIAS.test(name)));
  }
  return names;
}

async function parametersOf({ ssm }: Aws): Promise<(string | undefined)[]> {
  const names: (string | undefined)[] = [];
  for await (const { Parameters = [] } of paginateDescribeParameters({ client: ssm }, {})) {
    names.push(...Parameters.map(({ Name }) => Name));
  }
  return names;
}

async function recoveryPointsOf(
  { backup }: Aws,
  BackupVaultName: string | undefined,
): Promise<(string | undefined)[]> {
  const arns: (string | undefined)[] = [];
  const pages = paginateListRecoveryPointsByBackupVault({ client: backup }, { BackupVaultName });
  for await (const { RecoveryPoints = [] } of pages) {
    arns.push(...RecoveryPoints.map(({ RecoveryPointArn }) => RecoveryPointArn));
  }
  return arns;
}
