import { Aws } from 'aws-cdk-lib';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as eks from 'aws-cdk-lib/aws-eks-v2';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as logs from 'aws-cdk-lib/aws-logs';
import { Construct, type IDependable } from 'constructs';
import { type AddonVersions, installAddOn } from './add-on';
import { applyObjects } from './apply-objects';
import type { Compute } from './compute';
import { fargateLogging } from './kubernetes/fargate-logging';
import { PLATFORM } from './kubernetes/labels';
import { LoadBalancerController } from './load-balancer-controller';
import { createManagedRole } from './managed-role';

/** Properties of FargateCompute. */
export interface FargateComputeProps {
  readonly cluster: eks.Cluster;
  readonly nodeSubnets: ec2.SubnetSelection;

  /** Where the pods' output goes. */
  readonly logGroup: logs.ILogGroup;
  readonly versions: AddonVersions;
}

/** Pods without servers: each has a small machine of its own, of Intel's or AMD's kind. */
export class FargateCompute extends Construct implements Compute {
  readonly kind = 'fargate';
  readonly architecture = 'amd64';
  readonly podIdentity = false;
  readonly networkPolicies = false;
  readonly spread = false;
  readonly ownsLoadBalancers = false;

  private readonly role: iam.Role;
  private readonly parts: IDependable[] = [];
  private readonly profiles = new Map<string, eks.FargateProfile>();

  constructor(
    scope: Construct,
    id: string,
    private readonly props: FargateComputeProps,
  ) {
    super(scope, id);
    const { cluster, logGroup, versions } = props;
    this.role = createManagedRole(this, 'PodExecutionRole', {
      assumedBy: new iam.ServicePrincipal('eks-fargate-pods.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
      }),
      policies: ['AmazonEKSFargatePodExecutionRolePolicy'],
      why: 'EKS asks for it by name: https://docs.aws.amazon.com/eks/latest/userguide/pod-execution-role.html',
    });
    logGroup.grantWrite(this.role);
    const system = this.profileOf('kube-system');
    const dns = installAddOn(this, 'coredns', {
      cluster,
      versions,
      configuration: { computeType: 'Fargate' },
      after: [system],
    });
    const metrics = installAddOn(this, 'metrics-server', { cluster, versions, after: [dns] });
    const logging = applyObjects(
      this,
      'Logging',
      cluster,
      Object.values(
        fargateLogging({ application: PLATFORM, logGroupName: logGroup.logGroupName, region: Aws.REGION }),
      ),
      [],
    );
    const controller = new LoadBalancerController(this, 'LoadBalancers', { cluster, after: [dns] });
    this.parts.push(dns, metrics, logging, controller);
  }

  ready(namespace: string): IDependable[] {
    return [this.profileOf(namespace), ...this.parts];
  }

  /** EKS makes one profile at a time, and deletes one at a time: aws-cdk-lib puts them in a row. */
  private profileOf(namespace: string): eks.FargateProfile {
    const known = this.profiles.get(namespace);
    if (known) return known;
    const { cluster, nodeSubnets } = this.props;
    const profile = new eks.FargateProfile(this, `Profile-${namespace}`, {
      cluster,
      vpc: cluster.vpc,
      subnetSelection: nodeSubnets,
      podExecutionRole: this.role,
      selectors: [{ namespace }],
    });
    this.profiles.set(namespace, profile);
    return profile;
  }
}
