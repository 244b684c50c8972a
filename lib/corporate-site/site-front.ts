import { Duration } from 'aws-cdk-lib';
import type * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as route53 from 'aws-cdk-lib/aws-route53';
import * as targets from 'aws-cdk-lib/aws-route53-targets';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import { Source } from 'aws-cdk-lib/aws-s3-deployment';
import * as wafv2 from 'aws-cdk-lib/aws-wafv2';
import { Construct } from 'constructs';
import type { AccessLogBucket } from '../building-blocks/access-log-bucket';
import { ManagedWebAcl } from '../building-blocks/managed-web-acl';
import type { Monitoring } from '../building-blocks/monitoring';
import { StaticContent } from '../building-blocks/static-content';
import type { Profile } from '../profile';
import type { DomainOptions } from './domain-options';
import type { LoadBalancerOrigin } from './load-balancer-origin';
import { SiteDistribution } from './site-distribution';

/** Properties of SiteFront. */
export interface SiteFrontProps extends DomainOptions {
  /** The load balancer and the way to it. */
  readonly loadBalancerOrigin: LoadBalancerOrigin;

  /** The folder with the static files. */
  readonly staticContent: string;

  /** The paths that S3 serves. */
  readonly staticPaths: readonly string[];

  readonly accessLogs: AccessLogBucket;
  readonly profile: Profile;
}

/** What visitors meet: CloudFront with the site's name, the static files, and the firewall. */
export class SiteFront extends Construct {
  /** The distribution. */
  readonly distribution: cloudfront.Distribution;

  /** The bucket of the static files. */
  readonly staticBucket: s3.Bucket;

  constructor(scope: Construct, id: string, props: SiteFrontProps) {
    super(scope, id);
    const { loadBalancerOrigin, profile, staticPaths } = props;
    const staticContent = new StaticContent(this, 'StaticContent', { profile });
    this.staticBucket = staticContent.bucket;
    this.distribution = new SiteDistribution(this, 'Site', {
      ...props,
      dynamicOrigin: loadBalancerOrigin.origin,
      staticContent,
    }).distribution;
    loadBalancerOrigin.admit(this.distribution);
    staticContent.upload([Source.asset(props.staticContent)], this.distribution, staticPaths);
    if ((props.webApplicationFirewall ?? profile.webApplicationFirewall) && !props.webAclId) {
      this.protect(loadBalancerOrigin);
    }
    this.addRecords(props);
  }

  /** Adds the graphs of the distribution. Its metrics are in us-east-1, from where no alarm of another region reads. */
  addMonitoring(monitoring: Monitoring): void {
    const metric = (metricName: string, statistic: string) =>
      new cloudwatch.Metric({
        namespace: 'AWS/CloudFront',
        metricName,
        dimensionsMap: { DistributionId: this.distribution.distributionId, Region: 'Global' },
        statistic,
        period: Duration.minutes(5),
        region: 'us-east-1',
      });
    const errors = ['4xxErrorRate', '5xxErrorRate'].map((name) => metric(name, 'Average'));
    monitoring.dashboard.addWidgets(
      new cloudwatch.GraphWidget({
        title: 'CloudFront: requests',
        left: [metric('Requests', 'Sum')],
        width: 12,
        region: 'us-east-1',
      }),
      new cloudwatch.GraphWidget({
        title: 'CloudFront: errors, percent',
        left: errors,
        width: 12,
        region: 'us-east-1',
      }),
    );
  }

  /** A web ACL of the stack's own region, at the load balancer: no second stack in us-east-1 is needed for it. */
  private protect({ loadBalancer }: LoadBalancerOrigin): void {
    const { webAcl } = new ManagedWebAcl(this, 'WebAcl', { scope: 'REGIONAL' });
    new wafv2.CfnWebACLAssociation(this, 'WebAclAssociation', {
      resourceArn: loadBalancer.loadBalancer.loadBalancerArn,
      webAclArn: webAcl.attrArn,
    });
  }

  private addRecords({ domainName, hostedZone }: DomainOptions): void {
    if (!domainName || !hostedZone) return;
    const record = {
      zone: hostedZone,
      // The dot keeps the record's name as it is, also where the zone's name is a token.
      recordName: `${domainName}.`,
      target: route53.RecordTarget.fromAlias(new targets.CloudFrontTarget(this.distribution)),
    };
    new route53.ARecord(this, 'Ipv4', record);
    new route53.AaaaRecord(this, 'Ipv6', record);
  }
}
