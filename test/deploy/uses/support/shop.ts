import assert from 'node:assert/strict';
import { controlOf, type KnownCluster, type KubernetesObject } from '../../support/control';
import type { DeployedStack } from '../../support/stacks';
import type { Exercise } from '../../support/use';
import { emulatorOf } from './addresses';

/** The shop's services. */
export const SERVICES = ['cart', 'customer', 'order', 'payment', 'product', 'review'];

/** The namespace of the shop, and the name of its Ingress. */
export const SHOP = 'shop';

/**
 * What needs a look into the cluster: in an emulator, which tells what it was asked. With a real account nobody but the
 * stack itself gets in, and its own functions notice when something is not applied.
 */
export const withCluster =
  (act: (stack: DeployedStack, cluster: KnownCluster) => Promise<void> | void): Exercise =>
  async (stack) => {
    const url = await emulatorOf(stack.aws);
    if (url) await act(stack, await clusterOf(stack, url));
  };

async function clusterOf({ aws, idOf }: DeployedStack, url: string): Promise<KnownCluster> {
  const name = await idOf('AWS::EKS::Cluster');
  const found = (await controlOf({ url }).clusters()).find(
    ({ cluster, region }) => cluster.name === name && region === aws.region,
  );
  if (!found) throw new Error(`EKS does not know ${name}`);
  return found;
}

/** The objects of a kind, by their names. */
export function objectsOf<T extends KubernetesObject>(
  { objects }: KnownCluster,
  kind: string,
): Record<string, T> {
  const ofKind = objects.filter((each): each is T => each.kind === kind);
  return Object.fromEntries(ofKind.map((each) => [each.metadata.name, each]));
}

/** The id of the one resource of a type whose physical id has a part. */
export async function idWith(stack: DeployedStack, type: string, part: string): Promise<string> {
  const ids = (await stack.idsOf(type)).filter((id) => id.includes(part));
  assert.equal(ids.length, 1, `${type} with ${part}: ${ids}`);
  return ids[0] ?? '';
}
