import type { Duration } from 'aws-cdk-lib';
import type { Problems } from './problems';

/** Adds to `problems` a duration that is no whole number of seconds between two limits; tokens pass. */
export function checkSeconds(
  prop: string,
  duration: Duration | undefined,
  [least, most]: readonly [number, number],
  problems: Problems,
): void {
  if (!duration || duration.isUnresolved()) return;
  const seconds = duration.toSeconds({ integral: false });
  if (Number.isInteger(seconds) && seconds >= least && seconds <= most) return;
  const allowed = Number.isFinite(most) ? `${least} to ${most} whole seconds` : 'whole seconds';
  problems.add(prop, duration.toString(), `is not possible; give ${allowed}.`);
}
