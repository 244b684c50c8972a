import type {
  NetworkPolicy,
  NetworkPolicyEgressRule,
  NetworkPolicyIngressRule,
  NetworkPolicyPort,
} from 'kubernetes-types/networking/v1';
import { commonLabels, podsOf } from './labels';

/** One end of a call between services. */
export interface Call {
  /** The service at the other end. */
  readonly service: string;

  /** The port of the called one. */
  readonly port: number;
}

/** Who speaks to a service, and to whom it speaks. */
export interface ServicePolicyOptions {
  readonly name: string;
  readonly namespace: string;
  /** The application that all objects are part of. */
  readonly application: string;
  readonly callers: readonly Call[];
  readonly calls: readonly Call[];
  /**
   * The port of its public API, and the ranges of the load balancer's subnets, from which it calls targets by address.
   *
   * @default - the load balancer leads nothing to it
   */
  readonly loadBalancer?: { readonly port: number; readonly ranges: readonly string[] };
}

/**
 * What one service adds to what its namespace denies; nothing where it speaks to nobody. It is one object for each service and not one for each call: `kubectl apply`
 * prunes no policies, so that a call that is taken away would stay allowed
 * (https://kubernetes.io/docs/tasks/manage-kubernetes-objects/declarative-config/#alternative-kubectl-apply-f-directory-prune).
 */
export function servicePolicy(options: ServicePolicyOptions): NetworkPolicy | undefined {
  const { application, callers, calls, loadBalancer, name, namespace } = options;
  const ingress: NetworkPolicyIngressRule[] = [
    ...callers.map(({ port, service }) => ({ from: [{ podSelector: podsOf(service) }], ports: tcp(port) })),
    ...(loadBalancer
      ? [{ from: loadBalancer.ranges.map((cidr) => ({ ipBlock: { cidr } })), ports: tcp(loadBalancer.port) }]
      : []),
  ];
  const egress: NetworkPolicyEgressRule[] = calls.map(({ port, service }) => ({
    to: [{ podSelector: podsOf(service) }],
    ports: tcp(port),
  }));
  if (ingress.length + egress.length === 0) return undefined;
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name, namespace, labels: commonLabels(application, name) },
    spec: {
      podSelector: podsOf(name),
      policyTypes: [...(ingress.length > 0 ? ['Ingress'] : []), ...(egress.length > 0 ? ['Egress'] : [])],
      ...(ingress.length > 0 && { ingress }),
      ...(egress.length > 0 && { egress }),
    },
  };
}

const tcp = (port: number): NetworkPolicyPort[] => [{ protocol: 'TCP', port }];
