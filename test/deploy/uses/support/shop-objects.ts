import assert from 'node:assert/strict';
import { BatchGetImageCommand } from '@aws-sdk/client-ecr';
import type { KnownCluster, KubernetesObject } from '../../support/control';
import { objectsOf, SERVICES, SHOP, withCluster } from './shop';

interface Deployment extends KubernetesObject {
  readonly spec: {
    readonly template: {
      readonly spec: {
        readonly serviceAccountName: string;
        readonly containers: readonly {
          readonly image: string;
          readonly env: readonly { readonly name: string; readonly value: string }[];
        }[];
      };
    };
  };
}

interface Autoscaler extends KubernetesObject {
  readonly spec: { readonly minReplicas: number; readonly maxReplicas: number };
}

const OF_EACH = ['Deployment', 'HorizontalPodAutoscaler', 'PodDisruptionBudget', 'Service', 'ServiceAccount'];

/** What comes before what, wherever both are: pods get their rights, limits and readiness gates at their start only. */
const ORDER = [
  ['Namespace', 'ResourceQuota'],
  ['ResourceQuota', 'Deployment'],
  ['LimitRange', 'Deployment'],
  ['NetworkPolicy', 'Deployment'],
  ['NodePool', 'Deployment'],
  ['ServiceAccount', 'Deployment'],
  ['Service', 'Ingress'],
  ['IngressClassParams', 'Ingress'],
  ['IngressClass', 'Ingress'],
  ['Ingress', 'Deployment'],
] as const;

/** Shows that the cluster has all objects of all services, behind policies that deny what nobody needs. */
export const complete = withCluster((_stack, cluster) => {
  for (const kind of OF_EACH) assert.deepEqual(Object.keys(objectsOf(cluster, kind)).sort(), SERVICES, kind);
  const policies = Object.keys(objectsOf(cluster, 'NetworkPolicy'));
  assert.ok(policies.includes('deny-all'), `${policies}`);
  const labels = objectsOf(cluster, 'Namespace')[SHOP]?.metadata.labels;
  assert.equal(labels?.['pod-security.kubernetes.io/enforce'], 'restricted');
  for (const { kind, metadata } of cluster.objects.filter(({ kind }) => OF_EACH.includes(kind)))
    assert.equal(metadata.namespace, SHOP, `${kind} ${metadata.name}`);
});

/** Shows that the objects came in an order in which pods get all that they need at their start. */
export const inOrder = withCluster((_stack, { history }) => {
  const created = history.filter(({ act }) => act === 'created').map(({ kind }) => kind);
  for (const [first, then] of ORDER) {
    const [last, next] = [created.lastIndexOf(first), created.indexOf(then)];
    assert.ok(last >= 0 && last < next, `the last ${first} is number ${last}, the first ${then} ${next}`);
  }
});

/** The environment of a service's container. */
export function environmentOf(cluster: KnownCluster, service: string): Record<string, string> {
  const [container] =
    objectsOf<Deployment>(cluster, 'Deployment')[service]?.spec.template.spec.containers ?? [];
  return Object.fromEntries(container?.env.map(({ name, value }) => [name, value]) ?? []);
}

/** Shows that each service runs an image of its own, which was built for Graviton. */
export const images = withCluster(async ({ aws }, cluster) => {
  const deployments = objectsOf<Deployment>(cluster, 'Deployment');
  for (const service of SERVICES) {
    const { containers, serviceAccountName } = deployments[service]?.spec.template.spec ?? { containers: [] };
    assert.equal(serviceAccountName, service);
    const [, repositoryName = '', imageTag = ''] =
      /amazonaws\.com\/(.+):(.+)$/.exec(containers[0]?.image ?? '') ?? [];
    const { images: found = [] } = await aws.ecr.send(
      new BatchGetImageCommand({ repositoryName, imageIds: [{ imageTag }] }),
    );
    // What stands in for Docker writes down what it was asked to build.
    const { annotations } = JSON.parse(found[0]?.imageManifest ?? '{}');
    assert.deepEqual(annotations, { platform: 'linux/arm64', 'build-arg.SERVICE': service });
  }
});

/** Shows how many pods services run. */
export const sizes = (expected: Readonly<Record<string, readonly [min: number, max: number]>>) =>
  withCluster((_stack, cluster) => {
    const autoscalers = objectsOf<Autoscaler>(cluster, 'HorizontalPodAutoscaler');
    const found = Object.entries(autoscalers).map(([service, { spec }]) => [
      service,
      [spec.minReplicas, spec.maxReplicas],
    ]);
    assert.deepEqual(Object.fromEntries(found), expected);
  });

/** Shows that an update changed nothing in the cluster but the objects of some kinds. */
export const changedOnly = (...expected: string[]) =>
  withCluster((_stack, { history }) => {
    const lastCreated = history.findLastIndex(({ act }) => act === 'created');
    const changed = history.slice(lastCreated + 1).map(({ kind, name }) => `${kind} ${name}`);
    assert.deepEqual([...new Set(changed)].sort(), [...expected].sort());
  });
