import { logger } from './observability';

/** What a run of the clean-up removed. */
export interface Counts {
  readonly documentsExpired: number;

  /** The files of the expired documents. */
  readonly filesRemoved: number;

  /** The files that no document named. */
  readonly orphansRemoved: number;
}

/** As long as a page takes at most, with some retries, in milliseconds: no page is begun when less is left. */
const MARGIN = 15_000;

/** One run: what it did, what failed, and whether there is time to go on. */
export class CleanUpRun {
  /** The moment whose expired documents and old files are removed. */
  readonly startedAt = new Date();
  readonly counts: { -readonly [Name in keyof Counts]: Counts[Name] } = {
    documentsExpired: 0,
    filesRemoved: 0,
    orphansRemoved: 0,
  };
  readonly failures: Error[] = [];

  /** @param remaining the milliseconds until Lambda ends the function */
  constructor(private readonly remaining: () => number) {}

  /** Whether another page may be begun. */
  hasTime(): boolean {
    return this.remaining() > MARGIN;
  }

  /** Notes a failure, which must not stop the rest. */
  fail(part: string, cause: unknown): void {
    const failure = new Error(`${part} failed`, { cause });
    logger.error(failure.message, { error: failure });
    this.failures.push(failure);
  }

  /** Does a part; where it fails, notes that and returns undefined. */
  async attempt<T>(part: string, act: () => Promise<T>): Promise<T | undefined> {
    try {
      return await act();
    } catch (error) {
      this.fail(part, error);
      return undefined;
    }
  }
}
