import { Annotations } from 'aws-cdk-lib';
import * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import { Construct } from 'constructs';
import type { AccessLogBucket } from '../building-blocks/access-log-bucket';
import { bucketOrigin } from '../building-blocks/bucket-origin';
import {
  acknowledgeViewers,
  type DistributionViewers,
  viewerProps,
} from '../building-blocks/distribution-viewers';
import { globalName } from '../building-blocks/global-name';
import type { StaticContent } from '../building-blocks/static-content';
import { SecurityHeaders } from './security-headers';

/** Properties of DeskDistribution. */
export interface DeskDistributionProps extends DistributionViewers {
  /** Where the site comes from. */
  readonly staticContent: StaticContent;

  /** Where `/api/*` comes from. */
  readonly apiOrigin: cloudfront.IOrigin;

  /**
   * The addresses that the site's script asks for tokens.
   *
   * @default - nobody signs in
   */
  readonly signInUrls?: readonly string[];

  readonly accessLogs: AccessLogBucket;
}

/**
 * CloudFront in front of both: the site from S3, kept at the edge; `/api/*` from the API, never kept.
 *
 * There are no error pages. They are one for all of a distribution's behaviors, and would stand in the place of the API's
 * own errors:
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/GeneratingCustomErrorResponses.html
 */
export class DeskDistribution extends Construct {
  /** The distribution. */
  readonly distribution: cloudfront.Distribution;

  constructor(scope: Construct, id: string, props: DeskDistributionProps) {
    super(scope, id);
    const { responseHeadersPolicy } = new SecurityHeaders(this, 'SecurityHeaders', props);
    const common = {
      responseHeadersPolicy,
      viewerProtocolPolicy: cloudfront.ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
      compress: true,
    };
    const withoutPrefix = new cloudfront.Function(this, 'WithoutPrefix', {
      functionName: globalName(this),
      comment: 'The API knows its paths without /api',
      runtime: cloudfront.FunctionRuntime.JS_2_0,
      code: cloudfront.FunctionCode.fromInline(WITHOUT_PREFIX),
    });
    this.distribution = new cloudfront.Distribution(this, 'Distribution', {
      comment: this.node.path,
      defaultRootObject: 'index.html',
      defaultBehavior: {
        ...common,
        // With the right to list, S3 answers 404 for a file that isn't there, and not 403.
        origin: bucketOrigin(this, props.staticContent.bucket, [
          cloudfront.AccessLevel.READ,
          cloudfront.AccessLevel.LIST,
        ]),
        cachePolicy: cloudfront.CachePolicy.CACHING_OPTIMIZED,
      },
      additionalBehaviors: {
        [API_PATHS]: {
          ...common,
          origin: props.apiOrigin,
          // A redirect would turn a POST into a GET, after its token went out in the clear.
          viewerProtocolPolicy: cloudfront.ViewerProtocolPolicy.HTTPS_ONLY,
          allowedMethods: cloudfront.AllowedMethods.ALLOW_ALL,
          compress: false,
          cachePolicy: cloudfront.CachePolicy.CACHING_DISABLED,
          originRequestPolicy: this.createRequestPolicy(),
          functionAssociations: [
            { function: withoutPrefix, eventType: cloudfront.FunctionEventType.VIEWER_REQUEST },
          ],
        },
      },
      ...viewerProps(props),
      logBucket: props.accessLogs.bucket,
      logFilePrefix: 'cloudfront/',
    });
    Annotations.of(this.distribution).acknowledgeWarning(
      '@aws-cdk/aws-cloudfront-origins:listBucketSecurityRisk',
      'The root of the site is a file, so that nobody is shown the list; the files are public anyway.',
    );
    acknowledgeViewers(this.distribution, props, {
      everyone: 'Where people of some countries only may use it, add a geo restriction to the distribution.',
      unguarded:
        'The firewall, where there is one, is at the API; files of the site are the same for everyone.',
    });
  }

  /**
   * All but the host, by which API Gateway knows its APIs, and but cookies: none is set, and where CloudFront passes them on
   * it does not support requests with If-None-Match.
   * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/RequestAndResponseBehaviorCustomOrigin.html
   */
  private createRequestPolicy(): cloudfront.OriginRequestPolicy {
    return new cloudfront.OriginRequestPolicy(this, 'RequestPolicy', {
      originRequestPolicyName: globalName(this),
      comment: 'What the API is told of a request',
      headerBehavior: cloudfront.OriginRequestHeaderBehavior.denyList('host'),
      queryStringBehavior: cloudfront.OriginRequestQueryStringBehavior.all(),
      cookieBehavior: cloudfront.OriginRequestCookieBehavior.none(),
    });
  }
}

/** The paths of the API. */
const API_PATHS = '/api/*';

const WITHOUT_PREFIX = `
function handler(event) {
  var request = event.request;
  request.uri = request.uri.replace(/^\\/api/, '');
  return request;
}
`.trim();
