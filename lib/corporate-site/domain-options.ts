import type * as acm from 'aws-cdk-lib/aws-certificatemanager';
import type { Problems } from '../building-blocks/problems';
import { checkSiteDomain, checkUsedCertificate, type SiteDomain } from '../building-blocks/site-domain';

/** The site's name and what guards it. A `webAclId` is used in place of a web ACL at the load balancer. */
export interface DomainOptions extends SiteDomain {
  /**
   * The load balancer's certificate for `domainName`, of the stack's region. Rejected without `domainName`.
   *
   * @default - one is requested with `domainName`, and proven in `hostedZone`
   */
  readonly loadBalancerCertificate?: acm.ICertificate;

  /**
   * Whether AWS WAF looks at the requests. Without `webAclId` it does so at the load balancer, with AWS's managed rules.
   * False is rejected together with `webAclId`.
   *
   * @default - what the profile says: true in PRODUCTION
   */
  readonly webApplicationFirewall?: boolean;
}

/** Adds to `problems` what can't be honoured in `options`. */
export function checkDomain(options: DomainOptions, problems: Problems): void {
  const { loadBalancerCertificate, webAclId, webApplicationFirewall } = options;
  checkSiteDomain(options, problems);
  checkUsedCertificate('loadBalancerCertificate', loadBalancerCertificate, options, problems);
  if (webAclId !== undefined && webApplicationFirewall === false) {
    problems.add('webAclId', webAclId, 'contradicts webApplicationFirewall: false; leave out one of them.');
  }
}
