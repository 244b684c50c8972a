import { CfnOutput } from 'aws-cdk-lib';
import * as route53 from 'aws-cdk-lib/aws-route53';
import type { Construct } from 'constructs';
import { FailoverRecord } from './failover-record';
import { PrimaryHealth } from './health-checks';
import type { PrimaryStack } from './primary-stack';
import { RecoveryStack, type RecoveryStackProps } from './recovery-stack';
import type { StandbyBaseStack } from './standby-base-stack';

/** Properties of DnsStack. */
export interface DnsStackProps extends RecoveryStackProps {
  readonly base: StandbyBaseStack;
  readonly primary: PrimaryStack;
}

/**
 * The system's name: its zone, what tells whether the primary serves, and the record that leads there.
 *
 * It asks the primary's stack for the load balancer and the network, which have no names that are known beforehand. A
 * takeover changes nothing in it, so that it does not matter when CloudFormation can't resolve that.
 */
export class DnsStack extends RecoveryStack {
  /** The zone that holds the records. */
  readonly zone: route53.IHostedZone;

  /** Whether the primary serves, as Route 53 sees it. */
  readonly health: PrimaryHealth;

  constructor(scope: Construct, id: string, props: DnsStackProps) {
    super(scope, id, props, 'its name');
    const { primary, settings } = props;
    const { detection, domainName, hostedZone, names } = settings;
    this.zone = hostedZone
      ? route53.HostedZone.fromHostedZoneAttributes(this, 'Zone', hostedZone)
      : this.createZone(props);
    const { loadBalancer } = primary.site.loadBalancer;
    this.health = new PrimaryHealth(this, 'Health', {
      names,
      detection,
      ...(detection.kind === 'endpoint' && {
        endpoint: {
          domainName: loadBalancer.loadBalancerDnsName,
          protocol: primary.isSecure ? 'https' : 'http',
          path: primary.site.healthCheckPath,
        },
      }),
    });
    new FailoverRecord(this, 'Record', {
      hostedZoneId: this.zone.hostedZoneId,
      domainName,
      failover: 'PRIMARY',
      loadBalancer,
      healthCheckId: this.health.healthCheckId,
    });
    new CfnOutput(this, 'Url', {
      value: `${primary.isSecure ? 'https' : 'http'}://${domainName}`,
      description: 'The system, in whichever region it is',
    });
  }

  /** A zone of the system's own, which both networks see. */
  private createZone({ base, primary, settings }: DnsStackProps): route53.IHostedZone {
    const zone = new route53.PrivateHostedZone(this, 'Zone', {
      zoneName: settings.zoneName,
      vpc: base.network.vpc,
    });
    zone.addVpc(primary.network.vpc);
    return zone;
  }
}
