import { Duration } from 'aws-cdk-lib';
import type * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Construct } from 'constructs';
import { type ApplicationLoadBalancerProps, createLoadBalancer } from './application-load-balancer';
import { addLoadBalancerMonitoring } from './load-balancer-monitoring';
import type { LoadBalancerOptions } from './load-balancer-options';
import type { Monitoring } from './monitoring';

/** Properties of HttpLoadBalancer. */
export interface HttpLoadBalancerProps extends LoadBalancerOptions, ApplicationLoadBalancerProps {
  /**
   * The certificate of the listener on port 443. TLS ends here: the servers need no certificate and spend no CPU on it.
   *
   * @default - a listener on port 80 that speaks plain HTTP
   */
  readonly certificate?: acm.ICertificate;

  /** The port on which the servers answer HTTP. */
  readonly targetPort: number;

  /** What tells whether a server is healthy: a path that answers 200. */
  readonly healthCheckPath: string;

  /**
   * What happens to a request that no rule of the listener takes.
   *
   * @default - it goes to the servers
   */
  readonly defaultAction?: elbv2.ListenerAction;
}

/**
 * An application load balancer with one listener in front of one group of servers.
 *
 * Nobody is let in by itself: open `connections` to whom it is for.
 */
export class HttpLoadBalancer extends Construct implements ec2.IConnectable {
  /** The load balancer. */
  readonly loadBalancer: elbv2.ApplicationLoadBalancer;

  /** Its listener: on port 443 with a certificate, otherwise on 80. */
  readonly listener: elbv2.ApplicationListener;

  /** The servers, as the load balancer sees them. */
  readonly targetGroup: elbv2.ApplicationTargetGroup;

  /** Who reaches it, and whom it reaches. */
  readonly connections: ec2.Connections;

  /** The port of the listener. */
  readonly port: ec2.Port;

  constructor(scope: Construct, id: string, props: HttpLoadBalancerProps) {
    super(scope, id);
    const { certificate, vpc } = props;
    this.loadBalancer = createLoadBalancer(this, props);
    this.targetGroup = new elbv2.ApplicationTargetGroup(this, 'Servers', {
      vpc,
      targetType: elbv2.TargetType.INSTANCE,
      protocol: elbv2.ApplicationProtocol.HTTP,
      port: props.targetPort,
      stickinessCookieDuration: props.stickinessCookieDuration,
      deregistrationDelay: props.deregistrationDelay ?? Duration.seconds(60),
      healthCheck: {
        path: props.healthCheckPath,
        interval: Duration.seconds(10),
        timeout: Duration.seconds(5),
        healthyThresholdCount: 2,
        unhealthyThresholdCount: 3,
        healthyHttpCodes: '200',
      },
    });
    this.listener = this.loadBalancer.addListener('Listener', {
      open: false,
      protocol: certificate ? elbv2.ApplicationProtocol.HTTPS : elbv2.ApplicationProtocol.HTTP,
      certificates: certificate ? [certificate] : undefined,
      defaultAction: props.defaultAction ?? elbv2.ListenerAction.forward([this.targetGroup]),
    });
    this.connections = this.loadBalancer.connections;
    this.port = ec2.Port.tcp(certificate ? 443 : 80);
  }

  /** Adds the alarms on healthy servers, errors and latency, and their graphs. */
  addMonitoring(monitoring: Monitoring): void {
    addLoadBalancerMonitoring(monitoring, this.loadBalancer, this.targetGroup);
  }
}
