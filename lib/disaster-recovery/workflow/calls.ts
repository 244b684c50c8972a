import { Aws } from 'aws-cdk-lib';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import { allOf, anyOf, type Condition, is, not, present } from './conditions';
import { allow, allowUnnamed } from './rights';
import type { TaskProps } from './steps';
import type { WorkflowProps } from './workflow-props';

type Call = Pick<TaskProps, 'resource' | 'parameters' | 'rights'>;

/** Names of errors, as Step Functions makes them of a service's: https://docs.aws.amazon.com/step-functions/latest/dg/supported-services-awssdk.html */
export const ERRORS = {
  noDatabase: 'Rds.DbInstanceNotFoundException',
  databaseExists: 'Rds.DbInstanceAlreadyExistsException',
  databaseBusy: 'Rds.InvalidDbInstanceStateException',
  refreshing: 'AutoScaling.InstanceRefreshInProgressException',
  stack: 'CloudFormation.CloudFormationException',
} as const;

/** Where the database's description is kept. */
const DATABASE = '$.database.instance';

/** Whether there is some text. */
const hasText = (path: string): Condition =>
  allOf(present(path), { Variable: path, IsString: true }, not({ Variable: path, StringEquals: '' }));

/**
 * Whether the database is a replica; a missing one is none. The name is that of the SDK for Java, after the rule of Step
 * Functions. Should it read the rule otherwise, a replica would be taken for a database that serves: both are looked for.
 */
export const IS_REPLICA = anyOf(
  hasText(`${DATABASE}.ReadReplicaSourceDBInstanceIdentifier`),
  hasText(`${DATABASE}.ReadReplicaSourceDbInstanceIdentifier`),
);

/** Whether there is a database. */
export const HAS_DATABASE = present(DATABASE);

/** Whether the database has one of some states. */
export function databaseIs(...states: readonly string[]): Condition {
  return is(`${DATABASE}.DbInstanceStatus`, ...states);
}

/** Whether the database takes what is written. */
export const IS_WRITABLE = allOf(not(IS_REPLICA), databaseIs('available'));

/** States that a database does not leave by itself. */
export const BROKEN = databaseIs(
  'failed',
  'incompatible-network',
  'incompatible-option-group',
  'incompatible-parameters',
  'incompatible-restore',
  'inaccessible-encryption-credentials',
  'restore-error',
  'storage-full',
);

/** Calls a function. */
export function invoke(fn: lambda.IFunction, payload: Readonly<Record<string, unknown>>): Call {
  return {
    resource: 'lambda:invoke',
    parameters: { FunctionName: fn.functionArn, Payload: payload },
    rights: [allow('lambda:InvokeFunction', fn.functionArn)],
  };
}

/** Reads which region serves. */
export function readSwitch({ functions }: WorkflowProps) {
  return {
    ...invoke(functions.switch, {}),
    select: { 'activeRegion.$': '$.Payload.activeRegion' },
    keepAs: 'switch',
  };
}

/** Describes this region's database. */
export function describeDatabase({ names, region }: WorkflowProps) {
  return {
    resource: 'aws-sdk:rds:describeDBInstances',
    parameters: { DbInstanceIdentifier: names.database },
    rights: [allow('rds:DescribeDBInstances', names.databaseArn(region))],
    select: { 'instance.$': '$.DbInstances[0]' },
    keepAs: 'database',
  };
}

/** Reads a parameter of this region. */
export function readParameter({ names, region }: WorkflowProps, name: string, keepAs: string) {
  return {
    resource: 'aws-sdk:ssm:getParameter',
    parameters: { Name: name },
    rights: [allow('ssm:GetParameter', names.parameterArn(region, name))],
    select: { 'parameter.$': '$.Parameter' },
    keepAs,
  };
}

/** Changes a parameter of this region; a key of `value` that ends in `.$` is a path. */
export function writeParameter(
  { names, region }: WorkflowProps,
  name: string,
  value: Readonly<Record<string, string>>,
): Call {
  return {
    resource: 'aws-sdk:ssm:putParameter',
    parameters: { Name: name, ...value, Overwrite: true },
    rights: [allow('ssm:PutParameter', names.parameterArn(region, name))],
  };
}

/** Asks how far the replica is behind, newest minute first. */
export function readLag({ names }: WorkflowProps, startTime: string) {
  return {
    resource: 'aws-sdk:cloudwatch:getMetricData',
    parameters: {
      'StartTime.$': startTime,
      'EndTime.$': '$$.State.EnteredTime',
      ScanBy: 'TimestampDescending',
      MetricDataQueries: [
        {
          Id: 'lag',
          MetricStat: {
            Metric: {
              Namespace: 'AWS/RDS',
              MetricName: 'ReplicaLag',
              Dimensions: [{ Name: 'DBInstanceIdentifier', Value: names.database }],
            },
            Period: 60,
            Stat: 'Maximum',
          },
        },
      ],
    },
    rights: [allowUnnamed('cloudwatch:GetMetricData')],
    select: { 'results.$': '$.MetricDataResults' },
    keepAs: 'metric',
  };
}

/** The newest value that `readLag` found. */
export const NEWEST_LAG = '$.metric.results[0].Values[0]';

/** Tells people. */
export function notify({ alarmTopic }: WorkflowProps, subject: string, message: string): Call {
  return {
    resource: 'sns:publish',
    parameters: { TopicArn: alarmTopic.topicArn, Subject: subject, 'Message.$': message },
    rights: [allow('sns:Publish', alarmTopic.topicArn)],
  };
}

/** The rights to start an execution of a workflow and to wait for its end. */
export function rightsToRun(workflowArn: string, region: string, name: string) {
  const service = `${region}:${Aws.ACCOUNT_ID}`;
  return [
    allow('states:StartExecution', workflowArn),
    {
      ...allow(
        ['states:DescribeExecution', 'states:StopExecution'],
        `arn:${Aws.PARTITION}:states:${service}:execution:${name}:*`,
      ),
      why: "Step Functions waits for the execution's end; its name is not known before it is started.",
    },
    // By this rule of its own, Step Functions learns when an execution that it waits for has ended:
    // https://docs.aws.amazon.com/step-functions/latest/dg/connect-stepfunctions.html
    allow(
      ['events:DescribeRule', 'events:PutRule', 'events:PutTargets'],
      `arn:${Aws.PARTITION}:events:${service}:rule/StepFunctionsGetEventsForStepFunctionsExecutionRule`,
    ),
  ];
}
