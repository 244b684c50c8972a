import assert from 'node:assert/strict';
import {
  DescribePoliciesCommand,
  DescribeScheduledActionsCommand,
  type ScalingPolicy,
} from '@aws-sdk/client-auto-scaling';
import type { DeployedStack } from '../../support/stacks';
import { groupOf } from './fleet';
import { alarmsOf } from './monitoring';

/** The policies of the stack's group. */
async function policiesOf(stack: DeployedStack): Promise<ScalingPolicy[]> {
  const { AutoScalingGroupName } = await groupOf(stack);
  const { ScalingPolicies = [] } = await stack.aws.autoScaling.send(
    new DescribePoliciesCommand({ AutoScalingGroupName }),
  );
  return ScalingPolicies;
}

/** Shows that the only policy keeps a CPU load, in percent, and has alarms that call it. */
export async function followsCpu(stack: DeployedStack, percent: number): Promise<void> {
  const policies = await policiesOf(stack);
  assert.deepEqual(
    policies.map(({ PolicyType, TargetTrackingConfiguration: tracking }) => [
      PolicyType,
      tracking?.PredefinedMetricSpecification?.PredefinedMetricType,
      tracking?.TargetValue,
      tracking?.DisableScaleIn ?? false,
    ]),
    [['TargetTrackingScaling', 'ASGAverageCPUUtilization', percent, false]],
  );
  assert.equal(policies[0]?.Alarms?.length, 2);
}

/** Shows that a policy keeps a number of requests for each target, and that a forecast aims at the same. */
export async function followsRequests(stack: DeployedStack, requests: number): Promise<void> {
  const policies = await policiesOf(stack);
  assert.deepEqual(policies.map(({ PolicyType }) => PolicyType).sort(), [
    'PredictiveScaling',
    'TargetTrackingScaling',
  ]);
  const tracking = policies.find((policy) => policy.TargetTrackingConfiguration)?.TargetTrackingConfiguration;
  const forecast = policies.find(
    (policy) => policy.PredictiveScalingConfiguration,
  )?.PredictiveScalingConfiguration;
  const label = await labelOf(stack);
  const { PredefinedMetricSpecification: specification, TargetValue } = tracking ?? {};
  assert.deepEqual(
    [specification?.PredefinedMetricType, specification?.ResourceLabel, TargetValue],
    ['ALBRequestCountPerTarget', label, requests],
  );
  const { MaxCapacityBreachBehavior, MetricSpecifications, Mode, SchedulingBufferTime } = forecast ?? {};
  assert.deepEqual(
    { MaxCapacityBreachBehavior, Mode, SchedulingBufferTime },
    {
      MaxCapacityBreachBehavior: 'HonorMaxCapacity',
      Mode: 'ForecastAndScale',
      SchedulingBufferTime: 300,
    },
  );
  assert.deepEqual(
    MetricSpecifications?.map(({ PredefinedMetricPairSpecification: pair, TargetValue }) => [
      pair?.PredefinedMetricType,
      pair?.ResourceLabel,
      TargetValue,
    ]),
    [['ALBRequestCount', label, requests]],
  );
}

/** How Auto Scaling names the target group of the load balancer. */
async function labelOf({ idOf }: DeployedStack): Promise<string> {
  const loadBalancer = await idOf('AWS::ElasticLoadBalancingV2::LoadBalancer');
  const targetGroup = await idOf('AWS::ElasticLoadBalancingV2::TargetGroup');
  return `${loadBalancer.split(':loadbalancer/')[1]}/${targetGroup.split(':').at(-1)}`;
}

/**
 * Shows that two policies change the number of servers by steps, each called by one alarm on the group's CPU load.
 *
 * @param expected the steps in words, by threshold: from where to where, counted from the threshold, and the change
 */
export async function followsSteps(
  stack: DeployedStack,
  expected: Readonly<Record<string, readonly string[]>>,
): Promise<void> {
  const { AutoScalingGroupName } = await groupOf(stack);
  const alarms = await alarmsOf(stack);
  const found = (await policiesOf(stack)).map((policy) => {
    const calling = alarms.filter(({ AlarmActions }) => AlarmActions?.includes(policy.PolicyARN ?? ''));
    assert.equal(calling.length, 1, `${policy.PolicyName} is not called by one alarm`);
    const [{ ComparisonOperator, Dimensions, MetricName, Threshold } = {}] = calling;
    assert.deepEqual(
      [MetricName, Dimensions],
      ['CPUUtilization', [{ Name: 'AutoScalingGroupName', Value: AutoScalingGroupName }]],
    );
    const steps = policy.StepAdjustments?.map(
      ({ MetricIntervalLowerBound: from, MetricIntervalUpperBound: to, ScalingAdjustment: change }) =>
        `${from ?? ''}..${to ?? ''}: ${change}`,
    );
    return [`${ComparisonOperator} ${Threshold}`, steps?.sort()] as const;
  });
  assert.deepEqual(Object.fromEntries(found), expected);
}

/** Shows when the least number of servers changes, as `time: least`, in Japan's time. */
export async function schedules(stack: DeployedStack, expected: readonly string[]): Promise<void> {
  const { AutoScalingGroupName } = await groupOf(stack);
  const { ScheduledUpdateGroupActions = [] } = await stack.aws.autoScaling.send(
    new DescribeScheduledActionsCommand({ AutoScalingGroupName }),
  );
  assert.deepEqual(
    ScheduledUpdateGroupActions.map(({ MinSize, Recurrence }) => `${Recurrence}: ${MinSize}`).sort(),
    [...expected].sort(),
  );
  assert.deepEqual(
    new Set(ScheduledUpdateGroupActions.map(({ TimeZone }) => TimeZone)),
    new Set(['Asia/Tokyo']),
  );
}
