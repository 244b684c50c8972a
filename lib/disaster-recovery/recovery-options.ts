import type { Duration } from 'aws-cdk-lib';
import type * as route53 from 'aws-cdk-lib/aws-route53';
import type { Construct } from 'constructs';
import type { LoadBalancerOptions } from '../building-blocks/load-balancer-options';
import type { MySqlDatabaseOptions } from '../building-blocks/mysql-database-options';
import type { ServerApplication } from '../building-blocks/server-application';
import type { ServerFleetOptions } from '../building-blocks/server-fleet-options';
import type { Profile } from '../profile';
import type { PerRegion, Strategy } from './recovery-settings';

/** The choices about a system in two regions. */
export interface RecoveryOptions
  extends MySqlDatabaseOptions,
    LoadBalancerOptions,
    Pick<ServerFleetOptions, 'instanceType' | 'healthCheckGracePeriod' | 'instanceWarmup'> {
  /** The region that serves, by its code, like 'ap-northeast-1'. */
  readonly primaryRegion: string;

  /** The region that takes over, of the same partition, and another one than `primaryRegion`. */
  readonly standbyRegion: string;

  /**
   * What the standby is while the primary serves.
   *
   * `warm`: a read replica of the database, a load balancer and a few servers. Minutes without writing, seconds of data.
   * `cold`: copies of database and servers on a schedule, of which the standby is built when it is needed. Hours of data.
   *
   * @default 'warm'
   */
  readonly strategy?: Strategy;

  /**
   * What the environment trades between safety and cost. `warm` needs a `backupRetention` of one day or more: RDS makes no
   * replica of a database without backups.
   *
   * @default PRODUCTION
   */
  readonly profile?: Profile;

  /**
   * The name of which all names that both regions know are made: small letters, digits and single hyphens, starting with a
   * letter, as long as the buckets' names then are of 63 characters at most. The only one of its kind in the account.
   *
   * @default - the stage's name, in small letters and with hyphens between its words
   */
  readonly systemName?: string;

  /**
   * The company's networks, IPv4 in CIDR notation, 1 to 30 of them: nobody else reaches the load balancers, which then
   * have private addresses. Everywhere and ranges wider than /8 are rejected.
   *
   * @default - the load balancers are on the internet, for everyone, behind HTTPS; `hostedZone` is required then
   */
  readonly clientRanges?: string[];

  /**
   * The networks' ranges, IPv4 in CIDR notation, /16 to /24, which must not overlap.
   *
   * @default { primary: '10.0.0.0/16', standby: '10.1.0.0/16' }
   */
  readonly cidrs?: PerRegion<string>;

  /**
   * The public zone that holds the system's record and proves its certificates. Required for load balancers on the internet.
   *
   * @default - a private zone `<systemName>.internal`, which both networks see
   */
  readonly hostedZone?: route53.HostedZoneAttributes;

  /**
   * The system's fully qualified name. Required with `hostedZone`, in which it must lie. Without one it is the name of the
   * private zone's record, and its part behind the first dot is the private zone's name.
   *
   * @default - `intranet.<systemName>.internal`
   */
  readonly domainName?: string;

  /**
   * The ARNs of certificates for `domainName`, each of its region.
   *
   * @default - with `hostedZone` they are requested; without, the load balancers speak plain HTTP
   */
  readonly certificateArns?: PerRegion<string>;

  /**
   * How Route 53 sees whether the primary serves: it asks its load balancer itself (`endpoint`, on the internet only), or it
   * watches the alarm on the number of healthy servers (`alarm`).
   *
   * @default - 'alarm' with clientRanges, otherwise 'endpoint'
   */
  readonly healthCheck?: 'alarm' | 'endpoint';

  /**
   * How often each of Route 53's checkers asks: 10 or 30 seconds. Rejected where it watches an alarm, which looks once a
   * minute.
   *
   * @default Duration.seconds(30)
   */
  readonly requestInterval?: Duration;

  /**
   * How many times in a row the primary must not have served, 1 to 10.
   *
   * @default 3
   */
  readonly failureThreshold?: number;

  /**
   * How long the system may be away for those who read. A choice whose detection and TTL alone take longer is rejected.
   *
   * @default - 15 minutes for `warm`, 4 hours for `cold`
   */
  readonly recoveryTimeObjective?: Duration;

  /**
   * How much of the last work may be lost. The alarms on the replica's lag and on the age of the copies keep to it. `cold`
   * takes 4 to 168 whole hours, more than `copyInterval`, as a copy takes its time, too.
   *
   * @default - 5 minutes for `warm`, 26 hours for `cold`
   */
  readonly recoveryPointObjective?: Duration;

  /**
   * How often copies are made for a `cold` standby: 3, 4, 6, 8, 12 or 24 hours, less than `recoveryPointObjective`.
   * Rejected for `warm`.
   *
   * @default Duration.hours(24)
   */
  readonly copyInterval?: Duration;

  /**
   * How many servers the region that serves has at least, 1 or more.
   *
   * @default 2
   */
  readonly minCapacity?: number;

  /**
   * How many servers a region has at most, not less than `minCapacity`.
   *
   * @default 6
   */
  readonly maxCapacity?: number;

  /**
   * How many servers a `warm` standby has at least, 1 to `minCapacity`. Rejected for `cold`.
   *
   * @default 1
   */
  readonly standbyCapacity?: number;

  /**
   * The ids of the images from which the servers are made, one of each region: copies of the same.
   *
   * @default - the newest Amazon Linux 2023 at each deployment
   */
  readonly amiIds?: PerRegion<string>;

  /**
   * Makes what the servers run; it is called once for each region, with a scope of its stack.
   *
   * @default - a sample application that shows news from the database
   */
  readonly application?: (scope: Construct) => ServerApplication;

  /**
   * What is asked for after a takeover to see that the region serves: a path that answers 200 and needs the database.
   *
   * @default '/'
   */
  readonly checkPath?: string;

  /**
   * Whether there are experiments of AWS Fault Injection Service that take the primary's servers or one of its zones away.
   * They cost nothing until they run.
   *
   * @default - true where the profile protects nothing from deletion, as SANDBOX does
   */
  readonly gameDay?: boolean;

  /**
   * The e-mail address that receives the alarms and the workflows' reports of both regions; its owner must confirm a
   * subscription for each topic.
   *
   * @default - nobody is subscribed
   */
  readonly alarmEmail?: string;
}
