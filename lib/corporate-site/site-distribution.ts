import * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import { Construct } from 'constructs';
import type { AccessLogBucket } from '../building-blocks/access-log-bucket';
import { bucketOrigin } from '../building-blocks/bucket-origin';
import {
  acknowledgeViewers,
  type DistributionViewers,
  viewerProps,
} from '../building-blocks/distribution-viewers';
import type { StaticContent } from '../building-blocks/static-content';

/** Properties of SiteDistribution. */
export interface SiteDistributionProps extends DistributionViewers {
  /** Where all but the static files comes from: the load balancer. */
  readonly dynamicOrigin: cloudfront.IOrigin;
  readonly staticContent: StaticContent;

  /** The paths that S3 serves. */
  readonly staticPaths: readonly string[];

  readonly accessLogs: AccessLogBucket;
}

/** CloudFront in front of both: static paths from S3, kept at the edge; everything else from the servers, as it is. */
export class SiteDistribution extends Construct {
  /** The distribution. */
  readonly distribution: cloudfront.Distribution;

  constructor(scope: Construct, id: string, props: SiteDistributionProps) {
    super(scope, id);
    const common = {
      viewerProtocolPolicy: cloudfront.ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
      responseHeadersPolicy: cloudfront.ResponseHeadersPolicy.SECURITY_HEADERS,
      compress: true,
    };
    const staticBehavior: cloudfront.BehaviorOptions = {
      ...common,
      origin: bucketOrigin(this, props.staticContent.bucket),
      cachePolicy: cloudfront.CachePolicy.CACHING_OPTIMIZED,
    };
    this.distribution = new cloudfront.Distribution(this, 'Distribution', {
      comment: this.node.path,
      defaultBehavior: {
        ...common,
        origin: props.dynamicOrigin,
        allowedMethods: cloudfront.AllowedMethods.ALLOW_ALL,
        // Pages may be personal, and the load balancer's cookie is: add behaviors for what may be shared.
        cachePolicy: cloudfront.CachePolicy.CACHING_DISABLED,
        originRequestPolicy: cloudfront.OriginRequestPolicy.ALL_VIEWER,
      },
      additionalBehaviors: Object.fromEntries(props.staticPaths.map((path) => [path, staticBehavior])),
      ...viewerProps(props),
      logBucket: props.accessLogs.bucket,
      logFilePrefix: 'cloudfront/',
    });
    acknowledgeViewers(this.distribution, props, {
      everyone:
        'A corporate site is for everyone; where it is not, add a geo restriction to the distribution.',
      unguarded:
        'A web ACL for CloudFront lives in us-east-1; without one, the web ACL is on the load balancer.',
    });
  }
}
