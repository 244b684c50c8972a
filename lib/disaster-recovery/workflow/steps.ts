import { Aws, Duration } from 'aws-cdk-lib';
import type { Condition } from './conditions';
import type { Right } from './rights';

type State = Readonly<Record<string, unknown>>;

/** Where to go when a condition holds. */
export interface Rule {
  readonly when: Condition;
  readonly next: string;
}

/** A call of a service. */
export interface TaskProps {
  /** The integration, for example `aws-sdk:rds:promoteReadReplica`; its action in camel case, as in the SDK. */
  readonly resource: string;

  /** What it is called with; names in the Pascal case of the SDK for Java (`DbInstanceClass`). */
  readonly parameters: State;

  /** What the role needs for it. */
  readonly rights: readonly Right[];

  readonly next: string;

  /** How things stand when it failed, and what is to be done: whole sentences, for a person in a hurry. */
  readonly leaves: string;

  /**
   * Under which name the result is kept.
   *
   * @default - it is thrown away
   */
  readonly keepAs?: string;

  /**
   * What is kept of the result.
   *
   * @default - all
   */
  readonly select?: State;

  /**
   * Errors that are answers, and where they lead. They are not retried.
   *
   * @default - none
   */
  readonly answers?: Readonly<Record<string, string>>;

  /**
   * Errors that pass with time, how long to wait between tries, and how often to try.
   *
   * @default - none but those that pass within a minute
   */
  readonly patience?: { readonly errors: readonly string[]; readonly wait: Duration; readonly times: number };

  /**
   * Where to go when it failed for good.
   *
   * @default - people are told, and the execution fails
   */
  readonly otherwise?: string;

  /**
   * How long an answer may take.
   *
   * @default - a minute
   */
  readonly timeout?: Duration;
}

/** A call that is repeated until its answer tells where to go on. */
export interface PollProps extends Omit<TaskProps, 'next'> {
  /** Where answers lead; with any other one, the call is repeated. */
  readonly rules: readonly Rule[];

  readonly every: Duration;
  readonly times: number;

  /** Where to go when no answer led anywhere. */
  readonly exhausted: string;

  /**
   * Where to go when an answer led nowhere, before the wait.
   *
   * @default - there is nothing else to look at
   */
  readonly meanwhile?: string;

  /**
   * Whether to wait before the first call.
   *
   * @default false
   */
  readonly waitFirst?: boolean;
}

/** All states lead here when they failed. */
export const FAILED = 'NotifyFailure';

/**
 * The states of a workflow, and the rights that they need.
 *
 * Each call is tried again at any error that is no answer: Step Functions names most errors of a service alike, a throttle
 * as well as a wrong parameter (`Rds.RdsException`), and every call here may be repeated. When it fails for good, a message
 * names the step, how things stand and what to do, and the execution fails with the same text.
 */
export class Steps {
  /** By name, as the Amazon States Language has them. */
  readonly states: Record<string, State> = {};

  /** Of all calls. */
  readonly rights: Right[] = [];

  /** Adds a call. */
  task(name: string, props: TaskProps): void {
    const { answers = {}, keepAs, parameters, patience, select, timeout = Duration.minutes(1) } = props;
    const failed = props.otherwise ?? `${name}Failed`;
    this.add(name, {
      Type: 'Task',
      Resource: `arn:${Aws.PARTITION}:states:::${props.resource}`,
      Parameters: parameters,
      ...(select && { ResultSelector: select }),
      ResultPath: keepAs ? `$.${keepAs}` : null,
      TimeoutSeconds: timeout.toSeconds(),
      Retry: [
        ...Object.keys(answers).map((error) => ({ ErrorEquals: [error], MaxAttempts: 0 })),
        ...(patience
          ? [
              {
                ErrorEquals: patience.errors,
                IntervalSeconds: patience.wait.toSeconds(),
                BackoffRate: 1,
                MaxAttempts: patience.times,
              },
            ]
          : []),
        {
          ErrorEquals: ['States.ALL'],
          IntervalSeconds: 2,
          BackoffRate: 2,
          MaxAttempts: 5,
          MaxDelaySeconds: 30,
          JitterStrategy: 'FULL',
        },
      ],
      Catch: [
        ...Object.entries(answers).map(([error, next]) => ({
          ErrorEquals: [error],
          ResultPath: '$.error',
          Next: next,
        })),
        { ErrorEquals: ['States.ALL'], ResultPath: '$.error', Next: failed },
      ],
      Next: props.next,
    });
    this.rights.push(...props.rights);
    if (props.otherwise) return;
    // The error as a whole: a timeout may have no cause, and a path that leads nowhere could not be caught.
    this.put(failed, 'failure', FAILED, {
      step: name,
      'text.$': `States.Format('${literal(`${name} failed. ${props.leaves}`)} Error: {}', States.JsonToString($.error))`,
    });
  }

  /** Adds a call that is repeated; it is entered at `enter(name)`. */
  poll(name: string, props: PollProps): void {
    const { every, exhausted, meanwhile = again(name), rules, times, waitFirst = false, ...task } = props;
    this.put(enter(name), 'tries', waitFirst ? again(name) : name, { count: 0 });
    this.task(name, { ...task, next: `${name}Result` });
    const enough = { Variable: '$.tries.count', NumericGreaterThanEquals: times };
    this.choice(`${name}Result`, [...rules, { when: enough, next: exhausted }], meanwhile);
    this.wait(again(name), every, `${name}Count`);
    this.put(`${name}Count`, 'tries', name, { 'count.$': 'States.MathAdd($.tries.count, 1)' });
  }

  /** Adds a decision; the first rule that holds counts. */
  choice(name: string, rules: readonly Rule[], otherwise: string): void {
    this.add(name, {
      Type: 'Choice',
      Choices: rules.map(({ when, next }) => ({ ...when, Next: next })),
      Default: otherwise,
    });
  }

  /** Adds a pause. */
  wait(name: string, time: Duration, next: string): void {
    this.add(name, { Type: 'Wait', Seconds: time.toSeconds(), Next: next });
  }

  /** Adds a state that keeps something under a name. */
  put(name: string, key: string, next: string, value: State): void {
    this.add(name, { Type: 'Pass', Parameters: value, ResultPath: `$.${key}`, Next: next });
  }

  /** Adds a state that stops the workflow on its own decision: `text` says why, how things stand and what to do. */
  refuse(name: string, text: string): void {
    this.put(name, 'failure', FAILED, { step: name, text });
  }

  /** Adds any other state. */
  add(name: string, state: State): void {
    if (name in this.states) throw new Error(`There are two states of the name ${name}`);
    this.states[name] = state;
  }
}

/** The state at which a repeated call is entered. */
export function enter(name: string): string {
  return `${name}Begin`;
}

/** The state at which a repeated call is repeated, after its wait. */
export function again(name: string): string {
  return `${name}Wait`;
}

/** A text as it stands in an intrinsic function's quotation marks. */
function literal(text: string): string {
  return text.replace(/[\\'{}]/g, '\\$&');
}
