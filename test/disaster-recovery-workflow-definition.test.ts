import { Stack } from 'aws-cdk-lib';
import { describe, expect, test } from 'vitest';
import { StepBack } from '../lib/disaster-recovery/workflow/step-back';
import { TakeOver } from '../lib/disaster-recovery/workflow/take-over';
import type { WorkflowProps } from '../lib/disaster-recovery/workflow/workflow-props';
import { SANDBOX } from '../lib/profile';
import { createApp, resourcesOf, templateOfConstructs } from './support/apps';
import { COLD, PROFILES, WARM } from './support/recovery-system';
import { errorNames } from './support/sdk-shapes';
import { validate } from './support/validation';
import {
  addWorkflows,
  arn,
  NAMES,
  type Statement,
  type SynthesizedWorkflow,
  workflowProps,
} from './support/workflow-stacks';

const { primaryRegion, standbyRegion } = NAMES;

const WORKFLOWS = Object.entries({ warm: WARM, cold: COLD }).flatMap(([strategy, profiles]) =>
  Object.entries(profiles).flatMap(([profile, regions]) =>
    Object.values(regions).flatMap((workflows) =>
      Object.values(workflows).map((workflow) => ({
        ...workflow,
        title: `${strategy}, ${profile}: ${workflow.name} in ${workflow.region}`,
      })),
    ),
  ),
);

interface Task {
  readonly Type: 'Task';
  readonly Resource: string;
  readonly Parameters: Readonly<Record<string, unknown>>;
  readonly Retry: {
    readonly ErrorEquals: string[];
    readonly MaxAttempts: number;
    readonly JitterStrategy?: string;
  }[];
  readonly Catch: { readonly ErrorEquals: string[]; readonly Next: string }[];
  readonly TimeoutSeconds: number;
}

function tasksOf({ definition }: SynthesizedWorkflow): [string, Task][] {
  return Object.entries(definition.States).flatMap(([name, state]) =>
    state.Type === 'Task' ? [[name, state as unknown as Task] as [string, Task]] : [],
  );
}

/** What a call needs of IAM, by the call; the parameters say on what. */
const NEEDED: Readonly<
  Record<string, (parameters: Record<string, unknown>, region: string) => [string, ...string[]][]>
> = {
  'lambda:invoke': ({ FunctionName }) => [['lambda:InvokeFunction', String(FunctionName)]],
  'sns:publish': ({ TopicArn }) => [['sns:Publish', String(TopicArn)]],
  'states:startExecution.sync:2': ({ StateMachineArn }, region) => [
    ['states:StartExecution', String(StateMachineArn)],
    ['states:DescribeExecution', arn('states', region, `execution:${NAMES.stepBack}:any`)],
    ['states:StopExecution', arn('states', region, `execution:${NAMES.stepBack}:any`)],
    ...['PutTargets', 'PutRule', 'DescribeRule'].map((action): [string, string] => [
      `events:${action}`,
      arn('events', region, 'rule/StepFunctionsGetEventsForStepFunctionsExecutionRule'),
    ]),
  ],
  'rds:describeDBInstances': (_, region) => [['rds:DescribeDBInstances', database(region)]],
  'rds:promoteReadReplica': (_, region) => [['rds:PromoteReadReplica', database(region)]],
  'rds:deleteDBInstance': (_, region) => [['rds:DeleteDBInstance', database(region)]],
  'rds:modifyDBInstance': (_, region) => [['rds:ModifyDBInstance', database(region)]],
  'rds:createDBInstanceReadReplica': ({ KmsKeyId }, region) => [
    [
      'rds:CreateDBInstanceReadReplica',
      database(region),
      database(NAMES.otherThan(region)),
      arn('rds', region, 'subgrp:isolated'),
      arn('rds', region, 'pg:tls-only'),
      arn('rds', region, 'og:default:mysql-8-4'),
    ],
    ['kms:CreateGrant', String(KmsKeyId), arn('kms', NAMES.otherThan(region), 'key/any')],
    ['kms:DescribeKey', String(KmsKeyId), arn('kms', NAMES.otherThan(region), 'key/any')],
  ],
  'ssm:getParameter': ({ Name }, region) => [['ssm:GetParameter', arn('ssm', region, `parameter${Name}`)]],
  'ssm:putParameter': ({ Name }, region) => [['ssm:PutParameter', arn('ssm', region, `parameter${Name}`)]],
  'cloudwatch:getMetricData': () => [['cloudwatch:GetMetricData', '*']],
  'autoscaling:describeAutoScalingGroups': () => [['autoscaling:DescribeAutoScalingGroups', '*']],
  'autoscaling:describeInstanceRefreshes': () => [['autoscaling:DescribeInstanceRefreshes', '*']],
  'autoscaling:updateAutoScalingGroup': (_, region) => changeOfGroup('UpdateAutoScalingGroup', region),
  'autoscaling:startInstanceRefresh': (_, region) => changeOfGroup('StartInstanceRefresh', region),
  'cloudformation:updateStack': ({ StackName }) => [['cloudformation:UpdateStack', String(StackName)]],
  'cloudformation:describeStacks': ({ StackName }) => [['cloudformation:DescribeStacks', String(StackName)]],
};

function database(region: string): string {
  return arn('rds', region, `db:${NAMES.database}`);
}

function changeOfGroup(action: string, region: string): [string, string][] {
  return [
    [
      `autoscaling:${action}`,
      arn('autoscaling', region, `autoScalingGroup:1:autoScalingGroupName/servers-${region}`),
    ],
    ['ec2:RunInstances', arn('ec2', region, 'instance/*')],
    ['ec2:CreateTags', arn('ec2', region, 'instance/any')],
    ['iam:PassRole', `arn:aws:iam::111111111111:role/server-${region}`],
    ['ssm:GetParameters', `arn:aws:ssm:${region}::parameter/aws/service/ami-amazon-linux-latest/any`],
  ];
}

const list = (value: string | readonly string[]) => (typeof value === 'string' ? [value] : value);

function allows({ Action, Resource }: Statement, action: string, resource: string): boolean {
  const fits = (pattern: string) =>
    new RegExp(`^${pattern.replace(/[.+?^$()[\]{}|\\/]/g, '\\$&').replaceAll('*', '.*')}$`).test(resource);
  return list(Action).includes(action) && list(Resource).some(fits);
}

/** Actions that take no resource, or none that is known before, with what limits them. */
const UNNAMED: Readonly<Record<string, string>> = {
  'autoscaling:DescribeAutoScalingGroups': 'reads',
  'autoscaling:DescribeInstanceRefreshes': 'reads',
  'cloudwatch:GetMetricData': 'reads',
  'ec2:CreateTags': 'StringEquals ec2:CreateAction RunInstances',
  'ec2:RunInstances': 'ArnEquals ec2:LaunchTemplate',
  'logs:CreateLogDelivery': 'log of the workflow',
  'logs:DeleteLogDelivery': 'log of the workflow',
  'logs:DescribeLogGroups': 'log of the workflow',
  'logs:DescribeResourcePolicies': 'log of the workflow',
  'logs:GetLogDelivery': 'log of the workflow',
  'logs:ListLogDeliveries': 'log of the workflow',
  'logs:PutResourcePolicy': 'log of the workflow',
  'logs:UpdateLogDelivery': 'log of the workflow',
  'xray:GetSamplingRules': 'traces',
  'xray:GetSamplingTargets': 'traces',
  'xray:PutTelemetryRecords': 'traces',
  'xray:PutTraceSegments': 'traces',
};

describe.each(WORKFLOWS)('$title', (workflow) => {
  const { definition, statements } = workflow;
  const tasks = tasksOf(workflow);

  test('may make each of its calls', () => {
    const missing = tasks.flatMap(([name, { Parameters, Resource }]) => {
      const call = Resource.replace('arn:aws:states:::', '').replace('aws-sdk:', '');
      const needed = NEEDED[call]?.(Parameters, workflow.region) ?? [[`unknown call ${call}`, '*']];
      return needed.flatMap(([action, ...resources]) =>
        resources
          .filter((resource) => !statements.some((statement) => allows(statement, action, resource)))
          .map((resource) => `${name}: ${action} on ${resource}`),
      );
    });
    expect(missing).toEqual([]);
  });

  test('has a right on everything only where IAM wants no resource or a condition limits it', () => {
    const wide = statements.filter(({ Resource }) => list(Resource).includes('*'));
    expect(wide.flatMap(({ Action }) => list(Action)).filter((action) => !(action in UNNAMED))).toEqual([]);
    const unlimited = wide.filter(({ Action, Condition }) =>
      list(Action).some((action) => action.startsWith('ec2:') && !Condition),
    );
    expect(unlimited).toEqual([]);
    expect(statements.flatMap(({ Action }) => list(Action)).filter((action) => action.includes('*'))).toEqual(
      [],
    );
  });

  test('has rights in the other region on its database and its key alone', () => {
    const other = NAMES.otherThan(workflow.region);
    const there = statements.flatMap(({ Action, Condition, Resource }) =>
      list(Resource)
        .filter((resource) => resource.includes(`:${other}:`))
        .map((resource) => ({ resource, actions: list(Action).length, Condition })),
    );
    const allowed = [
      { resource: database(other), actions: 1, Condition: undefined },
      {
        resource: arn('kms', other, 'key/*'),
        actions: 4,
        Condition: {
          StringEquals: { 'kms:ViaService': `rds.${other}.amazonaws.com` },
          'ForAnyValue:StringEquals': { 'kms:ResourceAliases': NAMES.keyAlias },
        },
      },
    ];
    const replicates = tasks.some(([name]) => name === 'CreateReplica');
    expect(there).toEqual(replicates ? allowed : []);
  });

  test('tries each call again, in a limited time, and catches what then is left', () => {
    for (const [name, { Catch, Resource, Retry, TimeoutSeconds }] of tasks) {
      expect(Retry.at(-1), name).toMatchObject({
        ErrorEquals: ['States.ALL'],
        MaxAttempts: 5,
        JitterStrategy: 'FULL',
      });
      expect(Catch.at(-1), name).toMatchObject({ ErrorEquals: ['States.ALL'] });
      expect(TimeoutSeconds, name).toBeLessThanOrEqual(Resource.includes('sync') ? 86_400 : 300);
    }
  });

  test('does not try a call again whose error is an answer', () => {
    for (const [name, { Catch, Retry }] of tasks) {
      const answers = Catch.slice(0, -1).flatMap((rule) => rule.ErrorEquals);
      const first = Retry.slice(0, answers.length);
      expect(first, name).toEqual(answers.map((error) => ({ ErrorEquals: [error], MaxAttempts: 0 })));
    }
  });

  test('names errors as the services have them', () => {
    const known = new Set([...errorNames(), 'States.ALL', 'NotServing', 'NoCopy']);
    const named = tasks
      .flatMap(([, { Catch, Retry }]) => [...Catch, ...Retry])
      .flatMap((rule) => rule.ErrorEquals);
    expect(named.filter((name) => !known.has(name))).toEqual([]);
  });

  test('asks whether a path leads anywhere before it looks at what is there', () => {
    const risky = Object.entries(definition.States).flatMap(([name, state]) =>
      state.Type === 'Choice'
        ? state.Choices.flatMap((rule) => unguarded(rule, new Set()).map((path) => `${name}: ${path}`))
        : [],
    );
    expect(risky.filter((path) => !ALWAYS_THERE.some((end) => path.endsWith(end)))).toEqual([]);
  });

  test('tells by IsPresent only that something is there: the interpreter knows no false', () => {
    expect(JSON.stringify(definition)).not.toMatch(/"Is\w+":false/);
  });

  test('is small enough to be deployed', () => {
    expect(JSON.stringify(definition).length).toBeLessThan(1024 * 1024);
  });
});

/** Paths that a state before has always set. */
const ALWAYS_THERE = [
  '$.tries.count',
  '$.busy.count',
  '$.fleet.min',
  '$.fleet.max',
  '$.host.parameter.Value',
  '$.kept.parameter.Value',
  '$.error.Cause',
  '$.asked',
];

/** The paths that a rule looks at although nothing before it asked whether they are there. */
function unguarded(rule: unknown, known: Set<string>): string[] {
  const { And, Not, Or, Variable, ...test } = rule as Record<string, unknown>;
  if (Array.isArray(And)) return And.flatMap((part) => unguarded(part, known));
  if (Array.isArray(Or)) return Or.flatMap((part) => unguarded(part, new Set(known)));
  if (Not) return unguarded(Not, new Set(known));
  if (typeof Variable !== 'string') return [];
  if ('IsPresent' in test) {
    known.add(Variable);
    return [];
  }
  return known.has(Variable) ? [] : [Variable];
}

test.each(
  Object.entries(PROFILES).flatMap(([name, profile]) => [
    { name, profile, database: 'replica' as const, region: primaryRegion },
    { name, profile, database: 'replica' as const, region: standbyRegion },
    { name, profile, database: 'copies' as const, region: standbyRegion },
  ]),
)('breaks no rule that is not acknowledged: $name, $database, $region', ({ profile, database, region }) => {
  const { acknowledgements, findings, stale } = validate((app) => {
    addWorkflows(new Stack(app, 'Stack', { env: { region } }), region, database, profile);
  });
  const ours = ({ pack }: { pack: string }) =>
    ['AwsSolutions', 'Serverless'].includes(pack) || pack.startsWith('CloudFormation');
  expect(findings.filter(ours).filter(({ path }) => !path.includes('Alarms'))).toEqual([]);
  expect(stale).toEqual([]);
  expect(acknowledgements.every(({ reason }) => reason.length > 20)).toBe(true);
});

test('logs all, traces, and lets its log go where the profile says so', () => {
  const template = templateOfConstructs((stack) => addWorkflows(stack, standbyRegion, 'replica', SANDBOX));
  const machines = Object.values(resourcesOf(template, 'AWS::StepFunctions::StateMachine'));
  expect(machines).toHaveLength(2);
  for (const { Properties } of machines) {
    expect(Properties).toMatchObject({
      LoggingConfiguration: { Level: 'ALL', IncludeExecutionData: true },
      TracingConfiguration: { Enabled: true },
    });
    expect(Properties.StateMachineType ?? 'STANDARD').toBe('STANDARD');
  }
  for (const group of Object.values(resourcesOf(template, 'AWS::Logs::LogGroup'))) {
    expect(group).toMatchObject({ DeletionPolicy: 'Delete', Properties: { RetentionInDays: 7 } });
  }
});

describe('refuses', () => {
  const made = (
    change: (props: WorkflowProps) => WorkflowProps,
    region = standbyRegion,
    database: WorkflowProps['database'] = 'replica',
  ) => {
    const stack = new Stack(createApp(), 'Stack');
    const props = change(workflowProps(stack, region, database, SANDBOX));
    const stepBack = new StepBack(stack, 'StepBack', { ...props });
    return () => new TakeOver(stack, 'TakeOver', { ...props, stepBack });
  };

  test('a region of another system', () => {
    expect(() => made((props) => ({ ...props, region: 'eu-west-1' }))).toThrow(
      'StepBack at Stack/StepBack has a problem:\n  - region: "eu-west-1" is none of ap-northeast-1 and ap-northeast-3.',
    );
  });

  test('a replica without servers and settings', () => {
    expect(() => made((props) => ({ ...props, fleet: undefined, replica: undefined }))).toThrow(
      'has 2 problems:\n  - fleet: null is missing, and a workflow with a replica needs it.\n  - replica: null is missing',
    );
  });

  test('copies in the primary region', () => {
    expect(() => made((props) => props, primaryRegion, 'copies')).toThrow(
      'database: "copies" is not possible in ap-northeast-1: copies are in the standby\'s region.',
    );
  });

  test.each([
    ['replica', ['verify', 'startStepBack']],
    ['copies', ['verify', 'newestCopy']],
  ] as const)('%s without their functions', (database, names) => {
    const create = made(
      (props) => ({ ...props, functions: { switch: props.functions.switch } }),
      standbyRegion,
      database,
    );
    const lines = names.map((name) => `  - functions.${name}: null is missing; give the function.`);
    expect(create).toThrow(['TakeOver at Stack/TakeOver has 2 problems:', ...lines].join('\n'));
  });
});
