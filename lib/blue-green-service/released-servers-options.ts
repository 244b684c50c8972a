import type * as acm from 'aws-cdk-lib/aws-certificatemanager';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as route53 from 'aws-cdk-lib/aws-route53';
import type { LoadBalancerOptions } from '../building-blocks/load-balancer-options';
import type { MonitoringProps } from '../building-blocks/monitoring';
import type { ServerFleetOptions } from '../building-blocks/server-fleet-options';
import type { Profile } from '../profile';
import type { NoticeBoard } from './notice-board';

/** How many servers there are at least, where nothing is said. */
export const DEFAULT_MIN_CAPACITY = 2;

/** How many servers there are at most, where nothing is said. */
export const DEFAULT_MAX_CAPACITY = 4;

/** The servers' average CPU load in percent that scaling keeps, where nothing is said. */
export const DEFAULT_TARGET_CPU = 60;

/** What the pattern, the fleet and a release set in the application's environment. */
export const OWN_NAMES = [
  'AWS_REGION',
  'HOST',
  'PORT',
  'POST_TOKEN',
  'POST_TOKEN_SECRET_ARN',
  'SERVER_ID',
  'SERVER_ZONE',
  'TABLE_NAME',
  'VERSION',
];

/** Properties of ReleasedServers. */
export interface ReleasedServersProps
  extends MonitoringProps,
    LoadBalancerOptions,
    Omit<ServerFleetOptions, 'application'> {
  /**
   * What the environment trades between safety and cost.
   *
   * @default PRODUCTION
   */
  readonly profile?: Profile;

  /**
   * An existing network over two zones with a public tier and a private one with egress.
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
   * How many servers there are at least, 2 to 100, no token: one serves while another gets a release.
   *
   * @default 2
   */
  readonly minCapacity?: number;

  /**
   * How many servers there are at most, more than `minCapacity`, at most 100, no token.
   *
   * @default 4
   */
  readonly maxCapacity?: number;

  /**
   * The servers' average CPU load that scaling keeps, in whole percent, 1 to 100.
   *
   * @default 60
   */
  readonly targetCpu?: number;

  /**
   * How many servers a release takes out of service at a time, and what counts as a success
   * (https://docs.aws.amazon.com/codedeploy/latest/userguide/deployment-configurations.html#deployment-configuration-server).
   *
   * - `OneAtATime`: one after the other. The release fails as soon as one server fails, unless it is the last one: that
   *   one may fail, and the release is a success all the same.
   * - `HalfAtATime`: up to half of them, rounded down. It is a success if at least half, rounded up, succeed.
   * - `AllAtOnce`: all of them, so that nobody is served meanwhile. It is a success if a single one succeeds.
   *
   * A server on which a release failed stays in the group until the load balancer finds it unhealthy; it is replaced then,
   * and the new one gets the last release that was a success.
   *
   * @default 'OneAtATime'
   */
  readonly deploymentConfig?: 'AllAtOnce' | 'HalfAtATime' | 'OneAtATime';

  /**
   * The zone that holds the record. Without `certificate` it must be a public one, which proves the certificate. Required
   * with `domainName`.
   *
   * @default - no record
   */
  readonly hostedZone?: route53.IHostedZone;

  /**
   * The fully qualified name, without a dot at its end. Required with `hostedZone`, in which it must lie.
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
   * Whether AWS WAF looks at the requests, with AWS's managed rules.
   *
   * @default - what the profile says: true in PRODUCTION
   */
  readonly webApplicationFirewall?: boolean;

  /**
   * The table and the token that the application uses.
   *
   * @default - new ones
   */
  readonly noticeBoard?: NoticeBoard;

  /**
   * Further variables that the application finds in its environment, one line each; no secret belongs there. Those that
   * the pattern sets itself are rejected. A change replaces the servers.
   *
   * @default - none
   */
  readonly environment?: Readonly<Record<string, string>>;

  /**
   * The key that encrypts the servers' volumes and, without `noticeBoard`, the token's secret.
   *
   * @default - the account's own keys: aws/ebs and aws/secretsmanager
   */
  readonly key?: kms.IKey;
}
