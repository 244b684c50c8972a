import assert from 'node:assert/strict';
import {
  DescribeExecutionCommand,
  type DescribeExecutionCommandOutput,
  paginateGetExecutionHistory,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { until } from '../../support/polling';
import type { DeployedStack } from '../../support/stacks';
import { emulatorOf } from './addresses';
import { idIn } from './two-regions';

/** A workflow of a region. */
export type WorkflowName = 'take-over' | 'step-back';

/** An execution that has ended. */
export interface Ended {
  readonly arn: string;
  readonly status: string;

  /** What it gave, where it succeeded. */
  readonly output: Readonly<Record<string, unknown>>;
  readonly error?: string;
  readonly cause?: string;

  /** The names of the states that it went through, in order. */
  readonly states: readonly string[];
}

/** Starts a workflow of a region; its execution's ARN. */
export async function start(
  region: DeployedStack,
  workflow: WorkflowName,
  input: object = {},
): Promise<string> {
  const stateMachineArn = await idIn(region, 'AWS::StepFunctions::StateMachine', new RegExp(`-${workflow}$`));
  const { executionArn = '' } = await region.aws.sfn.send(
    new StartExecutionCommand({ stateMachineArn, input: JSON.stringify(input) }),
  );
  return executionArn;
}

/**
 * Waits for the end of an execution.
 *
 * @param meanwhile is done again and again until then
 */
export async function ended(
  { aws }: DeployedStack,
  executionArn: string,
  meanwhile: () => Promise<void> = async () => {},
): Promise<Ended> {
  const found = await until(
    executionArn,
    async () => {
      await meanwhile();
      const execution = await aws.sfn
        .send(new DescribeExecutionCommand({ executionArn }))
        .catch((error: Error): Partial<DescribeExecutionCommandOutput> => {
          // Another one may be about to start it.
          if (error.name === 'ExecutionDoesNotExist') return { status: 'RUNNING' };
          throw error;
        });
      return execution.status === 'RUNNING' ? undefined : execution;
    },
    600,
  );
  const { cause, error, output, status = '' } = found;
  return {
    arn: executionArn,
    status,
    output: JSON.parse(output ?? '{}'),
    ...(error !== undefined && { error }),
    ...(cause !== undefined && { cause }),
    states: await statesOf(aws, executionArn),
  };
}

/** Starts a workflow, and waits for its end; in the emulator its waits take a thousandth of their time. */
export async function run(
  region: DeployedStack,
  workflow: WorkflowName,
  input: object = {},
  meanwhile?: () => Promise<void>,
): Promise<Ended> {
  return withShortWaits(region, async () => ended(region, await start(region, workflow, input), meanwhile));
}

/** Shows that an execution ended well. */
export function assertSucceeded({ arn, cause, error, states, status }: Ended): void {
  assert.equal(status, 'SUCCEEDED', `${arn}: ${error}: ${cause}; ${states.join(', ')}`);
}

/** Shows that an execution failed in a step, and says what it told. */
export function assertFailed({ arn, cause = '', error, states, status }: Ended, step: string): string {
  assert.deepEqual({ error, status }, { error: step, status: 'FAILED' }, `${arn}: ${cause}; ${states}`);
  return cause;
}

/** The names of the states that an execution has come to. */
export async function statesOf({ sfn }: DeployedStack['aws'], executionArn: string): Promise<string[]> {
  const names: string[] = [];
  for await (const { events = [] } of paginateGetExecutionHistory({ client: sfn }, { executionArn }))
    for (const { stateEnteredEventDetails } of events)
      if (stateEnteredEventDetails?.name) names.push(stateEnteredEventDetails.name);
  return names;
}

/** How many want short waits now: patterns are used side by side, and the first that is done must not stop the others. */
let wanting = 0;

/** Does something while state machines of the emulator wait for a thousandth of the time that they say. */
export async function withShortWaits<T>({ aws }: DeployedStack, act: () => Promise<T>): Promise<T> {
  const emulator = await emulatorOf(aws);
  if (!emulator) return act();
  const scale = async (factor: number) => {
    const { status } = await fetch(`${emulator}/_emulator/wait-scale?factor=${factor}`, { method: 'POST' });
    assert.equal(status, 200);
  };
  wanting += 1;
  try {
    await scale(0.001);
    return await act();
  } finally {
    wanting -= 1;
    if (wanting === 0) await scale(1);
  }
}
