import { Aws, Duration } from 'aws-cdk-lib';
import * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import { Construct } from 'constructs';
import { globalName } from '../building-blocks/global-name';

/** Properties of SecurityHeaders. */
export interface SecurityHeadersProps {
  /**
   * The addresses that the site's script asks for tokens.
   *
   * @default - nobody signs in
   */
  readonly signInUrls?: readonly string[];
}

/** What browsers are told about the site: what its pages may load, send and be embedded in. */
export class SecurityHeaders extends Construct {
  /** The policy, for a distribution's behaviors. */
  readonly responseHeadersPolicy: cloudfront.ResponseHeadersPolicy;

  constructor(scope: Construct, id: string, { signInUrls = [] }: SecurityHeadersProps) {
    super(scope, id);
    const connect = [
      "'self'",
      // Uploads go to S3 itself. The bucket can't be named: it names the distribution, whose pages may upload.
      `https://*.s3.${Aws.REGION}.${Aws.URL_SUFFIX}`,
      ...signInUrls,
    ];
    this.responseHeadersPolicy = new cloudfront.ResponseHeadersPolicy(this, 'Policy', {
      responseHeadersPolicyName: globalName(this),
      comment: 'What the pages of the document desk may do',
      securityHeadersBehavior: {
        contentSecurityPolicy: {
          contentSecurityPolicy: [
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self'",
            `connect-src ${connect.join(' ')}`,
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
          ].join('; '),
          override: true,
        },
        contentTypeOptions: { override: true },
        frameOptions: { frameOption: cloudfront.HeadersFrameOption.DENY, override: true },
        referrerPolicy: {
          referrerPolicy: cloudfront.HeadersReferrerPolicy.SAME_ORIGIN,
          override: true,
        },
        strictTransportSecurity: {
          accessControlMaxAge: Duration.days(365),
          includeSubdomains: false,
          override: true,
        },
      },
    });
  }
}
