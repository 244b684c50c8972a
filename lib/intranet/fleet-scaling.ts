import { Duration, Fn } from 'aws-cdk-lib';
import * as autoscaling from 'aws-cdk-lib/aws-autoscaling';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Construct } from 'constructs';
import type { HttpLoadBalancer } from '../building-blocks/http-load-balancer';
import type { Monitoring } from '../building-blocks/monitoring';
import type { ServerFleet } from '../building-blocks/server-fleet';
import { CpuSteps } from './cpu-steps';
import { DEFAULT_TARGET_CPU, type Scaling } from './scaling-options';

/** Properties of FleetScaling. */
export interface FleetScalingProps {
  readonly fleet: ServerFleet;

  /** What counts the requests. */
  readonly loadBalancer: HttpLoadBalancer;

  readonly scaling: Scaling;
}

/** What changes the number of servers: targets or steps, the clock, and a forecast. */
export class FleetScaling extends Construct {
  private readonly group: autoscaling.AutoScalingGroup;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: FleetScalingProps,
  ) {
    super(scope, id);
    const { scaling } = props;
    this.group = props.fleet.autoScalingGroup;
    const { cpuSteps, targetRequests } = scaling;
    const isDefault = !cpuSteps && targetRequests === undefined;
    const targetCpu = scaling.targetCpu ?? (isDefault ? DEFAULT_TARGET_CPU : undefined);
    if (targetCpu !== undefined) {
      this.group.scaleOnCpuUtilization('Cpu', { targetUtilizationPercent: targetCpu });
    }
    if (targetRequests !== undefined) {
      this.group.scaleOnRequestCount('Requests', { targetRequestsPerMinute: targetRequests });
    }
    if (cpuSteps) {
      new CpuSteps(this, 'CpuSteps', {
        autoScalingGroup: this.group,
        steps: cpuSteps,
        metric: props.fleet.cpuMetric,
      });
    }
    for (const [index, { schedule, ...capacity }] of (scaling.schedules ?? []).entries()) {
      this.group.scaleOnSchedule(`Schedule${index}`, {
        schedule,
        timeZone: scaling.timeZone ?? 'Etc/UTC',
        ...capacity,
      });
    }
    if (scaling.predictive) this.forecast(targetCpu);
  }

  /** Adds the alarm on a group that can't grow any more. */
  addMonitoring(monitoring: Monitoring): void {
    const { fleet } = this.props;
    monitoring.addAlarm('FleetAtMaximum', {
      alarmDescription:
        'For a quarter of an hour there have been as many servers as there may be: more load makes the intranet slow. Raise maxCapacity, or look what the load is.',
      metric: new cloudwatch.MathExpression({
        expression: 'desired - maximum',
        usingMetrics: {
          desired: fleet.metric('GroupDesiredCapacity', 'Minimum', 'desired'),
          maximum: fleet.metric('GroupMaxSize', 'Maximum', 'maximum'),
        },
        period: Duration.minutes(1),
        label: 'above the maximum',
      }),
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      threshold: 0,
      evaluationPeriods: 15,
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
    });
  }

  /** Towards the same target as the dynamic policy, which alone takes servers away again. */
  private forecast(targetCpu: number | undefined): void {
    const { loadBalancer, scaling } = this.props;
    const { mode, schedulingBufferTime } = scaling.predictive ?? {};
    const metric =
      targetCpu === undefined
        ? {
            targetValue: scaling.targetRequests ?? 0,
            predefinedMetricPairSpecification: {
              predefinedMetricType: 'ALBRequestCount',
              resourceLabel: resourceLabelOf(loadBalancer.loadBalancer, loadBalancer.targetGroup),
            },
          }
        : {
            targetValue: targetCpu,
            predefinedMetricPairSpecification: { predefinedMetricType: 'ASGCPUUtilization' },
          };
    const policy = new autoscaling.CfnScalingPolicy(this, 'Forecast', {
      autoScalingGroupName: this.group.autoScalingGroupName,
      policyType: 'PredictiveScaling',
      predictiveScalingConfiguration: {
        mode: mode === 'forecastAndScale' ? 'ForecastAndScale' : 'ForecastOnly',
        schedulingBufferTime: schedulingBufferTime?.toSeconds(),
        maxCapacityBreachBehavior: 'HonorMaxCapacity',
        metricSpecifications: [metric],
      },
    });
    // The label names the target group as the load balancer's, which it is only once the listener is there.
    policy.node.addDependency(loadBalancer.listener);
  }
}

/** How Auto Scaling names a target group of a load balancer: the ends of both ARNs. */
function resourceLabelOf(
  loadBalancer: elbv2.ApplicationLoadBalancer,
  targetGroup: elbv2.ApplicationTargetGroup,
): string {
  return Fn.join('/', [loadBalancer.loadBalancerFullName, targetGroup.targetGroupFullName]);
}
