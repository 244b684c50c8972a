import { Aws, Fn, Validations } from 'aws-cdk-lib';
import type * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import * as origins from 'aws-cdk-lib/aws-cloudfront-origins';
import { Construct } from 'constructs';
import type { AccessLogBucket } from '../building-blocks/access-log-bucket';
import type { StaticContent } from './static-content';

/** Properties of SiteDistribution. */
export interface SiteDistributionProps {
  /** Where all but the static files comes from: the load balancer. */
  readonly dynamicOrigin: cloudfront.IOrigin;
  readonly staticContent: StaticContent;

  /** The paths that S3 serves. */
  readonly staticPaths: readonly string[];

  /** @default - CloudFront's own name and certificate */
  readonly domainName?: string;

  /** A certificate of us-east-1 for the domain name. */
  readonly certificate?: acm.ICertificate;

  /** The ARN of a web ACL of us-east-1. */
  readonly webAclId?: string;

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
      origin: origins.S3BucketOrigin.withOriginAccessControl(props.staticContent.bucket, {
        originAccessControl: new cloudfront.S3OriginAccessControl(this, 'AccessControl', {
          // CloudFront is one for all regions: aws-cdk-lib's own name would be taken by the same stack in another region.
          originAccessControlName: `${this.node.addr.slice(-8)}-${Fn.select(2, Fn.split('/', Aws.STACK_ID))}`,
        }),
      }),
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
      domainNames: props.domainName ? [props.domainName] : undefined,
      ...(props.certificate && {
        certificate: props.certificate,
        minimumProtocolVersion: cloudfront.SecurityPolicyProtocol.TLS_V1_2_2021,
      }),
      httpVersion: cloudfront.HttpVersion.HTTP2_AND_3,
      webAclId: props.webAclId,
      logBucket: props.accessLogs.bucket,
      logFilePrefix: 'cloudfront/',
    });
    this.acknowledge(props);
  }

  private acknowledge(props: SiteDistributionProps): void {
    const acknowledge = (id: string, reason: string) =>
      Validations.of(this.distribution).acknowledge({ id: `AwsSolutions::AwsSolutions-${id}`, reason });
    acknowledge(
      'CFR1',
      'A corporate site is for everyone; where it is not, add a geo restriction to the distribution.',
    );
    if (!props.webAclId) {
      acknowledge(
        'CFR2',
        'A web ACL for CloudFront lives in us-east-1; without one, the web ACL is on the load balancer.',
      );
    }
    if (!props.certificate) {
      acknowledge(
        'CFR4',
        "CloudFront's own certificate comes with its own protocol floor; a domain with a certificate gets TLS 1.2.",
      );
    }
  }
}
