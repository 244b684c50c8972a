import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';

/** Properties of InterfaceEndpoints. */
export interface InterfaceEndpointsProps {
  readonly vpc: ec2.IVpc;

  /** The tier in which the endpoints lie: that of the servers. */
  readonly subnets: ec2.SubnetSelection;
}

const { CLOUDFORMATION, AUTOSCALING, CLOUDWATCH_LOGS, SECRETS_MANAGER, SSM, SSM_MESSAGES } =
  ec2.InterfaceVpcEndpointAwsService;

/**
 * What a server without a way to the internet talks to: Session Manager, its logs, the database's secret, and those who
 * wait for its boot and its leave. Packages and assets come through the gateway endpoint of S3, which is free.
 */
const SERVICES = {
  Ssm: SSM,
  SsmMessages: SSM_MESSAGES,
  Logs: CLOUDWATCH_LOGS,
  SecretsManager: SECRETS_MANAGER,
  CloudFormation: CLOUDFORMATION,
  AutoScaling: AUTOSCALING,
};

/** The endpoints of AWS services in a network without NAT gateways. */
export class InterfaceEndpoints extends Construct implements ec2.IConnectable {
  /** Who reaches the endpoints, on port 443. */
  readonly connections: ec2.Connections;

  constructor(scope: Construct, id: string, { vpc, subnets }: InterfaceEndpointsProps) {
    super(scope, id);
    const securityGroup = new ec2.SecurityGroup(this, 'SecurityGroup', {
      vpc,
      description: 'Endpoints of AWS services',
      allowAllOutbound: false,
    });
    this.connections = new ec2.Connections({
      securityGroups: [securityGroup],
      defaultPort: ec2.Port.HTTPS,
    });
    for (const [name, service] of Object.entries(SERVICES)) {
      new ec2.InterfaceVpcEndpoint(this, name, {
        vpc,
        service,
        subnets,
        securityGroups: [securityGroup],
        privateDnsEnabled: true,
        open: false,
      });
    }
  }
}
