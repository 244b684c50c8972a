import { removeExpiredDocuments } from './clean-up-documents';
import { removeOrphans } from './clean-up-orphans';
import { CleanUpRun, type Counts } from './clean-up-run';
import { count, logger, metrics } from './observability';

/** What a run of the clean-up did. */
export interface CleanUpResult extends Counts {
  /** Whether it came to the end; otherwise the next run goes on where this one stopped. */
  readonly complete: boolean;
}

/** Lambda's context, as far as it is needed. */
export interface TimeKeeper {
  getRemainingTimeInMillis(): number;
}

/**
 * Removes documents that have expired, with their files, and files that no document names.
 *
 * When the time gets short it notes how far it came in the bucket, for the next run; expired documents need no note, as
 * what is done is gone. Running twice, or two at once, does no harm: every removal stands for itself and may be
 * repeated. A failure stops nothing else; the run ends with an error in place of a result, so that it is seen and run
 * again.
 *
 * @throws AggregateError where a part failed, after everything else is done
 */
export async function handler(_event: unknown, context: TimeKeeper): Promise<CleanUpResult> {
  const run = new CleanUpRun(() => context.getRemainingTimeInMillis());
  const complete = (await removeExpiredDocuments(run)) && (await removeOrphans(run));
  const result = { ...run.counts, complete };
  logger.info('clean-up ended', { ...result, failures: run.failures.length });
  count('DocumentsExpired', result.documentsExpired);
  count('FilesRemoved', result.filesRemoved);
  count('OrphansRemoved', result.orphansRemoved);
  metrics.publishStoredMetrics();
  if (run.failures.length > 0) {
    throw new AggregateError(
      run.failures,
      `${run.failures.length} parts of the clean-up failed: ${JSON.stringify(result)}`,
    );
  }
  return result;
}
