import { paginateListBackupVaults } from '@aws-sdk/client-backup';
import { paginateDescribeLogGroups } from '@aws-sdk/client-cloudwatch-logs';
import { DescribeInstancesCommand, DescribeNatGatewaysCommand } from '@aws-sdk/client-ec2';
import { DescribeKeyCommand } from '@aws-sdk/client-kms';
import {
  paginateDescribeDBClusterSnapshots,
  paginateDescribeDBInstances,
  paginateDescribeDBSnapshots,
} from '@aws-sdk/client-rds';
import {
  paginateGetResources,
  ResourceGroupsTaggingAPIClient,
} from '@aws-sdk/client-resource-groups-tagging-api';
import { DescribeSecretCommand, paginateListSecrets } from '@aws-sdk/client-secrets-manager';
import { paginateDescribeParameters } from '@aws-sdk/client-ssm';
import { type Aws, connectToAccount } from '../deploy/support/aws';
import type { LeftoverReader } from './leftovers';

const STACK_NAME = 'aws:cloudformation:stack-name';

/** Looks into the account of the current credentials. */
export const CURRENT_LEFTOVERS: LeftoverReader = {
  async tagged(region, isOurs) {
    const arns: string[] = [];
    // The names of nested stacks end with what nobody knows before, so that no filter can name them.
    const pages = paginateGetResources(
      { client: new ResourceGroupsTaggingAPIClient({ region }) },
      { TagFilters: [{ Key: STACK_NAME }] },
    );
    for await (const { ResourceTagMappingList = [] } of pages)
      arns.push(
        ...ResourceTagMappingList.filter(({ Tags = [] }) =>
          Tags.some(({ Key, Value = '' }) => Key === STACK_NAME && isOurs(Value)),
        ).map(({ ResourceARN = '' }) => ResourceARN),
      );
    return arns;
  },

  async named(region) {
    const { backup, logs, rds: client, secrets, ssm } = connectToAccount(region);
    const items: string[] = [];
    for await (const { logGroups = [] } of paginateDescribeLogGroups({ client: logs }, {}))
      items.push(...logGroups.map(({ logGroupName }) => `log group ${logGroupName}`));
    for await (const { DBSnapshots = [] } of paginateDescribeDBSnapshots({ client }, {}))
      items.push(...DBSnapshots.map((snapshot) => `database snapshot ${snapshot.DBSnapshotIdentifier}`));
    for await (const { DBClusterSnapshots = [] } of paginateDescribeDBClusterSnapshots({ client }, {}))
      items.push(
        ...DBClusterSnapshots.map((snapshot) => `cluster snapshot ${snapshot.DBClusterSnapshotIdentifier}`),
      );
    // What is made after the deployment, by a workflow or by replication, has no tag of CloudFormation's.
    for await (const { DBInstances = [] } of paginateDescribeDBInstances({ client }, {}))
      items.push(...DBInstances.map(({ DBInstanceIdentifier }) => `database ${DBInstanceIdentifier}`));
    for await (const { SecretList = [] } of paginateListSecrets({ client: secrets }, {}))
      items.push(...SecretList.map(({ Name }) => `secret ${Name}`));
    for await (const { Parameters = [] } of paginateDescribeParameters({ client: ssm }, {}))
      items.push(...Parameters.map(({ Name }) => `parameter ${Name}`));
    for await (const { BackupVaultList = [] } of paginateListBackupVaults({ client: backup }, {}))
      items.push(...BackupVaultList.map(({ BackupVaultName }) => `backup vault ${BackupVaultName}`));
    return items;
  },

  async isGone(region, arn) {
    const aws = connectToAccount(region);
    const look = LOOKS.find(([pattern]) => pattern.test(arn))?.[1];
    if (!look) return false;
    try {
      return await look(aws, arn);
    } catch (error) {
      if (error instanceof Error && /NotFound/.test(error.name)) return true;
      throw error;
    }
  },
};

/** The services that keep what was deleted in their lists for an hour or longer, and how they tell. */
const LOOKS: readonly (readonly [RegExp, (aws: Aws, arn: string) => Promise<boolean>])[] = [
  [
    /:instance\/i-/,
    async ({ ec2 }, arn) => {
      const { Reservations = [] } = await ec2.send(
        new DescribeInstancesCommand({ InstanceIds: [idOf(arn)] }),
      );
      const instances = Reservations.flatMap(({ Instances = [] }) => Instances);
      return instances.every(({ State }) => State?.Name === 'terminated');
    },
  ],
  [
    /:natgateway\/nat-/,
    async ({ ec2 }, arn) => {
      const { NatGateways = [] } = await ec2.send(
        new DescribeNatGatewaysCommand({ NatGatewayIds: [idOf(arn)] }),
      );
      return NatGateways.every(({ State }) => State === 'deleted');
    },
  ],
  [
    /:secret:/,
    async ({ secrets }, arn) => {
      const { DeletedDate } = await secrets.send(new DescribeSecretCommand({ SecretId: arn }));
      return DeletedDate !== undefined;
    },
  ],
  [
    /:kms:.*:key\//,
    async ({ kms }, arn) => {
      const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId: arn }));
      return KeyMetadata?.KeyState === 'PendingDeletion';
    },
  ],
];

function idOf(arn: string): string {
  return arn.split('/').at(-1) ?? '';
}
