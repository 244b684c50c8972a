import { KubectlV36Layer } from '@aws-cdk/lambda-layer-kubectl-v36';
import { RemovalPolicy, Validations } from 'aws-cdk-lib';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as eks from 'aws-cdk-lib/aws-eks-v2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { KUBERNETES } from '../building-blocks/versions';
import type { Profile } from '../profile';
import { clusterNameOf } from './cluster-name';
import type { ClusterShape } from './compute';
import { settleKubectlFunctions } from './kubectl-functions';
import { createManagedRole } from './managed-role';
import { createNamedLogGroup } from './named-log-group';

/** Properties of PlatformCluster. */
export interface PlatformClusterProps {
  readonly vpc: ec2.IVpc;
  readonly nodeSubnets: ec2.SubnetSelection;
  readonly shape: ClusterShape;

  /** AWS's policies of the cluster's role. */
  readonly policies: readonly string[];

  readonly version?: eks.KubernetesVersion;
  readonly kubectlLayer?: lambda.ILayerVersion;
  readonly clusterName?: string;
  readonly mastersRole?: iam.IRole;
  readonly publicAccessCidrs?: readonly string[];
  readonly secretsEncryptionKey?: kms.IKey;
  readonly serviceIpv4Cidr: string;
  readonly supportType: 'EXTENDED' | 'STANDARD';
  readonly profile: Profile;
}

/** The control plane: what EKS runs, its key, its log, and who may speak to it. */
export class PlatformCluster extends Construct {
  readonly cluster: eks.Cluster;

  /** The cluster's name, which is known before it is there. */
  readonly clusterName: string;

  /** The key under which secrets of Kubernetes are encrypted. */
  readonly secretsEncryptionKey: kms.IKey;

  /** The control plane's log, audit included. */
  readonly logGroup: logs.LogGroup;

  constructor(scope: Construct, id: string, props: PlatformClusterProps) {
    super(scope, id);
    const { profile } = props;
    this.clusterName = props.clusterName ?? clusterNameOf(this);
    this.secretsEncryptionKey = props.secretsEncryptionKey ?? this.createKey(profile);
    this.logGroup = createNamedLogGroup(this, 'Log', `/aws/eks/${this.clusterName}/cluster`, profile);
    this.cluster = this.createCluster(props);
    // EKS takes the group that is there; late events of a cluster that goes would make it anew if it went first.
    this.cluster.node.addDependency(this.logGroup);
    settleKubectlFunctions(this, this.cluster, profile);
  }

  private createKey({ removalPolicy }: Profile): kms.IKey {
    return new kms.Key(this, 'Key', {
      description: 'Secrets of Kubernetes',
      enableKeyRotation: true,
      removalPolicy,
    });
  }

  private createCluster(props: PlatformClusterProps): eks.Cluster {
    const { nodeSubnets, profile, publicAccessCidrs, shape, supportType, vpc } = props;
    const cluster = new eks.Cluster(this, 'Cluster', {
      ...shape,
      vpc,
      // Those of the control plane's interfaces; aws-cdk-lib's default has the public ones among them.
      vpcSubnets: [nodeSubnets],
      clusterName: this.clusterName,
      version: props.version ?? KUBERNETES,
      role: createManagedRole(this, 'Role', {
        assumedBy: new iam.ServicePrincipal('eks.amazonaws.com').withSessionTags(),
        policies: props.policies,
        why: 'EKS asks for them by name: https://docs.aws.amazon.com/eks/latest/userguide/cluster-iam-role.html',
      }),
      mastersRole: props.mastersRole,
      // Otherwise the role by which CloudFormation deploys is an administrator of the cluster for good.
      bootstrapClusterCreatorAdminPermissions: false,
      endpointAccess: publicAccessCidrs
        ? eks.EndpointAccess.PUBLIC_AND_PRIVATE.onlyFrom(...publicAccessCidrs)
        : eks.EndpointAccess.PRIVATE,
      secretsEncryptionKey: this.secretsEncryptionKey,
      serviceIpv4Cidr: props.serviceIpv4Cidr,
      clusterLogging: Object.values(eks.ClusterLoggingTypes),
      kubectlProviderOptions: { kubectlLayer: props.kubectlLayer ?? new KubectlV36Layer(this, 'Kubectl') },
      outputConfigCommand: false,
      // It holds nothing that the stack could not make again; what is refused in production is its deletion.
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const resource = cluster.node.defaultChild;
    if (resource instanceof eks.CfnCluster) {
      resource.deletionProtection = profile.deletionProtection;
      resource.upgradePolicy = { supportType };
      Validations.of(cluster).acknowledge({
        id: 'CloudFormation-Validate::W9009',
        reason: "aws-cdk-lib says which objects the key is for, as EKS's own API demands it.",
      });
    }
    return cluster;
  }
}
