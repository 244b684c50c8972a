import { Validations } from 'aws-cdk-lib';
import type * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as wafv2 from 'aws-cdk-lib/aws-wafv2';
import type { Construct } from 'constructs';
import type { Profile } from '../profile';
import { ManagedWebAcl } from './managed-web-acl';

/** Who is let in, and how they speak. */
export interface ClientsProps {
  /**
   * The company's networks.
   *
   * @default - everyone
   */
  readonly clientRanges?: readonly string[];

  readonly certificate?: acm.ICertificate;

  /**
   * Whether a firewall stands before a load balancer for everyone.
   *
   * @default - what the profile says
   */
  readonly webApplicationFirewall?: boolean;

  readonly profile: Profile;
}

/** A load balancer with a listener. */
export interface ClosedLoadBalancer extends Construct {
  readonly loadBalancer: elbv2.ApplicationLoadBalancer;
  readonly connections: ec2.Connections;
  readonly listener: elbv2.ApplicationListener;

  /** The port of its listener. */
  readonly port: ec2.Port;
}

/** Leads from port 80 to HTTPS. A listener that gets its first certificate must have left that port before. */
export function redirectToHttps({
  listener,
  loadBalancer,
}: Pick<ClosedLoadBalancer, 'listener' | 'loadBalancer'>): void {
  loadBalancer.addRedirect({ open: false }).node.addDependency(listener);
}

/** Opens a load balancer to those it is for; before one for everyone there is a firewall, where the profile wants one. */
export function admitClients(balancer: ClosedLoadBalancer, props: ClientsProps): void {
  const { certificate, clientRanges, profile } = props;
  const peers = clientRanges?.map((range) => ec2.Peer.ipv4(range)) ?? [ec2.Peer.anyIpv4()];
  const whose = clientRanges ? "The company's network" : 'Everyone';
  for (const peer of peers) {
    balancer.connections.allowFrom(peer, balancer.port, whose);
    if (certificate) balancer.connections.allowFrom(peer, ec2.Port.HTTP, 'Redirected to HTTPS');
  }
  if (certificate) redirectToHttps(balancer);
  if (clientRanges) return;
  Validations.of(balancer).acknowledge({
    id: 'AwsSolutions::AwsSolutions-EC23',
    reason: 'The system is for everyone: its load balancer is open on the ports of HTTP and HTTPS alone.',
  });
  if (!(props.webApplicationFirewall ?? profile.webApplicationFirewall)) return;
  const { webAcl } = new ManagedWebAcl(balancer, 'Firewall', { scope: 'REGIONAL' });
  new wafv2.CfnWebACLAssociation(balancer, 'FirewallAssociation', {
    webAclArn: webAcl.attrArn,
    resourceArn: balancer.loadBalancer.loadBalancerArn,
  });
}
