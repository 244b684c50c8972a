import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { createTwoTierNetwork } from '../building-blocks/two-tier-network';
import type { Profile } from '../profile';

/** Properties of ReleasedCluster. */
export interface ReleasedClusterProps {
  readonly vpc?: ec2.IVpc;
  readonly cidr?: string;
  readonly loadBalancerSubnets?: ec2.SubnetSelection;
  readonly taskSubnets?: ec2.SubnetSelection;
  readonly containerInsights: ecs.ContainerInsights;
  readonly profile: Profile;
}

/** Where the tasks run: a cluster, and a network with room for them and for their load balancer. */
export class ReleasedCluster extends Construct {
  readonly vpc: ec2.IVpc;
  readonly cluster: ecs.Cluster;

  /**
   * Where Container Insights keeps its data. ECS would make it when the first task runs, and nothing would delete it or what
   * it holds (https://github.com/aws/containers-roadmap/issues/2315): so it is there before the tasks.
   */
  readonly insightsLog?: logs.ILogGroup;

  /** The load balancer's tier. */
  readonly loadBalancerSubnets: ec2.SubnetSelection;

  /** The tasks' tier, without a public address. */
  readonly taskSubnets: ec2.SubnetSelection;

  constructor(scope: Construct, id: string, props: ReleasedClusterProps) {
    super(scope, id);
    const { containerInsights } = props;
    this.vpc =
      props.vpc ??
      createTwoTierNetwork(this, 'Network', { ...props, publicTier: 'LoadBalancer', privateTier: 'Task' });
    this.loadBalancerSubnets = props.loadBalancerSubnets ?? { subnetType: ec2.SubnetType.PUBLIC };
    this.taskSubnets = props.taskSubnets ?? { subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS };
    this.cluster = new ecs.Cluster(this, 'Cluster', {
      vpc: this.vpc,
      containerInsightsV2: containerInsights,
      enableFargateCapacityProviders: false,
    });
    this.insightsLog =
      containerInsights === ecs.ContainerInsights.DISABLED
        ? undefined
        : this.createInsightsLog(props.profile);
  }

  private createInsightsLog({ logRetention, removalPolicy }: Profile): logs.ILogGroup {
    return new logs.LogGroup(this, 'InsightsLog', {
      logGroupName: `/aws/ecs/containerinsights/${this.cluster.clusterName}/performance`,
      retention: logRetention,
      removalPolicy,
    });
  }
}
