import assert from 'node:assert/strict';
import type { DeployedStack } from '../../support/stacks';
import { records } from './both-regions';
import { assertSucceeded, run } from './executions';
import { completes, hostOf, inOrder, stepsBack } from './planned-takeover';
import { parameterIn } from './recovery-data';
import { failedOver } from './recovery-switch';
import { sleeps } from './rehearsal';
import { withReports } from './reports-of-topic';
import { withStandIn } from './stand-in';
import { twoRegions } from './two-regions';

/**
 * Shows that a disaster is answered with what a rehearsal built, where somebody asks for that copy, and that the name leads
 * there from then on.
 */
export async function coldDisaster(stack: DeployedStack): Promise<void> {
  const system = await twoRegions(stack);
  const { names, standby } = system;
  const { Value: copy } = await parameterIn(standby, names.databaseCopyParameter);
  await withStandIn(standby, names, async (standIn) => {
    const done = await run(standby, 'take-over', { mode: 'disaster', copy });
    assertSucceeded(done);
    inOrder(done.states, ['AsAskedOfCopy', 'Rebuild', 'Verify', 'Switch', 'Notify']);
    const asked = { host: hostOf(system), path: '/' };
    assert.deepEqual(standIn.requests, [asked, asked], 'it looked before the users came, and after');
  });
  assert.equal((await parameterIn(standby, names.activeRegionParameter)).Value, names.standbyRegion);
  await failedOver(stack, 1);
  await records(stack);
}

/** Shows that the primary's own takeover brings the system back, and lets the standby fall asleep. */
export async function coldFailback(stack: DeployedStack): Promise<void> {
  const system = await twoRegions(stack);
  const { primary, standby } = system;
  await withReports(standby, (nextOfOther) =>
    completes(system, primary, async (done) => {
      inOrder(done.states, ['StepBack', 'Switch', 'Drain', 'Promote', 'Verify', 'StepBackOther']);
      await stepsBack(system, standby, done, nextOfOther, 'sleeps');
    }),
  );
  await failedOver(stack, 0);
  await sleeps(stack);
}
