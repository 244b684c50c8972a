import { Validations } from 'aws-cdk-lib';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as codedeploy from 'aws-cdk-lib/aws-codedeploy';
import type * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import {
  DEFAULT_BAKE_TIME,
  DEFAULT_CANARY,
  DEFAULT_LINEAR,
  type DeploymentOptions,
} from './deployment-options';
import type { ReleaseValidation } from './release-validation';
import type { ServiceFront } from './service-front';
import type { ServiceGroups } from './service-routes';

/** Properties of CodeDeployRelease. */
export interface CodeDeployReleaseProps {
  readonly service: ecs.FargateService;
  readonly front: ServiceFront;
  readonly groups: ServiceGroups;
  readonly validation: ReleaseValidation;
  readonly options: DeploymentOptions;
  readonly alarms: readonly cloudwatch.IAlarm[];
}

/** The textbook's way: CodeDeploy makes the new tasks, switches the listeners and ends the old ones. */
export class CodeDeployRelease extends Construct {
  readonly application: codedeploy.EcsApplication;
  readonly deploymentGroup: codedeploy.EcsDeploymentGroup;

  constructor(scope: Construct, id: string, props: CodeDeployReleaseProps) {
    super(scope, id);
    const { front, groups, options, validation } = props;
    this.application = new codedeploy.EcsApplication(this, 'Application');
    const role = new iam.Role(this, 'Role', {
      description: 'CodeDeploy releases the service',
      assumedBy: new iam.ServicePrincipal('codedeploy.amazonaws.com'),
      managedPolicies: [iam.ManagedPolicy.fromAwsManagedPolicyName('AWSCodeDeployRoleForECS')],
    });
    Validations.of(role).acknowledge({
      id: 'AwsSolutions::AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/AWSCodeDeployRoleForECS]',
      reason: 'CodeDeploy asks for this policy, and AWS keeps it; CodeDeploy alone may assume the role.',
    });
    // AWS's policy allows functions of one name only, which would be a physical name here.
    role.addToPolicy(
      new iam.PolicyStatement({
        actions: ['lambda:InvokeFunction'],
        resources: [validation.function.functionArn],
      }),
    );
    // Not with the function, which must be there before the service and so before the group.
    const reader = new iam.Policy(this, 'ReadDeployments', {
      roles: validation.function.role ? [validation.function.role] : [],
    });
    this.deploymentGroup = new codedeploy.EcsDeploymentGroup(this, 'Group', {
      application: this.application,
      service: props.service,
      role,
      deploymentConfig: this.deploymentConfig(options),
      alarms: [...props.alarms],
      autoRollback: {
        failedDeployment: true,
        stoppedDeployment: true,
        deploymentInAlarm: props.alarms.length > 0,
      },
      blueGreenDeploymentConfig: {
        blueTargetGroup: groups.blue,
        greenTargetGroup: groups.green,
        listener: front.listener,
        testListener: front.testListener,
        terminationWaitTime: options.bakeTime ?? DEFAULT_BAKE_TIME,
      },
    });
    reader.addStatements(
      new iam.PolicyStatement({
        actions: ['codedeploy:GetDeployment'],
        resources: [this.deploymentGroup.deploymentGroupArn],
      }),
    );
  }

  private deploymentConfig({
    canaryConfiguration,
    deploymentStrategy = 'blueGreen',
    linearConfiguration,
  }: DeploymentOptions): codedeploy.IEcsDeploymentConfig {
    if (deploymentStrategy === 'blueGreen') return codedeploy.EcsDeploymentConfig.ALL_AT_ONCE;
    const isCanary = deploymentStrategy === 'canary';
    const { stepBakeTime, stepPercent } = isCanary
      ? { ...DEFAULT_CANARY, ...canaryConfiguration }
      : { ...DEFAULT_LINEAR, ...linearConfiguration };
    const routing = { interval: stepBakeTime, percentage: stepPercent };
    return new codedeploy.EcsDeploymentConfig(this, 'Config', {
      trafficRouting: isCanary
        ? codedeploy.TrafficRouting.timeBasedCanary(routing)
        : codedeploy.TrafficRouting.timeBasedLinear(routing),
    });
  }
}
