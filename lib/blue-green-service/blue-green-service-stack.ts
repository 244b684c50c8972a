import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import * as route53 from 'aws-cdk-lib/aws-route53';
import type { Construct } from 'constructs';
import { PRODUCTION } from '../profile';
import { BlueGreenService, type BlueGreenServiceProps } from './blue-green-service';
import { DeliveryPipeline, type DeliveryPipelineProps } from './delivery-pipeline';
import { ReleasedServers } from './released-servers';
import type { ReleasedServersProps } from './released-servers-options';

/** Properties of BlueGreenServiceStack: those of the constructs, with plain values where they take resources. */
export interface BlueGreenServiceStackProps
  extends StackProps,
    Omit<BlueGreenServiceProps, 'certificate' | 'hostedZone' | 'repository' | 'vpc'>,
    Pick<DeliveryPipelineProps, 'maxSeverity' | 'notifiedOutcomes' | 'source'> {
  /**
   * Whether the pipeline goes on from its beta stage: after an approval to a second environment, which is made like the first.
   *
   * @default false
   */
  readonly production?: boolean;

  /**
   * Servers in place of containers: CodeDeploy releases to a group of EC2 instances, in place. The props of services,
   * deployments and the test listener mean nothing then.
   *
   * @default - containers
   */
  readonly servers?: Pick<
    ReleasedServersProps,
    'deploymentConfig' | 'instanceType' | 'maxCapacity' | 'minCapacity' | 'targetCpu'
  >;

  /**
   * The id and name of the zone that holds the records. Plain values, so that no lookup is needed. With `production` the beta
   * environment gets the name `beta.<domainName>`.
   *
   * @default - no records
   */
  readonly hostedZone?: route53.HostedZoneAttributes;
}

/** A service, the pipeline that releases it, and what its owner needs next. */
export class BlueGreenServiceStack extends Stack {
  /** Where each build is released at once. */
  readonly beta: BlueGreenService | ReleasedServers;

  /** Where it is released after an approval. */
  readonly production?: BlueGreenService | ReleasedServers;

  /** The pipeline. */
  readonly pipeline: DeliveryPipeline;

  constructor(scope: Construct, id: string, props: BlueGreenServiceStackProps = {}) {
    const { deletionProtection } = props.profile ?? PRODUCTION;
    super(scope, id, { ...props, terminationProtection: props.terminationProtection ?? deletionProtection });
    const { domainName, production } = props;
    const hostedZone =
      props.hostedZone && route53.HostedZone.fromHostedZoneAttributes(this, 'Zone', props.hostedZone);
    const environment = (name: string, own: BlueGreenServiceProps) =>
      props.servers
        ? new ReleasedServers(this, name, { ...plain(props), ...props.servers, ...own, hostedZone })
        : new BlueGreenService(this, name, { ...plain(props), ...own, hostedZone });
    this.beta = environment('Beta', {
      domainName: domainName && production ? `beta.${domainName}` : domainName,
    });
    this.production = production
      ? environment('Production', {
          domainName,
          repository: this.beta instanceof BlueGreenService ? this.beta.service.repository : undefined,
        })
      : undefined;
    const last = this.production ?? this.beta;
    this.pipeline = new DeliveryPipeline(this, 'Pipeline', {
      profile: props.profile,
      source: props.source,
      maxSeverity: props.maxSeverity,
      notifiedOutcomes: props.notifiedOutcomes,
      alarmTopic: last.monitoring.alarmTopic,
      target: targetOf(this.beta),
      production: this.production && targetOf(this.production),
      reviewUrl: this.production && urlOf(this.beta),
    });
    this.addOutputs(last);
  }

  private addOutputs(last: BlueGreenService | ReleasedServers): void {
    new CfnOutput(this, 'SiteUrl', { value: urlOf(last), description: 'The service' });
    new CfnOutput(this, 'PipelineUrl', {
      value: this.pipeline.pipelineUrl,
      description: 'Where a release is',
    });
    if (this.pipeline.pushCommand) {
      new CfnOutput(this, 'PushCommand', {
        value: this.pipeline.pushCommand,
        description: 'Releases the last commit of the application',
      });
    }
    new CfnOutput(this, 'Dashboard', {
      value: last.monitoring.dashboardUrl,
      description: 'Alarms and graphs',
    });
  }
}

const targetOf = (environment: BlueGreenService | ReleasedServers) =>
  environment instanceof BlueGreenService ? environment.service : environment;

const urlOf = (environment: BlueGreenService | ReleasedServers) =>
  environment instanceof BlueGreenService ? environment.serviceUrl : environment.url;

/** The props of both kinds of environment. */
function plain({
  hostedZone: _,
  ...props
}: BlueGreenServiceStackProps): Omit<BlueGreenServiceProps, 'hostedZone'> {
  return props;
}
