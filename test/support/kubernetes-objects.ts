import type { Deployment } from 'kubernetes-types/apps/v1';
import type { HorizontalPodAutoscaler } from 'kubernetes-types/autoscaling/v2';
import type {
  LimitRange,
  Namespace,
  PodSpec,
  ResourceQuota,
  Service,
  ServiceAccount,
} from 'kubernetes-types/core/v1';
import type { LabelSelector, ObjectMeta } from 'kubernetes-types/meta/v1';
import type { Ingress, IngressClass, NetworkPolicy } from 'kubernetes-types/networking/v1';
import type { PodDisruptionBudget } from 'kubernetes-types/policy/v1';

/** Any object of a manifest. */
export interface KubernetesObject {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata?: ObjectMeta;
}

interface Kinds {
  readonly Deployment: Deployment;
  readonly HorizontalPodAutoscaler: HorizontalPodAutoscaler;
  readonly Ingress: Ingress;
  readonly IngressClass: IngressClass;
  readonly LimitRange: LimitRange;
  readonly Namespace: Namespace;
  readonly NetworkPolicy: NetworkPolicy;
  readonly PodDisruptionBudget: PodDisruptionBudget;
  readonly ResourceQuota: ResourceQuota;
  readonly Service: Service;
  readonly ServiceAccount: ServiceAccount;
}

/** The objects of one kind, which the schemas have found to be such. */
export function ofKind<Kind extends keyof Kinds>(
  objects: readonly KubernetesObject[],
  kind: Kind,
): Kinds[Kind][] {
  return objects.filter((object): object is Kinds[Kind] => object.kind === kind);
}

/** Whether two objects are in the same namespace. */
export function together(one: KubernetesObject, other: KubernetesObject): boolean {
  return one.metadata?.namespace === other.metadata?.namespace;
}

/** An object's name for a message. */
export function nameOf({ kind, metadata }: KubernetesObject): string {
  return [kind, [metadata?.namespace, metadata?.name].filter(Boolean).join('/')].join(' ');
}

/** A Deployment taken apart, with what schemas let it leave out filled in. */
export interface DeployedPods {
  readonly deployment: Deployment;
  readonly pod: PodSpec;
  readonly labels: Readonly<Record<string, string>>;
}

/** All Deployments with their pods. */
export function deployedPods(objects: readonly KubernetesObject[]): DeployedPods[] {
  return ofKind(objects, 'Deployment').map((deployment) => ({
    deployment,
    pod: deployment.spec?.template.spec ?? { containers: [] },
    labels: deployment.spec?.template.metadata?.labels ?? {},
  }));
}

/** Whether a selector takes these labels; an empty one takes all, a missing one none. */
export function selects(
  selector: LabelSelector | undefined,
  labels: Readonly<Record<string, string>>,
): boolean {
  if (!selector) return false;
  const { matchLabels = {}, matchExpressions = [] } = selector;
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every(({ key, operator, values = [] }) => {
      const value = labels[key];
      if (operator === 'In') return value !== undefined && values.includes(value);
      if (operator === 'NotIn') return value === undefined || !values.includes(value);
      return (operator === 'Exists') === (value !== undefined);
    })
  );
}
