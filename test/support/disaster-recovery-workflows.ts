import { expect } from 'vitest';
import { resourcesOf, type StackTemplate } from './apps';
import { type Statement, statementsOf, textOf } from './fleet';

type Json = Readonly<Record<string, unknown>>;

/** A state of a workflow, as far as the proofs look at it. */
export interface State {
  readonly Type: string;
  readonly Resource?: string;
  readonly Parameters?: Json;
  readonly Next?: string;
  readonly Default?: string;
  readonly Choices?: readonly (Json & { readonly Next: string })[];
  readonly Catch?: readonly { readonly ErrorEquals: string[]; readonly Next: string }[];
  readonly Retry?: readonly { readonly ErrorEquals: string[] }[];
  readonly Seconds?: number;
  readonly Result?: unknown;
}

/** A workflow of a template. */
export interface Workflow {
  readonly name: string;
  readonly startAt: string;
  readonly states: Readonly<Record<string, State>>;
  readonly statements: readonly (Omit<Statement, 'Resource'> & { readonly Resource: string[] })[];
}

/** A template in which references to other stacks look like those to resources. */
function localized(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(localized);
  if ('Fn::GetStackOutput' in value) {
    const { OutputName, StackName } = value['Fn::GetStackOutput'] as Record<string, string>;
    return { Ref: `${StackName}.${OutputName}` };
  }
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, localized(each)]));
}

const plain = (value: unknown) => textOf(value).replaceAll('<AWS::Partition>', 'aws');

/** The workflow of a template that has a name. */
export function workflowOf(original: StackTemplate, name: string): Workflow {
  const template = localized(original) as StackTemplate;
  const [machine] = Object.values(resourcesOf(template, 'AWS::StepFunctions::StateMachine')).filter(
    ({ Properties }) => Properties.StateMachineName === name,
  );
  if (!machine) throw new Error(`there is no workflow ${name}`);
  const { StartAt, States } = JSON.parse(plain(machine.Properties.DefinitionString)) as {
    StartAt: string;
    States: Record<string, State>;
  };
  const [role = ''] = (machine.Properties.RoleArn as { 'Fn::GetAtt': string[] })['Fn::GetAtt'];
  const statements = statementsOf(template, role).map((statement) => ({
    ...statement,
    Resource: [statement.Resource].flat().map(plain),
  }));
  return { name, startAt: StartAt, states: States, statements };
}

/** Whether a condition holds for an input's mode; `undefined` where that depends on something else. */
function holds(condition: Json, mode: string | undefined): boolean | undefined {
  const { And, Not, Or, Variable } = condition;
  if (Array.isArray(And)) {
    const parts = And.map((part) => holds(part, mode));
    return parts.includes(false) ? false : parts.includes(undefined) ? undefined : true;
  }
  if (Array.isArray(Or)) {
    const parts = Or.map((part) => holds(part, mode));
    return parts.includes(true) ? true : parts.includes(undefined) ? undefined : false;
  }
  if (Not) {
    const part = holds(Not as Json, mode);
    return part === undefined ? undefined : !part;
  }
  if (Variable !== '$.mode') return undefined;
  if ('IsPresent' in condition) return (mode !== undefined) === condition.IsPresent;
  return condition.StringEquals === mode;
}

/** The states that a workflow can come to with a mode, whatever the services answer. */
export function reachableWith({ startAt, states }: Workflow, mode: string | undefined): Set<string> {
  const found = new Set<string>();
  const visit = (name: string | undefined, current: string | undefined): void => {
    if (name === undefined || found.has(name)) return;
    found.add(name);
    const state = states[name];
    if (!state) throw new Error(`there is no state ${name}`);
    const given = state.Parameters?.mode;
    const now = typeof given === 'string' ? given : current;
    for (const next of nextOf(state, now)) visit(next, now);
  };
  visit(startAt, mode);
  return found;
}

function nextOf({ Catch = [], Choices, Default, Next }: State, mode: string | undefined): string[] {
  if (!Choices) return [Next, ...Catch.map((each) => each.Next)].filter((each) => each !== undefined);
  const next: string[] = [];
  for (const choice of Choices) {
    const taken = holds(choice, mode);
    if (taken !== false) next.push(choice.Next);
    if (taken) return next;
  }
  return [...next, Default ?? ''];
}

/** The calls of a workflow by the names of their states, like `rds:promoteReadReplica`. */
export function callsIn({ states }: Workflow): Record<string, string> {
  return Object.fromEntries(
    Object.entries(states).flatMap(([name, { Resource }]) =>
      Resource ? [[name, Resource.split(':::')[1]?.replace('aws-sdk:', '') ?? '']] : [],
    ),
  );
}

/** Whether a call changes something: it reads by its name, or is a function that gets nothing to write. */
export function changes({ Parameters = {}, Resource = '' }: State): boolean {
  if (Resource.endsWith(':lambda:invoke')) return Object.keys(Parameters.Payload ?? {}).length > 0;
  return !/:(describe|get|list)[A-Z]\w+$/.test(Resource);
}

/** Words in which IAM and Step Functions differ. */
const ACTIONS: Readonly<Record<string, string>> = {
  'lambda:invoke': 'lambda:InvokeFunction',
  'states:startExecution.sync:2': 'states:StartExecution',
};

/** What a call asks IAM for. */
function actionOf(call: string): string {
  const [service = '', action = ''] = call.split(':');
  return ACTIONS[call] ?? `${service}:${action.charAt(0).toUpperCase()}${action.slice(1)}`;
}

/** A value of a call's parameters that names what it is about. */
const NAMED_BY = ['FunctionName', 'StateMachineArn', 'TopicArn', 'StackName'];

/** Each call may do what it does, to what it does it to. */
export function expectRightsForCalls(workflow: Workflow): void {
  const unable = Object.entries(callsIn(workflow)).filter(([name, call]) => {
    const { Parameters = {} } = workflow.states[name] ?? {};
    const named = NAMED_BY.map((key) => Parameters[key]).find((each) => each !== undefined);
    return !workflow.statements.some(
      ({ Action, Effect, Resource }) =>
        Effect === 'Allow' &&
        [Action].flat().includes(actionOf(call)) &&
        (named === undefined || Resource.includes(String(named))),
    );
  });
  expect(unable).toEqual([]);
}

/** What a workflow may do with each resource, for comparison: `action on resource`. */
export function rightsOf({ statements }: Workflow): string[] {
  return statements
    .flatMap(({ Action, Resource }) =>
      [Action].flat().flatMap((action) => Resource.map((on) => `${action} on ${on}`)),
    )
    .sort();
}

/** Each call that fails leads to a message that names it, and all messages lead to a failed execution. */
export function expectFailuresNamed(workflow: Workflow): void {
  const { states } = workflow;
  for (const [name, { Catch, Type }] of Object.entries(states)) {
    if (Type !== 'Task' || name === 'NotifyFailure') continue;
    const all = Catch?.find(({ ErrorEquals }) => ErrorEquals.includes('States.ALL'));
    if (name === 'StepBackOther') {
      expect(all?.Next).toBe('OtherDoesNotAnswer');
      continue;
    }
    expect(all?.Next, name).toBe(`${name}Failed`);
    const failed = states[`${name}Failed`];
    expect(failed).toMatchObject({ Type: 'Pass', Next: 'NotifyFailure', Parameters: { step: name } });
    expect(String(failed?.Parameters?.['text.$']), name).toMatch(
      new RegExp(
        `^States\\.Format\\('${name} failed\\. .{40,} Error: \\{\\}', States\\.JsonToString\\(\\$\\.error\\)\\)$`,
      ),
    );
  }
  for (const [name, { Next, Parameters }] of Object.entries(states)) {
    if (Next !== 'NotifyFailure' || name.endsWith('Failed')) continue;
    expect(Parameters, name).toEqual({ step: name, text: expect.stringMatching(/^.{60,}$/) });
  }
  expect(states.NotifyFailure).toMatchObject({
    Next: 'Failed',
    Parameters: { 'Message.$': '$.failure.text' },
  });
  expect(states.Failed).toMatchObject({
    Type: 'Fail',
    ErrorPath: '$.failure.step',
    CausePath: '$.failure.text',
  });
}
