import assert from 'node:assert/strict';
import type { DeployedStack } from '../../support/stacks';
import { assertFailed, assertSucceeded, run } from './executions';
import { groupOf, inService } from './fleet';
import { completes, hostOf, inOrder, stepsBack, takeOver } from './planned-takeover';
import { changesNothing } from './recovery-checks';
import { databaseIn, parameterIn, replicates } from './recovery-data';
import { failedOver, switchAlarm } from './recovery-switch';
import { withReports } from './reports-of-topic';
import { withStandIn } from './stand-in';
import { twoRegions } from './two-regions';

/** Shows that a planned takeover does not begin with a replica of which nobody knows how far it is behind. */
export async function refusesUnknownLag(stack: DeployedStack): Promise<void> {
  const { standby } = await twoRegions(stack);
  await changesNothing(stack, async () => {
    const cause = assertFailed(await run(standby, 'take-over', { mode: 'planned' }), 'ReplicaBehind');
    assert.match(cause, /at most 60 seconds behind.* Nothing was changed/);
  });
}

/**
 * Shows that a takeover whose last look finds no system that works names the step, tells people how things are left, and
 * that things are so: the users are sent to the standby, whose database takes what they write.
 */
export async function failsAtLastStep(stack: DeployedStack): Promise<void> {
  const system = await twoRegions(stack);
  const { names, standby } = system;
  await withReports(standby, (next) =>
    withStandIn(standby, names, async (standIn) => {
      standIn.status = 503;
      const failed = await takeOver(system, standby);
      const cause = assertFailed(failed, 'Verify');
      assert.match(
        cause,
        /^Verify failed\. The load balancer does not answer well\. Users are sent to this /,
      );
      assert.match(cause, /start it again with the same mode\. Error: .*NotServing.* answered 503/);
      assert.equal(await next(`${names.takeOver} failed in ${names.standbyRegion}`), cause);
      inOrder(failed.states, [
        'Confirm',
        'Switch',
        'WaitForClients',
        'Drain',
        'Promote',
        // The replica keeps its address when it is promoted: the servers need not be told.
        'DoServersKnow',
        'ScaleUp',
        'KeepCapacity',
        'Verify',
        'NotifyFailure',
      ]);
      assert.deepEqual(standIn.requests[0], { host: hostOf(system), path: '/' });
      assert.equal(standIn.requests.length, 61, 'it asked again as often as it promises');
    }),
  );
  const { DBInstanceStatus, ReadReplicaSourceDBInstanceIdentifier } = await databaseIn(standby, names);
  assert.deepEqual([DBInstanceStatus, ReadReplicaSourceDBInstanceIdentifier], ['available', undefined]);
  const after = await groupOf(standby);
  assert.equal(after.MinSize, 3);
  assert.equal(inService(after).length, 3);
}

/** Shows that the same command goes on where the one before failed, and lets the other region step back. */
export async function goesOn(stack: DeployedStack): Promise<void> {
  const system = await twoRegions(stack);
  const { primary, standby } = system;
  const { DbiResourceId } = await databaseIn(primary, system.names);
  await withReports(primary, (nextOfOther) =>
    completes(system, standby, async (done) => {
      for (const state of ['StepBack', 'Promote', 'PointServers', 'ReplaceServers', 'ScaleUp'])
        assert.ok(!done.states.includes(state), `it did ${state} again`);
      await stepsBack(system, primary, done, nextOfOther);
    }),
  );
  await replicates(stack, 'standby', 'primary');
  const replica = await databaseIn(primary, system.names);
  assert.notEqual(replica.DbiResourceId, DbiResourceId, 'it is the database of before');
}

/** Shows that a takeover by the region that serves already changes nothing, in either region. */
export async function doesNothingTwice(stack: DeployedStack): Promise<void> {
  const system = await twoRegions(stack);
  const { primary, standby } = system;
  await changesNothing(stack, () =>
    withReports(primary, (nextOfOther) =>
      completes(system, standby, async (done) => {
        await stepsBack(system, primary, done, nextOfOther);
      }),
    ),
  );
}

/** Shows that the system is served by the standby, for all who look. */
export async function standbyServes(stack: DeployedStack, maximum: number): Promise<void> {
  const { names, standby } = await twoRegions(stack);
  const value = async (parameter: string) => (await parameterIn(standby, parameter)).Value;
  assert.equal(await value(names.activeRegionParameter), names.standbyRegion);
  assert.equal(await value(names.standbyCapacityParameter), '3');
  const { Endpoint } = await databaseIn(standby, names);
  assert.equal(await value(names.databaseHostParameter), Endpoint?.Address);
  const { MaxSize, MinSize } = await groupOf(standby);
  assert.deepEqual({ MaxSize, MinSize }, { MaxSize: maximum, MinSize: 3 });
  await failedOver(stack, 1);
  await switchAlarm(stack, 'ALARM');
  await replicates(stack, 'standby', 'primary');
}

/** Shows that the primary's own takeover brings the system back, in one go, and lets the standby wait as before. */
export async function failback(stack: DeployedStack): Promise<void> {
  const system = await twoRegions(stack);
  const { names, primary, standby } = system;
  await withReports(standby, (nextOfOther) =>
    completes(system, primary, async (done) => {
      inOrder(done.states, ['Switch', 'WaitForClients', 'Drain', 'Promote', 'Verify', 'StepBackOther']);
      const other = await stepsBack(system, standby, done, nextOfOther);
      inOrder(other.states, ['Retire', 'CreateReplica', 'WaitReplica', 'ScaleDown', 'KeepCapacity']);
    }),
  );
  await replicates(stack, 'primary', 'standby');
  const { MinSize } = await groupOf(standby);
  assert.equal(MinSize, 1);
  await failedOver(stack, 0);
  assert.equal((await parameterIn(standby, names.activeRegionParameter)).Value, names.primaryRegion);
}

/**
 * Shows that a takeover of mode disaster waits for nobody and leaves the primary alone, whose database then knows nothing of
 * the other one, until somebody lets that region step back by hand.
 */
export async function disaster(stack: DeployedStack): Promise<void> {
  const system = await twoRegions(stack);
  const { names, primary, standby } = system;
  const before = await databaseIn(primary, names);
  await withReports(standby, (next) =>
    withStandIn(standby, names, async () => {
      const done = await takeOver(system, standby, 'disaster');
      assertSucceeded(done);
      inOrder(done.states, ['Switch', 'Promote', 'ScaleUp', 'Verify', 'OtherWaits']);
      for (const state of ['WaitForClients', 'Drain', 'StepBack', 'StepBackOther'])
        assert.ok(!done.states.includes(state), `it came to ${state}`);
      const report = await next(`${names.systemName}: ${names.standbyRegion} serves`);
      assert.match(
        report,
        new RegExp(`Start ${names.stepBack} in ${names.primaryRegion} when that region is well`),
      );
    }),
  );
  const { DbiResourceId, ReadReplicaSourceDBInstanceIdentifier } = await databaseIn(primary, names);
  assert.deepEqual([DbiResourceId, ReadReplicaSourceDBInstanceIdentifier], [before.DbiResourceId, undefined]);
  assertSucceeded(await run(primary, 'step-back'));
  await replicates(stack, 'standby', 'primary');
}
