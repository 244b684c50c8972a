import type { ResourceRequirements } from 'kubernetes-types/core/v1';

/** What one pod may use. */
export interface PodResources {
  /** CPU that is kept free for the pod, in thousandths of a core; the autoscaler's percentage is of this. */
  readonly cpuMillis: number;
  /**
   * Most CPU that the pod gets, in thousandths of a core. On Fargate it has to be the same as `cpuMillis`.
   *
   * @default - the same as cpuMillis
   */
  readonly cpuLimitMillis?: number;
  /** Memory in MiB, kept free and at most: a pod that may take more than was kept free gets others killed. */
  readonly memoryMiB: number;
}

/** A service as the namespace's quota sees it. */
export interface ScaledPods {
  readonly resources: PodResources;
  /** Most pods that the autoscaler starts. */
  readonly maxReplicas: number;
}

/** Pods that a rolling update starts before it stops old ones, as a percentage of the replicas, rounded up. */
export const SURGE_PERCENT = 25;

/** @returns CPU as Kubernetes writes it, `250m`. */
export function cpuQuantity(millis: number): string {
  return `${millis}m`;
}

/** @returns memory as Kubernetes writes it, `256Mi`. */
export function memoryQuantity(mebibytes: number): string {
  return `${mebibytes}Mi`;
}

/** The `resources` of a container. */
export function containerResources(resources: PodResources): ResourceRequirements {
  const memory = memoryQuantity(resources.memoryMiB);
  return {
    requests: { cpu: cpuQuantity(resources.cpuMillis), memory },
    limits: { cpu: cpuQuantity(resources.cpuLimitMillis ?? resources.cpuMillis), memory },
  };
}

/**
 * The greatest number of a service's pods at one time.
 *
 * A quota counts a pod until its grace period has ended, so the old pods of a rolling update still count while the
 * new ones are up: all old ones, all new ones, and the surge.
 * https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/quota/v1/evaluator/core/pods.go (QuotaV1Pod)
 */
export function mostPods(maxReplicas: number): number {
  return 2 * maxReplicas + Math.ceil((maxReplicas * SURGE_PERCENT) / 100);
}

/** The `hard` part of a quota that all services fit in at their greatest scale, during a rolling update of all. */
export function quotaFor(services: readonly ScaledPods[]): Record<string, string> {
  const total = (perPod: (resources: PodResources) => number) =>
    services.reduce((sum, { resources, maxReplicas }) => sum + perPod(resources) * mostPods(maxReplicas), 0);
  const memory = memoryQuantity(total(({ memoryMiB }) => memoryMiB));
  return {
    pods: String(total(() => 1)),
    'requests.cpu': cpuQuantity(total(({ cpuMillis }) => cpuMillis)),
    'limits.cpu': cpuQuantity(total(({ cpuMillis, cpuLimitMillis = cpuMillis }) => cpuLimitMillis)),
    'requests.memory': memory,
    'limits.memory': memory,
  };
}
