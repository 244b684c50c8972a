import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as logs from 'aws-cdk-lib/aws-logs';

/**
 * What an environment trades between safety and cost.
 *
 * A profile is a plain object: write a third one with a spread, for example
 * `{ ...PRODUCTION, databaseInstanceType: new ec2.InstanceType('db.m8g.large') }`.
 */
export interface Profile {
  /** What happens to log groups, buckets and other stores when they leave the stack. */
  readonly removalPolicy: RemovalPolicy;

  /** What happens to a database when it leaves the stack; `SNAPSHOT` keeps a final snapshot. */
  readonly databaseRemovalPolicy: RemovalPolicy;

  /** Whether stacks, databases and load balancers refuse to be deleted until the protection is taken off. */
  readonly deletionProtection: boolean;

  /** Whether databases run a standby in a second zone, where the pattern leaves the choice to the profile. */
  readonly multiAz: boolean;

  /** How many NAT gateways a network with private subnets gets: 1 shared, or one a zone. */
  readonly natGateways: number;

  /** The size of a web or application server. Graviton, as the patterns' machine images are arm64. */
  readonly serverInstanceType: ec2.InstanceType;

  /** The size of a database instance, without the `db.` prefix, as `aws-rds` wants it. */
  readonly databaseInstanceType: ec2.InstanceType;

  /** Whether AWS WAF stands before a site on the internet (paid per web ACL, rule and request). */
  readonly webApplicationFirewall: boolean;

  /** Whether people sign in before they may use an API. */
  readonly authentication: boolean;

  /**
   * Whether functions reserve concurrency where it protects something. Lambda lets nobody reserve what would leave the
   * account's other functions less than 100 executions, and a new account may have a quota of 10.
   */
  readonly reserveConcurrency: boolean;

  /** Whether servers send their metrics every minute (paid per metric) instead of every five minutes. */
  readonly detailedMonitoring: boolean;

  /** How long log events are kept. */
  readonly logRetention: logs.RetentionDays;

  /** How long automated database backups are kept, in whole days, 1 to 35. */
  readonly backupRetention: Duration;
}

/** Keeps data, refuses accidental deletion, and runs what matters twice. The default of every construct. */
export const PRODUCTION: Profile = {
  removalPolicy: RemovalPolicy.RETAIN,
  databaseRemovalPolicy: RemovalPolicy.SNAPSHOT,
  deletionProtection: true,
  multiAz: true,
  natGateways: 2,
  serverInstanceType: ec2.InstanceType.of(ec2.InstanceClass.T4G, ec2.InstanceSize.SMALL),
  databaseInstanceType: ec2.InstanceType.of(ec2.InstanceClass.T4G, ec2.InstanceSize.MEDIUM),
  webApplicationFirewall: true,
  authentication: true,
  reserveConcurrency: true,
  detailedMonitoring: true,
  logRetention: logs.RetentionDays.ONE_YEAR,
  backupRetention: Duration.days(14),
};

/** Costs little and goes away when it is destroyed: nothing is kept, protected or doubled. */
export const SANDBOX: Profile = {
  removalPolicy: RemovalPolicy.DESTROY,
  databaseRemovalPolicy: RemovalPolicy.DESTROY,
  deletionProtection: false,
  multiAz: false,
  natGateways: 1,
  serverInstanceType: ec2.InstanceType.of(ec2.InstanceClass.T4G, ec2.InstanceSize.MICRO),
  databaseInstanceType: ec2.InstanceType.of(ec2.InstanceClass.T4G, ec2.InstanceSize.MICRO),
  webApplicationFirewall: false,
  authentication: false,
  reserveConcurrency: false,
  detailedMonitoring: false,
  logRetention: logs.RetentionDays.ONE_WEEK,
  backupRetention: Duration.days(1),
};
