import type * as apigateway from 'aws-cdk-lib/aws-apigateway';

/** How much the holder of the API key may use. */
export interface UsagePlan {
  /**
   * How fast.
   *
   * @default - as fast as the API itself
   */
  readonly throttle?: apigateway.ThrottleSettings;

  /**
   * How many requests in a day, week or month. API Gateway keeps to it at best effort.
   *
   * @default - no limit
   */
  readonly quota?: apigateway.QuotaSettings;
}
