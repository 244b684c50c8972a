import { Token } from 'aws-cdk-lib';
import type { Problems } from './problems';

/** Adds to `problems` a number that is not whole or outside of its limits; tokens pass. */
export function checkWholeNumber(
  prop: string,
  value: number | undefined,
  [least, most]: readonly [number, number],
  unit: string,
  problems: Problems,
): void {
  if (value === undefined || Token.isUnresolved(value)) return;
  if (Number.isInteger(value) && value >= least && value <= most) return;
  const allowed = Number.isFinite(most) ? `${least} to ${most}` : `${least} or more`;
  problems.add(prop, value, `is not possible; give ${allowed} ${unit}, without a fraction.`);
}
