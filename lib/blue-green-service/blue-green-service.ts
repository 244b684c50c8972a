import type * as acm from 'aws-cdk-lib/aws-certificatemanager';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import type * as route53 from 'aws-cdk-lib/aws-route53';
import { Construct } from 'constructs';
import { AccessLogBucket } from '../building-blocks/access-log-bucket';
import { requestCertificate } from '../building-blocks/domain-name';
import { addLoadBalancerRecord } from '../building-blocks/load-balancer-record';
import { Monitoring, type MonitoringProps } from '../building-blocks/monitoring';
import { Problems } from '../building-blocks/problems';
import { PRODUCTION, type Profile } from '../profile';
import { checkProps } from './check-props';
import { MAIN_NAME } from './check-service';
import { DEFAULT_TEST_PORT, type DeploymentOptions } from './deployment-options';
import { NoticeBoard } from './notice-board';
import { ReleasedCluster } from './released-cluster';
import { ReleasedService } from './released-service';
import { ServiceFront } from './service-front';
import type { ContainerApplication, PathService, ServiceOptions } from './service-options';

/** Properties of BlueGreenService. Those of ServiceOptions are for the service that takes all paths no other one takes. */
export interface BlueGreenServiceProps extends ServiceOptions, DeploymentOptions, MonitoringProps {
  /**
   * What the environment trades between safety and cost.
   *
   * @default PRODUCTION
   */
  readonly profile?: Profile;

  /**
   * Further services of the cluster, by names of letters, digits and hyphens, each with the paths that it takes.
   *
   * @default - the one service takes all paths
   */
  readonly pathServices?: Readonly<Record<string, PathService>>;

  /**
   * The port of the listener through which a new version is tried: 1 to 65535, another one than those of users, 80 and 443.
   *
   * @default 8443
   */
  readonly testPort?: number;

  /**
   * Who may use the test listener besides the validation: ranges of your offices, IPv4 in CIDR notation, up to 30.
   *
   * @default - nobody
   */
  readonly testClientRanges?: string[];

  /**
   * What CloudWatch is told of the cluster, its services and tasks, at 0.30 USD a metric and month (0.07 of the enhanced
   * ones, of which there are more).
   *
   * @default ContainerInsights.ENABLED
   */
  readonly containerInsights?: ecs.ContainerInsights;

  /**
   * An existing network over two zones, with a public tier and a private one with egress.
   *
   * @default - a new network over two zones
   */
  readonly vpc?: ec2.IVpc;

  /**
   * The load balancer's subnets in `vpc`. Rejected without it.
   *
   * @default - the public ones
   */
  readonly loadBalancerSubnets?: ec2.SubnetSelection;

  /**
   * The tasks' subnets in `vpc`. Rejected without it.
   *
   * @default - the private ones with egress
   */
  readonly taskSubnets?: ec2.SubnetSelection;

  /**
   * The range of the new network, in CIDR notation, /16 to /24. Rejected together with `vpc`.
   *
   * @default '10.0.0.0/16'
   */
  readonly cidr?: string;

  /**
   * The zone that holds the service's record and, without `certificate`, proves the certificate: a public one. Required with
   * `domainName`.
   *
   * @default - no record
   */
  readonly hostedZone?: route53.IHostedZone;

  /**
   * The service's fully qualified name, without a dot at its end. Required with `hostedZone`, in which it must lie.
   *
   * @default - the load balancer's own name, over HTTP
   */
  readonly domainName?: string;

  /**
   * The certificate for `domainName`, of the stack's region. Rejected without `domainName`.
   *
   * @default - one is requested with `domainName`, and proven in `hostedZone`
   */
  readonly certificate?: acm.ICertificate;

  /**
   * Whether AWS WAF stands before the load balancer.
   *
   * @default - what the profile says
   */
  readonly webApplicationFirewall?: boolean;
}

/** Containers that are released without downtime: the new version is tried first, takes over, and the way back stays open. */
export class BlueGreenService extends Construct {
  /** The network. */
  readonly vpc: ec2.IVpc;

  /** The cluster. */
  readonly cluster: ecs.ICluster;

  /** The load balancer and its two listeners. */
  readonly front: ServiceFront;

  /** The service that takes all paths no other one takes; a pipeline releases to it. */
  readonly service: ReleasedService;

  /** The further services by their names; each can have a pipeline of its own. */
  readonly pathServices: Readonly<Record<string, ReleasedService>>;

  /** The alarms' topic and the dashboard, to which more can be added. */
  readonly monitoring: Monitoring;

  /** The address of the service for a browser. */
  readonly serviceUrl: string;

  constructor(scope: Construct, id: string, props: BlueGreenServiceProps = {}) {
    super(scope, id);
    const problems = new Problems(this);
    checkProps(props, problems);
    problems.throwIfAny();

    const { containerInsights = ecs.ContainerInsights.ENABLED, profile = PRODUCTION } = props;
    const cluster = new ReleasedCluster(this, 'Cluster', { ...props, containerInsights, profile });
    this.vpc = cluster.vpc;
    this.cluster = cluster.cluster;
    const certificate = props.certificate ?? requestCertificate(this, 'Certificate', props);
    this.front = new ServiceFront(this, 'Front', {
      ...props,
      vpc: this.vpc,
      vpcSubnets: cluster.loadBalancerSubnets,
      testPort: props.testPort ?? DEFAULT_TEST_PORT,
      testClientRanges: props.testClientRanges ?? [],
      certificate,
      accessLogs: new AccessLogBucket(this, 'AccessLogs', { profile, forCloudFront: false }),
      profile,
    });
    this.monitoring = new Monitoring(this, 'Monitoring', props);
    const common = {
      cluster,
      front: this.front,
      domainName: props.domainName,
      options: props,
      monitoring: this.monitoring,
      profile,
    };
    this.service = new ReleasedService(this, 'Service', {
      ...props,
      ...common,
      name: MAIN_NAME,
      application: props.application ?? this.createNoticeBoard(profile),
      pathPatterns: ['/*'],
      priority: LAST_PRIORITY,
    });
    this.pathServices = Object.fromEntries(
      Object.entries(props.pathServices ?? {}).map(([name, service]) => [
        name,
        new ReleasedService(this, `Service-${name}`, {
          ...service,
          ...common,
          name,
          application: service.application ?? {},
        }),
      ]),
    );
    this.serviceUrl = `${this.front.protocol}://${props.domainName ?? this.front.loadBalancer.loadBalancerDnsName}`;
    addLoadBalancerRecord(this, props, this.front.loadBalancer);
  }

  private createNoticeBoard(profile: Profile): ContainerApplication {
    const board = new NoticeBoard(this, 'NoticeBoard', { profile });
    return {
      environment: board.environment,
      secrets: { POST_TOKEN: ecs.Secret.fromSecretsManager(board.secret) },
      grantTo: (taskRole) => board.grantTo(taskRole),
    };
  }
}

/** The last one that a rule can have: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-rules.html */
const LAST_PRIORITY = 50_000;
