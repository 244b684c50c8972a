import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as route53 from 'aws-cdk-lib/aws-route53';
import type { Construct } from 'constructs';
import { PRODUCTION } from '../profile';
import { Intranet, type IntranetProps } from './intranet';

/** Properties of IntranetStack: the construct's, with plain values where the construct takes resources. */
export interface IntranetStackProps extends StackProps, Omit<IntranetProps, 'hostedZone' | 'certificate'> {
  /**
   * The id and name of the zone that holds the intranet's record. Plain values, so that no lookup is needed.
   *
   * @default - no record
   */
  readonly hostedZone?: route53.HostedZoneAttributes;

  /**
   * The ARN of the certificate for the domain, of the stack's region.
   *
   * @default - one is requested with a domain
   */
  readonly certificateArn?: string;
}

/** An intranet, and what its owner needs next. */
export class IntranetStack extends Stack {
  /** The intranet. */
  readonly intranet: Intranet;

  constructor(scope: Construct, id: string, props: IntranetStackProps) {
    const { deletionProtection } = props.profile ?? PRODUCTION;
    super(scope, id, { ...props, terminationProtection: props.terminationProtection ?? deletionProtection });
    const { certificateArn, hostedZone } = props;
    this.intranet = new Intranet(this, 'Intranet', {
      ...props,
      hostedZone: hostedZone && route53.HostedZone.fromHostedZoneAttributes(this, 'Zone', hostedZone),
      certificate: certificateArn
        ? acm.Certificate.fromCertificateArn(this, 'Certificate', certificateArn)
        : undefined,
    });
    new CfnOutput(this, 'IntranetUrl', {
      value: this.intranet.siteUrl,
      description: "The intranet, from the company's networks",
    });
    new CfnOutput(this, 'SessionManagerCommand', {
      value: this.intranet.servers.sessionManagerCommand,
      description: 'Opens a shell on one of the servers',
    });
    new CfnOutput(this, 'DatabaseSecretArn', {
      value: this.intranet.database.secret.secretArn,
      description: "The master user's name and password",
    });
    new CfnOutput(this, 'Dashboard', {
      value: this.intranet.monitoring.dashboardUrl,
      description: 'Alarms and graphs',
    });
  }
}
