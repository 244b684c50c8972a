import { Validations } from 'aws-cdk-lib';
import type * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as cloudfront from 'aws-cdk-lib/aws-cloudfront';

/** By which name and under which guard viewers meet a distribution. */
export interface DistributionViewers {
  /** @default - CloudFront's own name and certificate */
  readonly domainName?: string;

  /** A certificate of us-east-1 for the domain name. */
  readonly certificate?: acm.ICertificate;

  /** The ARN of a web ACL of us-east-1. */
  readonly webAclId?: string;
}

/** What a distribution is given for its viewers: the name, TLS 1.2 or newer, HTTP/3, the web ACL. */
export function viewerProps(viewers: DistributionViewers) {
  const { certificate, domainName, webAclId } = viewers;
  return {
    domainNames: domainName ? [domainName] : undefined,
    ...(certificate && {
      certificate,
      minimumProtocolVersion: cloudfront.SecurityPolicyProtocol.TLS_V1_2_2021,
    }),
    httpVersion: cloudfront.HttpVersion.HTTP2_AND_3,
    webAclId,
  };
}

/**
 * Acknowledges what a site for everyone leaves open.
 *
 * @param everyone why there is no geo restriction
 * @param unguarded why there is no web ACL, where there is none
 */
export function acknowledgeViewers(
  distribution: cloudfront.Distribution,
  { certificate, webAclId }: DistributionViewers,
  { everyone, unguarded }: { readonly everyone: string; readonly unguarded: string },
): void {
  const acknowledge = (id: string, reason: string) =>
    Validations.of(distribution).acknowledge({ id: `AwsSolutions::AwsSolutions-${id}`, reason });
  acknowledge('CFR1', everyone);
  if (!webAclId) acknowledge('CFR2', unguarded);
  if (!certificate) {
    acknowledge(
      'CFR4',
      "CloudFront's own certificate comes with its own protocol floor; a domain with a certificate gets TLS 1.2.",
    );
  }
}
