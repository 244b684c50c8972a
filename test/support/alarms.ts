import type { Resource } from './apps';
import { evaluateMetricMath } from './metric-math';

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

/** A metric that an alarm watches, by itself or in an expression. */
export interface WatchedMetric {
  readonly namespace: string;
  readonly statistic: string;

  /** Its own name, where the alarm watches another one of the same name, and it goes by its id. */
  readonly name?: string;

  /** Seconds between datapoints. */
  readonly period: number;
  readonly dimensions: Readonly<Record<string, unknown>>;
}

interface MetricQuery {
  readonly Id: string;
  readonly Expression?: string;
  readonly ReturnData: boolean;
  readonly MetricStat?: {
    readonly Metric: {
      readonly MetricName: string;
      readonly Namespace: string;
      readonly Dimensions?: Dimension[];
    };
    readonly Period: number;
    readonly Stat: string;
  };
}

interface Dimension {
  readonly Name: string;
  readonly Value: unknown;
}

/** The metrics that an alarm watches, by name; those of which there are several by their ids. */
export function metricsOf(alarm: Resource): Record<string, WatchedMetric> {
  const watched = (namespace: string, statistic: string, period: number, dimensions: Dimension[] = []) => ({
    namespace,
    statistic,
    period,
    dimensions: Object.fromEntries(dimensions.map(({ Name, Value }) => [Name, Value])),
  });
  const queries = queriesOf(alarm);
  if (!queries) {
    const { Dimensions, MetricName, Namespace, Period, Statistic } = alarm.Properties as {
      Dimensions: Dimension[];
      MetricName: string;
      Namespace: string;
      Period: number;
      Statistic: string;
    };
    return { [MetricName]: watched(Namespace, Statistic, Period, Dimensions) };
  }
  return Object.fromEntries(
    queries.flatMap(({ Id, MetricStat }) => {
      if (!MetricStat) return [];
      const { Metric, Period, Stat } = MetricStat;
      const key = keyOf(Id, Metric.MetricName, queries);
      return [
        [
          key,
          {
            ...watched(Metric.Namespace, Stat, Period, Metric.Dimensions),
            ...(key === Metric.MetricName ? {} : { name: Metric.MetricName }),
          },
        ],
      ];
    }),
  );
}

/** What a query's metric is called: its name, or the query's id where another one has that name, too. */
function keyOf(id: string, name: string, queries: readonly MetricQuery[]): string {
  return queries.filter(({ MetricStat }) => MetricStat?.Metric.MetricName === name).length > 1 ? id : name;
}

/**
 * The state of an alarm after series of its metrics' datapoints, by the metrics' names: what it watches is the metric, or
 * what its expression makes of them in each period.
 */
export function stateAfterMetrics(
  alarm: Resource,
  series: Readonly<Record<string, readonly (number | undefined)[]>>,
): AlarmState {
  const names = Object.keys(metricsOf(alarm));
  const lengths = new Set(names.map((name) => series[name]?.length));
  const [length] = lengths;
  if (lengths.size > 1 || length === undefined) {
    throw new Error(`give series of one length for ${names.join(', ')}`);
  }
  const queries = queriesOf(alarm);
  const expression = queries?.find(({ ReturnData }) => ReturnData)?.Expression;
  if (!queries || !expression) return stateAfter(alarm, series[names[0] ?? ''] ?? []);
  const datapoints = Array.from({ length }, (_, period) => {
    const values = queries.flatMap(({ Id, MetricStat }) =>
      MetricStat ? [[Id, series[keyOf(Id, MetricStat.Metric.MetricName, queries)]?.[period]]] : [],
    );
    return evaluateMetricMath(expression, Object.fromEntries(values));
  });
  return stateAfter(alarm, datapoints);
}

function queriesOf(alarm: Resource): MetricQuery[] | undefined {
  return alarm.Properties.Metrics as MetricQuery[] | undefined;
}
