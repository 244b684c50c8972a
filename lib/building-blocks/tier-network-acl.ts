import { Validations } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';

/** One thing that a tier's network ACL lets through. */
export interface TierRule {
  /** The peer's range in CIDR notation: the source of incoming, the destination of outgoing traffic. */
  readonly range: string;

  /** The ports on the receiving side, over TCP. */
  readonly ports: readonly [first: number, last: number];
}

/** Properties of TierNetworkAcl. */
export interface TierNetworkAclProps {
  readonly vpc: ec2.IVpc;

  /** The subnets of the tier. */
  readonly subnets: ec2.SubnetSelection;

  /** What may come in. Everything else is refused. */
  readonly ingress: TierRule[];

  /** What may go out. Everything else is refused. */
  readonly egress: TierRule[];
}

/**
 * The ports from which answers are expected. A network ACL keeps no state, so that it must let answers in and
 * out by itself: https://docs.aws.amazon.com/vpc/latest/userguide/custom-network-acl.html#nacl-ephemeral-ports
 */
export const EPHEMERAL_PORTS = [1024, 65535] as const;

/** A network ACL for the subnets of one tier, which lets through what is named and nothing else. */
export class TierNetworkAcl extends Construct {
  constructor(scope: Construct, id: string, props: TierNetworkAclProps) {
    super(scope, id);
    const acl = new ec2.NetworkAcl(this, 'Acl', { vpc: props.vpc, subnetSelection: props.subnets });
    Validations.of(this).acknowledge({
      id: 'AwsSolutions::AwsSolutions-VPC3',
      reason:
        'Asked for by a prop: it restates the security groups, and the rules are derived from the same values.',
    });
    const directions = [
      { name: 'Ingress', direction: ec2.TrafficDirection.INGRESS, rules: props.ingress },
      { name: 'Egress', direction: ec2.TrafficDirection.EGRESS, rules: props.egress },
    ];
    for (const { name, direction, rules } of directions) {
      for (const [index, rule] of rules.entries()) {
        const [first, last] = rule.ports;
        acl.addEntry(`${name}${index}`, {
          direction,
          ruleNumber: (index + 1) * 100,
          cidr: ec2.AclCidr.ipv4(rule.range),
          traffic: first === last ? ec2.AclTraffic.tcpPort(first) : ec2.AclTraffic.tcpPortRange(first, last),
        });
      }
    }
  }
}
