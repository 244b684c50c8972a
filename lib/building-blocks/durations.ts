import type { Duration } from 'aws-cdk-lib';
import type { Problems } from './problems';

/** Adds to `problems` a duration that is no whole number of seconds between two limits; tokens pass. */
export const checkSeconds = checkWhole('seconds', (duration) => duration.toSeconds({ integral: false }));

/** Adds to `problems` a duration that is no whole number of minutes between two limits; tokens pass. */
export const checkMinutes = checkWhole('minutes', (duration) => duration.toMinutes({ integral: false }));

function checkWhole(unit: string, count: (duration: Duration) => number) {
  return (
    prop: string,
    duration: Duration | undefined,
    [least, most]: readonly [number, number],
    problems: Problems,
  ): void => {
    if (!duration || duration.isUnresolved()) return;
    const value = count(duration);
    if (Number.isInteger(value) && value >= least && value <= most) return;
    const allowed = Number.isFinite(most) ? `${least} to ${most} whole ${unit}` : `whole ${unit}`;
    problems.add(prop, duration.toString(), `is not possible; give ${allowed}.`);
  };
}
