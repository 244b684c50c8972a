import type * as acm from 'aws-cdk-lib/aws-certificatemanager';
import type * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import * as route53 from 'aws-cdk-lib/aws-route53';
import * as targets from 'aws-cdk-lib/aws-route53-targets';
import type { Construct } from 'constructs';
import { checkDomainName, checkPublicZone, checkUsEast1, checkWebAclForCloudFront } from './domain-name';
import type { Problems } from './problems';

/** The name of a site behind CloudFront, and what CloudFront takes from us-east-1. */
export interface SiteDomain {
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
   * The ARN of a web ACL with the scope CLOUDFRONT: one of yours, or that of a CloudFrontEdge.
   *
   * @default - none
   */
  readonly webAclId?: string;
}

/** Adds to `problems` what can't be honoured in a site's name. */
export function checkSiteDomain(options: SiteDomain, problems: Problems): void {
  const { certificate, domainName, hostedZone, webAclId } = options;
  checkDomainName(options, problems);
  checkPublicZone(hostedZone, problems);
  checkUsEast1('certificate', certificate?.certificateArn, problems);
  checkWebAclForCloudFront(webAclId, problems);
  if (domainName !== undefined && !certificate) {
    problems.add(
      'domainName',
      domainName,
      'needs a certificate of us-east-1 for CloudFront; give certificate, for example that of a CloudFrontEdge.',
    );
  }
  checkUsedCertificate('certificate', certificate, options, problems);
}

/** Adds to `problems` a certificate for a name that there is not. */
export function checkUsedCertificate(
  prop: string,
  certificate: acm.ICertificate | undefined,
  { domainName }: SiteDomain,
  problems: Problems,
): void {
  if (!certificate || domainName !== undefined) return;
  problems.add(prop, certificate.certificateArn, 'is of no use without a name; give domainName too.');
}

/** Adds the records that lead a site's name to CloudFront, where it has one. */
export function addSiteRecords(
  scope: Construct,
  distribution: cloudfront.IDistribution,
  { domainName, hostedZone }: SiteDomain,
): void {
  if (!domainName || !hostedZone) return;
  const record = {
    zone: hostedZone,
    // The dot keeps the record's name as it is, also where the zone's name is a token.
    recordName: `${domainName}.`,
    target: route53.RecordTarget.fromAlias(new targets.CloudFrontTarget(distribution)),
  };
  new route53.ARecord(scope, 'Ipv4', record);
  new route53.AaaaRecord(scope, 'Ipv6', record);
}
