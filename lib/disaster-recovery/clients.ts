import { Validations } from 'aws-cdk-lib';
import type * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as wafv2 from 'aws-cdk-lib/aws-wafv2';
import type { HttpLoadBalancer } from '../building-blocks/http-load-balancer';
import { ManagedWebAcl } from '../building-blocks/managed-web-acl';
import type { Profile } from '../profile';

/** Who is let in, and how they speak. */
export interface ClientsProps {
  /**
   * The company's networks.
   *
   * @default - everyone
   */
  readonly clientRanges?: readonly string[];

  readonly certificate?: acm.ICertificate;
  readonly profile: Profile;
}

/** Opens a load balancer to those it is for; before one for everyone there is a firewall, where the profile wants one. */
export function admitClients(balancer: HttpLoadBalancer, props: ClientsProps): void {
  const { certificate, clientRanges, profile } = props;
  const peers = clientRanges?.map((range) => ec2.Peer.ipv4(range)) ?? [ec2.Peer.anyIpv4()];
  const whose = clientRanges ? "The company's network" : 'Everyone';
  for (const peer of peers) {
    balancer.connections.allowFrom(peer, balancer.port, whose);
    if (certificate) balancer.connections.allowFrom(peer, ec2.Port.HTTP, 'Redirected to HTTPS');
  }
  if (certificate) balancer.loadBalancer.addRedirect({ open: false });
  if (clientRanges) return;
  Validations.of(balancer).acknowledge({
    id: 'AwsSolutions::AwsSolutions-EC23',
    reason: 'The system is for everyone: its load balancer is open on the ports of HTTP and HTTPS alone.',
  });
  if (!profile.webApplicationFirewall) return;
  const { webAcl } = new ManagedWebAcl(balancer, 'Firewall', { scope: 'REGIONAL' });
  new wafv2.CfnWebACLAssociation(balancer, 'FirewallAssociation', {
    webAclArn: webAcl.attrArn,
    resourceArn: balancer.loadBalancer.loadBalancerArn,
  });
}
