import { Duration, Validations } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import * as tasks from 'aws-cdk-lib/aws-stepfunctions-tasks';
import { Construct } from 'constructs';
import type { NodeFunction } from '../building-blocks/node-function';
import { createStarter, createWatcher, type ReleaseFunctionsProps } from './release-functions';

/** Seconds between two looks at a release. */
const PAUSE = 15;

/** The longest that ECS lets a deployment of CloudFormation take; a release may take as long. */
const TIMEOUT = Duration.hours(36);

/** What another attempt would not change. Everything else is tried again: both functions may be asked as often as one likes. */
const FINAL_ERRORS = [
  'NoSuchContainer',
  'NoSuchImage',
  'NoSuchService',
  'NotOfThisRepository',
  'ReleaseInProgress',
];

/**
 * A release of an image, `{ "image": "<repository>:<tag>" }`, from its start to its end. The pipeline starts it, and people
 * do, to go back to an older image.
 *
 * CodePipeline's own action for ECS gives up after an hour, knows nothing of blue/green deployments, and aws-cdk-lib lets it
 * change every service of the account.
 */
export class ReleaseWorkflow extends Construct {
  readonly stateMachine: sfn.StateMachine;

  constructor(scope: Construct, id: string, props: ReleaseFunctionsProps) {
    super(scope, id);
    const { profile } = props;
    const starter = createStarter(this, props);
    const watcher = createWatcher(this, props);
    const start = this.invoke('Start', starter, {
      'image.$': '$.image',
      'execution.$': '$$.Execution.Name',
    });
    const look = this.invoke('Look', watcher);
    const pause = new sfn.Wait(this, 'Pause', { time: sfn.WaitTime.duration(Duration.seconds(PAUSE)) });
    const failed = new sfn.Fail(this, 'Failed', { error: 'ReleaseFailed', causePath: '$.reason' });
    const ended = new sfn.Choice(this, 'Ended')
      .when(sfn.Condition.stringEquals('$.state', 'SUCCEEDED'), new sfn.Succeed(this, 'Released'))
      .when(sfn.Condition.stringEquals('$.state', 'FAILED'), failed)
      .otherwise(pause);
    // The state machine is rendered as it is made: what comes later would be left out.
    pause.next(look);
    this.stateMachine = new sfn.StateMachine(this, 'StateMachine', {
      comment: 'Releases an image, and waits for the end of it',
      definitionBody: sfn.DefinitionBody.fromChainable(start.next(look).next(ended)),
      timeout: TIMEOUT,
      // aws-cdk-lib would let it call all versions of the functions.
      role: this.createRole([starter, watcher]).withoutPolicyUpdates(),
      tracingEnabled: true,
      logs: {
        destination: new logs.LogGroup(this, 'LogGroup', {
          retention: profile.logRetention,
          removalPolicy: profile.removalPolicy,
        }),
        level: sfn.LogLevel.ALL,
        includeExecutionData: true,
      },
    });
  }

  private invoke(
    id: string,
    { function: lambdaFunction }: NodeFunction,
    payload?: object,
  ): tasks.LambdaInvoke {
    const step = new tasks.LambdaInvoke(this, id, {
      lambdaFunction,
      payload: payload && sfn.TaskInput.fromObject(payload as Record<string, unknown>),
      payloadResponseOnly: true,
      retryOnServiceExceptions: false,
    });
    step.addRetry({ errors: [...FINAL_ERRORS], maxAttempts: 0 });
    step.addRetry({ errors: ['States.ALL'], interval: Duration.seconds(5), backoffRate: 2, maxAttempts: 5 });
    return step;
  }

  private createRole(functions: readonly NodeFunction[]): iam.Role {
    const role = new iam.Role(this, 'Role', {
      description: 'Releases an image',
      assumedBy: new iam.ServicePrincipal('states.amazonaws.com'),
    });
    const allow = (actions: string[], resources: string[]) =>
      role.addToPolicy(new iam.PolicyStatement({ actions, resources }));
    allow(
      ['lambda:InvokeFunction'],
      functions.map(({ function: { functionArn } }) => functionArn),
    );
    allow([...DELIVER_LOGS, ...SEND_TRACES], ['*']);
    Validations.of(role).acknowledge({
      id: 'AwsSolutions::AwsSolutions-IAM5[Resource::*]',
      reason: 'Deliveries of logs and traces take no resource.',
    });
    return role;
  }
}

/** https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html#cloudwatch-iam-policy */
const DELIVER_LOGS = [
  'logs:CreateLogDelivery',
  'logs:DeleteLogDelivery',
  'logs:DescribeLogGroups',
  'logs:DescribeResourcePolicies',
  'logs:GetLogDelivery',
  'logs:ListLogDeliveries',
  'logs:PutResourcePolicy',
  'logs:UpdateLogDelivery',
];

/** https://docs.aws.amazon.com/step-functions/latest/dg/xray-iam.html */
const SEND_TRACES = [
  'xray:GetSamplingRules',
  'xray:GetSamplingTargets',
  'xray:PutTelemetryRecords',
  'xray:PutTraceSegments',
];
