import { constants } from 'node:os';

/** What the process was told from outside. */
export interface Interrupts {
  /** Aborted by the first signal. */
  readonly first: AbortSignal;

  /** The exit code that the first signal asks for; undefined while there was none. */
  exitCode(): number | undefined;
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * npm passes on a Ctrl-C that the terminal has sent to this process already: two signals within this time, in
 * milliseconds, are one.
 */
const SAME = 500;

/**
 * Listens to signals.
 *
 * @param source the process
 * @param second what the second signal does
 */
export function listenToSignals(
  source: Pick<NodeJS.EventEmitter, 'on'>,
  second: (exitCode: number) => void,
  now: () => number = () => performance.now(),
): Interrupts {
  const controller = new AbortController();
  let firstAt: number | undefined;
  let exitCode: number | undefined;
  for (const signal of SIGNALS) {
    source.on(signal, () => {
      if (firstAt === undefined || exitCode === undefined) {
        firstAt = now();
        exitCode = 128 + constants.signals[signal];
        controller.abort(new Error(`interrupted by ${signal}`));
      } else if (now() - firstAt > SAME) {
        second(exitCode);
      }
    });
  }
  return { first: controller.signal, exitCode: () => exitCode };
}
