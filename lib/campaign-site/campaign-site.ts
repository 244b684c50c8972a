import { Aws, Validations } from 'aws-cdk-lib';
import type * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as route53 from 'aws-cdk-lib/aws-route53';
import { Construct } from 'constructs';
import { databaseTier } from '../building-blocks/database-tier';
import { Monitoring, type MonitoringProps } from '../building-blocks/monitoring';
import { MYSQL_PORT, MySqlDatabase } from '../building-blocks/mysql-database';
import type { MySqlDatabaseOptions } from '../building-blocks/mysql-database-options';
import { NetworkTiers } from '../building-blocks/network-tiers';
import { Problems } from '../building-blocks/problems';
import { projectFolder } from '../building-blocks/project-folder';
import { PRODUCTION, type Profile } from '../profile';
import { checkProps } from './check-props';
import { CloudFrontExposure } from './cloud-front-exposure';
import { ElasticIpExposure } from './elastic-ip-exposure';
import { CampaignSiteNetworkAcls } from './network-acls';
import { SiteRecord } from './site-record';
import { WebServer } from './web-server';

/** Properties of CampaignSite. */
export interface CampaignSiteProps extends MySqlDatabaseOptions, MonitoringProps {
  /**
   * What the environment trades between safety and cost.
   *
   * @default PRODUCTION
   */
  readonly profile?: Profile;

  /**
   * How the internet reaches the server. `elasticIp`: directly, at a fixed address, over HTTP. `cloudFront`: the
   * server has no public address, and CloudFront serves the site over HTTPS and caches it; this needs a NAT gateway.
   * One can be changed into the other by a deployment, which replaces the server and keeps the database.
   *
   * @default 'elasticIp'
   */
  readonly exposure?: 'elasticIp' | 'cloudFront';

  /**
   * An existing network over two zones, with a public tier (`elasticIp`) or a private one with egress (`cloudFront`). The
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
   * Whether network ACLs state the policy of the security groups a second time. Rejected together with `vpc`.
   *
   * @default false
   */
  readonly networkAcls?: boolean;

  /**
   * The ranges of the offices that may use SSH, IPv4 in CIDR notation. Everywhere and ranges wider than /8 are
   * rejected, and so is any range with `cloudFront`, where the server has no public address.
   *
   * @default - none; Session Manager needs no open port
   */
  readonly sshFrom?: string[];

  /**
   * The key pair for SSH.
   *
   * @default - none; EC2 Instance Connect works without one
   */
  readonly keyPair?: ec2.IKeyPair;

  /**
   * The web server's size. The image follows its processor.
   *
   * @default - what the profile says
   */
  readonly instanceType?: ec2.InstanceType;

  /**
   * The web server's image: an Amazon Linux 2023, since the first boot uses its packages. Pin it with
   * `ec2.MachineImage.genericLinux({ 'ap-northeast-1': 'ami-...' })`. An image that CloudFormation looks up at each
   * deployment, like `latestAmazonLinux2023()`, replaces the server at deployments that are about something else.
   *
   * @default - the newest Amazon Linux 2023 when the server is made; it stays until the server is replaced
   */
  readonly machineImage?: ec2.IMachineImage;

  /**
   * Any text. Another one replaces the server, and so takes the newest image where `machineImage` is not given.
   *
   * @default - none
   */
  readonly serverGeneration?: string;

  /**
   * The folder that the server serves; it must hold an index.html. A change of a file replaces the server.
   *
   * @default - a sample page in English and Japanese
   */
  readonly content?: string;

  /**
   * The zone that holds the site's record. Required with `domainName`.
   *
   * @default - no record
   */
  readonly hostedZone?: route53.IHostedZone;

  /**
   * The site's fully qualified name, without a dot at its end. Required with `hostedZone`, in which it must lie.
   *
   * @default - the Elastic IP address, or CloudFront's own name
   */
  readonly domainName?: string;

  /**
   * The certificate for `domainName`, of us-east-1. Required for a domain with `cloudFront`, rejected with `elasticIp`.
   *
   * @default - CloudFront's own
   */
  readonly certificate?: acm.ICertificate;

  /**
   * The ARN of a WAF web ACL with the scope CLOUDFRONT. Rejected with `elasticIp`.
   *
   * @default - none
   */
  readonly webAclId?: string;

  /**
   * Whether the database has a standby in a second zone. Not taken from the profile: that this pattern
   * runs in one zone is its trade, and the redundant pattern is the corporate site.
   *
   * @default false
   */
  readonly multiAz?: boolean;

  /**
   * The key that encrypts the server's volume, the database and its secret.
   *
   * @default - the account's own keys: aws/ebs, aws/rds and aws/secretsmanager
   */
  readonly key?: kms.IKey;
}

/** The textbook's first system: a web server on the internet and a database that only the server reaches. */
export class CampaignSite extends Construct {
  /** The network. */
  readonly vpc: ec2.IVpc;

  /** The web server. */
  readonly server: ec2.IInstance;

  /** Opens the server to others or others to it. */
  readonly serverConnections: ec2.Connections;

  /** The database, its secret and its connections. */
  readonly database: MySqlDatabase;

  /** The alarms' topic and the dashboard, to which more can be added. */
  readonly monitoring: Monitoring;

  /** The address of the site for a browser. */
  readonly siteUrl: string;

  /** The command that opens a shell on the server. */
  readonly sessionManagerCommand: string;

  constructor(scope: Construct, id: string, props: CampaignSiteProps = {}) {
    super(scope, id);
    const problems = new Problems(this);
    checkProps(props, problems);
    problems.throwIfAny();

    const { profile = PRODUCTION, sshFrom = [] } = props;
    const behindCloudFront = props.exposure === 'cloudFront';
    const serverTier = behindCloudFront ? ec2.SubnetType.PRIVATE_WITH_EGRESS : ec2.SubnetType.PUBLIC;
    this.vpc = props.vpc ?? this.createNetwork(behindCloudFront, props, profile);
    if (props.networkAcls) {
      new CampaignSiteNetworkAcls(this, 'NetworkAcls', { vpc: this.vpc, serverTier, sshFrom });
    }

    this.database = new MySqlDatabase(this, 'Database', {
      ...props,
      multiAz: props.multiAz ?? false,
      vpc: this.vpc,
      vpcSubnets: databaseTier(this.vpc),
      profile,
    });
    if (!props.multiAz) {
      Validations.of(this.database.instance).acknowledge({
        id: 'AwsSolutions::AwsSolutions-RDS3',
        reason: "A single zone is this pattern's trade; multiAz adds the standby.",
      });
    }

    const server = new WebServer(this, 'WebServer', {
      ...props,
      vpc: this.vpc,
      vpcSubnets: { subnetType: serverTier },
      associatePublicIpAddress: !behindCloudFront,
      content: props.content ?? projectFolder('lib', 'campaign-site', 'content'),
      environment: this.database.describe(),
      profile,
    });
    this.server = server.instance;
    this.serverConnections = server.connections;
    this.database.connections.allowFrom(server, MYSQL_PORT, 'MySQL from the web server');
    this.database.grantReadSecret(server.instance);

    const exposure = behindCloudFront
      ? new CloudFrontExposure(this, 'CloudFront', { ...props, vpc: this.vpc, server, profile })
      : new ElasticIpExposure(this, 'Address', { vpc: this.vpc, server, sshFrom });
    if (props.hostedZone && props.domainName) {
      new SiteRecord(this, 'Record', {
        hostedZone: props.hostedZone,
        domainName: props.domainName,
        target: exposure.recordTarget,
        isCloudFront: behindCloudFront,
      });
    }

    this.monitoring = new Monitoring(this, 'Monitoring', props);
    server.addMonitoring(this.monitoring);
    this.database.addMonitoring(this.monitoring);

    this.siteUrl = `${behindCloudFront ? 'https' : 'http'}://${props.domainName ?? exposure.host}`;
    this.sessionManagerCommand = `aws ssm start-session --region ${Aws.REGION} --target ${server.instance.instanceId}`;
  }

  private createNetwork(behindCloudFront: boolean, { cidr }: CampaignSiteProps, profile: Profile): ec2.IVpc {
    const network = new NetworkTiers(this, 'Network', {
      cidr,
      profile,
      // One server needs one NAT gateway: a second one would wait in a zone where nothing runs.
      natGateways: behindCloudFront ? 1 : 0,
      tiers: [
        { name: 'Web', subnetType: ec2.SubnetType.PUBLIC },
        { name: 'Database', subnetType: ec2.SubnetType.PRIVATE_ISOLATED },
        { name: 'Origin', subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS, reserved: !behindCloudFront },
      ],
    });
    return network.vpc;
  }
}
