import { CfnOutput, Duration, type Stack } from 'aws-cdk-lib';
import * as codedeploy from 'aws-cdk-lib/aws-codedeploy';
import type { FargateService } from 'aws-cdk-lib/aws-ecs';
import type { ApplicationListener, ApplicationTargetGroup } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';

/** What CodeDeploy has to know of a service. */
export interface DeploymentGroupParts {
  readonly service: FargateService;

  /** The group of the first tasks, and the other one. */
  readonly groups: readonly ApplicationTargetGroup[];

  /** That of the users, and that of the test. */
  readonly listeners: readonly ApplicationListener[];

  /** Is asked before users reach a release. */
  readonly hook: LambdaFunction;
}

/** Lets CodeDeploy deploy a service. */
export function addDeploymentGroup(
  stack: Stack,
  { service, groups, listeners, hook }: DeploymentGroupParts,
): void {
  const [blueTargetGroup, greenTargetGroup] = groups;
  const [listener, testListener] = listeners;
  if (!blueTargetGroup || !greenTargetGroup || !listener || !testListener)
    throw new Error('two groups and two listeners');
  service.attachToApplicationTargetGroup(blueTargetGroup);
  const group = new codedeploy.EcsDeploymentGroup(stack, 'DeploymentGroup', {
    service,
    blueGreenDeploymentConfig: {
      blueTargetGroup,
      greenTargetGroup,
      listener,
      testListener,
      terminationWaitTime: Duration.minutes(5),
    },
  });
  hook.addToRolePolicy(
    new PolicyStatement({
      actions: ['codedeploy:PutLifecycleEventHookExecutionStatus'],
      resources: [group.deploymentGroupArn],
    }),
  );
  new CfnOutput(stack, 'Application', { value: group.application.applicationName });
  new CfnOutput(stack, 'DeploymentGroupName', { value: group.deploymentGroupName });
  new CfnOutput(stack, 'HookName', { value: hook.functionName });
}
