import { Duration } from 'aws-cdk-lib';
import type * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Construct } from 'constructs';
import type { AccessLogBucket } from '../building-blocks/access-log-bucket';
import { createLoadBalancer } from '../building-blocks/application-load-balancer';
import { admitClients, type ClosedLoadBalancer } from '../building-blocks/load-balancer-clients';
import type { Profile } from '../profile';

/** Properties of ServiceFront. */
export interface ServiceFrontProps {
  readonly vpc: ec2.IVpc;
  readonly vpcSubnets: ec2.SubnetSelection;
  readonly testPort: number;
  readonly testClientRanges: readonly string[];

  /** The certificate of both listeners; without it they speak HTTP. */
  readonly certificate?: acm.ICertificate;
  readonly webApplicationFirewall?: boolean;
  readonly accessLogs: AccessLogBucket;
  readonly profile: Profile;
}

/** The services' load balancer: a listener for users, and one for whoever looks at a new version before they do. */
export class ServiceFront extends Construct implements ClosedLoadBalancer {
  readonly loadBalancer: elbv2.ApplicationLoadBalancer;
  readonly connections: ec2.Connections;
  readonly port: ec2.Port;

  /** Where users arrive. */
  readonly listener: elbv2.ApplicationListener;

  /** Where a new version is tried. */
  readonly testListener: elbv2.ApplicationListener;

  /** The port of the test listener. */
  readonly testPort: number;

  /** What both listeners speak. */
  readonly protocol: 'http' | 'https';

  constructor(scope: Construct, id: string, props: ServiceFrontProps) {
    super(scope, id);
    const { certificate, testClientRanges } = props;
    this.loadBalancer = createLoadBalancer(this, { ...props, internetFacing: true });
    this.connections = this.loadBalancer.connections;
    this.protocol = certificate ? 'https' : 'http';
    this.port = ec2.Port.tcp(certificate ? 443 : 80);
    this.testPort = props.testPort;
    const common = {
      open: false,
      protocol: certificate ? elbv2.ApplicationProtocol.HTTPS : elbv2.ApplicationProtocol.HTTP,
      certificates: certificate ? [certificate] : undefined,
      defaultAction: elbv2.ListenerAction.fixedResponse(404, {
        contentType: 'text/plain',
        messageBody: 'No service takes this path.',
      }),
    };
    this.listener = this.loadBalancer.addListener('Production', common);
    this.testListener = this.loadBalancer.addListener('Test', { ...common, port: props.testPort });
    admitClients(this, props);
    for (const range of testClientRanges) {
      this.connections.allowFrom(ec2.Peer.ipv4(range), ec2.Port.tcp(this.testPort), 'Testers');
    }
  }
}

/** How a target group asks a container whether it can work. */
export function containerHealthCheck(path: string): elbv2.HealthCheck {
  return {
    path,
    interval: Duration.seconds(10),
    timeout: Duration.seconds(5),
    healthyThresholdCount: 2,
    unhealthyThresholdCount: 3,
    healthyHttpCodes: '200',
  };
}
