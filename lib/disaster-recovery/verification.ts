import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import { VerifyFunction } from './functions/verify-function';
import type { RecoveryNetwork } from './recovery-network';
import type { RecoverySettings } from './recovery-settings';

/** Properties of Verification. */
export interface VerificationProps {
  readonly settings: RecoverySettings;
  readonly network: RecoveryNetwork;

  /** The network's range. */
  readonly cidr: string;

  /** Whether the load balancer speaks HTTPS. */
  readonly isSecure: boolean;
}

/** How a takeover sees that its region serves: it asks the load balancer for a page, as a user would. */
export class Verification extends Construct {
  /** What asks. */
  readonly verify: VerifyFunction;

  /** From where it asks a load balancer with private addresses; one on the internet it asks from there. */
  readonly peer?: ec2.IPeer;

  constructor(scope: Construct, id: string, { cidr, isSecure, network, settings }: VerificationProps) {
    super(scope, id);
    const isInternal = settings.exposure === 'internal';
    const { loadBalancerSubnets: vpcSubnets, vpc } = network;
    this.verify = new VerifyFunction(this, 'Function', {
      protocol: isSecure ? 'https' : 'http',
      host: settings.domainName,
      checkPath: settings.checkPath,
      profile: settings.profile,
      ...(isInternal && { vpc, vpcSubnets }),
    });
    if (!isInternal) return;
    const { connections } = this.verify.function;
    connections.allowTo(ec2.Peer.ipv4(cidr), ec2.Port.tcp(isSecure ? 443 : 80), 'The load balancer');
    const [securityGroup] = connections.securityGroups;
    if (securityGroup) this.peer = ec2.Peer.securityGroupId(securityGroup.securityGroupId);
  }
}
