import type { WatchedMetric } from './alarms';
import { apiStageOf } from './api-routes';
import { theOnly } from './apps';
import type { AlarmCase } from './fleet-alarms';
import { functionsOf, idOf, type Variant } from './serverless-api';

const minutes = (count: number, value: number | undefined) => Array<number | undefined>(count).fill(value);

/** The alarms of a serverless API by their ids. */
export function serverlessApiAlarms({ kind, template }: Variant): Record<string, AlarmCase> {
  const { StageName } = apiStageOf(template).Properties;
  const api =
    kind === 'http'
      ? { ApiId: { Ref: theOnly(template, 'AWS::ApiGatewayV2::Api').id } }
      : { ApiName: theOnly(template, 'AWS::ApiGateway::RestApi').Properties.Name };
  const atApi = (statistic: string): WatchedMetric => ({
    namespace: 'AWS/ApiGateway',
    statistic,
    period: 60,
    dimensions: { ...api, Stage: StageName },
  });
  // https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-metrics.html
  const serverErrors = kind === 'http' ? '5xx' : '5XXError';
  const errors = (requests: (number | undefined)[], failed: (number | undefined)[]) => ({
    Count: requests,
    [serverErrors]: failed,
  });
  const ofQueue = (words: string): WatchedMetric => ({
    namespace: 'AWS/SQS',
    statistic: 'Maximum',
    period: 300,
    dimensions: { QueueName: { 'Fn::GetAtt': [idOf(template, 'AWS::SQS::Queue', words), 'QueueName'] } },
  });
  const deadLetters = (words: string): AlarmCase => ({
    watches: { ApproximateNumberOfMessagesVisible: ofQueue(words) },
    fires: [{ ApproximateNumberOfMessagesVisible: [0, 1] }],
    stays: [{ ApproximateNumberOfMessagesVisible: [1, 0] }],
    silent: 'OK',
  });
  return {
    ApiErrorRateHigh: {
      watches: { Count: atApi('Sum'), [serverErrors]: atApi('Sum') },
      fires: [
        errors(minutes(5, 100), [6, undefined, 6, 0, 6]),
        errors([1, undefined, 1, undefined, 1], [1, undefined, 1, undefined, 1]),
      ],
      stays: [
        errors(minutes(5, 100), minutes(5, 5)),
        errors(minutes(5, 100), [100, 100, undefined, 0, 0]),
        errors(minutes(5, 1000), minutes(5, undefined)),
        errors(minutes(5, 0), minutes(5, 0)),
      ],
      silent: 'OK',
    },
    ApiLatencyHigh: {
      watches: { Latency: atApi('p99') },
      fires: [
        { Latency: [3001, 100, 4000, 100, 9999] },
        { Latency: [4000, 4000, 4000, undefined, undefined] },
      ],
      stays: [{ Latency: minutes(5, 3000) }, { Latency: [9999, 9999, undefined, undefined, 100] }],
      silent: 'OK',
    },
    ApiFunctionThrottled: {
      watches: {
        Throttles: {
          namespace: 'AWS/Lambda',
          statistic: 'Sum',
          period: 300,
          dimensions: { FunctionName: { Ref: functionsOf(template).api.id } },
        },
      },
      fires: [{ Throttles: [0, 1] }],
      stays: [{ Throttles: [1, 0] }],
      silent: 'OK',
    },
    UploadsWaiting: {
      watches: { ApproximateAgeOfOldestMessage: ofQueue('UploadFunctionUploads') },
      fires: [{ ApproximateAgeOfOldestMessage: [100, 900] }],
      stays: [{ ApproximateAgeOfOldestMessage: [1000, 899] }],
      silent: 'OK',
    },
    UploadsFailed: deadLetters('UploadFunctionDeadLetters'),
    CleanUpFailed: deadLetters('CleanUpFunctionDeadLetters'),
  };
}
