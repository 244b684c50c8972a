import type { DeployedStack } from '../../support/stacks';
import { onlyServersReachDatabase } from './database';
import { onlyBalancerReachesServers, serverGroupsOf } from './fleet';
import { balancerGroupsOf } from './load-balancer';

/** Shows that each part reaches the next one only: the load balancer the servers, these the database. */
export async function access(stack: DeployedStack): Promise<void> {
  await onlyBalancerReachesServers(stack, await balancerGroupsOf(stack));
  await onlyServersReachDatabase(stack, await serverGroupsOf(stack));
}
