import { ArnFormat, Stack, Validations } from 'aws-cdk-lib';
import * as autoscaling from 'aws-cdk-lib/aws-autoscaling';
import * as codedeploy from 'aws-cdk-lib/aws-codedeploy';
import type * as codepipeline from 'aws-cdk-lib/aws-codepipeline';
import * as actions from 'aws-cdk-lib/aws-codepipeline-actions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecr from 'aws-cdk-lib/aws-ecr';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { ReleaseActionProps, ReleaseTarget } from '../../lib/blue-green-service/release-target';

/** A repository that a project has. */
export function repositoryOf(scope: Construct, id = 'Repository'): ecr.IRepository {
  return ecr.Repository.fromRepositoryName(scope, id, 'board');
}

/** Containers, to which a workflow releases that a project has. */
export class ContainerTarget extends Construct implements ReleaseTarget {
  private readonly stateMachine: sfn.IStateMachine;

  constructor(
    scope: Construct,
    id: string,
    readonly repository: ecr.IRepository,
  ) {
    super(scope, id);
    const arn = Stack.of(this).formatArn({
      service: 'states',
      resource: 'stateMachine',
      resourceName: `release-${id}`,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    this.stateMachine = sfn.StateMachine.fromStateMachineArn(this, 'Workflow', arn);
  }

  deployAction({ actionName, image, runOrder }: ReleaseActionProps): codepipeline.IAction {
    return new WorkflowAction({
      actionName,
      runOrder,
      stateMachine: this.stateMachine,
      stateMachineInput: actions.StateMachineInput.literal({ image }),
    });
  }
}

/** Says why the role that aws-cdk-lib makes for the action may look at all executions. */
class WorkflowAction extends actions.StepFunctionInvokeAction {
  protected override bound(
    scope: Construct,
    stage: codepipeline.IStage,
    options: codepipeline.ActionBindOptions,
  ): codepipeline.ActionConfig {
    Validations.of(options.role).acknowledge({
      id: `AwsSolutions::AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>:execution:release-${stage.stageName}:*]`,
      reason: 'CodePipeline names the executions of the workflow.',
    });
    return super.bound(scope, stage, options);
  }
}

/** Servers, to which CodeDeploy releases. */
export class ServerTarget extends Construct implements ReleaseTarget {
  /** The servers. */
  readonly fleet: autoscaling.AutoScalingGroup;

  private readonly deploymentGroup: codedeploy.ServerDeploymentGroup;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.fleet = new autoscaling.AutoScalingGroup(this, 'Fleet', {
      vpc: new ec2.Vpc(this, 'Vpc', { natGateways: 0 }),
      vpcSubnets: { subnetType: ec2.SubnetType.PUBLIC },
      instanceType: new ec2.InstanceType('t4g.micro'),
      machineImage: ec2.MachineImage.latestAmazonLinux2023({
        cpuType: ec2.AmazonLinuxCpuType.ARM_64,
      }),
    });
    this.deploymentGroup = new codedeploy.ServerDeploymentGroup(this, 'Group', {
      autoScalingGroups: [this.fleet],
      installAgent: false,
    });
  }

  deployAction({ actionName, input, runOrder }: ReleaseActionProps): codepipeline.IAction {
    return new actions.CodeDeployServerDeployAction({
      actionName,
      runOrder,
      input,
      deploymentGroup: this.deploymentGroup,
    });
  }
}
