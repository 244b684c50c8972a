import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as route53 from 'aws-cdk-lib/aws-route53';
import type { Construct } from 'constructs';
import { addEdgeStack } from '../building-blocks/cloud-front-edge';
import { PRODUCTION } from '../profile';
import { CorporateSite, type CorporateSiteProps } from './corporate-site';

/** Properties of CorporateSiteStack: the construct's, with plain values where the construct takes resources. */
export interface CorporateSiteStackProps
  extends StackProps,
    Omit<CorporateSiteProps, 'hostedZone' | 'certificate' | 'loadBalancerCertificate'> {
  /**
   * The id and name of the zone that holds the site's records. Plain values, so that no lookup is needed.
   *
   * @default - no record
   */
  readonly hostedZone?: route53.HostedZoneAttributes;

  /**
   * The ARN of CloudFront's certificate for the domain, of us-east-1.
   *
   * @default - with a domain, a second stack in us-east-1 requests one and holds the web ACL: `<id>/Edge`
   */
  readonly certificateArn?: string;
}

/** A corporate site, and what its owner needs next. */
export class CorporateSiteStack extends Stack {
  /** The site. */
  readonly site: CorporateSite;

  constructor(scope: Construct, id: string, props: CorporateSiteStackProps = {}) {
    const { deletionProtection } = props.profile ?? PRODUCTION;
    super(scope, id, { ...props, terminationProtection: props.terminationProtection ?? deletionProtection });
    const { certificateArn, hostedZone } = props;
    const edge = certificateArn
      ? undefined
      : addEdgeStack(this, {
          ...props,
          webApplicationFirewall: props.webAclId === undefined ? props.webApplicationFirewall : false,
        });
    this.site = new CorporateSite(this, 'CorporateSite', {
      ...props,
      hostedZone: hostedZone && route53.HostedZone.fromHostedZoneAttributes(this, 'Zone', hostedZone),
      certificate: certificateArn
        ? acm.Certificate.fromCertificateArn(this, 'Certificate', certificateArn)
        : edge?.certificate,
      webAclId: props.webAclId ?? edge?.webAclId,
    });
    new CfnOutput(this, 'SiteUrl', { value: this.site.siteUrl, description: 'The site' });
    new CfnOutput(this, 'SessionManagerCommand', {
      value: this.site.servers.sessionManagerCommand,
      description: 'Opens a shell on one of the servers',
    });
    new CfnOutput(this, 'DatabaseSecretArn', {
      value: this.site.database.secret.secretArn,
      description: "The master user's name and password",
    });
    new CfnOutput(this, 'Dashboard', {
      value: this.site.monitoring.dashboardUrl,
      description: 'Alarms and graphs',
    });
  }
}
