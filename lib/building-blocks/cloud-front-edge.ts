import { Stack, type StackProps, Token } from 'aws-cdk-lib';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as route53 from 'aws-cdk-lib/aws-route53';
import { Construct } from 'constructs';
import { PRODUCTION, type Profile } from '../profile';
import { ManagedWebAcl } from './managed-web-acl';
import { Problems } from './problems';

/** Properties of CloudFrontEdge. */
export interface CloudFrontEdgeProps {
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
 * What CloudFront looks for in us-east-1 and nowhere else: the certificate of a site and its web ACL. Put it into
 * a stack of that region.
 */
export class CloudFrontEdge extends Construct {
  /** The certificate, for a site's `certificate`. */
  readonly certificate: acm.ICertificate;

  /** The ARN of the web ACL, for a site's `webAclId`. */
  readonly webAclId?: string;

  constructor(scope: Construct, id: string, props: CloudFrontEdgeProps) {
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

/** What a site's stack was given that its second stack in us-east-1 needs, too. */
export interface EdgeStackProps
  extends Pick<StackProps, 'env' | 'description'>,
    Pick<CloudFrontEdgeProps, 'profile' | 'webApplicationFirewall'> {
  readonly domainName?: string;
  readonly hostedZone?: route53.HostedZoneAttributes;
}

/**
 * Adds the stack `<id>/Edge` of us-east-1 to a site's stack, where the site has a domain.
 *
 * @throws when the site's own region is not known: the two stacks refer to each other over regions
 */
export function addEdgeStack(site: Stack, props: EdgeStackProps): CloudFrontEdge | undefined {
  const { domainName, hostedZone } = props;
  if (!domainName || !hostedZone) return undefined;
  if (Token.isUnresolved(site.region)) {
    const problems = new Problems(site);
    problems.add(
      'env.region',
      props.env?.region,
      'must be known for a domain, since a second stack in us-east-1 holds its certificate; give the region.',
    );
    problems.throwIfAny();
  }
  const stack = new Stack(site, 'Edge', {
    env: { account: props.env?.account, region: 'us-east-1' },
    stackName: `${site.stackName}-Edge`,
    description: `${props.description ?? 'A site'}: what CloudFront needs in us-east-1`,
    terminationProtection: site.terminationProtection,
  });
  return new CloudFrontEdge(stack, 'Edge', {
    ...props,
    domainName,
    hostedZone: route53.HostedZone.fromHostedZoneAttributes(stack, 'Zone', hostedZone),
  });
}
