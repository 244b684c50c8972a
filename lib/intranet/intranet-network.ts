import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import { NetworkTiers } from '../building-blocks/network-tiers';
import type { Profile } from '../profile';
import { InterfaceEndpoints } from './interface-endpoints';

/** Properties of IntranetNetwork. */
export interface IntranetNetworkProps {
  /** @default '10.0.0.0/16' */
  readonly cidr?: string;

  /** How the servers reach AWS's services and packages. */
  readonly egress: 'nat' | 'endpoints';

  readonly profile: Profile;
}

/** The intranet's own network: three tiers without a public address, and a public one for NAT gateways only. */
export class IntranetNetwork extends Construct {
  /** The network. */
  readonly vpc: ec2.IVpc;

  /** The tier of the load balancer, to which the routes from the company's networks lead. */
  readonly loadBalancerSubnets: ec2.SubnetSelection = { subnetGroupName: 'LoadBalancer' };

  /** The tier of the servers. */
  readonly serverSubnets: ec2.SubnetSelection = { subnetGroupName: 'Server' };

  /** The tier of the database. */
  readonly databaseSubnets: ec2.SubnetSelection = { subnetGroupName: 'Database' };

  /** The endpoints of AWS's services, with `endpoints`. */
  readonly endpoints?: InterfaceEndpoints;

  constructor(scope: Construct, id: string, { cidr, egress, profile }: IntranetNetworkProps) {
    super(scope, id);
    const hasNat = egress === 'nat';
    this.vpc = new NetworkTiers(this, 'Tiers', {
      cidr,
      profile,
      tiers: [
        { name: 'LoadBalancer', subnetType: ec2.SubnetType.PRIVATE_ISOLATED },
        {
          name: 'Server',
          subnetType: hasNat ? ec2.SubnetType.PRIVATE_WITH_EGRESS : ec2.SubnetType.PRIVATE_ISOLATED,
        },
        { name: 'Database', subnetType: ec2.SubnetType.PRIVATE_ISOLATED },
        // Reserved, so that egress can be changed without moving the others.
        { name: 'Nat', subnetType: ec2.SubnetType.PUBLIC, reserved: !hasNat },
      ],
    }).vpc;
    if (!hasNat) {
      this.endpoints = new InterfaceEndpoints(this, 'Endpoints', {
        vpc: this.vpc,
        subnets: this.serverSubnets,
      });
    }
  }
}
