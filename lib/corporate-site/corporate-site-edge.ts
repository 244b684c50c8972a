import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import type * as route53 from 'aws-cdk-lib/aws-route53';
import { Construct } from 'constructs';
import { PRODUCTION, type Profile } from '../profile';
import { ManagedWebAcl } from './web-acl';

/** Properties of CorporateSiteEdge. */
export interface CorporateSiteEdgeProps {
  /** The site's fully qualified name. */
  readonly domainName: string;

  /** The public zone that proves the certificate. */
  readonly hostedZone: route53.IHostedZone;

  /**
   * What the environment trades between safety and cost.
   *
   * @default PRODUCTION
   */
  readonly profile?: Profile;

  /**
   * Whether there is a web ACL.
   *
   * @default - what the profile says: true in PRODUCTION
   */
  readonly webApplicationFirewall?: boolean;
}

/**
 * What CloudFront looks for in us-east-1 and nowhere else: the certificate of a corporate site and its web ACL. Put it into
 * a stack of that region.
 */
export class CorporateSiteEdge extends Construct {
  /** The certificate, for CorporateSite's `certificate`. */
  readonly certificate: acm.ICertificate;

  /** The ARN of the web ACL, for CorporateSite's `webAclId`. */
  readonly webAclId?: string;

  constructor(scope: Construct, id: string, props: CorporateSiteEdgeProps) {
    super(scope, id);
    const profile = props.profile ?? PRODUCTION;
    this.certificate = new acm.Certificate(this, 'Certificate', {
      domainName: props.domainName,
      validation: acm.CertificateValidation.fromDns(props.hostedZone),
    });
    if (props.webApplicationFirewall ?? profile.webApplicationFirewall) {
      this.webAclId = new ManagedWebAcl(this, 'WebAcl', { scope: 'CLOUDFRONT' }).webAcl.attrArn;
    }
  }
}
