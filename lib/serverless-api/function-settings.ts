import { Duration } from 'aws-cdk-lib';
import type { FunctionLimits, FunctionOptions } from '../building-blocks/function-options';

/** What the functions are given that their users can change. */
export interface FunctionSettings {
  /**
   * The function that answers requests. Its timeout is 1 to 29 seconds: API Gateway waits no longer.
   *
   * @default - 512 MiB, 10 seconds, nothing reserved
   */
  readonly apiFunction?: FunctionOptions;

  /**
   * The function that looks at uploaded files. Its timeout is 1 to 900 seconds; the queue hides a message for six times that.
   *
   * @default - 512 MiB, 60 seconds, nothing reserved
   */
  readonly uploadFunction?: FunctionOptions;

  /**
   * The function that removes what has expired. Its timeout is 60 to 900 seconds; it goes on at the next run with what it
   * did not manage.
   *
   * @default - 512 MiB, 15 minutes; where the profile reserves concurrency, 1 execution, so that no two runs overlap
   */
  readonly cleanUpFunction?: FunctionOptions;
}

const MEMORY = 512;

export const API_FUNCTION = { memorySize: MEMORY, timeout: Duration.seconds(10) };
export const UPLOAD_FUNCTION = { memorySize: MEMORY, timeout: Duration.minutes(1) };
export const CLEAN_UP_FUNCTION = { memorySize: MEMORY, timeout: Duration.minutes(15) };

const COMMON_NAMES = [
  'BUCKET_NAME',
  'NODE_OPTIONS',
  'POWERTOOLS_METRICS_NAMESPACE',
  'POWERTOOLS_SERVICE_NAME',
  'STAGE',
  'TABLE_NAME',
];
const RULES = ['ALLOWED_FILE_TYPES', 'MAX_FILE_SIZE'];

/**
 * What each function's options may be. An HTTP API waits for 30 seconds and a REST API for 29:
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html
 */
export const FUNCTION_LIMITS: Record<keyof FunctionSettings, FunctionLimits> = {
  apiFunction: {
    seconds: [1, 29],
    reservedNames: [...COMMON_NAMES, ...RULES, 'AUTHENTICATION', 'CLIENT_ID'],
  },
  uploadFunction: { seconds: [1, 900], reservedNames: [...COMMON_NAMES, ...RULES] },
  cleanUpFunction: { seconds: [60, 900], reservedNames: COMMON_NAMES },
};
