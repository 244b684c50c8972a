import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { PRODUCTION, type Profile } from '../profile';
import { silenceProviders } from './silent-providers';

/** One tier of a network: a subnet a zone, all under the same filtering policy and route table. */
export interface NetworkTier {
  /** The tier's name, which becomes the subnets' `aws-cdk:subnet-name` tag. */
  readonly name: string;

  /** Where the tier's route table leads: the internet gateway, a NAT gateway, or nowhere. */
  readonly subnetType: ec2.SubnetType;

  /**
   * Keeps the tier's addresses free without making its subnets, so that the tier can be added later
   * without moving the others (a subnet's range can't be changed).
   *
   * @default false
   */
  readonly reserved?: boolean;
}

/** Properties of NetworkTiers. */
export interface NetworkTiersProps {
  /**
   * The tiers, in the order of their addresses. Each gets an equal share in each zone.
   * Append new tiers at the end: an inserted one would move all that follow.
   */
  readonly tiers: NetworkTier[];

  /**
   * The range of the network, in CIDR notation.
   *
   * @default '10.0.0.0/16'
   */
  readonly cidr?: string;

  /**
   * How many NAT gateways serve the private tiers, 0 to 2.
   *
   * @default - what the profile says if there is a private tier with egress, else 0
   */
  readonly natGateways?: number;

  /**
   * Removal policy and retention of the flow log.
   *
   * @default PRODUCTION
   */
  readonly profile?: Profile;
}

/**
 * A VPC over two zones, cut into tiers: one subnet per filtering policy and zone.
 *
 * It comes with a flow log of all traffic, a closed default security group, and a gateway endpoint for S3
 * (free, and it keeps package downloads of Amazon Linux off the NAT gateway). No subnet hands out public
 * addresses by itself: what is to have one asks for it.
 */
export class NetworkTiers extends Construct {
  /** The network. Select a tier with `{ subnetGroupName: name }`. */
  readonly vpc: ec2.Vpc;

  /** Where the flow log goes. */
  readonly flowLogGroup: logs.LogGroup;

  constructor(scope: Construct, id: string, props: NetworkTiersProps) {
    super(scope, id);
    const profile = props.profile ?? PRODUCTION;
    const hasPrivateTier = props.tiers.some(
      (tier) => tier.subnetType === ec2.SubnetType.PRIVATE_WITH_EGRESS && !tier.reserved,
    );

    this.vpc = new ec2.Vpc(this, 'Vpc', {
      ipAddresses: ec2.IpAddresses.cidr(props.cidr ?? '10.0.0.0/16'),
      maxAzs: 2,
      natGateways: props.natGateways ?? (hasPrivateTier ? profile.natGateways : 0),
      subnetConfiguration: props.tiers.map((tier) => ({
        ...tier,
        ...(tier.subnetType === ec2.SubnetType.PUBLIC ? { mapPublicIpOnLaunch: false } : {}),
      })),
      gatewayEndpoints: { S3: { service: ec2.GatewayVpcEndpointAwsService.S3 } },
      restrictDefaultSecurityGroup: true,
    });
    silenceProviders(this);

    this.flowLogGroup = new logs.LogGroup(this, 'FlowLogGroup', {
      retention: profile.logRetention,
      removalPolicy: profile.removalPolicy,
    });
    const flowLogRole = new iam.Role(this, 'FlowLogRole', {
      assumedBy: new iam.ServicePrincipal('vpc-flow-logs.amazonaws.com'),
    });
    this.vpc.addFlowLog('FlowLog', {
      trafficType: ec2.FlowLogTrafficType.ALL,
      destination: ec2.FlowLogDestination.toCloudWatchLogs(this.flowLogGroup, flowLogRole),
    });
  }
}
