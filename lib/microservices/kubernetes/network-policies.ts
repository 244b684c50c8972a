import type { NetworkPolicy, NetworkPolicyPeer, NetworkPolicyPort } from 'kubernetes-types/networking/v1';
import { commonLabels } from './labels';

/** What every policy needs to know of its namespace. */
export interface PolicyScope {
  readonly namespace: string;
  /** The application that all objects are part of. */
  readonly application: string;
}

/** The port on which the CloudWatch agent takes traces: OTLP by gRPC and by HTTP. */
const OTLP_PORTS = [4317, 4318] as const;

/** Where the EKS Pod Identity agent answers on each node; it has no IPv6 here, as the network has none. */
const POD_IDENTITY_AGENT = '169.254.170.23/32';

type Selector = NonNullable<NetworkPolicy['spec']>['podSelector'];

/** Anew each time: the CDK writes into objects, so that two of them must not share a part. */
const allPods = (): Selector => ({});

const tcp = (...ports: readonly number[]): NetworkPolicyPort[] =>
  ports.map((port) => ({ protocol: 'TCP', port }));

const ranges = (cidrs: readonly string[]): NetworkPolicyPeer[] =>
  cidrs.map((cidr) => ({ ipBlock: { cidr } }));

function policy(scope: PolicyScope, name: string, spec: NonNullable<NetworkPolicy['spec']>): NetworkPolicy {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name, namespace: scope.namespace, labels: commonLabels(scope.application) },
    spec,
  };
}

function egress(
  scope: PolicyScope,
  name: string,
  podSelector: Selector,
  to: NetworkPolicyPeer[],
  ports: NetworkPolicyPort[],
): NetworkPolicy {
  return policy(scope, name, { podSelector, policyTypes: ['Egress'], egress: [{ to, ports }] });
}

/**
 * Lets all pods ask for names.
 *
 * In EKS Auto Mode the name server runs on each node and not in pods, so no selector finds it: give the address of
 * its Service, the tenth of the cluster's service range, as a /32
 * (https://docs.aws.amazon.com/eks/latest/userguide/auto-net-pol.html). Without it, CoreDNS's pods are allowed.
 */
export function allowDns(scope: PolicyScope, serviceAddressRange?: string): NetworkPolicy {
  const server: NetworkPolicyPeer =
    serviceAddressRange === undefined
      ? {
          namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } },
          podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } },
        }
      : { ipBlock: { cidr: serviceAddressRange } };
  return egress(
    scope,
    'allow-dns',
    allPods(),
    [server],
    [
      { protocol: 'UDP', port: 53 },
      { protocol: 'TCP', port: 53 },
    ],
  );
}

/**
 * Lets all pods fetch their role's credentials from the EKS Pod Identity agent of their node. Roles for service
 * accounts (IRSA) don't need it: they ask AWS STS, which `allowAwsApis` opens.
 * https://docs.aws.amazon.com/eks/latest/userguide/pod-id-agent-setup.html
 */
export function allowPodIdentity(scope: PolicyScope): NetworkPolicy {
  return egress(scope, 'allow-pod-identity', allPods(), ranges([POD_IDENTITY_AGENT]), tcp(80));
}

export interface AwsApiOptions extends PolicyScope {
  /**
   * Ranges that stay closed: the VPC's own, and the cluster's service range, behind whose first address is the
   * Kubernetes API.
   */
  readonly closedRanges: readonly string[];
  /**
   * Ranges of the interface endpoints, where there are any; they lie within the closed ones.
   *
   * @default - no interface endpoints
   */
  readonly endpointRanges?: readonly string[];
}

/**
 * Lets all pods call AWS by HTTPS. The addresses of AWS's APIs aren't stable, and a NetworkPolicy knows no names,
 * so this is the internet but for the ranges of the cluster itself.
 */
export function allowAwsApis(options: AwsApiOptions): NetworkPolicy {
  const internet: NetworkPolicyPeer = {
    ipBlock: { cidr: '0.0.0.0/0', except: [...options.closedRanges] },
  };
  const to = [internet, ...ranges(options.endpointRanges ?? [])];
  return egress(options, 'allow-aws-apis', allPods(), to, tcp(443));
}

/** Lets all pods send their traces to the CloudWatch agent of the CloudWatch observability add-on. */
export function allowTelemetry(scope: PolicyScope, ports: readonly number[] = OTLP_PORTS): NetworkPolicy {
  const agents: NetworkPolicyPeer = {
    namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'amazon-cloudwatch' } },
  };
  return egress(scope, 'allow-telemetry', allPods(), [agents], tcp(...ports));
}
