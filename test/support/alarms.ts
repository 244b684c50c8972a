import type { Resource } from './apps';

/** The state of an alarm. */
export type AlarmState = 'ALARM' | 'OK' | 'INSUFFICIENT_DATA';

const COMPARE: Record<string, (value: number, threshold: number) => boolean> = {
  GreaterThanOrEqualToThreshold: (value, threshold) => value >= threshold,
  GreaterThanThreshold: (value, threshold) => value > threshold,
  LessThanThreshold: (value, threshold) => value < threshold,
  LessThanOrEqualToThreshold: (value, threshold) => value <= threshold,
};

/**
 * The state of an alarm after a series of datapoints, one a period, the newest last; `undefined` is a missing one.
 *
 * It counts as CloudWatch does
 * (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html): DatapointsToAlarm of the
 * last EvaluationPeriods must breach. A missing datapoint counts as TreatMissingData says.
 */
export function stateAfter(alarm: Resource, datapoints: readonly (number | undefined)[]): AlarmState {
  const { ComparisonOperator, DatapointsToAlarm, EvaluationPeriods, Threshold, TreatMissingData } =
    alarm.Properties as {
      ComparisonOperator: string;
      DatapointsToAlarm?: number;
      EvaluationPeriods: number;
      Threshold: number;
      TreatMissingData?: string;
    };
  const compare = COMPARE[ComparisonOperator];
  if (!compare) throw new Error(`${ComparisonOperator} is no operator that this evaluation knows`);
  const evaluated = datapoints.slice(-EvaluationPeriods);
  if (
    evaluated.every((datapoint) => datapoint === undefined) &&
    (TreatMissingData ?? 'missing') === 'missing'
  ) {
    return 'INSUFFICIENT_DATA';
  }
  const breaching = evaluated.filter((datapoint) =>
    datapoint === undefined ? TreatMissingData === 'breaching' : compare(datapoint, Threshold),
  );
  return breaching.length >= (DatapointsToAlarm ?? EvaluationPeriods) ? 'ALARM' : 'OK';
}
