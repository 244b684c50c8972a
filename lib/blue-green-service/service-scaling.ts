import { Duration } from 'aws-cdk-lib';
import * as appscaling from 'aws-cdk-lib/aws-applicationautoscaling';
import type * as ecs from 'aws-cdk-lib/aws-ecs';
import type * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { ServiceGroups } from './service-routes';

/** How many tasks there are, where nothing is said. */
export const DEFAULT_MIN_CAPACITY = 2;
export const DEFAULT_MAX_CAPACITY = 6;

const DEFAULT_TARGET_CPU = 60;
const DEFAULT_TARGET_REQUESTS = 1000;

/** What a service's number of tasks goes by. */
export interface ServiceScaling {
  readonly minCapacity?: number;
  readonly maxCapacity?: number;
  readonly targetCpu?: number;
  readonly targetRequests?: number;
}

/** Lets the number of a service's tasks follow its load. */
export function scale(service: ecs.FargateService, groups: ServiceGroups, scaling: ServiceScaling): void {
  const tasks = service.autoScaleTaskCount({
    minCapacity: scaling.minCapacity ?? DEFAULT_MIN_CAPACITY,
    maxCapacity: scaling.maxCapacity ?? DEFAULT_MAX_CAPACITY,
  });
  tasks.scaleOnCpuUtilization('Cpu', {
    targetUtilizationPercent: scaling.targetCpu ?? DEFAULT_TARGET_CPU,
    scaleInCooldown: Duration.minutes(5),
    scaleOutCooldown: Duration.minutes(1),
  });
  const target = tasks.node.findChild('Target') as appscaling.ScalableTarget;
  // ECS's own metric of requests per target is that of one group, which has none after the next release.
  new appscaling.CfnScalingPolicy(tasks, 'Requests', {
    policyName: 'Requests',
    policyType: 'TargetTrackingScaling',
    scalingTargetId: target.scalableTargetId,
    targetTrackingScalingPolicyConfiguration: {
      targetValue: scaling.targetRequests ?? DEFAULT_TARGET_REQUESTS,
      scaleInCooldown: Duration.minutes(5).toSeconds(),
      scaleOutCooldown: Duration.minutes(1).toSeconds(),
      customizedMetricSpecification: {
        metrics: [
          {
            id: 'requests',
            label: 'Requests a minute and task, of the group that users reach',
            expression: 'MAX([FILL(blue, 0), FILL(green, 0)])',
            returnData: true,
          },
          requestsPerTarget('blue', groups.blue),
          requestsPerTarget('green', groups.green),
        ],
      },
    },
  });
}

function requestsPerTarget(
  id: string,
  group: elbv2.ApplicationTargetGroup,
): appscaling.CfnScalingPolicy.TargetTrackingMetricDataQueryProperty {
  return {
    id,
    returnData: false,
    metricStat: {
      stat: 'Sum',
      metric: {
        namespace: 'AWS/ApplicationELB',
        metricName: 'RequestCountPerTarget',
        dimensions: [{ name: 'TargetGroup', value: group.targetGroupFullName }],
      },
    },
  };
}
