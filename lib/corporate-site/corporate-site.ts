import type * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { AccessLogBucket } from '../building-blocks/access-log-bucket';
import { CompanyNews, PUBLIC_FILES } from '../building-blocks/company-news';
import { databaseTier } from '../building-blocks/database-tier';
import { requestCertificate } from '../building-blocks/domain-name';
import type { HttpLoadBalancer } from '../building-blocks/http-load-balancer';
import type { LoadBalancerOptions } from '../building-blocks/load-balancer-options';
import { Monitoring, type MonitoringProps } from '../building-blocks/monitoring';
import { acknowledgeSingleZone, MYSQL_PORT, MySqlDatabase } from '../building-blocks/mysql-database';
import type { MySqlDatabaseOptions } from '../building-blocks/mysql-database-options';
import { NetworkTiers } from '../building-blocks/network-tiers';
import { Problems } from '../building-blocks/problems';
import { ServerFleet } from '../building-blocks/server-fleet';
import type { ServerFleetOptions } from '../building-blocks/server-fleet-options';
import { PRODUCTION, type Profile } from '../profile';
import { checkProps } from './check-props';
import type { DomainOptions } from './domain-options';
import { HiddenLoadBalancer, PublicLoadBalancer } from './load-balancer-origin';
import { SiteFront } from './site-front';

/** Properties of CorporateSite. */
export interface CorporateSiteProps
  extends MySqlDatabaseOptions,
    MonitoringProps,
    DomainOptions,
    LoadBalancerOptions,
    ServerFleetOptions {
  /**
   * What the environment trades between safety and cost.
   *
   * @default PRODUCTION
   */
  readonly profile?: Profile;

  /**
   * How CloudFront reaches the load balancer. `publicLoadBalancer`: over the internet, where it refuses what did not come
   * through CloudFront. `cloudFrontVpcOrigin`: by a VPC origin, and the load balancer has no public address.
   *
   * @default 'publicLoadBalancer'
   */
  readonly exposure?: 'publicLoadBalancer' | 'cloudFrontVpcOrigin';

  /**
   * An existing network over two zones with a private tier with egress and, for `publicLoadBalancer`, a public one. The
   * database goes into its isolated tier or, where it has none, into the private one.
   *
   * @default - a new network over two zones
   */
  readonly vpc?: ec2.IVpc;

  /**
   * The range of the new network, in CIDR notation, /16 to /24. Rejected together with `vpc`.
   *
   * @default '10.0.0.0/16'
   */
  readonly cidr?: string;

  /**
   * How many servers there are, 2 to 100. Half as many again run while they are replaced.
   *
   * @default 2
   */
  readonly serverCount?: number;

  /**
   * The folder with the static files, which go into the bucket under the paths that they have in it.
   *
   * @default - the sample application's style sheet, script and logo
   */
  readonly staticContent?: string;

  /**
   * What CloudFront fetches from the bucket: 1 to 24 patterns of paths.
   *
   * @default ['/image/*', '/javascript/*', '/stylesheet/*']
   */
  readonly staticPaths?: string[];

  /**
   * Which secret CloudFront shows to the public load balancer: 1, 2, ... Another number makes another secret; the one
   * before it stays valid. Raise it by one to rotate. Rejected with `cloudFrontVpcOrigin`.
   *
   * @default 1
   */
  readonly originSecretGeneration?: number;

  /**
   * The key that encrypts the servers' volumes, the database and the secrets.
   *
   * @default - the account's own keys: aws/ebs, aws/rds and aws/secretsmanager
   */
  readonly key?: kms.IKey;
}

/** The textbook's redundant system: CloudFront, a load balancer, servers in two zones, a database with a standby. */
export class CorporateSite extends Construct {
  /** The network. */
  readonly vpc: ec2.IVpc;

  /** The distribution, to which behaviors can be added. */
  readonly distribution: cloudfront.IDistribution;

  /** The load balancer, its listener and its target group. */
  readonly loadBalancer: HttpLoadBalancer;

  /** The servers. */
  readonly servers: ServerFleet;

  /** The database, its secret and its connections. */
  readonly database: MySqlDatabase;

  /** The bucket of the static files. */
  readonly staticBucket: s3.IBucket;

  /** The alarms' topic and the dashboard, to which more can be added. */
  readonly monitoring: Monitoring;

  /** The address of the site for a browser. */
  readonly siteUrl: string;

  constructor(scope: Construct, id: string, props: CorporateSiteProps = {}) {
    super(scope, id);
    const problems = new Problems(this);
    checkProps(props, problems);
    problems.throwIfAny();

    const { profile = PRODUCTION, serverCount = 2 } = props;
    this.vpc = props.vpc ?? this.createNetwork(props, profile);
    this.database = new MySqlDatabase(this, 'Database', {
      ...props,
      vpc: this.vpc,
      vpcSubnets: databaseTier(this.vpc),
      profile,
    });

    acknowledgeSingleZone(this.database, props.multiAz ?? profile.multiAz);

    const application =
      props.application ?? new CompanyNews(this, 'CompanyNews', { title: 'Company news', allowPosts: false });
    const accessLogs = new AccessLogBucket(this, 'AccessLogs', { profile });
    const isHidden = props.exposure === 'cloudFrontVpcOrigin';
    // Ids of their own: a target group can't follow from one load balancer to another.
    const [way, Way] = isHidden
      ? (['HiddenLoadBalancer', HiddenLoadBalancer] as const)
      : (['PublicLoadBalancer', PublicLoadBalancer] as const);
    const loadBalancerOrigin = new Way(this, way, {
      ...props,
      vpc: this.vpc,
      application,
      certificate: props.loadBalancerCertificate ?? requestCertificate(this, 'Certificate', props),
      originSecretGeneration: props.originSecretGeneration ?? 1,
      accessLogs,
      profile,
    });
    this.loadBalancer = loadBalancerOrigin.loadBalancer;

    this.servers = new ServerFleet(this, 'Servers', {
      ...props,
      vpc: this.vpc,
      vpcSubnets: { subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS },
      application,
      environment: this.database.describe(),
      loadBalancer: this.loadBalancer,
      minCapacity: serverCount,
      // Nothing scales the group: the difference is what an instance refresh may launch before it ends old servers.
      maxCapacity: Math.ceil(serverCount * 1.5),
      profile,
    });
    this.database.connections.allowFrom(this.servers, MYSQL_PORT, 'MySQL from the servers');
    this.database.grantReadSecret(this.servers.role);

    const front = new SiteFront(this, 'Front', {
      ...props,
      loadBalancerOrigin,
      staticContent: props.staticContent ?? PUBLIC_FILES,
      staticPaths: props.staticPaths ?? ['/image/*', '/javascript/*', '/stylesheet/*'],
      accessLogs,
      profile,
    });
    this.distribution = front.distribution;
    this.staticBucket = front.staticBucket;

    this.monitoring = new Monitoring(this, 'Monitoring', props);
    // While there are no servers yet, an alarm on their number would be right, and a nuisance.
    this.monitoring.node.addDependency(this.servers.autoScalingGroup);
    this.loadBalancer.addMonitoring(this.monitoring);
    this.servers.addMonitoring(this.monitoring);
    this.database.addMonitoring(this.monitoring);
    front.addMonitoring(this.monitoring);
    this.siteUrl = `https://${props.domainName ?? front.distribution.domainName}`;
  }
  private createNetwork({ cidr }: CorporateSiteProps, profile: Profile): ec2.IVpc {
    const network = new NetworkTiers(this, 'Network', {
      cidr,
      profile,
      tiers: [
        { name: 'Public', subnetType: ec2.SubnetType.PUBLIC },
        { name: 'Server', subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS },
        { name: 'Database', subnetType: ec2.SubnetType.PRIVATE_ISOLATED },
      ],
    });
    return network.vpc;
  }
}
