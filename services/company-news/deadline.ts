/** The moment when a request is answered at the latest. */
export class Deadline {
  private readonly end: number;

  constructor(milliseconds: number) {
    this.end = performance.now() + milliseconds;
  }

  /** The milliseconds that are left, of `most` at most. Never 0, which many a timer takes for "no limit". */
  left(most = Number.POSITIVE_INFINITY): number {
    return Math.max(1, Math.min(most, this.end - performance.now()));
  }

  /** Whether it is over after `pause`. */
  endsWithin(pause: number): boolean {
    return this.left() <= pause;
  }
}

/** What takes longer than it may. `code` is where Node.js and mysql2 put theirs. */
class TimedOut extends Error {
  readonly code = 'TIMED_OUT';
}

/** Waits for `promise`, but no longer than `milliseconds`. The work itself goes on: its owner has to end it. */
export async function within<T>(milliseconds: number, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new TimedOut(`no answer in ${milliseconds} ms`)), milliseconds);
  });
  try {
    return await Promise.race([promise, timeout]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * The pause before the next attempt: it doubles, and a random half of it is left out, so that servers which lost the
 * database together do not come back together.
 */
export function pauseAfter(attempts: number, most: number): number {
  return Math.min(most, 50 * 2 ** attempts) * (0.5 + Math.random() / 2);
}
