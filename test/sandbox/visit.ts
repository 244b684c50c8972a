import { connectToAccount } from '../deploy/support/aws';
import { deploy, destroy, ACCOUNT as EMULATOR_ACCOUNT, type Outputs } from '../deploy/support/cli';
import { timed } from '../deploy/support/progress';
import { mainStackOf } from '../deploy/support/stacks';
import type { SynthesizedApp, Unit } from '../deploy/support/units';
import type { Use } from '../deploy/support/use';
import { useOf } from '../deploy/uses';
import { messageOf } from './account';
import { CURRENT_LEFTOVERS } from './leftover-reader';
import { awaitNothing, traceStacks } from './leftovers';
import type { Steps } from './round-trip';
import { awaitPage } from './website';

/** The limits of the steps, in seconds. A database with a standby, or CloudFront, can take long. */
const REAL = { stack: 3600, exercise: 120, page: 600, leftovers: 300 };

/** The same for the emulator, in which nothing takes time. */
const EMULATED = { stack: 120, exercise: 120, page: 0, leftovers: 0 };

/**
 * How long the steps may take in an account, in seconds: all stacks to be deployed or destroyed, one exercise, a page until
 * it answers, and leftovers until they are gone.
 *
 * @param patience what the pattern's exercises ask for
 */
export function limitsIn(
  account: string,
  { stacks }: Pick<Unit, 'stacks'>,
  { patience }: Pick<Use, 'patience'> = {},
) {
  const isEmulated = account === EMULATOR_ACCOUNT;
  const { exercise, leftovers, page, stack } = isEmulated ? EMULATED : REAL;
  return {
    stacks: stack * stacks.length,
    exercise: isEmulated ? exercise : (patience ?? exercise),
    page,
    leftovers,
  };
}

/** A pattern that is deployed to the account of the current credentials, once. */
export interface Visit {
  readonly account: string;
  readonly region: string;
  readonly app: SynthesizedApp;
  readonly unit: Unit;

  /** What was there of stacks of these names before. */
  readonly before: readonly string[];

  /** Gets what is worth reading, in lines. */
  readonly print: (line: string) => void;

  /** Ends the destruction, too; what CloudFormation has begun it goes on with. */
  readonly givenUp: AbortSignal;
}

/** The steps of a visit. */
export function stepsOf({ account, region, app, unit, before, print, givenUp }: Visit): Steps<Outputs> {
  const limits = limitsIn(account, unit);
  const ids = unit.stacks.map(({ id }) => id);
  const env = { ...process.env, AWS_REGION: region, CI: 'true' };
  const show = (text: string) => process.stdout.write(text);
  return {
    deploy: (signal) =>
      timed(unit.id, 'deployed', async () => {
        const { outputs } = await deploy(app.folder, ids, env, {
          seconds: limits.stacks,
          signal,
          show,
        });
        return outputs;
      }),

    async use(outputs, interrupted) {
      const failures: string[] = [];
      const attempt = async (what: string, seconds: number, act: () => Promise<void>) => {
        interrupted.throwIfAborted();
        try {
          await timed(unit.id, what, () => within(seconds, act, interrupted));
        } catch (error) {
          failures.push(`${what}: ${messageOf(error)}`);
        }
      };
      const stack = mainStackOf(unit, outputs, connectToAccount);
      const use = await useOf(unit.id);
      const { exercise } = limitsIn(account, unit, use);
      for (const [what, act] of Object.entries(use.exercises))
        await attempt(what, exercise, () => act(stack));
      for (const { SiteUrl } of Object.values(outputs)) {
        if (SiteUrl && account === EMULATOR_ACCOUNT)
          print(`${SiteUrl} is not requested: the emulator made the address up, and it may be somebody's.`);
        else if (SiteUrl)
          await attempt(`${SiteUrl} answers 200`, limits.page + 30, () =>
            awaitPage(SiteUrl, { seconds: limits.page, pause: 5000, signal: interrupted }),
          );
      }
      return failures;
    },

    destroy: () =>
      timed(unit.id, 'destroyed', () =>
        destroy(app.folder, ids, env, {
          seconds: limits.stacks,
          signal: givenUp,
          show,
        }),
      ),

    leftovers: () =>
      timed(unit.id, 'looked for leftovers', () =>
        awaitNothing(() => traceStacks(unit, CURRENT_LEFTOVERS), before, {
          seconds: limits.leftovers,
          pause: 15_000,
        }),
      ),
  };
}

/** Does a thing, and fails where it takes too long or is interrupted. */
function within<T>(seconds: number, act: () => Promise<T>, interrupted: AbortSignal): Promise<T> {
  const over = AbortSignal.any([interrupted, AbortSignal.timeout(seconds * 1000)]);
  const tooLate = new Promise<never>((_, fail) => {
    over.addEventListener('abort', () => fail(over.reason), { once: true });
  });
  return Promise.race([act(), tooLate]);
}
