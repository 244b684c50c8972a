import type { LimitRange, Namespace, ResourceQuota } from 'kubernetes-types/core/v1';
import type { NetworkPolicy } from 'kubernetes-types/networking/v1';
import { commonLabels } from './labels';
import { cpuQuantity, memoryQuantity, quotaFor, type ScaledPods } from './pod-resources';

/** Who makes load balancers of Ingresses: EKS Auto Mode, or an AWS Load Balancer Controller in the cluster. */
export type LoadBalancing = 'autoMode' | 'controller';

/**
 * Labels that give the pods of a namespace a readiness gate: a new pod counts as ready only when the load balancer
 * finds it healthy, so that a rolling update doesn't stop old pods before.
 *
 * Only pods that start after the Ingress and its Services get the gate. The label of Auto Mode is the selector of
 * its webhook; no page of AWS names it.
 * https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/deploy/pod_readiness_gate/
 */
const READINESS_GATE_LABELS: Record<LoadBalancing, string> = {
  autoMode: 'eks.amazonaws.com/pod-readiness-gate-inject',
  controller: 'elbv2.k8s.aws/pod-readiness-gate-inject',
};

const POD_SECURITY_STANDARD = 'restricted';

export interface NamespaceOptions {
  readonly name: string;
  /** The application that all objects are part of. */
  readonly application: string;
  /**
   * Minor version of Kubernetes, 36 for 1.36. The pod security standard is read as of this version, so that an
   * upgrade of the cluster doesn't refuse pods on its own.
   */
  readonly kubernetesMinor: number;
  /** Everything that runs in the namespace; the quota is its sum. */
  readonly services: readonly ScaledPods[];
  readonly loadBalancing: LoadBalancing;
  /**
   * Whether a policy denies all traffic that no other policy allows. Fargate knows no network policies.
   *
   * @default true
   */
  readonly networkPolicies?: boolean;
}

export interface NamespaceObjects {
  readonly namespace: Namespace;
  readonly quota: ResourceQuota;
  readonly limits: LimitRange;
  /** Left out without network policies. */
  readonly denyAll?: NetworkPolicy;
}

/** A namespace in which only restricted pods start, as many as the application needs, and nobody may talk. */
export function namespaceObjects(options: NamespaceOptions): NamespaceObjects {
  const labels = commonLabels(options.application);
  return {
    namespace: {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: {
        name: options.name,
        labels: {
          ...labels,
          ...podSecurityLabels(options.kubernetesMinor),
          [READINESS_GATE_LABELS[options.loadBalancing]]: 'enabled',
        },
      },
    },
    quota: {
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: { name: 'quota', namespace: options.name, labels: { ...labels } },
      spec: {
        // A load balancer or a port of a node would be a way in beside the Ingress.
        hard: { ...quotaFor(options.services), 'services.loadbalancers': '0', 'services.nodeports': '0' },
      },
    },
    limits: limitRange(options.name, labels),
    ...(options.networkPolicies === false ? {} : { denyAll: denyAll(options.name, labels) }),
  };
}

/** https://kubernetes.io/docs/concepts/security/pod-security-admission/ */
function podSecurityLabels(kubernetesMinor: number): Record<string, string> {
  const label = 'pod-security.kubernetes.io';
  const version = `v1.${kubernetesMinor}`;
  return Object.fromEntries(
    ['enforce', 'audit', 'warn'].flatMap((mode) => [
      [`${label}/${mode}`, POD_SECURITY_STANDARD],
      [`${label}/${mode}-version`, version],
    ]),
  );
}

/** With a quota, a container that doesn't say what it needs is refused; these are what such a one gets. */
function limitRange(namespace: string, labels: Record<string, string>): LimitRange {
  return {
    apiVersion: 'v1',
    kind: 'LimitRange',
    metadata: { name: 'limits', namespace, labels: { ...labels } },
    spec: {
      limits: [
        {
          type: 'Container',
          defaultRequest: { cpu: cpuQuantity(50), memory: memoryQuantity(64) },
          default: { cpu: cpuQuantity(200), memory: memoryQuantity(128) },
        },
      ],
    },
  };
}

/** https://kubernetes.io/docs/concepts/services-networking/network-policies/#default-deny-all-ingress-and-all-egress-traffic */
function denyAll(namespace: string, labels: Record<string, string>): NetworkPolicy {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'deny-all', namespace, labels: { ...labels } },
    spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] },
  };
}
