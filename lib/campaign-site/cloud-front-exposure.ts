import { Token, Validations } from 'aws-cdk-lib';
import * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import * as origins from 'aws-cdk-lib/aws-cloudfront-origins';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as route53 from 'aws-cdk-lib/aws-route53';
import * as targets from 'aws-cdk-lib/aws-route53-targets';
import { Construct } from 'constructs';
import { AccessLogBucket } from '../building-blocks/access-log-bucket';
import {
  acknowledgeViewers,
  type DistributionViewers,
  viewerProps,
} from '../building-blocks/distribution-viewers';
import { ReplaceableVpcOrigin } from '../building-blocks/replaceable-vpc-origin';
import { VpcOriginSecurityGroup } from '../building-blocks/vpc-origin-security-group';
import type { Profile } from '../profile';
import type { WebServer } from './web-server';

/** Properties of CloudFrontExposure. */
export interface CloudFrontExposureProps extends DistributionViewers {
  readonly vpc: ec2.IVpc;
  readonly server: WebServer;

  readonly profile: Profile;
}

/** What may be kept at the edge for as long as the server says, without regard to cookies and query strings. */
const STATIC_FILES = ['*.css', '*.js', '*.png', '*.jpg', '*.svg', '*.webp', '*.ico', '*.woff2'];

/** CloudFront in front of a server that has no public address, by way of a VPC origin. */
export class CloudFrontExposure extends Construct {
  /** The distribution. */
  readonly distribution: cloudfront.Distribution;

  /** What a DNS record of the site points at. */
  readonly recordTarget: route53.RecordTarget;

  /** The host name of the site. */
  readonly host: string;

  constructor(scope: Construct, id: string, props: CloudFrontExposureProps) {
    super(scope, id);
    const { server, profile } = props;
    const origin = origins.VpcOrigin.withVpcOrigin(this.createVpcOrigin(server.instance));
    const behavior: cloudfront.BehaviorOptions = {
      origin,
      viewerProtocolPolicy: cloudfront.ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
      responseHeadersPolicy: cloudfront.ResponseHeadersPolicy.SECURITY_HEADERS,
      compress: true,
    };
    this.distribution = new cloudfront.Distribution(this, 'Distribution', {
      comment: this.node.path,
      defaultBehavior: {
        ...behavior,
        allowedMethods: cloudfront.AllowedMethods.ALLOW_ALL,
        cachePolicy: cloudfront.CachePolicy.USE_ORIGIN_CACHE_CONTROL_HEADERS_QUERY_STRINGS,
        originRequestPolicy: cloudfront.OriginRequestPolicy.ALL_VIEWER,
      },
      additionalBehaviors: Object.fromEntries(
        STATIC_FILES.map((pattern) => [
          pattern,
          { ...behavior, cachePolicy: cloudfront.CachePolicy.CACHING_OPTIMIZED },
        ]),
      ),
      ...viewerProps(props),
      logBucket: new AccessLogBucket(this, 'AccessLogs', { profile }).bucket,
    });
    acknowledgeViewers(this.distribution, props, {
      everyone: 'A campaign is for everyone; where it is not, add a geo restriction to the distribution.',
      unguarded:
        'A web ACL for CloudFront lives in us-east-1 and costs money; a static site takes one by webAclId.',
    });

    const { securityGroup } = new VpcOriginSecurityGroup(this, 'VpcOriginSecurityGroup', {
      vpc: props.vpc,
      createdBy: this.distribution,
      profile,
    });
    server.connections.allowFrom(securityGroup, ec2.Port.HTTP, 'HTTP from CloudFront');
    this.host = props.domainName ?? this.distribution.domainName;
    this.recordTarget = route53.RecordTarget.fromAlias(new targets.CloudFrontTarget(this.distribution));
  }

  /** An image that is known at the deployment only can't be followed, and is warned about. */
  private createVpcOrigin(server: ec2.Instance): cloudfront.VpcOrigin {
    const { instance } = server;
    if (Token.isUnresolved(instance.imageId)) {
      Validations.of(this).addWarning(
        'CampaignSite:MovingImage',
        'machineImage is known at the deployment only. A new image would replace the server behind a VPC origin that is in use, and fail that deployment. Give an image by its id, or leave machineImage out.',
      );
    }
    const { vpcOrigin } = new ReplaceableVpcOrigin(this, 'Origin', {
      endpoint: cloudfront.VpcOriginEndpoint.ec2Instance(server),
      protocolPolicy: cloudfront.OriginProtocolPolicy.HTTP_ONLY,
      causes: () => [
        instance.logicalId,
        instance.imageId,
        instance.keyName,
        instance.networkInterfaces,
        instance.subnetId,
        instance.blockDeviceMappings,
      ],
    });
    return vpcOrigin;
  }
}
