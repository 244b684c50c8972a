import { stateAfter } from './alarms';
import { type Resource, resourcesOf, type StackTemplate } from './apps';

interface StepAdjustment {
  readonly MetricIntervalLowerBound?: number;
  readonly MetricIntervalUpperBound?: number;
  readonly ScalingAdjustment: number;
}

/** The scaling policies of a type. */
export function policiesOf(template: StackTemplate, type: string): Record<string, unknown>[] {
  return Object.values(resourcesOf(template, 'AWS::AutoScaling::ScalingPolicy'))
    .map(({ Properties }) => Properties)
    .filter(({ PolicyType }) => PolicyType === type);
}

/** The alarms that a policy of steps listens to, with the policy. */
export function stepAlarmsOf(template: StackTemplate): { alarm: Resource; policy: Resource }[] {
  return Object.values(resourcesOf(template, 'AWS::CloudWatch::Alarm')).flatMap((alarm) => {
    const [action] = alarm.Properties.AlarmActions as { Ref: string }[];
    const policy = template.Resources[action?.Ref ?? ''];
    return policy?.Type === 'AWS::AutoScaling::ScalingPolicy' ? [{ alarm, policy }] : [];
  });
}

/**
 * By how many servers the steps change a group whose CPU load has been the same for a while.
 *
 * Bounds count from the alarm's threshold. Above it the lower one is within a step and the upper one is not, below it the
 * other way round (https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-scaling-simple-step.html).
 */
export function changeAt(template: StackTemplate, load: number): number {
  const changes = stepAlarmsOf(template).flatMap(({ alarm, policy }) => {
    if (stateAfter(alarm, Array(5).fill(load)) !== 'ALARM') return [];
    const breach = load - Number(alarm.Properties.Threshold);
    const isAbove = String(alarm.Properties.ComparisonOperator).startsWith('GreaterThan');
    const steps = (policy.Properties.StepAdjustments as StepAdjustment[]).filter(
      ({ MetricIntervalLowerBound: lower = -Infinity, MetricIntervalUpperBound: upper = Infinity }) =>
        isAbove ? lower <= breach && breach < upper : lower < breach && breach <= upper,
    );
    if (steps.length !== 1) throw new Error(`at ${load} % there are ${steps.length} steps`);
    return steps.map(({ ScalingAdjustment }) => ScalingAdjustment);
  });
  if (changes.length > 1) throw new Error(`at ${load} % both policies act`);
  return changes[0] ?? 0;
}
