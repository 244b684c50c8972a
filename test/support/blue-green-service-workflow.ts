import { expect } from 'vitest';
import { partsOf, type Variant } from './blue-green-service';
import { rightsOf } from './blue-green-service-rights';
import { textOf } from './fleet';

interface State {
  readonly Type: string;
  readonly Next?: string;
  readonly Default?: string;
  readonly End?: boolean;
  readonly Resource?: string;
  readonly Parameters?: object;
  readonly Seconds?: number;
  readonly CausePath?: string;
  readonly Retry?: readonly object[];
  readonly Choices?: { readonly Variable: string; readonly StringEquals: string; readonly Next: string }[];
}

/** The workflow starts a release, looks until it has ended, and ends as it did. */
export function expectWorkflow({ template }: Variant): void {
  const { starter, watcher, workflow } = partsOf(template, 'BetaService');
  const { StartAt, States, TimeoutSeconds } = JSON.parse(textOf(workflow.Properties.DefinitionString)) as {
    StartAt: string;
    States: Record<string, State>;
    TimeoutSeconds: number;
  };
  expect(States.Start).toMatchObject({
    Resource: `<${starter.id}.Arn>`,
    Parameters: { 'image.$': '$.image', 'execution.$': '$$.Execution.Name' },
  });
  expect(States.Look).toMatchObject({ Resource: `<${watcher.id}.Arn>` });
  expect(States.Look).not.toHaveProperty('Parameters');
  expect(TimeoutSeconds).toBe(36 * 3600);
  for (const step of [States.Start, States.Look]) {
    expect(step?.Retry).toEqual([
      {
        // What the functions call so: another attempt would end in the same way.
        ErrorEquals: [
          'NoSuchContainer',
          'NoSuchImage',
          'NoSuchService',
          'NotOfThisRepository',
          'ReleaseInProgress',
        ],
        MaxAttempts: 0,
      },
      { ErrorEquals: ['States.ALL'], IntervalSeconds: 5, BackoffRate: 2, MaxAttempts: 5 },
    ]);
  }
  /** The states that a release passes, by what is seen at each look. */
  const pass = (...looks: string[]) => {
    const passed: string[] = [];
    let name: string | undefined = StartAt;
    while (name !== undefined) {
      passed.push(name);
      const state: State | undefined = States[name];
      const seen: string | undefined = name === 'Ended' ? looks.shift() : undefined;
      name =
        state?.Choices?.find(({ StringEquals }) => StringEquals === seen)?.Next ??
        state?.Default ??
        state?.Next;
    }
    return passed;
  };
  expect(pass('SUCCEEDED')).toEqual(['Start', 'Look', 'Ended', 'Released']);
  expect(pass('RUNNING', 'RUNNING', 'FAILED')).toEqual([
    'Start',
    ...['Look', 'Ended', 'Pause'],
    ...['Look', 'Ended', 'Pause'],
    ...['Look', 'Ended', 'Failed'],
  ]);
  expect(States).toMatchObject({
    Released: { Type: 'Succeed' },
    Failed: { Type: 'Fail', CausePath: '$.reason' },
    Pause: { Type: 'Wait', Seconds: 15 },
  });
  expect(States.Ended?.Choices?.map(({ Variable }) => Variable)).toEqual(['$.state', '$.state']);
  expect(rightsOf(template, 'BetaServiceReleaseRole')).toEqual([
    ['lambda:InvokeFunction', '<BetaServiceReleaseLookFunction.Arn>'],
    ['lambda:InvokeFunction', '<BetaServiceReleaseStartFunction.Arn>'],
    [expect.stringMatching(/^logs:CreateLogDelivery .* xray:PutTraceSegments$/), '*'],
  ]);
  expect(workflow.Properties).toMatchObject({
    LoggingConfiguration: { Level: 'ALL', IncludeExecutionData: true },
    TracingConfiguration: { Enabled: true },
  });
}
