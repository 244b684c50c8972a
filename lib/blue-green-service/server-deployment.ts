import { Aws, type CfnElement, Stack, Validations } from 'aws-cdk-lib';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as codedeploy from 'aws-cdk-lib/aws-codedeploy';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { HttpLoadBalancer } from '../building-blocks/http-load-balancer';
import type { ServerFleet } from '../building-blocks/server-fleet';

/** How many servers a release may take out of service at a time. */
export const DEPLOYMENT_CONFIGS = {
  AllAtOnce: codedeploy.ServerDeploymentConfig.ALL_AT_ONCE,
  HalfAtATime: codedeploy.ServerDeploymentConfig.HALF_AT_A_TIME,
  OneAtATime: codedeploy.ServerDeploymentConfig.ONE_AT_A_TIME,
} as const;

/** Properties of ServerDeployment. */
export interface ServerDeploymentProps {
  /** The servers to which releases go. */
  readonly servers: ServerFleet;

  /** What must send a server no request while it gets a release. */
  readonly loadBalancer: HttpLoadBalancer;

  readonly deploymentConfig: keyof typeof DEPLOYMENT_CONFIGS;

  /** What stops a release and rolls it back. */
  readonly alarms: cloudwatch.IAlarm[];
}

/** CodeDeploy in place: each server leaves the load balancer, gets the release, and comes back when it is healthy. */
export class ServerDeployment extends Construct {
  /** The application of CodeDeploy, which holds the revisions. */
  readonly application: codedeploy.IServerApplication;

  /** The deployment group. */
  readonly deploymentGroup: codedeploy.ServerDeploymentGroup;

  constructor(scope: Construct, id: string, props: ServerDeploymentProps) {
    super(scope, id);
    const { loadBalancer, servers } = props;
    const role = this.createRole(props);
    this.application = new codedeploy.ServerApplication(this, 'Application');
    this.deploymentGroup = new codedeploy.ServerDeploymentGroup(this, 'Group', {
      application: this.application,
      autoScalingGroups: [servers.autoScalingGroup],
      loadBalancers: [codedeploy.LoadBalancer.application(loadBalancer.targetGroup)],
      deploymentConfig: DEPLOYMENT_CONFIGS[props.deploymentConfig],
      alarms: props.alarms,
      autoRollback: { failedDeployment: true, deploymentInAlarm: true, stoppedDeployment: true },
      installAgent: false,
      // aws-codedeploy would add a managed policy, which may delete any Auto Scaling group and end any server.
      role: role.withoutPolicyUpdates(),
    });
    // CodeDeploy adds its hook to the Auto Scaling group at once, and takes it away at the end.
    this.deploymentGroup.node.addDependency(role);
    const resource = this.deploymentGroup.node.defaultChild as codedeploy.CfnDeploymentGroup;
    // While a release runs nothing else takes servers away or replaces them: neither scaling, health checks, the balance of
    // the zones nor a change of the launch template, which waits.
    // https://docs.aws.amazon.com/codedeploy/latest/userguide/integrations-aws-auto-scaling-suspend-processes.html
    resource.ec2DeploymentOptions = {
      autoScalingGroupProcessesToSuspend: ['AZRebalance', 'InstanceRefresh', 'Terminate'],
    };
    Validations.of(this.deploymentGroup).acknowledge({
      id: 'CloudFormation-Validate::F3002',
      reason: 'Ec2DeploymentOptions is newer than the schemas that come with aws-cdk-lib.',
    });
    // Servers that were launched meanwhile have the release before; another deployment follows for them.
    resource.outdatedInstancesStrategy = 'UPDATE';
  }

  /** What AWSCodeDeployRole lets CodeDeploy do, as far as it does it in place: to these servers, and nothing else. */
  private createRole({ loadBalancer, servers }: ServerDeploymentProps): iam.Role {
    const role = new iam.Role(this, 'Role', {
      assumedBy: new iam.ServicePrincipal('codedeploy.amazonaws.com'),
      description: 'Releases to the servers of an Auto Scaling group',
    });
    const group = `autoscaling:${Aws.REGION}:${Aws.ACCOUNT_ID}:autoScalingGroup:*:autoScalingGroupName/${servers.autoScalingGroup.autoScalingGroupName}`;
    const allow = (sid: string, actions: string[], resource: string) =>
      role.addToPolicy(new iam.PolicyStatement({ sid, actions, resources: [resource] }));
    allow(
      'ServersOfTheGroup',
      [
        'autoscaling:CompleteLifecycleAction',
        'autoscaling:DeleteLifecycleHook',
        'autoscaling:PutLifecycleHook',
        'autoscaling:RecordLifecycleActionHeartbeat',
        'autoscaling:ResumeProcesses',
        'autoscaling:SuspendProcesses',
      ],
      `arn:${Aws.PARTITION}:${group}`,
    );
    allow(
      'RequestsToTheServers',
      ['elasticloadbalancing:DeregisterTargets', 'elasticloadbalancing:RegisterTargets'],
      loadBalancer.targetGroup.targetGroupArn,
    );
    allow(
      'Look',
      [
        'autoscaling:DescribeAutoScalingGroups',
        'autoscaling:DescribeLifecycleHooks',
        'autoscaling:DescribeScalingActivities',
        'cloudwatch:DescribeAlarms',
        'ec2:DescribeInstances',
        'ec2:DescribeInstanceStatus',
        'elasticloadbalancing:DescribeLoadBalancers',
        'elasticloadbalancing:DescribeTargetGroups',
        'elasticloadbalancing:DescribeTargetHealth',
        'tag:GetResources',
      ],
      '*',
    );
    this.acknowledge(role, servers);
    return role;
  }

  private acknowledge(role: iam.Role, { autoScalingGroup }: ServerFleet): void {
    const group = Stack.of(this).getLogicalId(autoScalingGroup.node.defaultChild as CfnElement);
    Validations.of(role).acknowledge(
      {
        id: 'AwsSolutions::AwsSolutions-IAM5[Resource::*]',
        reason:
          'What only looks has no resource to name; the managed policy, the alternative, changes as much.',
      },
      {
        id: `AwsSolutions::AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:autoscaling:<AWS::Region>:<AWS::AccountId>:autoScalingGroup:*:autoScalingGroupName/<${group}>]`,
        reason:
          "The wildcard stands for the group's UUID, which is not known before; the name is this group's alone.",
      },
    );
  }
}
