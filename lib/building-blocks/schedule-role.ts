import { Aws } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';

/** What a schedule may do. */
export interface ScheduleRoleProps {
  readonly description: string;

  /** What it starts. */
  readonly function: lambda.IFunction;

  /**
   * Where it leaves what it could not start.
   *
   * @default - nowhere
   */
  readonly deadLetterQueue?: sqs.IQueue;
}

/**
 * The role of a schedule that starts one function. That of aws-cdk-lib lies in the stack, not in the construct, and may invoke
 * all versions of the function, too.
 */
export function scheduleRole(scope: Construct, id: string, props: ScheduleRoleProps): iam.IRole {
  const { deadLetterQueue } = props;
  const role = new iam.Role(scope, id, {
    assumedBy: new iam.ServicePrincipal('scheduler.amazonaws.com', {
      conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
    }),
    description: props.description,
    inlinePolicies: {
      Start: new iam.PolicyDocument({
        statements: [
          new iam.PolicyStatement({
            actions: ['lambda:InvokeFunction'],
            resources: [props.function.functionArn],
          }),
          ...(deadLetterQueue
            ? [
                new iam.PolicyStatement({
                  actions: ['sqs:SendMessage'],
                  resources: [deadLetterQueue.queueArn],
                }),
              ]
            : []),
        ],
      }),
    },
  });
  return role.withoutPolicyUpdates();
}
