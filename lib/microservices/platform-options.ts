import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as eks from 'aws-cdk-lib/aws-eks-v2';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type { MonitoringProps } from '../building-blocks/monitoring';
import type { Profile } from '../profile';
import type { AddonVersions } from './add-on';
import type { ComputeKind } from './compute';

/** What of a platform can be said in plain values. */
export interface PlatformOptions {
  /**
   * Where the pods run: nodes that EKS manages as a whole ('autoMode'), pods without servers ('fargate'), or a managed group of
   * servers ('nodeGroup'). It is the cluster's for good: from Auto Mode to the others, and back, CloudFormation would have to make
   * another cluster, and refuses because of the name
   * (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-eks-cluster.html).
   *
   * @default 'autoMode'
   */
  readonly compute?: ComputeKind;

  /**
   * How many vCPUs Auto Mode may start for applications, 2 to 1000: what a mistake may cost. Rejected with other kinds of compute.
   *
   * @default 16
   */
  readonly cpuLimit?: number;

  /**
   * The sizes of the servers of a node group: Graviton. Rejected with other kinds of compute.
   *
   * @default - t4g.large
   */
  readonly instanceTypes?: ec2.InstanceType[];

  /**
   * The fewest servers of a node group, 1 to 450. Rejected with other kinds of compute.
   *
   * @default 2, with Multi-AZ 4
   */
  readonly minSize?: number;

  /**
   * The most servers of a node group, `minSize` to 450 (https://docs.aws.amazon.com/eks/latest/userguide/service-quotas.html).
   * Nothing adds servers by itself: bring the Cluster Autoscaler, or take Auto Mode. Rejected with other kinds of compute.
   *
   * @default - minSize and one more, 450 at most
   */
  readonly maxSize?: number;

  /**
   * What happens when the standard support of the cluster's version ends: EKS upgrades the cluster ('STANDARD'), or supports it for
   * twelve more months at 0.50 USD an hour more ('EXTENDED').
   *
   * https://docs.aws.amazon.com/eks/latest/userguide/view-upgrade-policy.html
   *
   * @default 'STANDARD'
   */
  readonly supportType?: 'EXTENDED' | 'STANDARD';

  /**
   * Your offices' ranges, IPv4 in CIDR notation, from which the Kubernetes API can be reached over the internet; up to 40
   * (https://docs.aws.amazon.com/eks/latest/userguide/service-quotas.html). Who comes from there has to sign in all the same.
   *
   * @default - the API has no public address
   */
  readonly publicAccessCidrs?: string[];

  /**
   * Whether CloudWatch's agents send metrics of nodes and pods (Container Insights, paid by observations); they keep the pods'
   * output and take traces in any case. Rejected on Fargate where it is true: the agents run on servers only, and a part of EKS's
   * own keeps the output (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/deploy-container-insights-EKS.html).
   *
   * @default - what the profile says of detailed monitoring, on Fargate false
   */
  readonly containerInsights?: boolean;

  /**
   * Other versions of add-ons than this repository's, by their names, like 'v1.23.1-eksbuild.1'. An add-on that the kind of compute
   * does not get is rejected. EKS refuses versions that are not for the cluster's version of Kubernetes.
   *
   * @default - those of lib/building-blocks/versions.ts
   */
  readonly addonVersions?: AddonVersions;

  /**
   * The range of the new network, in CIDR notation, /16 to /24: each pod takes an address. Rejected together with `vpc`.
   *
   * @default '10.0.0.0/16'
   */
  readonly cidr?: string;

  /**
   * The ranges of interface endpoints in the network, in CIDR notation, by which pods reach AWS on port 443. Where network policies
   * are enforced, all else of the network is closed to pods but the services that they call.
   *
   * @default - none: pods reach AWS by the NAT gateways
   */
  readonly interfaceEndpointRanges?: string[];

  /**
   * The range of the addresses of Kubernetes' services, /12 to /24 in CIDR notation. It lies beside all networks that pods talk to,
   * and is the cluster's for good.
   *
   * @default '172.20.0.0/16'
   */
  readonly serviceIpv4Cidr?: string;

  /**
   * The cluster's name: 1 to 100 letters, digits, hyphens and underscores. It is the cluster's for good: another name makes another
   * cluster, with nothing in it.
   *
   * @default - made of the stack's name
   */
  readonly clusterName?: string;
}

/** Properties of MicroservicesPlatform. */
export interface MicroservicesPlatformProps extends PlatformOptions, MonitoringProps {
  /**
   * What the environment trades between safety and cost.
   *
   * @default PRODUCTION
   */
  readonly profile?: Profile;

  /**
   * Who administers the cluster by kubectl. Without it nobody but the stack itself gets in; the README says how to add somebody.
   *
   * @default - nobody
   */
  readonly mastersRole?: iam.IRole;

  /**
   * The version of Kubernetes; another one than the default needs the `kubectlLayer` of that version.
   *
   * @default - KUBERNETES in lib/building-blocks/versions.ts
   */
  readonly version?: eks.KubernetesVersion;

  /**
   * kubectl and Helm for the functions that apply manifests, at most one minor version away from the cluster's.
   *
   * @default - KubectlV36Layer
   */
  readonly kubectlLayer?: lambda.ILayerVersion;

  /**
   * The key for secrets of Kubernetes. It can't be changed later, and the cluster dies with it.
   *
   * @default - a new key that rotates every year
   */
  readonly secretsEncryptionKey?: kms.IKey;

  /**
   * An existing network over two zones or more, with a public tier and a private one with egress; the cluster stays in it for good.
   * One that is imported tells its range (`vpcCidrBlock`), except on Fargate. Pods reach AWS's services by their public addresses:
   * network policies let nobody reach interface endpoints in it.
   *
   * @default - a new network over two zones
   */
  readonly vpc?: ec2.IVpc;

  /**
   * The load balancers' subnets in `vpc`. Rejected without it.
   *
   * @default - the public ones
   */
  readonly loadBalancerSubnets?: ec2.SubnetSelection;

  /**
   * The subnets of control plane, nodes and pods in `vpc`. Rejected without it.
   *
   * @default - the private ones with egress
   */
  readonly nodeSubnets?: ec2.SubnetSelection;
}
