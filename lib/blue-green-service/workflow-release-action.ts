import { Fn, Validations } from 'aws-cdk-lib';
import * as codepipeline from 'aws-cdk-lib/aws-codepipeline';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { logicalIdOf } from '../building-blocks/logical-id';
import type { ReleaseActionProps } from './release-target';

/** Properties of WorkflowReleaseAction. */
export interface WorkflowReleaseActionProps
  extends Pick<ReleaseActionProps, 'actionName' | 'image' | 'runOrder'> {
  readonly workflow: sfn.StateMachine;
}

/**
 * CodePipeline's action that starts a workflow of Step Functions and waits for its end. Its role is told of the workflow by
 * name, and not, as with aws-cdk-lib's own action, by parts of an ARN.
 */
export class WorkflowReleaseAction extends codepipeline.Action {
  protected readonly providedActionProperties: codepipeline.ActionProperties;

  constructor(private readonly props: WorkflowReleaseActionProps) {
    super();
    this.providedActionProperties = {
      actionName: props.actionName,
      runOrder: props.runOrder,
      category: codepipeline.ActionCategory.INVOKE,
      provider: 'StepFunctions',
      artifactBounds: { minInputs: 0, maxInputs: 0, minOutputs: 0, maxOutputs: 0 },
      resource: props.workflow,
    };
  }

  protected override bound(
    _scope: Construct,
    _stage: codepipeline.IStage,
    { role }: codepipeline.ActionBindOptions,
  ): codepipeline.ActionConfig {
    const { image, workflow } = this.props;
    const execution = `arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>:execution:<${logicalIdOf(workflow)}.Name>:*`;
    role.addToPrincipalPolicy(
      new iam.PolicyStatement({
        actions: ['states:DescribeStateMachine', 'states:StartExecution'],
        resources: [workflow.stateMachineArn],
      }),
    );
    role.addToPrincipalPolicy(
      new iam.PolicyStatement({
        actions: ['states:DescribeExecution'],
        resources: [
          execution
            .replace(/<([\w:]+)>/g, (_, name: string) => Fn.ref(name))
            .replace(/<[\w.]+>/, workflow.stateMachineName),
        ],
      }),
    );
    Validations.of(role).acknowledge({
      id: `AwsSolutions::AwsSolutions-IAM5[Resource::${execution}]`,
      reason: 'Each release is an execution with a name of its own; the workflow is this one.',
    });
    return {
      configuration: {
        StateMachineArn: workflow.stateMachineArn,
        InputType: 'Literal',
        Input: JSON.stringify({ image }),
      },
    };
  }
}
