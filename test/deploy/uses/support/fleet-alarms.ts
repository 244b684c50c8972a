import assert from 'node:assert/strict';
import type { DeployedStack } from '../../support/stacks';
import { groupOf } from './fleet';
import { alarmsNotify, watchedBy } from './monitoring';

/** What can go wrong wherever servers stand behind a load balancer and before a database. */
export const FLEET_ALARMS = [
  'DatabaseConnectionsHigh',
  'DatabaseStorageLow',
  'ErrorRateHigh',
  'FleetTooSmall',
  'LatencyHigh',
  'NoHealthyServer',
  'ServerUnhealthy',
];

/** Shows which alarms there are, besides others of the pattern, that they watch this stack, and notify its topic. */
export async function fleetAlarms(stack: DeployedStack, others: readonly string[] = []): Promise<void> {
  const found = await alarmsNotify(stack, [...FLEET_ALARMS, ...others]);
  const loadBalancer = await stack.idOf('AWS::ElasticLoadBalancingV2::LoadBalancer');
  const targetGroup = await stack.idOf('AWS::ElasticLoadBalancingV2::TargetGroup');
  assert.deepEqual(watchedBy(found), {
    AutoScalingGroupName: [(await groupOf(stack)).AutoScalingGroupName],
    DBInstanceIdentifier: [await stack.idOf('AWS::RDS::DBInstance')],
    LoadBalancer: [loadBalancer.split(':loadbalancer/')[1]],
    TargetGroup: [targetGroup.split(':').at(-1)],
  });
}
