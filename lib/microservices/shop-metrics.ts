import { Duration, Names } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { ShopServiceName } from './shop-services';

/** Properties of ShopMetrics. */
export interface ShopMetricsProps {
  /** Where the lines of all containers' logs are, as events like `{ log_processed: {...}, kubernetes: {...} }`. */
  readonly logGroup: logs.ILogGroup;

  /** The shop's namespace in the cluster: other applications may write the same log group. */
  readonly kubernetesNamespace: string;
}

/** The steps of a purchase, and those that undo one. */
export const STEPS = ['reserve', 'pay', 'confirm', 'record', 'release', 'void'] as const;

const MINUTE = Duration.minutes(1);
const FIVE_MINUTES = Duration.minutes(5);

/** Where the CloudWatch agent, and Fluent Bit on Fargate, put what a line in JSON says. */
const LINE = '$.log_processed';

const { all, any, exists, numberValue, stringValue } = logs.FilterPattern;

/**
 * The shop's own metrics, made of the lines of its services' logs. Each is paid for in hours in which it has datapoints:
 * two for each of the six services, one for each of the six steps, and two more, 20 in all.
 *
 * None has a default value, which CloudWatch Logs forbids for metrics with dimensions: a period without a line is one without
 * a datapoint.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntaxForMetricFilters.html
 */
export class ShopMetrics extends Construct {
  private readonly namespace: string;
  private readonly props: ShopMetricsProps;

  constructor(scope: Construct, id: string, props: ShopMetricsProps) {
    super(scope, id);
    this.props = props;
    this.namespace = `Shop/${Names.uniqueResourceName(this, { separator: '-', maxLength: 120 })}`;
    const asked = [
      exists(`${LINE}.service`),
      // A copy that starts or stops answers its health checks with 503, and should.
      stringValue(`${LINE}.path`, '!=', '/healthz'),
      stringValue(`${LINE}.path`, '!=', '/readyz'),
    ];
    const service = { Service: `${LINE}.service` };
    this.filter('RequestTime', ['request'], [...asked, numberValue(`${LINE}.ms`, '>=', 0)], 'ms', service);
    this.filter(
      'Errors',
      ['request'],
      [...asked, numberValue(`${LINE}.status`, '>=', 500)],
      undefined,
      service,
    );
    this.filter('StepTime', ['step'], [exists(`${LINE}.step`), numberValue(`${LINE}.ms`, '>=', 0)], 'ms', {
      Step: `${LINE}.step`,
    });
    this.filter('OrdersStuck', ['order stuck', 'order unreadable']);
    this.filter('BackgroundFailures', ['background']);
  }

  /** The requests that a service has answered in a minute, from outside and from other services. */
  requests(service: ShopServiceName): cloudwatch.Metric {
    return this.ofService('RequestTime', service, cloudwatch.Stats.SAMPLE_COUNT);
  }

  /** The milliseconds in which a service has answered 99 of 100 requests in a minute. */
  latency(service: ShopServiceName): cloudwatch.Metric {
    return this.ofService('RequestTime', service, 'p99');
  }

  /** Errors of a service in percent of its answers in a minute. */
  errorRate(service: ShopServiceName): cloudwatch.MathExpression {
    const id = (word: string) => `${service}${word}`;
    return new cloudwatch.MathExpression({
      // Errors are no datapoint while there are none.
      expression: `IF(${id('Requests')} > 0, 100 * FILL(${id('Errors')}, 0) / ${id('Requests')}, 0)`,
      usingMetrics: {
        [id('Requests')]: this.requests(service),
        [id('Errors')]: this.ofService('Errors', service, cloudwatch.Stats.SUM),
      },
      period: MINUTE,
      label: service,
    });
  }

  /** The milliseconds that 99 of 100 runs of a step have taken in five minutes. */
  stepTime(step: (typeof STEPS)[number]): cloudwatch.Metric {
    return this.metric('StepTime', {
      statistic: 'p99',
      period: FIVE_MINUTES,
      dimensionsMap: { Step: step },
      label: step,
    });
  }

  /** How often it was said in five minutes that an order makes no progress though it was tried ten times. */
  ordersStuck(): cloudwatch.Metric {
    return this.metric('OrdersStuck', {
      statistic: cloudwatch.Stats.SUM,
      period: FIVE_MINUTES,
      label: 'stuck',
    });
  }

  /** How often work that no request asks for has failed in five minutes: to publish events, to go on with orders. */
  backgroundFailures(): cloudwatch.Metric {
    return this.metric('BackgroundFailures', {
      statistic: cloudwatch.Stats.SUM,
      period: FIVE_MINUTES,
      label: 'failures',
    });
  }

  private ofService(name: string, service: ShopServiceName, statistic: string): cloudwatch.Metric {
    return this.metric(name, {
      statistic,
      period: MINUTE,
      dimensionsMap: { Service: service },
      label: service,
    });
  }

  private metric(metricName: string, options: cloudwatch.MetricOptions): cloudwatch.Metric {
    return new cloudwatch.Metric({ ...options, namespace: this.namespace, metricName });
  }

  /**
   * @param events what the lines may call themselves
   * @param conditions what else they have to say
   * @param field what is measured; how often there is a line where it is left out
   */
  private filter(
    metricName: string,
    events: readonly string[],
    conditions: readonly logs.JsonPattern[] = [],
    field?: string,
    dimensions?: Record<string, string>,
  ): void {
    const { kubernetesNamespace, logGroup } = this.props;
    new logs.MetricFilter(this, metricName, {
      logGroup,
      metricNamespace: this.namespace,
      metricName,
      filterPattern: all(
        any(...events.map((event) => stringValue(`${LINE}.event`, '=', event))),
        stringValue('$.kubernetes.namespace_name', '=', kubernetesNamespace),
        ...conditions,
      ),
      ...(field !== undefined && { metricValue: `${LINE}.${field}`, unit: cloudwatch.Unit.MILLISECONDS }),
      ...(dimensions && { dimensions }),
    });
  }
}
