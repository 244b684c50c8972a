import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import { NetworkTiers } from '../building-blocks/network-tiers';
import type { Profile } from '../profile';

/** Who reaches a load balancer: the company's networks, or everyone. */
export type Exposure = 'internal' | 'internet';

/** Properties of RecoveryNetwork. */
export interface RecoveryNetworkProps {
  readonly cidr: string;
  readonly exposure: Exposure;

  /** Whether it has NAT gateways from the start; they are what a network without servers would cost. */
  readonly natGateways: boolean;

  readonly profile: Profile;
}

/** The network of one region: the same tiers in both, whether there are servers in it or not. */
export class RecoveryNetwork extends Construct {
  /** The network. */
  readonly vpc: ec2.IVpc;

  /** The tier of the load balancer. */
  readonly loadBalancerSubnets: ec2.SubnetSelection;

  /** The tier of the servers. */
  readonly serverSubnets: ec2.SubnetSelection = { subnetGroupName: 'Server' };

  /** The tier of the database. */
  readonly databaseSubnets: ec2.SubnetSelection = { subnetGroupName: 'Database' };

  /** The tier of the NAT gateways. */
  readonly publicSubnets: ec2.SubnetSelection = { subnetGroupName: 'Public' };

  constructor(scope: Construct, id: string, props: RecoveryNetworkProps) {
    super(scope, id);
    const { PRIVATE_ISOLATED, PRIVATE_WITH_EGRESS, PUBLIC } = ec2.SubnetType;
    const isInternal = props.exposure === 'internal';
    this.vpc = new NetworkTiers(this, 'Tiers', {
      cidr: props.cidr,
      profile: props.profile,
      tiers: [
        { name: 'LoadBalancer', subnetType: PRIVATE_ISOLATED, reserved: !isInternal },
        { name: 'Server', subnetType: props.natGateways ? PRIVATE_WITH_EGRESS : PRIVATE_ISOLATED },
        { name: 'Database', subnetType: PRIVATE_ISOLATED },
        { name: 'Public', subnetType: PUBLIC },
      ],
    }).vpc;
    this.loadBalancerSubnets = isInternal ? { subnetGroupName: 'LoadBalancer' } : this.publicSubnets;
  }
}
