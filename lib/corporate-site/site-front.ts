import type * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import { Source } from 'aws-cdk-lib/aws-s3-deployment';
import * as wafv2 from 'aws-cdk-lib/aws-wafv2';
import { Construct } from 'constructs';
import type { AccessLogBucket } from '../building-blocks/access-log-bucket';
import { addDistributionGraphs } from '../building-blocks/distribution-graphs';
import { ManagedWebAcl } from '../building-blocks/managed-web-acl';
import type { Monitoring } from '../building-blocks/monitoring';
import { addSiteRecords } from '../building-blocks/site-domain';
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
    addSiteRecords(this, this.distribution, props);
  }

  /** Adds the graphs of the distribution. */
  addMonitoring(monitoring: Monitoring): void {
    addDistributionGraphs(monitoring, this.distribution);
  }

  /** A web ACL of the stack's own region, at the load balancer: no second stack in us-east-1 is needed for it. */
  private protect({ loadBalancer }: LoadBalancerOrigin): void {
    const { webAcl } = new ManagedWebAcl(this, 'WebAcl', { scope: 'REGIONAL' });
    new wafv2.CfnWebACLAssociation(this, 'WebAclAssociation', {
      resourceArn: loadBalancer.loadBalancer.loadBalancerArn,
      webAclArn: webAcl.attrArn,
    });
  }
}
