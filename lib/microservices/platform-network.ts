import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import { createTwoTierNetwork } from '../building-blocks/two-tier-network';
import type { Profile } from '../profile';

/** Properties of PlatformNetwork. */
export interface PlatformNetworkProps {
  readonly vpc?: ec2.IVpc;
  readonly cidr?: string;
  readonly loadBalancerSubnets?: ec2.SubnetSelection;
  readonly nodeSubnets?: ec2.SubnetSelection;
  readonly profile: Profile;
}

/** The cluster's network: load balancers in front, control plane, nodes and pods without public addresses behind. */
export class PlatformNetwork extends Construct {
  readonly vpc: ec2.IVpc;

  /** The load balancers' tier. */
  readonly loadBalancerSubnets: ec2.SubnetSelection;

  /** The tier of the control plane's interfaces, the nodes and the pods. Each pod has an address of it. */
  readonly nodeSubnets: ec2.SubnetSelection;

  constructor(scope: Construct, id: string, props: PlatformNetworkProps) {
    super(scope, id);
    this.vpc =
      props.vpc ??
      createTwoTierNetwork(this, 'Tiers', { ...props, publicTier: 'LoadBalancer', privateTier: 'Node' });
    this.loadBalancerSubnets = props.loadBalancerSubnets ?? { subnetType: ec2.SubnetType.PUBLIC };
    this.nodeSubnets = props.nodeSubnets ?? { subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS };
  }
}
