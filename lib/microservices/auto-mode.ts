import * as eks from 'aws-cdk-lib/aws-eks-v2';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct, type IDependable } from 'constructs';
import { type AddonVersions, installAddOn } from './add-on';
import { applyObjects } from './apply-objects';
import type { ClusterShape, Compute } from './compute';
import { PLATFORM } from './kubernetes/labels';
import { networkPolicyController } from './kubernetes/network-policy-controller';
import { nodePoolObject } from './kubernetes/node-pool';
import { createManagedRole } from './managed-role';

/** What the cluster's role may do in Auto Mode: https://docs.aws.amazon.com/eks/latest/userguide/auto-cluster-iam-role.html */
export const AUTO_MODE_POLICIES = [
  'AmazonEKSClusterPolicy',
  'AmazonEKSComputePolicy',
  'AmazonEKSBlockStoragePolicy',
  'AmazonEKSLoadBalancingPolicy',
  'AmazonEKSNetworkingPolicy',
];

/**
 * A cluster in Auto Mode. Of EKS's own pools only that for the system is there: it brings the default node class, which the pool
 * of the applications uses. EKS's pool for applications has no Graviton.
 *
 * https://docs.aws.amazon.com/eks/latest/userguide/set-builtin-node-pools.html
 */
export function autoModeShape(scope: Construct): ClusterShape {
  return {
    defaultCapacityType: eks.DefaultCapacityType.AUTOMODE,
    compute: {
      nodePools: ['system'],
      nodeRole: createManagedRole(scope, 'NodeRole', {
        assumedBy: new iam.ServicePrincipal('ec2.amazonaws.com'),
        policies: ['AmazonEKSWorkerNodeMinimalPolicy', 'AmazonEC2ContainerRegistryPullOnly'],
        why: 'The least that EKS asks for: https://docs.aws.amazon.com/eks/latest/userguide/auto-create-node-role.html',
      }),
    },
  };
}

/** Properties of AutoModeCompute. */
export interface AutoModeComputeProps {
  readonly cluster: eks.Cluster;

  /** vCPUs that the pool may grow to. */
  readonly cpuLimit: number;

  /** Whether the pool may have burstable instances, too. */
  readonly burstable: boolean;
  readonly versions: AddonVersions;
}

/** Nodes that EKS starts, replaces and ends by itself, on Graviton. */
export class AutoModeCompute extends Construct implements Compute {
  readonly kind = 'autoMode';
  readonly architecture = 'arm64';
  readonly podIdentity = true;
  readonly networkPolicies = true;
  readonly spread = true;
  readonly ownsLoadBalancers = true;

  private readonly parts: readonly IDependable[];

  constructor(
    scope: Construct,
    id: string,
    { burstable, cluster, cpuLimit, versions }: AutoModeComputeProps,
  ) {
    super(scope, id);
    const pool = applyObjects(
      this,
      'NodePool',
      cluster,
      [
        networkPolicyController(PLATFORM),
        nodePoolObject({
          name: 'applications',
          application: PLATFORM,
          architecture: 'arm64',
          burstable,
          cpuLimit,
        }),
      ],
      [],
    );
    this.parts = [pool, installAddOn(this, 'metrics-server', { cluster, versions, after: [pool] })];
  }

  ready(): IDependable[] {
    return [...this.parts];
  }
}
