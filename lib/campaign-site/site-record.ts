import { Duration, Validations } from 'aws-cdk-lib';
import * as route53 from 'aws-cdk-lib/aws-route53';
import { Construct } from 'constructs';

/** Properties of SiteRecord. */
export interface SiteRecordProps {
  readonly hostedZone: route53.IHostedZone;

  /** The fully qualified name, without a dot at its end. */
  readonly domainName: string;

  readonly target: route53.RecordTarget;

  /** Whether the target is CloudFront, which answers over IPv6 and HTTPS as well. */
  readonly isCloudFront: boolean;
}

/** The site's name in Route 53. */
export class SiteRecord extends Construct {
  constructor(
    scope: Construct,
    id: string,
    { hostedZone, domainName, target, isCloudFront }: SiteRecordProps,
  ) {
    super(scope, id);
    // The dot keeps the record's name as it is, also where the zone's name is a token.
    const props = { zone: hostedZone, recordName: `${domainName}.`, target };
    if (isCloudFront) {
      new route53.ARecord(this, 'Ipv4', props);
      new route53.AaaaRecord(this, 'Ipv6', props);
      return;
    }
    // An address that is given up, as in a move behind CloudFront, must be forgotten soon.
    new route53.ARecord(this, 'Ipv4', { ...props, ttl: Duration.minutes(1) });
    Validations.of(this).addWarning(
      'CampaignSite:PlainHttp',
      `${domainName} is served over HTTP only. For HTTPS choose exposure 'cloudFront'.`,
    );
  }
}
