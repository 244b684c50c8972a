import { Fn, Stack, Validations } from 'aws-cdk-lib';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { Profile } from '../profile';
import type { FunctionOptions } from './function-options';
import { LAMBDA_NODEJS } from './versions';

/** Actions that IAM can't bind to resources. */
export interface UnboundRight {
  readonly actions: readonly string[];

  /**
   * What binds them in place of a resource.
   *
   * @default - nothing
   */
  readonly conditions?: Record<string, Record<string, string>>;

  /** Why no resource can be named, in a sentence. */
  readonly why: string;
}

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

  /**
   * Why it has no dead-letter queue, in a sentence.
   *
   * @default - nobody invokes it asynchronously
   */
  readonly whyNoDeadLetterQueue?: string;

  /**
   * Actions of its own that IAM can't bind to resources.
   *
   * @default - none
   */
  readonly unboundRights?: readonly UnboundRight[];

  /**
   * A network to which it gets interfaces. It has a security group of its own there, which lets nothing in, and out only
   * what is opened with `function.connections`.
   *
   * @default - none: it reaches the internet, and nothing in a network
   */
  readonly vpc?: ec2.IVpc;

  /**
   * The subnets of its interfaces; rejected without `vpc`. In a public one it would have no way out.
   *
   * @default - the private ones
   */
  readonly vpcSubnets?: ec2.SubnetSelection;

  readonly profile: Profile;
}

/**
 * What Lambda does in the function's name to connect it to a network:
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html
 */
const INTERFACE_ACTIONS = [
  'ec2:AssignPrivateIpAddresses',
  'ec2:CreateNetworkInterface',
  'ec2:DeleteNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'ec2:UnassignPrivateIpAddresses',
];

const INTERFACE_RIGHT: UnboundRight = {
  actions: INTERFACE_ACTIONS,
  why: 'Lambda makes and lists network interfaces, whose names nobody knows before; the code itself may not.',
};

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
    const {
      deadLetterQueue,
      profile,
      unboundRights = [],
      whyNoDeadLetterQueue = 'Nobody invokes it asynchronously: the caller waits for the answer, or the queue keeps the events.',
      ...options
    } = props;
    const rights = [...(props.vpc ? [INTERFACE_RIGHT] : []), ...unboundRights];
    this.logGroup = new logs.LogGroup(this, 'LogGroup', {
      retention: profile.logRetention,
      removalPolicy: profile.removalPolicy,
    });
    this.role = new iam.Role(this, 'Role', {
      assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com'),
      description: props.description,
    });
    this.logGroup.grantWrite(this.role);
    for (const { actions, conditions } of rights) this.allow(actions, ['*'], conditions);
    if (props.vpc) this.denyInterfacesToCode(unboundRights.flatMap(({ actions }) => actions));
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
      ...(props.vpc && { allowAllOutbound: false }),
      environment: { ...props.environment, NODE_OPTIONS: '--enable-source-maps' },
    });
    Validations.of(this.role).acknowledge({
      id: 'AwsSolutions::AwsSolutions-IAM5[Resource::*]',
      reason: ['The actions of X-Ray take no resource.', ...rights.map(({ why }) => why)].join(' '),
    });
    if (!deadLetterQueue) {
      Validations.of(this.function).acknowledge({
        id: 'Serverless::Serverless-LambdaDLQ',
        reason: whyNoDeadLetterQueue,
      });
    }
  }

  /** Allows the function some actions on some resources. */
  allow(
    actions: readonly string[],
    resources: readonly string[],
    conditions?: Record<string, Record<string, string>>,
  ): void {
    this.role.addToPolicy(
      new iam.PolicyStatement({ actions: [...actions], resources: [...resources], conditions }),
    );
  }

  /**
   * Allows the function some actions on all resources of a kind.
   *
   * @param pattern an ARN with asterisks, in which pseudo parameters are written like <AWS::Region>
   * @param why why it can't be told which resources
   */
  allowMatching(
    actions: readonly string[],
    pattern: string,
    why: string,
    conditions?: Record<string, Record<string, string>>,
  ): void {
    this.allow(actions, [pattern.replace(/<([\w:]+)>/g, (_, name: string) => Fn.ref(name))], conditions);
    Validations.of(this.role).acknowledge({
      id: `AwsSolutions::AwsSolutions-IAM5[Resource::${pattern}]`,
      reason: why,
    });
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

  /**
   * Lambda makes the interfaces with the function's role, but not from within the function, where this key is set.
   *
   * @param ofTheCode what the code does itself
   */
  private denyInterfacesToCode(ofTheCode: readonly string[]): void {
    this.role.addToPolicy(
      new iam.PolicyStatement({
        effect: iam.Effect.DENY,
        actions: INTERFACE_ACTIONS.filter((action) => !ofTheCode.includes(action)),
        resources: ['*'],
        conditions: { Null: { 'lambda:SourceFunctionArn': 'false' } },
      }),
    );
  }
}
