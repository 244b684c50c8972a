import type { Duration } from 'aws-cdk-lib';
import { checkSeconds } from './durations';
import type { Problems } from './problems';
import { checkWholeNumber } from './whole-number';

/** What a user may set of a function. */
export interface FunctionOptions {
  /**
   * MiB of memory, 128 to 10240; the share of a processor grows with it (1769 MiB are one).
   * https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
   *
   * @default - the pattern's, which its README names
   */
  readonly memorySize?: number;

  /**
   * How long one call may take, in whole seconds.
   *
   * @default - the pattern's, which its README names
   */
  readonly timeout?: Duration;

  /**
   * Further environment variables. Those that the pattern sets itself are rejected.
   *
   * @default - none
   */
  readonly environment?: Record<string, string>;

  /**
   * How many copies are kept free for this function, and are at most there: 1 or more. Lambda refuses what would leave the
   * account's other functions less than 100.
   * https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html
   *
   * @default - the pattern's, which its README names
   */
  readonly reservedConcurrentExecutions?: number;
}

/** A user's options over the pattern's own settings; what is given as undefined changes none of them. */
export function optionsOver<Settings extends FunctionOptions>(
  settings: Settings,
  options: FunctionOptions = {},
): Settings {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  return { ...settings, ...Object.fromEntries(given) };
}

/** What a function's options are checked against. */
export interface FunctionLimits {
  /** The least and the most whole seconds that it may take. */
  readonly seconds: readonly [number, number];

  /** The environment variables that are the pattern's own. */
  readonly reservedNames: readonly string[];
}

/** Adds to `problems` what can't be honoured in a function's options; tokens pass. */
export function checkFunction(
  prop: string,
  options: FunctionOptions | undefined,
  limits: FunctionLimits,
  problems: Problems,
): void {
  if (!options) return;
  const { environment = {}, memorySize, reservedConcurrentExecutions, timeout } = options;
  checkWholeNumber(`${prop}.memorySize`, memorySize, [128, 10_240], 'MiB', problems);
  checkSeconds(`${prop}.timeout`, timeout, limits.seconds, problems);
  checkWholeNumber(
    `${prop}.reservedConcurrentExecutions`,
    reservedConcurrentExecutions,
    [1, Number.POSITIVE_INFINITY],
    'copies',
    problems,
  );
  for (const [name, value] of Object.entries(environment)) {
    if (limits.reservedNames.includes(name)) {
      problems.add(
        `${prop}.environment.${name}`,
        value,
        'would replace what the pattern itself sets; leave it out.',
      );
    }
  }
}
