import type { Domain, Settings } from '../../../bin/settings';
import type { DeployedStack } from './stacks';

/**
 * Something that is done with a deployed stack, or read back from it; it throws where a promise does not hold. It
 * asserts with `node:assert`, since `npm run test:sandbox` does the same with a real account, outside of vitest.
 */
export type Exercise = (stack: DeployedStack) => Promise<void>;

/** A deployment with other settings than before. */
export interface Update {
  /** What is changed, in words. */
  readonly name: string;

  /** What differs from the sandbox's settings, in an account that has a zone for a domain. */
  readonly settings: (domain: Domain) => Partial<Settings>;

  /** What must hold after it. */
  readonly exercises: Record<string, Exercise>;
}

/**
 * What is done with a deployed pattern, beyond what is done with all of them. Make it the default export of
 * `test/deploy/uses/<pattern>.ts`: it is found by the pattern's name.
 */
export interface Use {
  /** By what they show, in words; the words stand in COVERAGE.md. */
  readonly exercises: Record<string, Exercise>;

  /**
   * How long one exercise may take in a real account, in seconds. In the emulator nothing takes time.
   *
   * @default 120
   */
  readonly patience?: number;

  /** The updates, each from the one before; without any, somebody subscribes to the alarms. */
  readonly updates?: readonly Update[];
}

/** The update of patterns that have no particular one. */
export const DEFAULT_UPDATES: readonly Update[] = [
  {
    name: 'somebody subscribes to the alarms',
    settings: () => ({ alarmEmail: 'alarms@example.com' }),
    exercises: {},
  },
];
