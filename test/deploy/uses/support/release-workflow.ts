import assert from 'node:assert/strict';
import { FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import {
  GetFunctionConfigurationCommand,
  InvokeCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import { StartExecutionCommand } from '@aws-sdk/client-sfn';
import { type Control, controlOf } from '../../support/control';
import type { DeployedStack } from '../../support/stacks';
import type { Exercise } from '../../support/use';
import { emulatorOf } from './addresses';
import { type Ended, ended, withShortWaits } from './executions';

/**
 * What needs images that run: in an emulator, which is told what they run. With a real account the pipeline makes them,
 * in its own time.
 */
export const withImages =
  (act: (stack: DeployedStack, control: Control, emulator: string) => Promise<void>): Exercise =>
  async (stack) => {
    const url = await emulatorOf(stack.aws);
    if (url) await withShortWaits(stack, () => act(stack, controlOf({ url }), url));
  };

/** Starts the release of an image, as people do; its execution's ARN. */
export async function startRelease(
  { aws, idOf }: DeployedStack,
  image: string,
  name?: string,
): Promise<string> {
  const { executionArn = '' } = await aws.sfn.send(
    new StartExecutionCommand({
      stateMachineArn: await idOf('AWS::StepFunctions::StateMachine'),
      name,
      input: JSON.stringify({ image }),
    }),
  );
  return executionArn;
}

/** Releases an image, and waits for the end of it. */
export async function release(stack: DeployedStack, image: string, name?: string): Promise<Ended> {
  return ended(stack, await startRelease(stack, image, name));
}

/** The function of which the id in the stack has this in it. */
export async function functionNamed({ idsOf }: DeployedStack, part: string): Promise<string> {
  const names = (await idsOf('AWS::Lambda::Function')).filter((name) => name.includes(part));
  assert.equal(names.length, 1, `${names.length} functions are named like ${part}`);
  return names[0] ?? '';
}

/** Calls the workflow's first function as an execution of that name does; what it answers. */
export async function startAgain(stack: DeployedStack, image: string, execution: string): Promise<unknown> {
  const { FunctionError, Payload } = await stack.aws.lambda.send(
    new InvokeCommand({
      FunctionName: await functionNamed(stack, 'ReleaseStart'),
      Payload: JSON.stringify({ image, execution }),
    }),
  );
  const text = new TextDecoder().decode(Payload);
  assert.equal(FunctionError, undefined, text);
  return JSON.parse(text);
}

/** What the function said that looks at a version before users see it. */
export interface Validated {
  readonly message: string;
  readonly version?: string;
  readonly addresses?: readonly string[];
  readonly problems?: readonly string[];

  /** When it said it, in milliseconds. */
  readonly at: number;
}

/** All that it has said, the oldest first. */
export async function validationsOf(stack: DeployedStack): Promise<Validated[]> {
  const { LoggingConfig } = await stack.aws.lambda.send(
    new GetFunctionConfigurationCommand({ FunctionName: await functionNamed(stack, 'Validation') }),
  );
  const { events = [] } = await stack.aws.logs.send(
    new FilterLogEventsCommand({ logGroupName: LoggingConfig?.LogGroup }),
  );
  return events
    .flatMap(({ message = '' }) => (message.includes('"message":"The release') ? [JSON.parse(message)] : []))
    .map((said) => ({ ...said, at: Date.parse(said.timestamp) }))
    .sort((one, other) => one.at - other.at);
}

/** Does something while a version has only so many seconds to get ready. */
export async function withPatience(
  stack: DeployedStack,
  seconds: number,
  act: () => Promise<void>,
): Promise<void> {
  const FunctionName = await functionNamed(stack, 'Validation');
  const { Environment } = await stack.aws.lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
  const update = (Variables: Record<string, string>) =>
    stack.aws.lambda.send(
      new UpdateFunctionConfigurationCommand({ FunctionName, Environment: { Variables } }),
    );
  const before = Environment?.Variables ?? {};
  await update({ ...before, PATIENCE_SECONDS: String(seconds) });
  try {
    await act();
  } finally {
    await update(before);
  }
}
