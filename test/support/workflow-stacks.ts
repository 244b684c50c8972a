import { Duration, type Stack } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as sns from 'aws-cdk-lib/aws-sns';
import type { StateMachineDefinition } from 'aws-local-stepfunctions';
import { SystemNames } from '../../lib/disaster-recovery/system-names';
import { StepBack } from '../../lib/disaster-recovery/workflow/step-back';
import { TakeOver } from '../../lib/disaster-recovery/workflow/take-over';
import type { WorkflowProps } from '../../lib/disaster-recovery/workflow/workflow-props';
import type { Profile } from '../../lib/profile';
import { type StackTemplate, templateOfConstructs } from './apps';

/** The account in which the tests' workflows run. */
export const ACCOUNT = '111111111111';

/** The system of the tests. */
export const NAMES = new SystemNames({
  systemName: 'intranet',
  primaryRegion: 'ap-northeast-1',
  standbyRegion: 'ap-northeast-3',
});

/** How long clients of the tests keep an address. */
export const DRAIN_TIME = Duration.minutes(3);

/** The ARN of a thing in a region. */
export function arn(service: string, region: string, rest: string): string {
  return `arn:aws:${service}:${region}:${ACCOUNT}:${rest}`;
}

/** The name of a region's group of servers. */
export function groupName(region: string): string {
  return `servers-${region}`;
}

/** What the workflows of a region are given. */
export function workflowProps(
  scope: Stack,
  region: string,
  database: WorkflowProps['database'],
  profile: Profile,
): WorkflowProps {
  const fn = (name: string) =>
    lambda.Function.fromFunctionArn(scope, name, arn('lambda', region, `function:${name}`));
  return {
    names: NAMES,
    region,
    database,
    functions: {
      switch: fn('switch'),
      verify: fn('verify'),
      startStepBack: fn('start-step-back'),
      newestCopy: fn('newest-copy'),
    },
    ...(database === 'replica' && {
      fleet: {
        autoScalingGroupName: groupName(region),
        autoScalingGroupArn: arn(
          'autoscaling',
          region,
          `autoScalingGroup:*:autoScalingGroupName/${groupName(region)}`,
        ),
        minCapacity: 2,
        ...(region === NAMES.standbyRegion && { standbyCapacity: 1 }),
        maxCapacity: 4,
        launchTemplateArn: arn('ec2', region, 'launch-template/lt-1'),
        serverRoleArn: `arn:aws:iam::${ACCOUNT}:role/server-${region}`,
      },
      replica: {
        instanceClass: 'db.t4g.micro',
        subnetGroupName: 'isolated',
        securityGroupId: 'sg-1',
        parameterGroupName: 'tls-only',
        kmsKeyArn: arn('kms', region, 'key/1'),
        multiAz: profile.multiAz,
        backupRetention: profile.backupRetention,
        deletionProtection: profile.deletionProtection,
        maxAllocatedStorage: 100,
      },
    }),
    drainTime: DRAIN_TIME,
    alarmTopic: new sns.Topic(scope, 'Alarms', { enforceSSL: true }),
    profile,
  };
}

/** Adds both workflows of a region to a stack. */
export function addWorkflows(
  scope: Stack,
  region: string,
  database: WorkflowProps['database'],
  profile: Profile,
): void {
  const props = workflowProps(scope, region, database, profile);
  const stepBack = new StepBack(scope, 'StepBack', props);
  new TakeOver(scope, 'TakeOver', { ...props, stepBack });
}

/** A workflow as CloudFormation makes it. */
export interface SynthesizedWorkflow {
  readonly region: string;
  readonly name: string;
  readonly definition: StateMachineDefinition;

  /** The statements of its role. */
  readonly statements: readonly Statement[];
}

/** A statement of a role's policy. */
export interface Statement {
  readonly Action: string | string[];
  readonly Resource: string | string[];
  readonly Condition?: Record<string, Record<string, unknown>>;
}

/** The workflows of a region, by name. */
export function synthesizeWorkflows(
  region: string,
  database: WorkflowProps['database'],
  profile: Profile,
): Record<string, SynthesizedWorkflow> {
  const template = templateOfConstructs((stack) => addWorkflows(stack, region, database, profile));
  const workflows = Object.values(template.Resources)
    .filter(({ Type }) => Type === 'AWS::StepFunctions::StateMachine')
    .map(({ Properties }) => {
      const { DefinitionString, RoleArn, StateMachineName } = Properties;
      const [roleId] = (RoleArn as { 'Fn::GetAtt': [string, string] })['Fn::GetAtt'];
      return {
        region,
        name: String(StateMachineName),
        definition: JSON.parse(String(resolve(DefinitionString, region))),
        statements: statementsOf(template, roleId, region),
      };
    });
  return Object.fromEntries(workflows.map((workflow) => [workflow.name, workflow]));
}

function statementsOf(template: StackTemplate, roleId: string, region: string): Statement[] {
  return Object.values(template.Resources)
    .filter(
      ({ Type, Properties }) => Type === 'AWS::IAM::Policy' && JSON.stringify(Properties).includes(roleId),
    )
    .flatMap(({ Properties }) => {
      const { Statement } = resolve(Properties.PolicyDocument, region) as { Statement: Statement[] };
      return Statement;
    });
}

/** What CloudFormation makes of a value. */
function resolve(value: unknown, region: string): unknown {
  if (Array.isArray(value)) return value.map((item) => resolve(item, region));
  if (typeof value !== 'object' || value === null) return value;
  const { Ref, 'Fn::GetAtt': attribute, 'Fn::Join': join } = value as Record<string, unknown>;
  if (typeof Ref === 'string') return PSEUDO_PARAMETERS[Ref]?.(region) ?? arn('sns', region, Ref);
  if (Array.isArray(attribute)) return attribute.join('.');
  if (Array.isArray(join)) return (resolve(join[1], region) as string[]).join(join[0]);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, resolve(item, region)]));
}

const PSEUDO_PARAMETERS: Record<string, (region: string) => string> = {
  'AWS::Partition': () => 'aws',
  'AWS::AccountId': () => ACCOUNT,
  'AWS::Region': (region) => region,
  'AWS::URLSuffix': () => 'amazonaws.com',
  'AWS::StackId': (region) => arn('cloudformation', region, 'stack/Standby/1'),
};
