import assert from 'node:assert/strict';
import { DescribeAlarmsCommand, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { GetFunctionConfigurationCommand, InvokeCommand } from '@aws-sdk/client-lambda';
import { GetScheduleCommand } from '@aws-sdk/client-scheduler';
import { until } from '../../support/polling';
import type { DeployedStack } from '../../support/stacks';
import { parameterIn } from './recovery-data';
import { functionIn, idIn, twoRegions } from './two-regions';

/** CloudWatch looks at an alarm once a minute, and shows a metric a while after it was sent, in seconds. */
const PATIENCE = 300;

/** What a function answered, or how it failed. */
export interface Answer {
  readonly error?: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

/** Calls a function. */
export async function call({ aws }: DeployedStack, FunctionName: string, event: object): Promise<Answer> {
  const { FunctionError, Payload } = await aws.lambda.send(
    new InvokeCommand({ FunctionName, Payload: JSON.stringify(event) }),
  );
  const payload = JSON.parse(Payload?.transformToString() ?? '{}') as Answer['payload'];
  return { ...(FunctionError && { error: String(payload.errorType) }), payload };
}

/** Shows that the switch is read and set by its function in either region, and that Route 53's alarm follows. */
export async function switched(stack: DeployedStack): Promise<void> {
  const { names, primary, standby } = await twoRegions(stack);
  const base = stack.stackOf('StandbyBase');
  const set = await functionIn(base, 'SwitchFunction');
  const fromPrimary = await functionIn(primary, 'Switch');
  const read = async () => (await parameterIn(standby, names.activeRegionParameter)).Value;
  const { primaryRegion, standbyRegion } = names;
  assert.deepEqual((await call(base, set, {})).payload, { activeRegion: primaryRegion });
  try {
    assert.deepEqual((await call(base, set, { activeRegion: standbyRegion })).payload, {
      activeRegion: standbyRegion,
    });
    assert.equal(await read(), standbyRegion);
    await failedOver(stack, 1);
    await switchAlarm(stack, 'ALARM');
    assert.deepEqual((await call(primary, fromPrimary, {})).payload, { activeRegion: standbyRegion });
    assert.equal((await call(base, set, { activeRegion: 'eu-west-1' })).error, 'UnknownRegion');
    assert.equal(await read(), standbyRegion, 'an unknown region was written');
  } finally {
    assert.deepEqual((await call(primary, fromPrimary, { activeRegion: primaryRegion })).payload, {
      activeRegion: primaryRegion,
    });
  }
  assert.equal(await read(), primaryRegion);
}

/** Shows that the metric of the switch has got a value. */
export async function failedOver(stack: DeployedStack, value: 0 | 1): Promise<void> {
  const { names, standby } = await twoRegions(stack);
  await until(
    `FailedOver ${value}`,
    async () => {
      const { MetricDataResults } = await standby.aws.cloudWatch.send(
        new GetMetricDataCommand({
          StartTime: new Date(Date.now() - 10 * 60_000),
          EndTime: new Date(Date.now() + 60_000),
          ScanBy: 'TimestampDescending',
          MetricDataQueries: [
            {
              Id: 'switch',
              MetricStat: {
                Metric: {
                  Namespace: 'DisasterRecovery',
                  MetricName: 'FailedOver',
                  Dimensions: [{ Name: 'System', Value: names.systemName }],
                },
                Period: 60,
                Stat: value === 1 ? 'Maximum' : 'Minimum',
              },
            },
          ],
        }),
      );
      return MetricDataResults?.[0]?.Values?.[0] === value ? value : undefined;
    },
    PATIENCE,
  );
}

/** Shows that the alarm by which Route 53 keeps the primary out of its answers gets into a state. */
export async function switchAlarm(stack: DeployedStack, state: 'ALARM' | 'OK'): Promise<void> {
  const { names, standby } = await twoRegions(stack);
  const AlarmNames = [`${names.systemName}-failed-over`];
  await until(
    `${AlarmNames} is ${state}`,
    async () => {
      const { MetricAlarms } = await standby.aws.cloudWatch.send(new DescribeAlarmsCommand({ AlarmNames }));
      return MetricAlarms?.[0]?.StateValue === state ? state : undefined;
    },
    PATIENCE,
  );
}

/** Shows that a schedule lets the switch say every minute what it says, and nothing else. */
export async function repeated(stack: DeployedStack): Promise<void> {
  const base = stack.stackOf('StandbyBase');
  const { aws } = base;
  const { FunctionArn } = await aws.lambda.send(
    new GetFunctionConfigurationCommand({ FunctionName: await functionIn(base, 'SwitchFunction') }),
  );
  const { ScheduleExpression, State, Target } = await aws.scheduler.send(
    new GetScheduleCommand({ Name: await idIn(base, 'AWS::Scheduler::Schedule', /./) }),
  );
  assert.deepEqual(
    [ScheduleExpression, State, Target?.Arn, Target?.Input],
    ['rate(1 minute)', 'ENABLED', FunctionArn, '{}'],
  );
  assert.deepEqual(Target?.RetryPolicy, { MaximumEventAgeInSeconds: 60, MaximumRetryAttempts: 0 });
}
