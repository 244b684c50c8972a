import * as eks from 'aws-cdk-lib/aws-eks-v2';
import type { Construct, IDependable } from 'constructs';

/** Any object of Kubernetes. */
export interface KubernetesObject {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata?: { readonly name?: string; readonly namespace?: string };
}

/**
 * Applies objects to a cluster, in their order, as one resource of the stack; they are deleted with it.
 *
 * By `kubectl apply`, also at the first time: `kubectl create` would fail at a second attempt on what a first one has left.
 *
 * @param after what must be there before them, and is deleted after them
 */
export function applyObjects(
  scope: Construct,
  id: string,
  cluster: eks.Cluster,
  objects: readonly KubernetesObject[],
  after: readonly IDependable[],
): eks.KubernetesManifest {
  const manifest = new eks.KubernetesManifest(scope, id, {
    cluster,
    manifest: objects.map((object) => ({ ...object })),
    overwrite: true,
  });
  manifest.node.addDependency(...after);
  return manifest;
}
