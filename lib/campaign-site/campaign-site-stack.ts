import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as route53 from 'aws-cdk-lib/aws-route53';
import type { Construct } from 'constructs';
import { PRODUCTION } from '../profile';
import { CampaignSite, type CampaignSiteProps } from './campaign-site';

/** Properties of CampaignSiteStack: the construct's, with plain values where the construct takes resources. */
export interface CampaignSiteStackProps
  extends StackProps,
    Omit<CampaignSiteProps, 'hostedZone' | 'certificate'> {
  /**
   * The id and name of the zone that holds the site's record. Plain values, so that no lookup is needed.
   *
   * @default - no record
   */
  readonly hostedZone?: route53.HostedZoneAttributes;

  /**
   * The ARN of the certificate for the domain, of us-east-1.
   *
   * @default - CloudFront's own certificate
   */
  readonly certificateArn?: string;
}

/** A campaign site, and what its owner needs next. */
export class CampaignSiteStack extends Stack {
  /** The site. */
  readonly site: CampaignSite;

  constructor(scope: Construct, id: string, props: CampaignSiteStackProps = {}) {
    const { deletionProtection } = props.profile ?? PRODUCTION;
    super(scope, id, { ...props, terminationProtection: props.terminationProtection ?? deletionProtection });
    const { hostedZone, certificateArn } = props;
    this.site = new CampaignSite(this, 'CampaignSite', {
      ...props,
      hostedZone: hostedZone && route53.HostedZone.fromHostedZoneAttributes(this, 'Zone', hostedZone),
      certificate: certificateArn
        ? acm.Certificate.fromCertificateArn(this, 'Certificate', certificateArn)
        : undefined,
    });
    new CfnOutput(this, 'SiteUrl', { value: this.site.siteUrl, description: 'The site' });
    new CfnOutput(this, 'SessionManagerCommand', {
      value: this.site.sessionManagerCommand,
      description: 'Opens a shell on the web server',
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
