import type { Duration } from 'aws-cdk-lib';
import { checkSeconds } from '../building-blocks/durations';
import type { Problems } from '../building-blocks/problems';
import { checkWholeNumber } from '../building-blocks/whole-number';
import { COPY_HOURS } from './copy-times';
import { redirectionTime } from './detection-time';
import type { RecoveryOptions } from './recovery-options';
import type { RecoverySettings } from './recovery-settings';

/** Copies are kept for a week at least; an older one may be gone. */
const SHORTEST_HOURS = 4;
const LONGEST_HOURS = 168;

/** Adds to `problems` objectives that can't be met, and what is said of detection and copies that can't be done. */
export function checkObjectives(
  options: RecoveryOptions,
  settings: RecoverySettings,
  problems: Problems,
): void {
  checkDetection(options, settings, problems);
  checkRecoveryTime(settings, problems);
  if (settings.strategy === 'warm') checkReplica(options, settings, problems);
  else checkCopies(settings, problems);
}

function checkDetection(
  { failureThreshold, requestInterval }: RecoveryOptions,
  { detection }: RecoverySettings,
  problems: Problems,
): void {
  checkWholeNumber('failureThreshold', failureThreshold, [1, 10], 'failures', problems);
  if (!requestInterval) return;
  if (detection.kind === 'alarm') {
    problems.add(
      'requestInterval',
      requestInterval.toString(),
      "is of no use with an alarm, which looks once a minute; leave it out, or give the healthCheck 'endpoint'.",
    );
  } else if (![10, 30].includes(seconds(requestInterval))) {
    problems.add(
      'requestInterval',
      requestInterval.toString(),
      'is not possible; Route 53 has 10 and 30 seconds.',
    );
  }
}

function checkRecoveryTime({ detection, recoveryTimeObjective }: RecoverySettings, problems: Problems): void {
  const needed = redirectionTime(detection);
  if (recoveryTimeObjective.isUnresolved() || needed.toSeconds() <= seconds(recoveryTimeObjective)) return;
  problems.add(
    'recoveryTimeObjective',
    recoveryTimeObjective.toString(),
    `can't be met: until the loss is noticed and the last answer of DNS has lived out its 60 seconds, up to ${needed.toSeconds()} seconds pass. Give more, or a smaller failureThreshold or requestInterval.`,
  );
}

function checkReplica(
  { copyInterval }: RecoveryOptions,
  { recoveryPointObjective }: RecoverySettings,
  problems: Problems,
): void {
  checkSeconds('recoveryPointObjective', recoveryPointObjective, [60, 86_400], problems);
  if (!copyInterval) return;
  problems.add(
    'copyInterval',
    copyInterval.toString(),
    "is that of a standby which is cold; leave it out, or give the strategy 'cold'.",
  );
}

function checkCopies({ copyInterval, recoveryPointObjective }: RecoverySettings, problems: Problems): void {
  const [interval, objective] = [seconds(copyInterval) / 3600, seconds(recoveryPointObjective) / 3600];
  if (!COPY_HOURS.includes(interval)) {
    problems.add(
      'copyInterval',
      copyInterval.toString(),
      `is no interval that comes out even in a day and leaves the database its own windows; give one of ${COPY_HOURS.join(', ')} hours.`,
    );
  }
  if (!Number.isInteger(objective) || objective < SHORTEST_HOURS || objective > LONGEST_HOURS) {
    problems.add(
      'recoveryPointObjective',
      recoveryPointObjective.toString(),
      `is not possible with copies; give ${SHORTEST_HOURS} to ${LONGEST_HOURS} whole hours, or the strategy 'warm'.`,
    );
  } else if (interval >= objective) {
    problems.add(
      'recoveryPointObjective',
      recoveryPointObjective.toString(),
      `can't be met by a copy every ${interval} hours, which takes its time, too; give more, or a smaller copyInterval.`,
    );
  }
}

function seconds(duration: Duration): number {
  return duration.toSeconds({ integral: false });
}
