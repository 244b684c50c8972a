import { Duration, Validations } from 'aws-cdk-lib';
import type * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import * as origins from 'aws-cdk-lib/aws-cloudfront-origins';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type * as kms from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import type { AccessLogBucket } from '../building-blocks/access-log-bucket';
import { HttpLoadBalancer } from '../building-blocks/http-load-balancer';
import type { LoadBalancerOptions } from '../building-blocks/load-balancer-options';
import { ReplaceableVpcOrigin } from '../building-blocks/replaceable-vpc-origin';
import type { ServerApplication } from '../building-blocks/server-application';
import { VpcOriginSecurityGroup } from '../building-blocks/vpc-origin-security-group';
import type { Profile } from '../profile';
import { OriginVerification } from './origin-verification';

/** Properties of both ways from CloudFront to the load balancer. */
export interface LoadBalancerOriginProps extends LoadBalancerOptions {
  readonly vpc: ec2.IVpc;
  readonly application: ServerApplication;

  /** The load balancer's certificate, for the site's name; CloudFront then speaks HTTPS to it. */
  readonly certificate?: acm.ICertificate;

  /** Which secret of the origin header CloudFront sends. */
  readonly originSecretGeneration: number;

  readonly accessLogs: AccessLogBucket;
  readonly key?: kms.IKey;
  readonly profile: Profile;
}

/** A load balancer and the way by which CloudFront reaches it. */
export interface LoadBalancerOrigin {
  readonly loadBalancer: HttpLoadBalancer;
  readonly origin: cloudfront.IOrigin;

  /** Lets the distribution in, once it is there. */
  admit(distribution: cloudfront.Distribution): void;
}

/**
 * The textbook's form: a load balancer on the internet, open to everyone, that refuses requests without the header that
 * CloudFront adds.
 */
export class PublicLoadBalancer extends Construct implements LoadBalancerOrigin {
  readonly loadBalancer: HttpLoadBalancer;
  readonly origin: cloudfront.IOrigin;
  private readonly verification: OriginVerification;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: LoadBalancerOriginProps,
  ) {
    super(scope, id);
    this.loadBalancer = new HttpLoadBalancer(this, 'Balancer', {
      ...loadBalancerProps(props),
      vpcSubnets: { subnetType: ec2.SubnetType.PUBLIC },
      internetFacing: true,
      defaultAction: OriginVerification.REFUSAL,
    });
    const { listener, loadBalancer, port, targetGroup } = this.loadBalancer;
    this.loadBalancer.connections.allowFromAnyIpv4(port, 'The site for everyone');
    Validations.of(this.loadBalancer).acknowledge({
      id: 'AwsSolutions::AwsSolutions-EC23',
      reason:
        'A public site is for everyone: one port is open, and requests that did not come through CloudFront are refused.',
    });
    this.verification = new OriginVerification(this, 'Verification', {
      listener,
      targetGroup,
      generation: props.originSecretGeneration,
      key: props.key,
    });
    this.origin = new origins.LoadBalancerV2Origin(loadBalancer, {
      customHeaders: this.verification.header,
      protocolPolicy: protocolOf(props),
      originSslProtocols: [cloudfront.OriginSslPolicy.TLS_V1_2],
      readTimeout: READ_TIMEOUT,
    });
  }

  admit(distribution: cloudfront.Distribution): void {
    distribution.node.addDependency(this.verification.rule);
    if (this.props.certificate) return;
    Validations.of(distribution).acknowledge({
      id: 'AwsSolutions::AwsSolutions-CFR5',
      reason:
        "No certificate can be had for a load balancer's own name; with a domain CloudFront speaks TLS 1.2 to it.",
    });
  }
}

/** A load balancer without a public address, which nobody but this account's own distributions can reach. */
export class HiddenLoadBalancer extends Construct implements LoadBalancerOrigin {
  readonly loadBalancer: HttpLoadBalancer;
  readonly origin: cloudfront.IOrigin;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: LoadBalancerOriginProps,
  ) {
    super(scope, id);
    this.loadBalancer = new HttpLoadBalancer(this, 'Balancer', {
      ...loadBalancerProps(props),
      vpcSubnets: { subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS },
      internetFacing: false,
    });
    const { loadBalancer } = this.loadBalancer;
    const { vpcOrigin } = new ReplaceableVpcOrigin(this, 'Origin', {
      endpoint: cloudfront.VpcOriginEndpoint.applicationLoadBalancer(loadBalancer),
      protocolPolicy: protocolOf(props),
      causes: () => (loadBalancer.node.defaultChild as elbv2.CfnLoadBalancer).logicalId,
    });
    // CloudFront must find the listener when it tries the origin for the first time.
    vpcOrigin.node.addDependency(this.loadBalancer.listener);
    this.origin = origins.VpcOrigin.withVpcOrigin(vpcOrigin, { readTimeout: READ_TIMEOUT });
  }

  admit(distribution: cloudfront.Distribution): void {
    const { securityGroup } = new VpcOriginSecurityGroup(this, 'VpcOriginSecurityGroup', {
      vpc: this.props.vpc,
      createdBy: distribution,
      profile: this.props.profile,
    });
    this.loadBalancer.connections.allowFrom(securityGroup, this.loadBalancer.port, 'CloudFront');
  }
}

/** CloudFront's default, said here since an application that needs longer must raise it together with its own limits. */
const READ_TIMEOUT = Duration.seconds(30);

function protocolOf({ certificate }: LoadBalancerOriginProps): cloudfront.OriginProtocolPolicy {
  return certificate ? cloudfront.OriginProtocolPolicy.HTTPS_ONLY : cloudfront.OriginProtocolPolicy.HTTP_ONLY;
}

function loadBalancerProps(props: LoadBalancerOriginProps) {
  const { application } = props;
  return { ...props, targetPort: application.port, healthCheckPath: application.healthCheckPath };
}
