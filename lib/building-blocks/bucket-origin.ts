import * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import * as origins from 'aws-cdk-lib/aws-cloudfront-origins';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { globalName } from './global-name';

/**
 * A bucket as CloudFront's origin, which only CloudFront reads: by an origin access control.
 *
 * @param accessLevels what CloudFront may do with the bucket
 */
export function bucketOrigin(
  scope: Construct,
  bucket: s3.IBucket,
  accessLevels: cloudfront.AccessLevel[] = [cloudfront.AccessLevel.READ],
): cloudfront.IOrigin {
  return origins.S3BucketOrigin.withOriginAccessControl(bucket, {
    originAccessLevels: accessLevels,
    originAccessControl: new cloudfront.S3OriginAccessControl(scope, 'AccessControl', {
      originAccessControlName: globalName(scope),
    }),
  });
}
