import * as ec2 from 'aws-cdk-lib/aws-ec2';

/**
 * Where a database belongs in a network: in the isolated tier or, in a network that has none, in the private one. There
 * its security group, which lets nothing out, is what keeps it in.
 */
export function databaseTier({ isolatedSubnets }: ec2.IVpc): ec2.SubnetSelection {
  const { PRIVATE_ISOLATED, PRIVATE_WITH_EGRESS } = ec2.SubnetType;
  return { subnetType: isolatedSubnets.length > 0 ? PRIVATE_ISOLATED : PRIVATE_WITH_EGRESS };
}
