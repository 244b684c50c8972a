import { Aws, Duration } from 'aws-cdk-lib';
import * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import * as origins from 'aws-cdk-lib/aws-cloudfront-origins';
import type { Stage } from './stage';

/**
 * An API as CloudFront's origin.
 *
 * The address is put together here, and not taken from the stage's own: the stage comes after the function, the function
 * after the bucket, and the bucket after the distribution, whose pages it lets upload.
 *
 * @param apiId the API, of the stack's own region
 * @param headers what CloudFront adds to each request
 */
export function apiOrigin(apiId: string, stage: Stage, headers?: Record<string, string>): cloudfront.IOrigin {
  return new origins.HttpOrigin(`${apiId}.execute-api.${Aws.REGION}.${Aws.URL_SUFFIX}`, {
    originPath: `/${stage}`,
    protocolPolicy: cloudfront.OriginProtocolPolicy.HTTPS_ONLY,
    originSslProtocols: [cloudfront.OriginSslPolicy.TLS_V1_2],
    // API Gateway answers after 30 seconds at the latest.
    readTimeout: Duration.seconds(30),
    customHeaders: headers,
  });
}
