import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import type { RecoveryNetwork } from './recovery-network';

/** Properties of LateNatGateways. */
export interface LateNatGatewaysProps {
  /** A network without NAT gateways. */
  readonly network: RecoveryNetwork;

  /** How many, 1 or 2. */
  readonly count: number;
}

/**
 * NAT gateways, and the routes to them, of a network that was made without: the network of a standby that sleeps costs
 * nothing, and keeps its addresses and its place in the private zone.
 */
export class LateNatGateways extends Construct {
  constructor(scope: Construct, id: string, { count, network }: LateNatGatewaysProps) {
    super(scope, id);
    const { publicSubnets, serverSubnets, vpc } = network;
    const gateways = vpc
      .selectSubnets(publicSubnets)
      .subnets.slice(0, count)
      .map((subnet, index) => {
        const address = new ec2.CfnEIP(this, `Address${index + 1}`, { domain: 'vpc' });
        return new ec2.CfnNatGateway(this, `Gateway${index + 1}`, {
          subnetId: subnet.subnetId,
          allocationId: address.attrAllocationId,
        });
      });
    for (const [index, subnet] of vpc.selectSubnets(serverSubnets).subnets.entries()) {
      new ec2.CfnRoute(this, `Route${index + 1}`, {
        routeTableId: subnet.routeTable.routeTableId,
        destinationCidrBlock: '0.0.0.0/0',
        natGatewayId: gateways[index % gateways.length]?.attrNatGatewayId,
      });
    }
  }
}
