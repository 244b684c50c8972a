import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as eks from 'aws-cdk-lib/aws-eks-v2';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct, type IDependable } from 'constructs';
import type { Profile } from '../profile';
import { type AddonVersions, installAddOn } from './add-on';
import type { ClusterShape, Compute } from './compute';
import { LoadBalancerController } from './load-balancer-controller';
import { createManagedRole } from './managed-role';

/** What the role of a cluster without Auto Mode may do: https://docs.aws.amazon.com/eks/latest/userguide/cluster-iam-role.html */
export const CLUSTER_POLICIES = ['AmazonEKSClusterPolicy'];

/** A cluster without compute of its own, and without the add-ons that EKS would install in versions of its choice. */
export const BARE_CLUSTER: ClusterShape = {
  defaultCapacityType: eks.DefaultCapacityType.NODEGROUP,
  defaultCapacity: 0,
  bootstrapSelfManagedAddons: false,
};

/** How many servers a group has at least where nobody says: room for the shop's pods and EKS's own. */
export const defaultMinSize = ({ multiAz }: Profile): number => (multiAz ? 4 : 2);

/** Properties of NodeGroupCompute. */
export interface NodeGroupComputeProps {
  readonly cluster: eks.Cluster;
  readonly nodeSubnets: ec2.SubnetSelection;
  readonly instanceTypes: readonly ec2.InstanceType[];
  readonly minSize: number;
  readonly maxSize: number;

  /** The cluster's version. */
  readonly version: eks.KubernetesVersion;
  readonly versions: AddonVersions;
}

/** A managed node group on Graviton: its servers are yours to size, and EKS's to start, update and repair. */
export class NodeGroupCompute extends Construct implements Compute {
  readonly kind = 'nodeGroup';
  readonly architecture = 'arm64';
  readonly podIdentity = true;
  readonly networkPolicies = true;
  readonly spread = true;
  readonly ownsLoadBalancers = false;

  /** The node group. */
  readonly nodegroup: eks.Nodegroup;

  private readonly parts: readonly IDependable[];

  constructor(scope: Construct, id: string, props: NodeGroupComputeProps) {
    super(scope, id);
    const { cluster, versions } = props;
    // Nodes become ready with a network only, and pods get no credentials before the agent is there.
    const first = [
      installAddOn(this, 'vpc-cni', {
        cluster,
        versions,
        // A text, as the add-on's schema wants it: https://docs.aws.amazon.com/eks/latest/userguide/cni-network-policy-configure.html
        configuration: { enableNetworkPolicy: 'true' },
      }),
      installAddOn(this, 'kube-proxy', { cluster, versions }),
      installAddOn(this, 'eks-pod-identity-agent', { cluster, versions }),
    ];
    this.nodegroup = this.createNodes(props);
    this.nodegroup.node.addDependency(...first);
    const after = [this.nodegroup];
    const dns = installAddOn(this, 'coredns', { cluster, versions, after });
    const metrics = installAddOn(this, 'metrics-server', { cluster, versions, after });
    const controller = new LoadBalancerController(this, 'LoadBalancers', { cluster, after: [dns] });
    this.parts = [this.nodegroup, dns, metrics, controller];
  }

  ready(): IDependable[] {
    return [...this.parts];
  }

  private createNodes({
    cluster,
    instanceTypes,
    maxSize,
    minSize,
    nodeSubnets,
    version,
  }: NodeGroupComputeProps): eks.Nodegroup {
    const template = new ec2.LaunchTemplate(this, 'Template', {
      requireImdsv2: true,
      // Pods have roles of their own, and are too far from the metadata to take the node's.
      httpPutResponseHopLimit: 1,
      blockDevices: [
        {
          deviceName: '/dev/xvda',
          volume: ec2.BlockDeviceVolume.ebs(20, { encrypted: true, volumeType: ec2.EbsDeviceVolumeType.GP3 }),
        },
      ],
    });
    const nodegroup = new eks.Nodegroup(this, 'Nodes', {
      cluster,
      subnets: nodeSubnets,
      amiType: eks.NodegroupAmiType.AL2023_ARM_64_STANDARD,
      instanceTypes: [...instanceTypes],
      minSize,
      maxSize,
      launchTemplateSpec: { id: template.launchTemplateId ?? '', version: template.latestVersionNumber },
      enableNodeAutoRepair: true,
      nodeRole: createManagedRole(this, 'NodeRole', {
        assumedBy: new iam.ServicePrincipal('ec2.amazonaws.com'),
        policies: ['AmazonEKSWorkerNodePolicy', 'AmazonEC2ContainerRegistryPullOnly', 'AmazonEKS_CNI_Policy'],
        why: 'EKS asks for them by name: https://docs.aws.amazon.com/eks/latest/userguide/create-node-role.html',
      }),
    });
    const resource = nodegroup.node.defaultChild;
    // Otherwise the servers stay at their version when the cluster gets another one.
    if (resource instanceof eks.CfnNodegroup) resource.version = version.version;
    return nodegroup;
  }
}
