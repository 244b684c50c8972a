import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { RecoverySettings } from './recovery-settings';
import type { RegionalSite } from './regional-site';

/** The sites of both regions; that of a cold standby is not known before it is built. */
export interface Sites {
  readonly primary: RegionalSite;
  readonly standby?: RegionalSite;
}

interface Side {
  readonly site?: RegionalSite;
  readonly region: string;
  readonly database: string;
}

/** Adds the same graphs of both regions, each pair in a row. */
export function addSideBySide(
  dashboard: cloudwatch.Dashboard,
  { names }: RecoverySettings,
  sites: Sites,
): void {
  const { database, primaryRegion, standbyRegion } = names;
  const sides: Side[] = [
    { site: sites.primary, region: primaryRegion, database },
    { site: sites.standby, region: standbyRegion, database },
  ];
  dashboard.addWidgets(text(`**${primaryRegion}**, the primary`), text(`**${standbyRegion}**, the standby`));
  for (const [title, metricsOf] of ROWS) {
    dashboard.addWidgets(
      ...sides.map((side) => {
        const left = metricsOf(side);
        return left.length > 0
          ? new cloudwatch.GraphWidget({ title, region: side.region, left, leftYAxis: { min: 0 }, width: 12 })
          : text(`${title}: there are none while the standby sleeps; awake, it has a dashboard of its own.`);
      }),
    );
  }
}

const ROWS: readonly (readonly [string, (side: Side) => cloudwatch.IMetric[]])[] = [
  ['Requests and errors', requestsOf],
  ['Servers', serversOf],
  ['Database', databaseOf],
];

const period = Duration.minutes(1);

function requestsOf({ region, site }: Side): cloudwatch.IMetric[] {
  if (!site) return [];
  const { metrics } = site.loadBalancer.loadBalancer;
  const { HttpCodeElb, HttpCodeTarget } = elbv2;
  return [
    metrics.requestCount({ period, region, label: 'requests' }),
    metrics.httpCodeElb(HttpCodeElb.ELB_5XX_COUNT, { period, region, label: 'errors of the load balancer' }),
    metrics.httpCodeTarget(HttpCodeTarget.TARGET_5XX_COUNT, {
      period,
      region,
      label: 'errors of the servers',
    }),
  ];
}

function serversOf({ region, site }: Side): cloudwatch.IMetric[] {
  if (!site) return [];
  const { metrics } = site.loadBalancer.targetGroup;
  return [
    metrics.healthyHostCount({ statistic: 'Maximum', period, region, label: 'healthy' }),
    metrics.unhealthyHostCount({ statistic: 'Minimum', period, region, label: 'unhealthy' }),
  ];
}

/** By its name, which it has in both regions, whichever of them is the source. */
function databaseOf({ database, region }: Side): cloudwatch.IMetric[] {
  const metric = (metricName: string, label: string) =>
    new cloudwatch.Metric({
      namespace: 'AWS/RDS',
      metricName,
      dimensionsMap: { DBInstanceIdentifier: database },
      statistic: 'Maximum',
      period,
      region,
      label,
    });
  return [metric('DatabaseConnections', 'connections'), metric('ReplicaLag', 'lag of the replica, seconds')];
}

function text(markdown: string): cloudwatch.TextWidget {
  return new cloudwatch.TextWidget({ markdown, width: 12, height: 1 });
}
