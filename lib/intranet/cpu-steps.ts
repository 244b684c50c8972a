import * as autoscaling from 'aws-cdk-lib/aws-autoscaling';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as actions from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Construct } from 'constructs';

/** Properties of CpuSteps. */
export interface CpuStepsProps {
  readonly autoScalingGroup: autoscaling.AutoScalingGroup;

  /** Those that add servers have a `lower`, those that take servers away an `upper`. */
  readonly steps: readonly autoscaling.ScalingInterval[];

  /** The servers' CPU load. */
  readonly metric: cloudwatch.IMetric;
}

/**
 * Steps of the CPU load that add servers or take them away: a policy and an alarm for each direction.
 *
 * `AutoScalingGroup.scaleOnMetric()` would do the same, and prints a deprecation of its own at each synthesis.
 */
export class CpuSteps extends Construct {
  constructor(scope: Construct, id: string, props: CpuStepsProps) {
    super(scope, id);
    const { autoScalingGroup, metric, steps } = props;
    const createPolicy = (name: string) =>
      new autoscaling.StepScalingAction(this, name, {
        autoScalingGroup,
        adjustmentType: autoscaling.AdjustmentType.CHANGE_IN_CAPACITY,
        metricAggregationType: autoscaling.MetricAggregationType.AVERAGE,
      });

    const adding = steps
      .filter(({ change }) => change > 0)
      .map(({ lower = 0, change }) => ({ bound: lower, change }))
      .sort((one, other) => one.bound - other.bound);
    const removing = steps
      .filter(({ change }) => change < 0)
      .map(({ upper = 100, change }) => ({ bound: upper, change }))
      .sort((one, other) => other.bound - one.bound);
    for (const [name, ordered, comparisonOperator] of [
      ['Add', adding, cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD],
      ['Remove', removing, cloudwatch.ComparisonOperator.LESS_THAN_OR_EQUAL_TO_THRESHOLD],
    ] as const) {
      const threshold = ordered[0]?.bound ?? 0;
      const policy = createPolicy(name);
      for (const [index, { bound, change }] of ordered.entries()) {
        // Bounds count from the alarm's threshold; the last step has no end.
        const near = bound - threshold;
        const next = ordered[index + 1];
        const far = next && next.bound - threshold;
        policy.addAdjustment({
          adjustment: change,
          ...(name === 'Add' ? { lowerBound: near, upperBound: far } : { lowerBound: far, upperBound: near }),
        });
      }
      const alarm = new cloudwatch.Alarm(this, `${name}Alarm`, {
        alarmDescription: 'Changes the number of servers. It is no reason to worry.',
        metric,
        threshold,
        comparisonOperator,
        evaluationPeriods: 2,
      });
      alarm.addAlarmAction(new actions.AutoScalingAction(policy));
    }
  }
}
