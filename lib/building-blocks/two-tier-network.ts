import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';
import type { Profile } from '../profile';
import { NetworkTiers } from './network-tiers';

/** What a network of two tiers is made of. */
export interface TwoTierNetworkProps {
  /** The tier with public addresses. */
  readonly publicTier: string;

  /** The tier that reaches the internet by NAT gateways. */
  readonly privateTier: string;

  /** @default '10.0.0.0/16' */
  readonly cidr?: string;
  readonly profile: Profile;
}

/** A network over two zones, for load balancers in front and what keeps its data in DynamoDB behind. */
export function createTwoTierNetwork(
  scope: Construct,
  id: string,
  { cidr, privateTier, profile, publicTier }: TwoTierNetworkProps,
): ec2.IVpc {
  const { vpc } = new NetworkTiers(scope, id, {
    cidr,
    profile,
    tiers: [
      { name: publicTier, subnetType: ec2.SubnetType.PUBLIC },
      { name: privateTier, subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS },
    ],
  });
  // Free, and what goes this way is no traffic of the NAT gateways.
  vpc.addGatewayEndpoint('DynamoDb', { service: ec2.GatewayVpcEndpointAwsService.DYNAMODB });
  return vpc;
}
