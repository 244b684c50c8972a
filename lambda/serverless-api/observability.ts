import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { requireVariable } from './environment';

const stage = requireVariable('STAGE');

/** Logs JSON lines. Bodies, headers and tokens never belong into them. */
export const logger = new Logger({ persistentKeys: { stage } });

/** Writes metrics to the log, from where CloudWatch takes them, with the dimensions `service` and `stage`. */
export const metrics = new Metrics({ defaultDimensions: { stage } });

/** Counts things that happened. */
export const count = (metric: string, number = 1): void => {
  metrics.addMetric(metric, MetricUnit.Count, number);
};
