import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as route53 from 'aws-cdk-lib/aws-route53';
import type { Construct } from 'constructs';
import { addEdgeStack } from '../building-blocks/cloud-front-edge';
import { PRODUCTION } from '../profile';
import { ServerlessApi, type ServerlessApiProps } from './serverless-api';

/** Properties of ServerlessApiStack: the construct's, with plain values where the construct takes resources. */
export interface ServerlessApiStackProps
  extends StackProps,
    Omit<ServerlessApiProps, 'hostedZone' | 'certificate'> {
  /**
   * The id and name of the zone that holds the site's records. Plain values, so that no lookup is needed.
   *
   * @default - no record
   */
  readonly hostedZone?: route53.HostedZoneAttributes;

  /**
   * The ARN of CloudFront's certificate for the domain, of us-east-1.
   *
   * @default - with a domain, a second stack in us-east-1 requests one: `<id>/Edge`
   */
  readonly certificateArn?: string;
}

/** A serverless API with its site, and what its owner needs next. */
export class ServerlessApiStack extends Stack {
  /** The site and its API. */
  readonly desk: ServerlessApi;

  constructor(scope: Construct, id: string, props: ServerlessApiStackProps = {}) {
    const { deletionProtection } = props.profile ?? PRODUCTION;
    super(scope, id, { ...props, terminationProtection: props.terminationProtection ?? deletionProtection });
    const { certificateArn, hostedZone } = props;
    // The firewall is at the API, where nobody gets around it.
    const edge = certificateArn ? undefined : addEdgeStack(this, { ...props, webApplicationFirewall: false });
    this.desk = new ServerlessApi(this, 'ServerlessApi', {
      ...props,
      hostedZone: hostedZone && route53.HostedZone.fromHostedZoneAttributes(this, 'Zone', hostedZone),
      certificate: certificateArn
        ? acm.Certificate.fromCertificateArn(this, 'Certificate', certificateArn)
        : edge?.certificate,
    });
    const { apiKey, monitoring, siteUrl, userPool } = this.desk;
    new CfnOutput(this, 'SiteUrl', { value: siteUrl, description: 'The site; its API is under /api' });
    new CfnOutput(this, 'Dashboard', { value: monitoring.dashboardUrl, description: 'Alarms and graphs' });
    if (userPool) {
      new CfnOutput(this, 'UserPoolId', {
        value: userPool.userPoolId,
        description: 'Who may sign in: invite the first user',
      });
    }
    if (apiKey) {
      new CfnOutput(this, 'ApiKeyId', { value: apiKey.keyId, description: 'The key of the API' });
    }
  }
}
