import { Stack, Validations } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { Profile } from '../profile';
import type { FunctionOptions } from './function-options';
import { LAMBDA_NODEJS } from './versions';

/** Properties of NodeFunction. */
export interface NodeFunctionProps extends FunctionOptions {
  /** What it does, in words. */
  readonly description: string;

  /** A folder with an index.js that exports `handler`. */
  readonly code: lambda.Code;

  readonly memorySize: number;
  readonly timeout: NonNullable<FunctionOptions['timeout']>;

  /**
   * Where events go that the function could not handle after all retries, when it is invoked asynchronously.
   *
   * @default - nowhere; the caller waits for the answer, or keeps the events itself
   */
  readonly deadLetterQueue?: sqs.IQueue;

  readonly profile: Profile;
}

/**
 * A function on Node.js and Graviton, with a log group and a role of its own. The role may write that log and send traces,
 * and nothing else: aws-cdk-lib's default would let it write all logs of the account.
 */
export class NodeFunction extends Construct {
  /** The function. */
  readonly function: lambda.Function;

  /** Its log. */
  readonly logGroup: logs.ILogGroup;

  private readonly role: iam.Role;

  constructor(scope: Construct, id: string, props: NodeFunctionProps) {
    super(scope, id);
    const { deadLetterQueue, profile, ...options } = props;
    this.logGroup = new logs.LogGroup(this, 'LogGroup', {
      retention: profile.logRetention,
      removalPolicy: profile.removalPolicy,
    });
    this.role = new iam.Role(this, 'Role', {
      assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com'),
      description: props.description,
    });
    this.logGroup.grantWrite(this.role);
    this.function = new lambda.Function(this, 'Function', {
      ...options,
      runtime: LAMBDA_NODEJS.runtime,
      architecture: lambda.Architecture.ARM_64,
      handler: 'index.handler',
      role: this.role,
      logGroup: this.logGroup,
      loggingFormat: lambda.LoggingFormat.JSON,
      tracing: lambda.Tracing.ACTIVE,
      deadLetterQueue,
      environment: { ...props.environment, NODE_OPTIONS: '--enable-source-maps' },
    });
    Validations.of(this.role).acknowledge({
      id: 'AwsSolutions::AwsSolutions-IAM5[Resource::*]',
      reason: 'The actions of X-Ray take no resource.',
    });
    if (!deadLetterQueue) {
      Validations.of(this.function).acknowledge({
        id: 'Serverless::Serverless-LambdaDLQ',
        reason:
          'Nobody invokes it asynchronously: the caller waits for the answer, or the queue keeps the events.',
      });
    }
  }

  /** Allows the function some actions on some resources. */
  allow(actions: readonly string[], resources: readonly string[]): void {
    this.role.addToPolicy(new iam.PolicyStatement({ actions: [...actions], resources: [...resources] }));
  }

  /**
   * Allows the function some actions on all objects in a bucket's folder.
   *
   * @param why why it can't be told which objects
   */
  allowObjects(actions: readonly string[], bucket: s3.IBucket, folder: string, why: string): void {
    this.allow(actions, [bucket.arnForObjects(`${folder}/*`)]);
    const id = Stack.of(bucket).getLogicalId(bucket.node.defaultChild as s3.CfnBucket);
    Validations.of(this.role).acknowledge({
      id: `AwsSolutions::AwsSolutions-IAM5[Resource::<${id}.Arn>/${folder}/*]`,
      reason: why,
    });
  }
}
