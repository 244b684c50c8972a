import assert from 'node:assert/strict';
import { DescribeAlarmsCommand, GetDashboardCommand, type MetricAlarm } from '@aws-sdk/client-cloudwatch';
import type { DeployedStack } from '../../support/stacks';

/** The alarms of a stack. */
export async function alarmsOf({ aws, idsOf }: DeployedStack): Promise<MetricAlarm[]> {
  const { MetricAlarms = [] } = await aws.cloudWatch.send(
    new DescribeAlarmsCommand({ AlarmNames: await idsOf('AWS::CloudWatch::Alarm') }),
  );
  return MetricAlarms;
}

/** Shows which alarms there are in a stack's monitoring, and that all of them notify its topic. */
export async function alarmsNotify(stack: DeployedStack, names: readonly string[]): Promise<MetricAlarm[]> {
  const topic = await stack.idOf('AWS::SNS::Topic');
  const alarms = (await alarmsOf(stack)).filter(({ AlarmName = '' }) => nameIn(AlarmName));
  assert.deepEqual(alarms.map(({ AlarmName = '' }) => nameIn(AlarmName)).sort(), [...names].sort());
  for (const { ActionsEnabled, AlarmActions, AlarmName, OKActions } of alarms) {
    assert.deepEqual(
      { ActionsEnabled, AlarmActions, OKActions },
      { ActionsEnabled: true, AlarmActions: [topic], OKActions: [topic] },
      AlarmName,
    );
  }
  return alarms;
}

/** An alarm's id in the monitoring, which is in its logical id, and so in its name. */
function nameIn(alarmName: string): string | undefined {
  return /Monitoring(\w+?)[0-9A-F]{8}/.exec(alarmName)?.[1];
}

/** The resources that alarms watch, by the dimensions of their metrics, each once. */
export function watchedBy(alarms: readonly MetricAlarm[]): Record<string, string[]> {
  const watched: Record<string, string[]> = {};
  for (const { Dimensions = [], Metrics = [] } of alarms) {
    const ofMetrics = Metrics.flatMap(({ MetricStat }) => MetricStat?.Metric?.Dimensions ?? []);
    for (const { Name = '', Value = '' } of [...Dimensions, ...ofMetrics]) {
      watched[Name] = [...new Set([...(watched[Name] ?? []), Value])];
    }
  }
  return watched;
}

/** Shows that the stack's outputs lead to a dashboard with widgets. */
export async function dashboard({ aws, outputs, idOf }: DeployedStack): Promise<void> {
  const DashboardName = await idOf('AWS::CloudWatch::Dashboard');
  assert.ok(outputs.Dashboard?.includes(DashboardName), `${outputs.Dashboard} has no ${DashboardName}`);
  const { DashboardBody = '{}' } = await aws.cloudWatch.send(new GetDashboardCommand({ DashboardName }));
  assert.ok(JSON.parse(DashboardBody).widgets.length > 3, 'the dashboard has fewer than 4 widgets');
}
