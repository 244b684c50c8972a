import { Duration } from 'aws-cdk-lib';

/** How Route 53 looks at the primary: the part of a health check that decides how fast it is. */
export type Detection =
  | {
      readonly kind: 'endpoint';

      /** Seconds between the requests of each checker. */
      readonly requestInterval: 10 | 30;

      /** How many requests in a row must fail, 1 to 10. */
      readonly failureThreshold: number;
    }
  | {
      readonly kind: 'alarm';

      /** For how many minutes the alarm must see no healthy server. */
      readonly evaluationPeriods: number;
    };

/** A part of the time from the loss of the primary until everybody has the standby's address. */
export interface TimeShare {
  readonly what: string;
  readonly seconds: number;

  /** The page of AWS that has the number. */
  readonly page: string;
}

const ROUTE_53 = 'https://docs.aws.amazon.com/Route53/latest/DeveloperGuide';

/** Seconds in which a checker's request must be connected (4) and answered (2). */
const REQUEST_TIMEOUT = 6;

/** Seconds for which resolvers keep the answer of an alias record of a load balancer; Route 53 lets nobody change it. */
export const ALIAS_TTL = 60;

/**
 * Seconds until a load balancer calls a server sick that does not answer: three checks, one each 10 seconds, the last of
 * which waits for 5 seconds. As in lib/building-blocks/http-load-balancer.ts; test/disaster-recovery-parts.test.ts
 * compares the two.
 */
export const TARGET_DETECTION = 35;

/**
 * The longest time from the loss of the primary until DNS answers with the standby, part by part, and until the last client
 * asks again.
 *
 * Two things are not in it, since AWS gives no number for them: what Route 53 takes to bring a changed status to its name
 * servers, and by how much CloudWatch's metrics are late. Measure them on a game day.
 */
export function detectionShares(detection: Detection): TimeShare[] {
  const shares = detection.kind === 'endpoint' ? endpointShares(detection) : alarmShares(detection);
  return [
    ...shares,
    {
      what: 'resolvers keep the answer for its TTL',
      seconds: ALIAS_TTL,
      page: 'https://aws.amazon.com/route53/faqs/',
    },
  ];
}

/** The longest time until DNS answers with the standby. */
export function detectionTime(detection: Detection): Duration {
  return Duration.seconds(sum(detectionShares(detection)) - ALIAS_TTL);
}

/** The longest time until everybody has the standby's address: the detection, and the TTL of the last answer before. */
export function redirectionTime(detection: Detection): Duration {
  return Duration.seconds(sum(detectionShares(detection)));
}

/**
 * How many requests a minute the checkers of Route 53 send to an endpoint, about: one every two seconds at an interval of 30
 * seconds, so three times as many at 10
 * (https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/health-checks-creating-values.html). None to an alarm.
 */
export function checkerRequestsPerMinute(detection: Detection): number {
  return detection.kind === 'endpoint' ? 900 / detection.requestInterval : 0;
}

function endpointShares({
  failureThreshold,
  requestInterval,
}: Detection & { kind: 'endpoint' }): TimeShare[] {
  return [
    {
      what: `each checker waits ${requestInterval} s between requests, ${failureThreshold} times`,
      seconds: requestInterval * failureThreshold,
      page: `${ROUTE_53}/health-checks-creating-values.html`,
    },
    {
      what: `each of them fails after 4 s without a connection, or 2 s more without an answer`,
      seconds: REQUEST_TIMEOUT * failureThreshold,
      page: `${ROUTE_53}/dns-failover-determining-health-of-endpoints.html`,
    },
  ];
}

function alarmShares({ evaluationPeriods }: Detection & { kind: 'alarm' }): TimeShare[] {
  return [
    {
      what: 'the load balancer finds its servers sick: 3 checks of 10 s, and 5 s for the last answer',
      seconds: TARGET_DETECTION,
      page: 'https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html',
    },
    {
      what: 'the minute in which the last server failed still had a healthy one',
      seconds: 60,
      page: 'https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html',
    },
    {
      what: `${evaluationPeriods} periods of 60 s without a healthy server`,
      seconds: 60 * evaluationPeriods,
      page: 'https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html',
    },
  ];
}

function sum(shares: readonly TimeShare[]): number {
  return shares.reduce((total, { seconds }) => total + seconds, 0);
}
