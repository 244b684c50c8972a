import { Token } from 'aws-cdk-lib';
import type * as autoscaling from 'aws-cdk-lib/aws-autoscaling';
import type { Problems } from '../building-blocks/problems';
import type { Scaling } from './scaling-options';

/** A step by its one bound, in percent. */
interface Step {
  readonly bound: number;
  readonly change: number;
}

/**
 * Adds to `problems` steps that are none, that fight with another way of scaling, or that would swing.
 *
 * @param least the least number of servers that there can be, at which a change weighs most
 */
export function checkSteps(scaling: Scaling, least: number, most: number, problems: Problems): void {
  const { cpuSteps, predictive, targetCpu, targetRequests } = scaling;
  if (!cpuSteps) return;
  const refuse = (value: unknown, wayOut: string) => problems.add('scaling.cpuSteps', value, wayOut);
  const targets = Object.entries({ targetCpu, targetRequests }).filter(([, target]) => target !== undefined);
  for (const [name] of targets) {
    refuse(
      cpuSteps,
      `fight with ${name}: the steps would take servers away while the target still wants them. Leave one out; AWS advises targets.`,
    );
  }
  if (predictive) {
    refuse(cpuSteps, 'name no load for predictive scaling to aim at; give targetCpu in their place.');
  }
  const wrong = cpuSteps.find((step) => !isStep(step));
  if (wrong) {
    refuse(
      wrong,
      'is no step; give a whole change, with lower alone where it adds servers and upper alone where it takes them away, in percent above 0 and below 100.',
    );
    return;
  }
  const adding = cpuSteps
    .filter(({ change }) => change > 0)
    .map(({ lower = 0, change }): Step => ({ bound: lower, change }));
  const removing = cpuSteps
    .filter(({ change }) => change < 0)
    .map(({ upper = 0, change }): Step => ({ bound: upper, change }));
  const direction = adding.length === 0 ? 'up' : removing.length === 0 ? 'down' : undefined;
  if (direction) {
    refuse(cpuSteps, `lead one way only; add one that scales ${direction}.`);
    return;
  }
  if ([adding, removing].some((steps) => new Set(steps.map(({ bound }) => bound)).size < steps.length)) {
    refuse(cpuSteps, 'have a bound twice in one direction; say each once.');
    return;
  }
  if (Token.isUnresolved(least) || Token.isUnresolved(most) || least < 1) return;
  const swing = swingOf(adding, removing, least, most);
  if (swing) refuse(cpuSteps, `swing to and fro: ${swing} Move them apart.`);
}

function isStep({ change, lower, upper }: autoscaling.ScalingInterval): boolean {
  const [bound, other] = change > 0 ? [lower, upper] : [upper, lower];
  if (bound === undefined || other !== undefined) return false;
  if (Token.isUnresolved(change) || Token.isUnresolved(bound)) return false;
  return Number.isInteger(change) && change !== 0 && bound > 0 && bound < 100;
}

/** How a step undoes another: the load that is left after it, spread over the servers that are left, calls for the other. */
function swingOf(
  adding: readonly Step[],
  removing: readonly Step[],
  least: number,
  most: number,
): string | undefined {
  const firstToAdd = Math.min(...adding.map(({ bound }) => bound));
  const firstToRemove = Math.max(...removing.map(({ bound }) => bound));
  for (const { bound, change } of removing) {
    const before = Math.min(least - change, Math.max(most, least + 1));
    const load = (bound * before) / least;
    if (load >= firstToAdd) {
      return `when ${before} servers at ${bound} % become ${least}, these come to ${Math.round(load)} %, and at ${firstToAdd} % servers are added again.`;
    }
  }
  for (const { bound, change } of adding) {
    const after = Math.min(least + change, Math.max(most, least + 1));
    const load = (bound * least) / after;
    if (load <= firstToRemove) {
      return `when ${least} servers at ${bound} % become ${after}, these come to ${Math.round(load)} %, and at ${firstToRemove} % servers are taken away again.`;
    }
  }
  return undefined;
}
