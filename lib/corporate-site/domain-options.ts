import type * as acm from 'aws-cdk-lib/aws-certificatemanager';
import type * as route53 from 'aws-cdk-lib/aws-route53';
import {
  checkDomainName,
  checkPublicZone,
  checkUsEast1,
  checkWebAclForCloudFront,
} from '../building-blocks/domain-name';
import type { Problems } from '../building-blocks/problems';

/** The site's name and what guards it. */
export interface DomainOptions {
  /**
   * The public zone that holds the site's records and proves the certificates. Required with `domainName`.
   *
   * @default - no record
   */
  readonly hostedZone?: route53.IHostedZone;

  /**
   * The site's fully qualified name, without a dot at its end. Required with `hostedZone`, in which it must lie.
   *
   * @default - CloudFront's own name
   */
  readonly domainName?: string;

  /**
   * CloudFront's certificate for `domainName`, of us-east-1: one of yours, or that of a CloudFrontEdge in a stack of
   * us-east-1. Required with `domainName`.
   *
   * @default - CloudFront's own
   */
  readonly certificate?: acm.ICertificate;

  /**
   * The load balancer's certificate for `domainName`, of the stack's region. Rejected without `domainName`.
   *
   * @default - one is requested with `domainName`, and proven in `hostedZone`
   */
  readonly loadBalancerCertificate?: acm.ICertificate;

  /**
   * Whether AWS WAF looks at the requests. Without `webAclId` it does so at the load balancer, with AWS's managed rules.
   *
   * @default - what the profile says: true in PRODUCTION
   */
  readonly webApplicationFirewall?: boolean;

  /**
   * The ARN of a web ACL with the scope CLOUDFRONT: one of yours, or that of a CloudFrontEdge. It is used in place of
   * one at the load balancer, and rejected with `webApplicationFirewall: false`.
   *
   * @default - none
   */
  readonly webAclId?: string;
}

/** Adds to `problems` what can't be honoured in `options`. */
export function checkDomain(options: DomainOptions, problems: Problems): void {
  const { certificate, domainName, loadBalancerCertificate, webAclId, webApplicationFirewall } = options;
  checkDomainName(options, problems);
  checkPublicZone(options.hostedZone, problems);
  checkUsEast1('certificate', certificate?.certificateArn, problems);
  checkWebAclForCloudFront(webAclId, problems);
  if (domainName !== undefined && !certificate) {
    problems.add(
      'domainName',
      domainName,
      'needs a certificate of us-east-1 for CloudFront; give certificate, for example that of a CloudFrontEdge.',
    );
  }
  for (const [prop, given] of Object.entries({ certificate, loadBalancerCertificate })) {
    if (given && domainName === undefined) {
      problems.add(prop, given.certificateArn, 'is of no use without a name; give domainName too.');
    }
  }
  if (webAclId !== undefined && webApplicationFirewall === false) {
    problems.add('webAclId', webAclId, 'contradicts webApplicationFirewall: false; leave out one of them.');
  }
}
