import type * as eks from 'aws-cdk-lib/aws-eks-v2';
import type { IDependable } from 'constructs';

/** Where the pods run. */
export type ComputeKind = 'autoMode' | 'fargate' | 'nodeGroup';

/** What differs between the kinds of compute. */
export interface Compute {
  readonly kind: ComputeKind;

  /** What images must be made for. Fargate of EKS runs no arm64: https://docs.aws.amazon.com/eks/latest/userguide/fargate.html */
  readonly architecture: 'amd64' | 'arm64';

  /**
   * Whether EKS Pod Identity hands out the services' roles. It runs on EC2 only; pods on Fargate get theirs by the cluster's
   * OpenID Connect provider: https://docs.aws.amazon.com/eks/latest/userguide/pod-identities.html
   */
  readonly podIdentity: boolean;

  /** Whether somebody enforces network policies: https://docs.aws.amazon.com/eks/latest/userguide/cni-network-policy.html */
  readonly networkPolicies: boolean;

  /** Whether pods can be told to spread over zones and nodes: each pod on Fargate has a node of its own. */
  readonly spread: boolean;

  /** Whether the load balancers' controller is EKS's own, in place of one that is installed. */
  readonly ownsLoadBalancers: boolean;

  /**
   * What pods need before they can run. All objects of applications depend on it, so that it outlives them at the end.
   *
   * @param namespace the namespace that is about to get pods
   */
  ready(namespace: string): IDependable[];
}

/** What a kind of compute wants of the cluster. */
export type ClusterShape = Pick<
  eks.ClusterProps,
  'bootstrapSelfManagedAddons' | 'compute' | 'defaultCapacity' | 'defaultCapacityType'
>;
