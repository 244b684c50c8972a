import assert from 'node:assert/strict';
import { DescribeInstanceRefreshesCommand } from '@aws-sdk/client-auto-scaling';
import { DescribeDBInstancesCommand } from '@aws-sdk/client-rds';
import type { DeployedStack } from '../../support/stacks';
import { assertFailed, assertSucceeded, run } from './executions';
import { groupOf } from './fleet';
import { databaseIn, parameterIn } from './recovery-data';
import { twoRegions } from './two-regions';

/** What workflows change, in both regions, in a form that can be compared. */
async function stateOf(stack: DeployedStack): Promise<object> {
  const { names, regions, standby } = await twoRegions(stack);
  const ofRegions = Object.entries(regions).map(async ([which, region]) => {
    const { AutoScalingGroupName, DesiredCapacity, Instances = [], MaxSize, MinSize } = await groupOf(region);
    const { InstanceRefreshes = [] } = await region.aws.autoScaling.send(
      new DescribeInstanceRefreshesCommand({ AutoScalingGroupName }),
    );
    const { DBInstances = [] } = await region.aws.rds.send(new DescribeDBInstancesCommand({}));
    const databases = DBInstances.map(
      ({ DbiResourceId, DBInstanceIdentifier, DBInstanceStatus, ReadReplicaSourceDBInstanceIdentifier }) =>
        [DBInstanceIdentifier, DbiResourceId, DBInstanceStatus, ReadReplicaSourceDBInstanceIdentifier].join(
          ' ',
        ),
    ).filter((text) => text.startsWith(names.systemName));
    const host = await parameterIn(region, names.databaseHostParameter);
    return {
      which,
      databases,
      host: [host.Value, host.Version],
      group: { DesiredCapacity, MaxSize, MinSize },
      refreshes: InstanceRefreshes.length,
      servers: Instances.map(({ InstanceId }) => InstanceId).sort(),
    };
  });
  const { Value: activeRegion } = await parameterIn(standby, names.activeRegionParameter);
  const { Value: capacity } = await parameterIn(standby, names.standbyCapacityParameter);
  return { activeRegion, capacity, regions: await Promise.all(ofRegions) };
}

/** Does something that must change nothing. */
export async function changesNothing(stack: DeployedStack, act: () => Promise<void>): Promise<void> {
  const before = await stateOf(stack);
  await act();
  assert.deepEqual(await stateOf(stack), before);
}

/** Shows that both regions' takeovers look at everything and report it when they are given no mode. */
export async function check(stack: DeployedStack): Promise<void> {
  const { names, regions } = await twoRegions(stack);
  await changesNothing(stack, async () => {
    for (const region of Object.values(regions)) {
      const ended = await run(region, 'take-over');
      assertSucceeded(ended);
      const { MaxSize: max, MinSize: min } = await groupOf(region);
      const { DBInstanceIdentifier, Endpoint } = await databaseIn(region, names);
      const { activeRegion, address, database, mode, region: code, servers } = ended.output;
      assert.deepEqual(
        { activeRegion, address, mode, region: code, servers },
        {
          activeRegion: names.primaryRegion,
          address: (await parameterIn(region, names.loadBalancerParameter)).Value,
          mode: 'check',
          region: region.aws.region,
          servers: { min, max },
        },
      );
      const { instance } = database as { instance: Record<string, unknown> };
      assert.equal(instance.DbInstanceIdentifier, DBInstanceIdentifier);
      assert.equal((instance.Endpoint as Record<string, unknown>).Address, Endpoint?.Address);
    }
  });
}

/** Shows that a mode that the takeovers do not know is refused, with those that they know. */
export async function unknownMode(stack: DeployedStack, known = 'check, planned, disaster'): Promise<void> {
  const { standby } = await twoRegions(stack);
  const cause = assertFailed(await run(standby, 'take-over', { mode: 'plannd' }), 'UnknownMode');
  assert.match(cause, new RegExp(`one of ${known};.* Nothing was changed`));
}

/** Shows that the region that serves does not step back. */
export async function noStepBack(stack: DeployedStack, serving: 'primary' | 'standby'): Promise<void> {
  const { regions } = await twoRegions(stack);
  const region = regions[serving];
  await changesNothing(stack, async () => {
    const cause = assertFailed(await run(region, 'step-back'), 'StillActive');
    assert.ok(cause.startsWith(`${region.aws.region} may be the region that serves`), cause);
  });
}
