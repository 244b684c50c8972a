import { answerWith, type CustomResourceAnswer, type CustomResourceEvent } from '../shared/custom-resource';
import { type Leftover, leftoversOf } from './leftovers';
import { lookUntilFound, type Sight, type TimeKeeper } from './looks';

/** How much of what is left a person is told of. */
const NAMED = 8;

/**
 * Waits, when the custom resource is deleted, until nothing is left that a cluster's controllers made for Ingresses and
 * Services: afterwards nobody would delete it, and neither its subnets nor the network could go. It has nothing to do when
 * the custom resource is made or changed.
 */
export async function handler(
  event: CustomResourceEvent,
  context: TimeKeeper,
): Promise<CustomResourceAnswer> {
  const { ClusterName = '', VpcId = '' } = event.ResourceProperties;
  return answerWith(event, `removal-of-${ClusterName}`, async (): Promise<undefined> => {
    if (event.RequestType !== 'Delete') return;
    await lookUntilFound(() => look(ClusterName, VpcId), context);
  });
}

async function look(clusterName: string, vpcId: string): Promise<Sight<undefined>> {
  const left = await leftoversOf(clusterName, vpcId);
  return left.length === 0 ? { found: undefined } : { waitsFor: describe(clusterName, vpcId, left) };
}

function describe(clusterName: string, vpcId: string, left: readonly Leftover[]): string {
  const named = left.slice(0, NAMED).map(({ id, kind }) => `${kind} ${id}`);
  const others = left.length > NAMED ? `; and ${left.length - NAMED} more` : '';
  return [
    `In ${vpcId} is left what the controllers of the cluster ${clusterName} made: ${named.join('; ')}${others}.`,
    'While the cluster runs, delete its Ingresses and its Services of type LoadBalancer, and the controllers delete the rest:',
    'kubectl delete ingress --all --all-namespaces.',
    'Nobody can delete a load balancer before its deletion protection is off.',
    'If that does not help, delete what is listed yourself, load balancers first; network interfaces go with them.',
    'Then delete the stack again.',
  ].join(' ');
}
