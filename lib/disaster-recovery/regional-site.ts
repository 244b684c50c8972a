import { Aws, Validations } from 'aws-cdk-lib';
import type * as acm from 'aws-cdk-lib/aws-certificatemanager';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as ssm from 'aws-cdk-lib/aws-ssm';
import { Construct } from 'constructs';
import { AccessLogBucket } from '../building-blocks/access-log-bucket';
import { APPLICATION_ENVIRONMENT } from '../building-blocks/fleet-boot';
import { HttpLoadBalancer } from '../building-blocks/http-load-balancer';
import { admitClients } from '../building-blocks/load-balancer-clients';
import type { LoadBalancerOptions } from '../building-blocks/load-balancer-options';
import type { Monitoring } from '../building-blocks/monitoring';
import { acknowledgeSingleZone, MYSQL_PORT, MySqlDatabase } from '../building-blocks/mysql-database';
import type { MySqlDatabaseOptions } from '../building-blocks/mysql-database-options';
import type { MySqlOrigin } from '../building-blocks/mysql-origin';
import { Problems } from '../building-blocks/problems';
import type { ServerApplication } from '../building-blocks/server-application';
import { ServerFleet } from '../building-blocks/server-fleet';
import { checkServerFleet, type ServerFleetOptions } from '../building-blocks/server-fleet-options';
import type { Profile } from '../profile';
import { filesRights } from './files-rights';
import type { RecoveryNetwork } from './recovery-network';
import type { SystemNames } from './system-names';

/** What a site is in both regions. */
export interface SiteOptions
  extends MySqlDatabaseOptions,
    LoadBalancerOptions,
    Omit<ServerFleetOptions, 'application'> {
  /** The company's networks; everyone where there are none. */
  readonly clientRanges?: readonly string[];

  readonly maxCapacity: number;
  readonly profile: Profile;
}

/** Properties of RegionalSite. */
export interface RegionalSiteProps extends SiteOptions {
  readonly names: SystemNames;
  readonly region: string;
  readonly network: RecoveryNetwork;
  readonly key: kms.IKey;
  readonly application: ServerApplication;

  /** Where the region's database comes from. */
  readonly databaseOrigin: MySqlOrigin;

  /**
   * The certificate of the load balancer.
   *
   * @default - plain HTTP
   */
  readonly certificate?: acm.ICertificate;

  readonly minCapacity: number;

  /**
   * Whether the site is there until the primary serves again: its load balancer is then not protected from deletion. Its
   * database is, until the standby steps back.
   *
   * @default false
   */
  readonly isTemporary?: boolean;

  /**
   * From where a takeover asks whether the site serves.
   *
   * @default - from where everybody does
   */
  readonly verifiedBy?: ec2.IPeer;
}

/** The system in one region: a load balancer, servers and a database. It is the same in both. */
export class RegionalSite extends Construct {
  /** The load balancer, its listener and its target group. */
  readonly loadBalancer: HttpLoadBalancer;

  /** The path by which a server is seen to be healthy. */
  readonly healthCheckPath: string;

  /** The servers. */
  readonly servers: ServerFleet;

  /** The database, its login and its connections. */
  readonly database: MySqlDatabase;

  constructor(scope: Construct, id: string, props: RegionalSiteProps) {
    super(scope, id);
    const { application, clientRanges, names, network, profile, region } = props;
    const problems = new Problems(this);
    checkServerFleet({ application }, problems);
    problems.throwIfAny();

    const { vpc } = network;
    this.healthCheckPath = application.healthCheckPath;
    this.database = new MySqlDatabase(this, 'Database', {
      ...props,
      vpc,
      vpcSubnets: network.databaseSubnets,
      origin: props.databaseOrigin,
      instanceIdentifier: names.database,
    });
    acknowledgeSingleZone(this.database, props.multiAz ?? profile.multiAz);

    this.loadBalancer = new HttpLoadBalancer(this, 'LoadBalancer', {
      ...props,
      vpc,
      vpcSubnets: network.loadBalancerSubnets,
      internetFacing: clientRanges === undefined,
      targetPort: application.port,
      healthCheckPath: application.healthCheckPath,
      accessLogs: new AccessLogBucket(this, 'AccessLogs', { profile, forCloudFront: false }),
      profile: { ...profile, deletionProtection: profile.deletionProtection && !props.isTemporary },
    });
    admitClients(this.loadBalancer, props);
    if (props.verifiedBy) {
      const { connections, port } = this.loadBalancer;
      connections.allowFrom(props.verifiedBy, port, 'A takeover looks whether the site serves');
    }

    const databaseHost = new ssm.StringParameter(this, 'DatabaseHost', {
      parameterName: names.databaseHostParameter,
      description: `Where the servers of ${region} find their database`,
      stringValue: this.database.instance.dbInstanceEndpointAddress,
    });
    new ssm.StringParameter(this, 'LoadBalancerAddress', {
      parameterName: names.loadBalancerParameter,
      description: `The load balancer of ${region}`,
      stringValue: this.loadBalancer.loadBalancer.loadBalancerDnsName,
    });

    const { DATABASE_HOST: _atDeployment, ...environment } = this.database.describe();
    this.servers = new ServerFleet(this, 'Servers', {
      ...props,
      vpc,
      vpcSubnets: network.serverSubnets,
      application: { ...application, commands: [...askForDatabase(names), ...application.commands] },
      environment: { ...environment, FILES_BUCKET: names.bucket(region) },
      loadBalancer: this.loadBalancer,
    });
    this.servers.autoScalingGroup.node.addDependency(databaseHost);
    this.servers.autoScalingGroup.scaleOnCpuUtilization('Cpu', { targetUtilizationPercent: 50 });
    this.database.connections.allowFrom(this.servers, MYSQL_PORT, 'MySQL from the servers');
    this.database.grantReadSecret(this.servers.role);
    for (const statement of [
      new iam.PolicyStatement({
        sid: 'FindDatabase',
        actions: ['ssm:GetParameter'],
        resources: [names.parameterArn(region, names.databaseHostParameter)],
      }),
      ...filesRights(props),
    ]) {
      this.servers.role.addToPrincipalPolicy(statement);
    }
    Validations.of(this.servers.role).acknowledge({
      id: `AwsSolutions::AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:s3:::${names.systemName}-files-<AWS::AccountId>-${region}/*]`,
      reason: 'The servers make files under names of their own; the bucket is theirs alone.',
    });
  }

  /** Adds the alarms and graphs of the load balancer, the servers and the database. */
  addMonitoring(monitoring: Monitoring): void {
    monitoring.node.addDependency(this.servers.autoScalingGroup);
    this.loadBalancer.addMonitoring(monitoring);
    this.servers.addMonitoring(monitoring);
    this.database.addMonitoring(monitoring);
  }
}

/** Each new server asks where its database is, so that a takeover can say so without a deployment. */
function askForDatabase(names: SystemNames): string[] {
  return [
    `DATABASE_HOST=$(aws ssm get-parameter --region ${Aws.REGION} --name ${names.databaseHostParameter} --query Parameter.Value --output text)`,
    `echo "DATABASE_HOST=$DATABASE_HOST" >> ${APPLICATION_ENVIRONMENT}`,
  ];
}
