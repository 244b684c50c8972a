import type { Deployment } from 'kubernetes-types/apps/v1';
import type { HorizontalPodAutoscaler } from 'kubernetes-types/autoscaling/v2';
import type { PodSpec } from 'kubernetes-types/core/v1';
import type { PodDisruptionBudget } from 'kubernetes-types/policy/v1';
import { commonLabels, podsOf } from './labels';
import { SURGE_PERCENT } from './pod-resources';
import type { Workload } from './workload';

/**
 * A Deployment without `replicas`: the autoscaler owns that number, and each apply of a manifest that has one
 * would scale a busy service down. Until the autoscaler has looked for the first time there is one pod.
 */
export function deploymentSpec(
  { name, application }: Workload,
  pod: PodSpec,
): NonNullable<Deployment['spec']> {
  return {
    selector: podsOf(name),
    strategy: {
      type: 'RollingUpdate',
      rollingUpdate: { maxUnavailable: 0, maxSurge: `${SURGE_PERCENT}%` },
    },
    // A pod that dies soon after it was ready stops the update.
    minReadySeconds: 10,
    revisionHistoryLimit: 5,
    // A node may have to be started first.
    progressDeadlineSeconds: 600,
    template: { metadata: { labels: commonLabels(application, name) }, spec: pod },
  };
}

/**
 * Doubles at once, and gives back one pod a minute after five quiet minutes.
 * https://kubernetes.io/docs/concepts/workloads/autoscaling/horizontal-pod-autoscale/#configurable-scaling-behavior
 */
export function scalingSpec({
  name,
  minReplicas,
  maxReplicas,
}: Workload): NonNullable<HorizontalPodAutoscaler['spec']> {
  return {
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name },
    minReplicas,
    maxReplicas,
    metrics: [
      {
        type: 'Resource',
        resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 60 } },
      },
    ],
    behavior: {
      scaleUp: {
        stabilizationWindowSeconds: 0,
        selectPolicy: 'Max',
        policies: [
          { type: 'Percent', value: 100, periodSeconds: 30 },
          { type: 'Pods', value: 2, periodSeconds: 30 },
        ],
      },
      scaleDown: {
        stabilizationWindowSeconds: 300,
        policies: [{ type: 'Pods', value: 1, periodSeconds: 60 }],
      },
    },
  };
}

/**
 * One pod at a time may be taken away by an upgrade or a consolidation of nodes. Pods that don't work don't count,
 * or else a broken release would keep its nodes for ever.
 */
export function disruptionBudgetSpec({ name }: Workload): NonNullable<PodDisruptionBudget['spec']> {
  return { maxUnavailable: 1, selector: podsOf(name), unhealthyPodEvictionPolicy: 'AlwaysAllow' };
}
