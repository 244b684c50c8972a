import { Aws, Stack, Token } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { globalName } from '../building-blocks/global-name';

/** A cluster's name has 100 characters at most: https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateCluster.html */
const MOST = 100;

/**
 * A cluster's name. It has to be known before the cluster is there: EKS writes the control plane's log into a group of that name
 * as soon as it starts, and makes one that never expires where there is none.
 *
 * @returns the stack's name and eight characters of the construct's address; where that may be too long, the stack's id takes its
 *   place
 */
export function clusterNameOf(scope: Construct): string {
  const { stackName } = Stack.of(scope);
  const address = scope.node.addr.slice(-8);
  const fits = !Token.isUnresolved(stackName) && stackName.length + address.length < MOST;
  return fits ? `${Aws.STACK_NAME}-${address}` : globalName(scope);
}
