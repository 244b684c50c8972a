import { ExecutionAbortedError, type RunOptions, StateMachine } from 'aws-local-stepfunctions';
import { ServiceError } from './fake-region';
import type { FakeRegions } from './fake-regions';
import { OPERATIONS } from './fake-services';
import { shapeProblems } from './sdk-shapes';
import { arn, type SynthesizedWorkflow } from './workflow-stacks';

type Context = NonNullable<RunOptions['context']>;
type Json = Parameters<StateMachine['run']>[0];

/** How an execution ended. */
export interface Ending {
  readonly status: 'SUCCEEDED' | 'FAILED' | 'ABORTED';
  readonly output?: unknown;

  /** The error's name and its cause. */
  readonly error?: string;
  readonly cause?: string;

  /** The calls that were made, by the names of their states, repeated ones once each time. */
  readonly steps: readonly string[];
}

/** What goes wrong in an execution. */
export interface Trouble {
  /**
   * After how many calls it is stopped.
   *
   * @default - never
   */
  readonly stopAfter?: number;

  /**
   * Called before each call, and after it with `done`; throws what the call shall fail with.
   *
   * @default - calls do what they do
   */
  readonly meddle?: (step: string, done: boolean) => void;
}

/** The workflows of both regions over a fake of them: what is run is what would be deployed. */
export class WorkflowRunner {
  private executions = 0;

  constructor(
    private readonly aws: FakeRegions,
    /** By region, then by name. */
    private readonly workflows: Readonly<Record<string, Readonly<Record<string, SynthesizedWorkflow>>>>,
  ) {}

  /** Runs a workflow to its end. */
  async run(region: string, name: string, input: Json = {}, trouble: Trouble = {}): Promise<Ending> {
    const workflow = this.workflows[region]?.[name];
    if (!workflow) throw new Error(`${region} has no workflow ${name}`);
    const steps: string[] = [];
    const execution = `execution-${this.executions++}`;
    const run = machineOf(workflow).run(input, {
      overrides: {
        taskResourceLocalHandlers: this.handlers(workflow, trouble, steps, () => run.abort()),
        waitTimeOverrides: this.timers(workflow, 'Wait', ({ Seconds }) => Number(Seconds)),
        retryIntervalOverrides: this.timers(workflow, 'Task', () => 5),
      },
      context: this.context(workflow, execution),
    });
    try {
      return { status: 'SUCCEEDED', output: await run.result, steps };
    } catch (error) {
      if (error instanceof ExecutionAbortedError) return { status: 'ABORTED', steps };
      const { message, name: errorName } = (error as { cause: Error }).cause;
      return { status: 'FAILED', error: errorName, cause: message, steps };
    }
  }

  /** Runs the step-backs that were asked for from the other region. */
  async runAsked(): Promise<Ending[]> {
    const endings: Ending[] = [];
    for (const [execution, region] of [...this.aws.asked]) {
      this.aws.asked.delete(execution);
      endings.push(await this.run(region, 'intranet-step-back'));
    }
    return endings;
  }

  private handlers(workflow: SynthesizedWorkflow, trouble: Trouble, steps: string[], stop: () => void) {
    const handler = (step: string, resource: string) => async (input: Json) => {
      this.aws.pass(1000);
      steps.push(step);
      if (steps.length > ENDLESS) stop();
      trouble.meddle?.(step, false);
      const answer = await this.call(workflow, resource, input as Record<string, Json>);
      trouble.meddle?.(step, true);
      if (trouble.stopAfter !== undefined && steps.length >= trouble.stopAfter) stop();
      return JSON.parse(JSON.stringify(answer)) as Json;
    };
    return Object.fromEntries(
      Object.entries(workflow.definition.States).flatMap(([step, state]) =>
        state.Type === 'Task' ? [[step, handler(step, state.Resource)] as const] : [],
      ),
    );
  }

  private async call(workflow: SynthesizedWorkflow, resource: string, input: Record<string, Json>) {
    const region = this.aws.region(workflow.region);
    const [service = '', action = ''] = resource.split(':::').at(1)?.replace('aws-sdk:', '').split(':') ?? [];
    if (service === 'states') return this.runInside(workflow.region, String(input.StateMachineArn));
    if (service === 'lambda') {
      const name = `function:${String(input.FunctionName).split(':').at(-1)}`;
      return { StatusCode: 200, Payload: operation(name)(this.aws, region, input.Payload as never) };
    }
    const problems = resource.includes('aws-sdk') ? shapeProblems(service, action, 'request', input) : [];
    if (problems.length > 0) throw new Error(problems.join(', '));
    const answer = operation(`${service}:${action}`)(this.aws, region, input);
    const wrong = resource.includes('aws-sdk') ? shapeProblems(service, action, 'answer', answer) : [];
    if (wrong.length > 0) throw new Error(wrong.join(', '));
    return answer;
  }

  private async runInside(region: string, workflowArn: string): Promise<unknown> {
    const name = workflowArn.split(':').at(-1) ?? '';
    const ending = await this.run(region, name);
    if (ending.status !== 'SUCCEEDED') throw new ServiceError('States.TaskFailed', JSON.stringify(ending));
    return { ExecutionArn: arn('states', region, `execution:${name}:1`), Status: ending.status };
  }

  /** Times that pass in the fake, and not in the test, each time that the interpreter asks how long to wait. */
  private timers(
    { definition }: SynthesizedWorkflow,
    type: string,
    seconds: (state: Readonly<Record<string, unknown>>) => number,
  ): Record<string, number> {
    const timers = {};
    for (const [name, state] of Object.entries(definition.States)) {
      if (state.Type !== type) continue;
      const get = () => {
        this.aws.pass(seconds({ ...state }) * 1000);
        return 0;
      };
      Object.defineProperty(timers, name, { get });
    }
    return timers;
  }

  private context({ name, region }: SynthesizedWorkflow, execution: string): Context {
    const { aws } = this;
    return {
      Execution: { Id: arn('states', region, `execution:${name}:${execution}`), Name: execution },
      State: {
        get EnteredTime() {
          return aws.time;
        },
      },
    };
  }
}

/** More calls than the longest wait makes: a workflow that goes round for ever is stopped, as nothing else would stop it. */
const ENDLESS = 3000;

/** Validated once: that takes longer than an execution. */
function machineOf(workflow: SynthesizedWorkflow): StateMachine {
  const made = MACHINES.get(workflow) ?? new StateMachine(workflow.definition);
  MACHINES.set(workflow, made);
  return made;
}

const MACHINES = new WeakMap<SynthesizedWorkflow, StateMachine>();

function operation(name: string) {
  const found = OPERATIONS[name];
  if (!found) throw new Error(`the fake has no ${name}`);
  return found;
}
