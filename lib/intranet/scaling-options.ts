import { type Duration, Token } from 'aws-cdk-lib';
import type * as autoscaling from 'aws-cdk-lib/aws-autoscaling';
import type { Problems } from '../building-blocks/problems';

/** The least and the most servers at a time of the week, which other policies then keep to. */
export interface CapacitySchedule {
  /** When it begins, in `timeZone`. */
  readonly schedule: autoscaling.Schedule;

  /**
   * How many servers there are at least from then on.
   *
   * @default - as before
   */
  readonly minCapacity?: number;

  /**
   * How many servers there are at most from then on.
   *
   * @default - as before
   */
  readonly maxCapacity?: number;
}

/** Scaling ahead of the load, by what the last weeks looked like. */
export interface PredictiveScaling {
  /**
   * `forecastOnly` shows its forecast in the console and changes nothing; switch it on when the forecast is good. It needs
   * 24 hours of metrics, and gets better with two weeks of them.
   *
   * @default 'forecastOnly'
   */
  readonly mode?: 'forecastOnly' | 'forecastAndScale';

  /**
   * How long before the forecast hour the servers are launched.
   *
   * @default - Auto Scaling's own: at the full hour
   */
  readonly schedulingBufferTime?: Duration;
}

/** How the number of servers follows the load. */
export interface Scaling {
  /**
   * The CPU load that is kept, in percent, 10 to 90: the usual way.
   *
   * @default 50, where neither targetRequests nor cpuSteps is given
   */
  readonly targetCpu?: number;

  /**
   * The requests a minute that each server shall get. With `targetCpu`, the one that asks for more servers wins.
   *
   * @default - does not count
   */
  readonly targetRequests?: number;

  /**
   * Steps of the CPU load, in percent, each with a change of the number of servers: from `lower` on for those that add,
   * down from `upper` for those that take away. Rejected together with targets and with `predictive`.
   *
   * @default - none
   */
  readonly cpuSteps?: autoscaling.ScalingInterval[];

  /**
   * Least and most servers by the clock.
   *
   * @default - the same at all times
   */
  readonly schedules?: CapacitySchedule[];

  /**
   * The time zone of the schedules, by its IANA name, like 'Asia/Tokyo'.
   *
   * @default 'Etc/UTC'
   */
  readonly timeZone?: string;

  /**
   * Scaling ahead of the load, towards the same targets.
   *
   * @default - none
   */
  readonly predictive?: PredictiveScaling;
}

/** How many servers there are, and what decides it. */
export interface ScalingOptions {
  /**
   * How many servers there are at least, 1 or more. With 1, a lost zone means no intranet until another has booted.
   *
   * @default 2
   */
  readonly minCapacity?: number;

  /**
   * How many servers there are at most, more than `minCapacity`.
   *
   * @default 6
   */
  readonly maxCapacity?: number;

  /**
   * How the number of servers follows the load.
   *
   * @default { targetCpu: 50 }
   */
  readonly scaling?: Scaling;

  /**
   * How long the group waits after a change of its size before another one by hand or by a simple policy. Target tracking,
   * steps and predictive scaling follow `instanceWarmup` instead
   * (https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-scaling-cooldowns.html).
   *
   * @default - Auto Scaling's own, 300 seconds
   */
  readonly cooldown?: Duration;
}

/** The least number of servers, where nothing is said. */
export const DEFAULT_MIN_CAPACITY = 2;

/** The greatest number of servers, where nothing is said. */
export const DEFAULT_MAX_CAPACITY = 6;

/** The CPU load that is kept, in percent, where nothing is said. */
export const DEFAULT_TARGET_CPU = 50;

/** Adds to `problems` what can't be honoured in `options`, and what in them would fight. */
export function checkScaling(options: ScalingOptions, problems: Problems): void {
  const { minCapacity = DEFAULT_MIN_CAPACITY, maxCapacity = DEFAULT_MAX_CAPACITY, scaling = {} } = options;
  if (!isWholeNumber(minCapacity, 1)) {
    problems.add('minCapacity', minCapacity, 'is no number of servers; give 1 or more.');
  } else if (!isWholeNumber(maxCapacity, minCapacity + 1)) {
    problems.add(
      'maxCapacity',
      maxCapacity,
      `leaves nothing to scale; give more than minCapacity (${minCapacity}).`,
    );
  }
  checkTargets(scaling, problems);
  checkSteps(scaling, minCapacity, problems);
  checkSchedules(scaling, { minCapacity, maxCapacity }, problems);
}

function checkTargets({ targetCpu, targetRequests }: Scaling, problems: Problems): void {
  if (targetCpu !== undefined && !Token.isUnresolved(targetCpu) && !(targetCpu >= 10 && targetCpu <= 90)) {
    problems.add('scaling.targetCpu', targetCpu, 'would scale always or never; give percent, 10 to 90.');
  }
  if (targetRequests !== undefined && !Token.isUnresolved(targetRequests) && !(targetRequests > 0)) {
    problems.add(
      'scaling.targetRequests',
      targetRequests,
      'is no load; give the requests a minute that a server answers well.',
    );
  }
}

function checkSteps(scaling: Scaling, minCapacity: number, problems: Problems): void {
  const { cpuSteps, predictive, targetCpu, targetRequests } = scaling;
  if (!cpuSteps) return;
  const steps = cpuSteps.map(({ lower, upper, change }) => ({ lower, upper, change }));
  const targets = Object.entries({ targetCpu, targetRequests }).filter(([, target]) => target !== undefined);
  for (const [name] of targets) {
    problems.add(
      'scaling.cpuSteps',
      steps,
      `fight with ${name}: the steps would take servers away while the target still wants them. Leave one out; AWS advises targets.`,
    );
  }
  if (predictive) {
    problems.add(
      'scaling.cpuSteps',
      steps,
      'name no load for predictive scaling to aim at; give targetCpu in their place.',
    );
  }
  for (const step of steps) {
    const bound = step.change > 0 ? step.lower : step.upper;
    if (!Number.isInteger(step.change) || step.change === 0 || bound === undefined) {
      problems.add(
        'scaling.cpuSteps',
        step,
        'is no step; give a whole change, with lower where it adds servers and with upper where it takes them away.',
      );
      return;
    }
  }
  const leaving = steps.filter(({ change }) => change < 0).map(({ upper }) => upper ?? 100);
  const coming = steps.filter(({ change }) => change > 0).map(({ lower }) => lower ?? 0);
  if (leaving.length === 0 || coming.length === 0) {
    const direction = leaving.length === 0 ? 'down' : 'up';
    problems.add('scaling.cpuSteps', steps, `lead one way only; add one that scales ${direction}.`);
    return;
  }
  // What is left after a server has gone gets its load, too.
  const loadAfterwards = (Math.max(...leaving) * (minCapacity + 1)) / minCapacity;
  if (loadAfterwards >= Math.min(...coming)) {
    problems.add(
      'scaling.cpuSteps',
      steps,
      `swing to and fro: when one of ${minCapacity + 1} servers leaves at ${Math.max(...leaving)} % the others come to ${Math.round(loadAfterwards)} %, which brings it back at ${Math.min(...coming)} %. Move them apart.`,
    );
  }
}

function checkSchedules(
  { schedules = [], timeZone }: Scaling,
  usual: { readonly minCapacity: number; readonly maxCapacity: number },
  problems: Problems,
): void {
  if (timeZone !== undefined && !isTimeZone(timeZone)) {
    problems.add('scaling.timeZone', timeZone, "is no IANA name of a time zone; give one like 'Asia/Tokyo'.");
  }
  const times = schedules.map(({ schedule }) => schedule.expressionString);
  for (const [index, { minCapacity, maxCapacity }] of schedules.entries()) {
    const time = times[index] ?? '';
    if (minCapacity === undefined && maxCapacity === undefined) {
      problems.add('scaling.schedules', time, 'changes nothing; give minCapacity or maxCapacity.');
    }
    if (times.indexOf(time) !== index) {
      problems.add('scaling.schedules', time, 'comes twice; say each time once.');
    }
    if ((minCapacity ?? usual.minCapacity) > (maxCapacity ?? usual.maxCapacity)) {
      problems.add(
        'scaling.schedules',
        time,
        `asks for at least ${minCapacity ?? usual.minCapacity} and at most ${maxCapacity ?? usual.maxCapacity} servers; give a maxCapacity that is not less.`,
      );
    }
  }
}

function isTimeZone(name: string): boolean {
  try {
    return Intl.DateTimeFormat('en', { timeZone: name }) !== undefined;
  } catch {
    return false;
  }
}

function isWholeNumber(value: number, least: number): boolean {
  return Token.isUnresolved(value) || (Number.isInteger(value) && value >= least);
}
