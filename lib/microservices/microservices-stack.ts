import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as route53 from 'aws-cdk-lib/aws-route53';
import type { Construct } from 'constructs';
import { PRODUCTION } from '../profile';
import { Microservices, type MicroservicesProps } from './microservices';

/** Properties of MicroservicesStack: those of the constructs, with plain values where they take resources. */
export interface MicroservicesStackProps
  extends StackProps,
    Omit<
      MicroservicesProps,
      | 'alarmTopic'
      | 'certificate'
      | 'hostedZone'
      | 'kubectlLayer'
      | 'mastersRole'
      | 'secretsEncryptionKey'
      | 'version'
      | 'vpc'
    > {
  /**
   * The ARN of the role that administers the cluster by kubectl.
   *
   * @default - nobody gets in but the stack itself
   */
  readonly mastersRoleArn?: string;

  /**
   * The id and name of the zone that holds the record. Plain values, so that no lookup is needed.
   *
   * @default - no record
   */
  readonly hostedZone?: route53.HostedZoneAttributes;
}

/** A platform, the shop on it, and what its owner needs next. */
export class MicroservicesStack extends Stack {
  /** The platform and the shop. */
  readonly microservices: Microservices;

  constructor(scope: Construct, id: string, props: MicroservicesStackProps = {}) {
    const { deletionProtection } = props.profile ?? PRODUCTION;
    super(scope, id, { ...props, terminationProtection: props.terminationProtection ?? deletionProtection });
    const { hostedZone, mastersRoleArn, ...plain } = props;
    this.microservices = new Microservices(this, 'Microservices', {
      ...plain,
      mastersRole: mastersRoleArn
        ? iam.Role.fromRoleArn(this, 'Masters', mastersRoleArn, { mutable: false })
        : undefined,
      hostedZone: hostedZone && route53.HostedZone.fromHostedZoneAttributes(this, 'Zone', hostedZone),
    });
    const { platform, shop } = this.microservices;
    new CfnOutput(this, 'SiteUrl', { value: shop.url, description: 'The shop' });
    new CfnOutput(this, 'KubeconfigCommand', {
      value: `aws eks update-kubeconfig --region ${this.region} --name ${platform.clusterName}`,
      description: 'Leads kubectl to the cluster',
    });
    new CfnOutput(this, 'Dashboard', {
      value: platform.monitoring.dashboardUrl,
      description: 'Alarms and graphs',
    });
  }
}
