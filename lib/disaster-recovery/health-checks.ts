import { Duration, Token } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as route53 from 'aws-cdk-lib/aws-route53';
import { Construct } from 'constructs';
import type { Monitoring } from '../building-blocks/monitoring';
import { Problems } from '../building-blocks/problems';
import type { Detection } from './detection-time';
import { switchAlarmName } from './failover-switch';
import { primaryDownAlarmName } from './primary-down-alarm';
import type { SystemNames } from './system-names';

/** The health checks of a primary, by their ids, as another stack may know them. */
export interface PrimaryHealthChecks {
  /** The health check for the primary's record: it works, and it is the one that serves. */
  readonly healthCheckId: string;

  /** Whether the primary works. */
  readonly workingCheckId: string;

  /** Whether the primary is the region that serves. */
  readonly servingCheckId: string;
}

/** What the checkers of Route 53 request. */
export interface PrimaryEndpoint {
  /** The DNS name of the primary's load balancer, which must be reachable from the internet. Not the name of the record. */
  readonly domainName: string;

  readonly protocol: 'http' | 'https';

  /** A path that answers 200 to 399, beginning with a slash. */
  readonly path: string;
}

/** Properties of PrimaryHealth. */
export interface PrimaryHealthProps {
  readonly names: SystemNames;

  /** How the primary is watched: requests to its load balancer, or the alarm of PrimaryDownAlarm in its region. */
  readonly detection: Detection;

  /** What is requested. Needed with `kind: 'endpoint'`, and only then. */
  readonly endpoint?: PrimaryEndpoint;
}

/**
 * The health of the primary, as its DNS record needs it: the primary works, and it is the one that serves.
 *
 * The second half keeps the primary out of the answers from the failover until the failback, also when its region comes back
 * before that, with a database that has missed everything since.
 */
export class PrimaryHealth extends Construct implements PrimaryHealthChecks {
  readonly healthCheckId: string;
  readonly workingCheckId: string;
  readonly servingCheckId: string;

  constructor(scope: Construct, id: string, props: PrimaryHealthProps) {
    super(scope, id);
    const problems = new Problems(this);
    checkDetection(props, problems);
    problems.throwIfAny();

    const { names } = props;
    this.workingCheckId = this.addCheck('Working', `${names.systemName} primary works`, workingConfig(props));
    this.servingCheckId = this.addCheck('Serving', `${names.systemName} primary serves`, {
      type: 'CLOUDWATCH_METRIC',
      alarmIdentifier: { name: switchAlarmName(names), region: names.standbyRegion },
      // When the standby's region is gone, a healthy primary must stay in the answers, and a failed-over one out of them.
      insufficientDataHealthStatus: 'LastKnownStatus',
    });
    this.healthCheckId = this.addCheck('Healthy', `${names.systemName} primary`, {
      type: 'CALCULATED',
      childHealthChecks: [this.workingCheckId, this.servingCheckId],
      healthThreshold: 2,
    });
  }

  private addCheck(
    id: string,
    name: string,
    config: route53.CfnHealthCheck.HealthCheckConfigProperty,
  ): string {
    return new route53.CfnHealthCheck(this, id, {
      healthCheckConfig: config,
      healthCheckTags: [{ key: 'Name', value: name }],
    }).attrHealthCheckId;
  }
}

/** 1 while a health check is healthy, 0 otherwise. Route 53 sends its metrics to us-east-1 only. */
function healthCheckMetric(healthCheckId: string, label: string): cloudwatch.Metric {
  return new cloudwatch.Metric({
    namespace: 'AWS/Route53',
    metricName: 'HealthCheckStatus',
    dimensionsMap: { HealthCheckId: healthCheckId },
    statistic: 'Minimum',
    period: Duration.minutes(1),
    label,
    region: 'us-east-1',
  });
}

/**
 * Adds the alarm on the health of the primary's record, and the graph of its parts, to the monitoring of a stack in us-east-1:
 * an alarm must be in the region of its metric
 * (https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/monitoring-health-checks.html).
 */
export function addHealthMonitoring(
  monitoring: Monitoring,
  { healthCheckId, servingCheckId, workingCheckId }: PrimaryHealthChecks,
): void {
  const health = healthCheckMetric(healthCheckId, 'the primary is in the answers');
  monitoring.addAlarm('PrimaryUnhealthy', {
    alarmDescription:
      "Route 53 answers with the standby's address: the primary does not work, or the standby serves in its place.",
    metric: health,
    comparisonOperator: cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
    threshold: 1,
    evaluationPeriods: 1,
    // There is no datapoint when the check is disabled or gone: then nobody watches, and the record counts as healthy.
    treatMissingData: cloudwatch.TreatMissingData.MISSING,
  });
  monitoring.dashboard.addWidgets(
    new cloudwatch.GraphWidget({
      title: 'Health of the primary',
      left: [
        health,
        healthCheckMetric(workingCheckId, 'the primary works'),
        healthCheckMetric(servingCheckId, 'the primary is the one that serves'),
      ],
      leftYAxis: { min: 0, max: 1 },
      width: 24,
    }),
  );
}

function workingConfig({ detection, endpoint, names }: PrimaryHealthProps) {
  if (detection.kind === 'alarm' || !endpoint) {
    const evaluationPeriods = detection.kind === 'alarm' ? detection.evaluationPeriods : 1;
    return {
      type: 'CLOUDWATCH_METRIC',
      alarmIdentifier: {
        name: primaryDownAlarmName(names, evaluationPeriods),
        region: names.primaryRegion,
      },
      // No data comes from a load balancer without servers, nor from a region that is gone.
      insufficientDataHealthStatus: 'Unhealthy',
    };
  }
  const { domainName, path, protocol } = endpoint;
  return {
    type: protocol.toUpperCase(),
    fullyQualifiedDomainName: domainName,
    port: protocol === 'https' ? 443 : 80,
    resourcePath: path,
    requestInterval: detection.requestInterval,
    failureThreshold: detection.failureThreshold,
    // The certificate is not the load balancer's own name's. Route 53 then shakes hands once more without a name, and
    // checks no certificate.
    ...(protocol === 'https' && { enableSni: true }),
  };
}

function checkDetection({ detection, endpoint }: PrimaryHealthProps, problems: Problems): void {
  if (detection.kind === 'alarm') {
    if (endpoint)
      problems.add('endpoint', endpoint.domainName, "is of no use with kind 'alarm'; leave it out.");
    return;
  }
  const { failureThreshold, requestInterval } = detection;
  if (requestInterval !== 10 && requestInterval !== 30) {
    problems.add('detection.requestInterval', requestInterval, 'is not possible; Route 53 has 10 and 30.');
  }
  if (!Number.isInteger(failureThreshold) || failureThreshold < 1 || failureThreshold > 10) {
    problems.add('detection.failureThreshold', failureThreshold, 'is not possible; give 1 to 10.');
  }
  if (!endpoint) {
    problems.add('endpoint', undefined, "is missing; kind 'endpoint' needs what is to be requested.");
  } else if (!Token.isUnresolved(endpoint.path) && !endpoint.path.startsWith('/')) {
    problems.add('endpoint.path', endpoint.path, 'must begin with a slash.');
  }
}
