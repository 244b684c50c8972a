import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import type { Monitoring } from '../building-blocks/monitoring';
import type { ApiFunction } from './api-function';
import type { CleanUpFunction } from './clean-up-function';
import type { UploadFunction } from './upload-function';

/** What is watched. */
export interface DeskFunctions {
  readonly apiFunction: ApiFunction;
  readonly uploadFunction: UploadFunction;
  readonly cleanUpFunction: CleanUpFunction;
}

/** Minutes that a file may wait before someone asks where it is. */
const LONGEST_WAIT = 15;

/** Adds what people notice behind the API: requests that find no copy of the function, files and runs that get stuck. */
export function addDeskMonitoring(monitoring: Monitoring, desk: DeskFunctions): void {
  const { apiFunction, cleanUpFunction, uploadFunction } = desk;
  const period = Duration.minutes(5);
  const waiting = uploadFunction.queue.metricApproximateAgeOfOldestMessage({
    period,
    statistic: 'Maximum',
    label: 'oldest, seconds',
  });
  const throttles = apiFunction.function.metricThrottles({ period, statistic: 'Sum', label: 'throttles' });

  monitoring.addAlarm('ApiFunctionThrottled', {
    alarmDescription:
      'Requests found no free copy of the function: the account or the function is at its concurrency.',
    metric: throttles,
    threshold: 1,
    evaluationPeriods: 1,
    treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
  });
  monitoring.addAlarm('UploadsWaiting', {
    alarmDescription: `An uploaded file has waited ${LONGEST_WAIT} minutes to be looked at.`,
    metric: waiting,
    threshold: LONGEST_WAIT * 60,
    evaluationPeriods: 1,
    treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
  });
  addDeadLetterAlarm(
    monitoring,
    'UploadsFailed',
    uploadFunction.deadLetterQueue,
    'An uploaded file could not be looked at in five attempts: its message is in the dead-letter queue.',
  );
  addDeadLetterAlarm(
    monitoring,
    'CleanUpFailed',
    cleanUpFunction.deadLetterQueue,
    'A clean-up failed, or could not be started: its event is in the dead-letter queue.',
  );
  const functions = {
    API: apiFunction.function,
    uploads: uploadFunction.handler.function,
    'clean-up': cleanUpFunction.handler.function,
  };
  const each = (metric: 'metricDuration' | 'metricErrors', statistic: string) =>
    Object.entries(functions).map(([label, handler]) => handler[metric]({ period, statistic, label }));
  monitoring.dashboard.addWidgets(
    new cloudwatch.GraphWidget({ title: 'Functions: errors', left: each('metricErrors', 'Sum'), width: 8 }),
    new cloudwatch.GraphWidget({
      title: 'Functions: longest duration, milliseconds',
      left: each('metricDuration', 'Maximum'),
      width: 8,
    }),
    new cloudwatch.GraphWidget({
      title: 'Uploads waiting, throttles',
      left: [waiting],
      right: [throttles],
      width: 8,
    }),
  );
}

function addDeadLetterAlarm(
  monitoring: Monitoring,
  id: string,
  queue: sqs.Queue,
  alarmDescription: string,
): void {
  monitoring.addAlarm(id, {
    alarmDescription,
    metric: queue.metricApproximateNumberOfMessagesVisible({
      period: Duration.minutes(5),
      statistic: 'Maximum',
    }),
    threshold: 1,
    evaluationPeriods: 1,
    treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
  });
}
