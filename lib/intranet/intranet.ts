import type * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as route53 from 'aws-cdk-lib/aws-route53';
import { Construct } from 'constructs';
import { AccessLogBucket } from '../building-blocks/access-log-bucket';
import { CompanyNews } from '../building-blocks/company-news';
import { databaseTier } from '../building-blocks/database-tier';
import { requestCertificate } from '../building-blocks/domain-name';
import { HttpLoadBalancer } from '../building-blocks/http-load-balancer';
import { redirectToHttps } from '../building-blocks/load-balancer-clients';
import type { LoadBalancerOptions } from '../building-blocks/load-balancer-options';
import { addLoadBalancerRecord } from '../building-blocks/load-balancer-record';
import { Monitoring, type MonitoringProps } from '../building-blocks/monitoring';
import { acknowledgeSingleZone, MYSQL_PORT, MySqlDatabase } from '../building-blocks/mysql-database';
import type { MySqlDatabaseOptions } from '../building-blocks/mysql-database-options';
import { Problems } from '../building-blocks/problems';
import { ServerFleet } from '../building-blocks/server-fleet';
import type { ServerFleetOptions } from '../building-blocks/server-fleet-options';
import { PRODUCTION, type Profile } from '../profile';
import { checkProps } from './check-props';
import { FleetScaling } from './fleet-scaling';
import { IntranetNetwork } from './intranet-network';
import { DEFAULT_MAX_CAPACITY, DEFAULT_MIN_CAPACITY, type ScalingOptions } from './scaling-options';

/** Properties of Intranet. */
export interface IntranetProps
  extends MySqlDatabaseOptions,
    MonitoringProps,
    LoadBalancerOptions,
    ScalingOptions,
    ServerFleetOptions {
  /**
   * The company's networks, IPv4 in CIDR notation, 1 to 30 of them: nobody else reaches the intranet. Everywhere and
   * ranges wider than /8 are rejected. How they reach the network (VPN, Direct Connect, a transit gateway) is yours to add.
   */
  readonly clientRanges: string[];

  /**
   * What the environment trades between safety and cost.
   *
   * @default PRODUCTION
   */
  readonly profile?: Profile;

  /**
   * How the servers of the new network reach AWS's services and packages: by NAT gateways, which lead to the whole
   * internet, or by endpoints of the services alone. Rejected together with `vpc`.
   *
   * @default 'nat'
   */
  readonly egress?: 'nat' | 'endpoints';

  /**
   * An existing network over two zones, from whose private subnets the servers reach AWS's services and packages.
   *
   * @default - a new network over two zones
   */
  readonly vpc?: ec2.IVpc;

  /**
   * The load balancer's subnets in `vpc`. Rejected without it.
   *
   * @default - the private ones with egress
   */
  readonly loadBalancerSubnets?: ec2.SubnetSelection;

  /**
   * The servers' subnets in `vpc`. Rejected without it.
   *
   * @default - the private ones with egress
   */
  readonly serverSubnets?: ec2.SubnetSelection;

  /**
   * The database's subnets in `vpc`. Rejected without it.
   *
   * @default - the isolated ones or, where there are none, the private ones with egress
   */
  readonly databaseSubnets?: ec2.SubnetSelection;

  /**
   * The range of the new network, in CIDR notation, /16 to /24. It must not overlap with the company's networks. Rejected
   * together with `vpc`.
   *
   * @default '10.0.0.0/16'
   */
  readonly cidr?: string;

  /**
   * The zone that holds the intranet's record. Without `certificate` it must be a public one, which proves the certificate;
   * the record shows private addresses either way. Required with `domainName`.
   *
   * @default - no record
   */
  readonly hostedZone?: route53.IHostedZone;

  /**
   * The intranet's fully qualified name, without a dot at its end. Required with `hostedZone`, in which it must lie.
   *
   * @default - the load balancer's own name, over HTTP
   */
  readonly domainName?: string;

  /**
   * The certificate for `domainName`, of the stack's region, also one of a private authority. Rejected without `domainName`.
   *
   * @default - one is requested with `domainName`, and proven in `hostedZone`
   */
  readonly certificate?: acm.ICertificate;

  /**
   * The key that encrypts the servers' volumes, the database and its secret.
   *
   * @default - the account's own keys: aws/ebs, aws/rds and aws/secretsmanager
   */
  readonly key?: kms.IKey;
}

/** The textbook's system for changing load: servers that come and go behind a load balancer of the company's own network. */
export class Intranet extends Construct {
  /** The network. */
  readonly vpc: ec2.IVpc;

  /** The load balancer, its listener and its target group. */
  readonly loadBalancer: HttpLoadBalancer;

  /** The servers; add scaling of your own to their group. */
  readonly servers: ServerFleet;

  /** The database, its secret and its connections. */
  readonly database: MySqlDatabase;

  /** The alarms' topic and the dashboard, to which more can be added. */
  readonly monitoring: Monitoring;

  /** The address of the intranet for a browser in the company's networks. */
  readonly siteUrl: string;

  constructor(scope: Construct, id: string, props: IntranetProps) {
    super(scope, id);
    const problems = new Problems(this);
    checkProps(props, problems);
    problems.throwIfAny();

    const { profile = PRODUCTION } = props;
    const network = props.vpc ? undefined : this.createNetwork(props, profile);
    this.vpc = network?.vpc ?? (props.vpc as ec2.IVpc);
    const tiers = network ?? tiersOf(this.vpc, props);
    this.database = new MySqlDatabase(this, 'Database', {
      ...props,
      vpc: this.vpc,
      vpcSubnets: tiers.databaseSubnets,
      profile,
    });
    acknowledgeSingleZone(this.database, props.multiAz ?? profile.multiAz);

    const application =
      props.application ?? new CompanyNews(this, 'CompanyNews', { title: 'Intranet', allowPosts: true });
    const certificate = props.certificate ?? requestCertificate(this, 'Certificate', props);
    this.loadBalancer = new HttpLoadBalancer(this, 'LoadBalancer', {
      ...props,
      vpc: this.vpc,
      vpcSubnets: tiers.loadBalancerSubnets,
      internetFacing: false,
      certificate,
      targetPort: application.port,
      healthCheckPath: application.healthCheckPath,
      accessLogs: new AccessLogBucket(this, 'AccessLogs', { profile, forCloudFront: false }),
      profile,
    });
    this.admit(props.clientRanges, certificate !== undefined);

    this.servers = new ServerFleet(this, 'Servers', {
      ...props,
      vpc: this.vpc,
      vpcSubnets: tiers.serverSubnets,
      application,
      environment: this.database.describe(),
      loadBalancer: this.loadBalancer,
      minCapacity: props.minCapacity ?? DEFAULT_MIN_CAPACITY,
      maxCapacity: props.maxCapacity ?? DEFAULT_MAX_CAPACITY,
      profile,
    });
    this.database.connections.allowFrom(this.servers, MYSQL_PORT, 'MySQL from the servers');
    this.database.grantReadSecret(this.servers.role);
    if (network?.endpoints) {
      network.endpoints.connections.allowDefaultPortFrom(this.servers, 'The servers');
      this.servers.autoScalingGroup.node.addDependency(network.endpoints);
    }
    const scaling = new FleetScaling(this, 'Scaling', {
      fleet: this.servers,
      loadBalancer: this.loadBalancer,
      scaling: props.scaling ?? {},
    });

    this.monitoring = new Monitoring(this, 'Monitoring', props);
    // While there are no servers yet, an alarm on their number would be right, and a nuisance.
    this.monitoring.node.addDependency(this.servers.autoScalingGroup);
    this.loadBalancer.addMonitoring(this.monitoring);
    this.servers.addMonitoring(this.monitoring);
    scaling.addMonitoring(this.monitoring);
    this.database.addMonitoring(this.monitoring);

    const host = props.domainName ?? this.loadBalancer.loadBalancer.loadBalancerDnsName;
    this.siteUrl = `${certificate ? 'https' : 'http'}://${host}`;
    addLoadBalancerRecord(this, props, this.loadBalancer.loadBalancer);
  }

  private createNetwork({ cidr, egress = 'nat' }: IntranetProps, profile: Profile): IntranetNetwork {
    return new IntranetNetwork(this, 'Network', { cidr, egress, profile });
  }

  private admit(clientRanges: readonly string[], hasCertificate: boolean): void {
    const { connections, port } = this.loadBalancer;
    const peers = clientRanges.map((range) => ec2.Peer.ipv4(range));
    for (const peer of peers) connections.allowFrom(peer, port, "The company's network");
    if (!hasCertificate) return;
    redirectToHttps(this.loadBalancer);
    for (const peer of peers) connections.allowFrom(peer, ec2.Port.HTTP, 'Redirected to HTTPS');
  }
}

/** The tiers of an existing network. */
function tiersOf(vpc: ec2.IVpc, { databaseSubnets, loadBalancerSubnets, serverSubnets }: IntranetProps) {
  const privateTier = { subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS };
  return {
    loadBalancerSubnets: loadBalancerSubnets ?? privateTier,
    serverSubnets: serverSubnets ?? privateTier,
    databaseSubnets: databaseSubnets ?? databaseTier(vpc),
  };
}
