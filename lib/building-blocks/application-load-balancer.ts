import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { Construct } from 'constructs';
import type { Profile } from '../profile';
import type { AccessLogBucket } from './access-log-bucket';

/** What an application load balancer is made of. */
export interface ApplicationLoadBalancerProps {
  readonly vpc: ec2.IVpc;
  readonly vpcSubnets: ec2.SubnetSelection;

  /** Whether it has public addresses. */
  readonly internetFacing: boolean;

  readonly accessLogs: AccessLogBucket;
  readonly profile: Profile;
}

/**
 * A load balancer that nobody is let in to by itself, as a child `LoadBalancer` of the scope, and its security group. It
 * logs its requests, drops malformed headers, and can be told to leave out a zone (zonal shift).
 */
export function createLoadBalancer(
  scope: Construct,
  { accessLogs, internetFacing, profile, vpc, vpcSubnets }: ApplicationLoadBalancerProps,
): elbv2.ApplicationLoadBalancer {
  const securityGroup = new ec2.SecurityGroup(scope, 'SecurityGroup', {
    vpc,
    description: 'Load balancer',
    allowAllOutbound: false,
  });
  const loadBalancer = new elbv2.ApplicationLoadBalancer(scope, 'LoadBalancer', {
    vpc,
    vpcSubnets,
    internetFacing,
    securityGroup,
    dropInvalidHeaderFields: true,
    deletionProtection: profile.deletionProtection,
  });
  loadBalancer.setAttribute('zonal_shift.config.enabled', 'true');
  accessLogs.takeLogsOf(loadBalancer, 'load-balancer');
  return loadBalancer;
}
