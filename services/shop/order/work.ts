import type { Outside } from './outside';
import { Placement } from './placement';
import { Recovery } from './recovery';
import { Runs } from './runs';
import { Saga } from './saga';
import type { Settings } from './settings';

/** By how much a lease is longer than a step, in milliseconds: what writing its outcome takes. */
const LEASE_MARGIN = 2_000;

/** The parts of the work on orders. */
export interface Work {
  readonly runs: Runs;
  readonly recovery: Recovery;
  readonly placement: Placement;
}

/** Puts them together. */
export function createWork(
  outside: Outside,
  {
    recoveryInterval: interval,
    patience,
    sagaTimeout,
  }: Pick<Settings, 'recoveryInterval' | 'patience' | 'sagaTimeout'>,
): Work {
  const { store, now } = outside;
  const leaseTime = sagaTimeout + LEASE_MARGIN;
  const saga = new Saga({ ...outside, patience, stepBudget: sagaTimeout, leaseTime });
  const runs = new Runs({ ...outside, saga, leaseTime, interval, patience });
  return {
    runs,
    recovery: new Recovery(store, runs, now),
    placement: new Placement({ store, runs, now, leaseTime, sagaTimeout }),
  };
}
