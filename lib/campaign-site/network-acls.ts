import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import { EPHEMERAL_PORTS, TierNetworkAcl, type TierRule } from '../building-blocks/tier-network-acl';

/** Properties of CampaignSiteNetworkAcls. */
export interface CampaignSiteNetworkAclsProps {
  readonly vpc: ec2.IVpc;

  /** The web server's tier: PUBLIC or PRIVATE_WITH_EGRESS. */
  readonly serverTier: ec2.SubnetType;

  /** The ranges that may use SSH, in CIDR notation. */
  readonly sshFrom: string[];
}

const EVERYWHERE = '0.0.0.0/0';

/**
 * The site's policy, stated a second time at the borders of the subnets. A security group that somebody opens
 * by mistake opens nothing by itself then.
 */
export class CampaignSiteNetworkAcls extends Construct {
  constructor(scope: Construct, id: string, props: CampaignSiteNetworkAclsProps) {
    super(scope, id);
    const { vpc, serverTier, sshFrom } = props;
    const servers = rangesOf(vpc, serverTier);
    const databases = rangesOf(vpc, ec2.SubnetType.PRIVATE_ISOLATED);

    new TierNetworkAcl(this, serverTier === ec2.SubnetType.PUBLIC ? 'Web' : 'Origin', {
      vpc,
      subnets: { subnetType: serverTier },
      ingress: [
        ...to([EVERYWHERE], 80),
        // CloudFront comes in plain HTTP.
        ...(serverTier === ec2.SubnetType.PUBLIC ? to([EVERYWHERE], 443) : []),
        ...answers([EVERYWHERE]),
        ...to(sshFrom, 22),
      ],
      egress: [...to([EVERYWHERE], 443), ...answers([EVERYWHERE]), ...to(databases, 3306)],
    });
    if (serverTier !== ec2.SubnetType.PUBLIC) {
      // Only the NAT gateway is left in the public tier: it takes requests from the server and answers from outside.
      new TierNetworkAcl(this, 'Web', {
        vpc,
        subnets: { subnetType: ec2.SubnetType.PUBLIC },
        ingress: [...to(servers, 443), ...answers([EVERYWHERE])],
        egress: [...to([EVERYWHERE], 443), ...answers(servers)],
      });
    }
    new TierNetworkAcl(this, 'Database', {
      vpc,
      subnets: { subnetType: ec2.SubnetType.PRIVATE_ISOLATED },
      ingress: to(servers, 3306),
      egress: answers(servers),
    });
  }
}

function rangesOf(vpc: ec2.IVpc, subnetType: ec2.SubnetType): string[] {
  return vpc.selectSubnets({ subnetType }).subnets.map((subnet) => subnet.ipv4CidrBlock);
}

function to(ranges: string[], port: number): TierRule[] {
  return ranges.map((range) => ({ range, ports: [port, port] }));
}

function answers(ranges: string[]): TierRule[] {
  return ranges.map((range) => ({ range, ports: EPHEMERAL_PORTS }));
}
