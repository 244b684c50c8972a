import { paginateDescribeLogGroups } from '@aws-sdk/client-cloudwatch-logs';
import { DescribeInstancesCommand, DescribeNatGatewaysCommand } from '@aws-sdk/client-ec2';
import { paginateDescribeDBClusterSnapshots, paginateDescribeDBSnapshots } from '@aws-sdk/client-rds';
import {
  paginateGetResources,
  ResourceGroupsTaggingAPIClient,
} from '@aws-sdk/client-resource-groups-tagging-api';
import { DescribeSecretCommand } from '@aws-sdk/client-secrets-manager';
import { type Aws, connectToAccount } from '../deploy/support/aws';
import type { LeftoverReader } from './leftovers';

/** Looks into the account of the current credentials. */
export const CURRENT_LEFTOVERS: LeftoverReader = {
  async tagged(region, stackName) {
    const arns: string[] = [];
    const pages = paginateGetResources(
      { client: new ResourceGroupsTaggingAPIClient({ region }) },
      { TagFilters: [{ Key: 'aws:cloudformation:stack-name', Values: [stackName] }] },
    );
    for await (const { ResourceTagMappingList = [] } of pages)
      arns.push(...ResourceTagMappingList.map(({ ResourceARN = '' }) => ResourceARN));
    return arns;
  },

  async named(region) {
    const { logs, rds: client } = connectToAccount(region);
    const items: string[] = [];
    for await (const { logGroups = [] } of paginateDescribeLogGroups({ client: logs }, {}))
      items.push(...logGroups.map(({ logGroupName }) => `log group ${logGroupName}`));
    for await (const { DBSnapshots = [] } of paginateDescribeDBSnapshots({ client }, {}))
      items.push(...DBSnapshots.map((snapshot) => `database snapshot ${snapshot.DBSnapshotIdentifier}`));
    for await (const { DBClusterSnapshots = [] } of paginateDescribeDBClusterSnapshots({ client }, {}))
      items.push(
        ...DBClusterSnapshots.map((snapshot) => `cluster snapshot ${snapshot.DBClusterSnapshotIdentifier}`),
      );
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
];

function idOf(arn: string): string {
  return arn.split('/').at(-1) ?? '';
}
