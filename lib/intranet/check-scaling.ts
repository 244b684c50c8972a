import { Token } from 'aws-cdk-lib';
import { checkSeconds } from '../building-blocks/durations';
import type { Problems } from '../building-blocks/problems';
import { checkSteps } from './check-steps';
import {
  DEFAULT_MAX_CAPACITY,
  DEFAULT_MIN_CAPACITY,
  type Scaling,
  type ScalingOptions,
} from './scaling-options';

/** Adds to `problems` what can't be honoured in `options`, and what in them would fight. */
export function checkScaling(options: ScalingOptions, problems: Problems): void {
  const { minCapacity = DEFAULT_MIN_CAPACITY, maxCapacity = DEFAULT_MAX_CAPACITY, scaling = {} } = options;
  if (!isCount(minCapacity)) {
    problems.add('minCapacity', minCapacity, 'is no number of servers; give 1 or more.');
  } else if (!isCount(maxCapacity) || isAbove(minCapacity + 1, maxCapacity)) {
    problems.add(
      'maxCapacity',
      maxCapacity,
      `leaves nothing to scale; give more than minCapacity (${minCapacity}).`,
    );
  }
  checkSeconds('cooldown', options.cooldown, [0, Number.POSITIVE_INFINITY], problems);
  checkSeconds(
    'scaling.predictive.schedulingBufferTime',
    scaling.predictive?.schedulingBufferTime,
    [0, 3599],
    problems,
  );
  checkTargets(scaling, problems);
  checkSteps(scaling, leastOf(minCapacity, scaling), mostOf(maxCapacity, scaling), problems);
  checkSchedules(scaling, { minCapacity, maxCapacity }, problems);
}

/** The least number of servers that there can be at any time. */
function leastOf(minCapacity: number, { schedules = [] }: Scaling): number {
  return Math.min(minCapacity, ...schedules.map((schedule) => schedule.minCapacity ?? minCapacity));
}

/** The greatest number of servers that there can be at any time. */
function mostOf(maxCapacity: number, { schedules = [] }: Scaling): number {
  const all = [maxCapacity, ...schedules.map((schedule) => schedule.maxCapacity ?? maxCapacity)];
  return all.find((capacity) => Token.isUnresolved(capacity)) ?? Math.max(...all);
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

function checkSchedules(
  { schedules = [], timeZone }: Scaling,
  usual: { readonly minCapacity: number; readonly maxCapacity: number },
  problems: Problems,
): void {
  if (timeZone !== undefined && !Token.isUnresolved(timeZone) && !isTimeZone(timeZone)) {
    problems.add('scaling.timeZone', timeZone, "is no IANA name of a time zone; give one like 'Asia/Tokyo'.");
  }
  const times = schedules.map(({ schedule }) => schedule.expressionString);
  for (const [index, { minCapacity, maxCapacity }] of schedules.entries()) {
    const time = times[index] ?? '';
    const given = [minCapacity, maxCapacity].filter((capacity) => capacity !== undefined);
    const [least, most] = [minCapacity ?? usual.minCapacity, maxCapacity ?? usual.maxCapacity];
    if (given.length === 0) {
      problems.add('scaling.schedules', time, 'changes nothing; give minCapacity or maxCapacity.');
    }
    if (times.indexOf(time) !== index) {
      problems.add('scaling.schedules', time, 'comes twice; say each time once.');
    }
    if (given.some((capacity) => !isCount(capacity))) {
      problems.add('scaling.schedules', time, `names ${given.join(' and ')} servers; give 1 or more.`);
    } else if (isAbove(least, most)) {
      problems.add(
        'scaling.schedules',
        time,
        `asks for at least ${least} and at most ${most} servers; give a maxCapacity that is not less.`,
      );
    }
  }
}

/** A name as the IANA writes it; JavaScript also takes offsets and small letters, Auto Scaling does not. */
function isTimeZone(name: string): boolean {
  if (!/^[A-Z][\w+-]*(\/[A-Z][\w+-]*)*$/.test(name)) return false;
  try {
    const { timeZone } = Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions();
    // An alias leads to another name; the same name in other letters is none.
    return timeZone === name || timeZone.toLowerCase() !== name.toLowerCase();
  } catch {
    return false;
  }
}

function isCount(value: number): boolean {
  return Token.isUnresolved(value) || (Number.isInteger(value) && value >= 1);
}

/** Whether one number is above another, as far as both are known. */
function isAbove(one: number, other: number): boolean {
  return !Token.isUnresolved(one) && !Token.isUnresolved(other) && one > other;
}
