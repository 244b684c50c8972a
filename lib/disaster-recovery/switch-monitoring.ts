import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { Monitoring } from '../building-blocks/monitoring';
import { failedOverMetric } from './failover-switch';
import type { SystemNames } from './system-names';

/**
 * Adds, in the standby's region, the alarm that the standby serves, the alarm on a switch that says nothing any more, and
 * the graph. The switch's own alarm, which Route 53 watches, notifies nobody: it is there before any topic is.
 */
export function addSwitchMonitoring(monitoring: Monitoring, names: SystemNames): void {
  const failedOver = failedOverMetric(names);
  monitoring.addAlarm('StandbyServes', {
    alarmDescription: `${names.standbyRegion} serves in place of ${names.primaryRegion}. Fail back when the primary's region is well.`,
    metric: failedOver,
    threshold: 1,
    evaluationPeriods: 1,
    treatMissingData: cloudwatch.TreatMissingData.IGNORE,
  });
  monitoring.addAlarm('SwitchSilent', {
    alarmDescription:
      'For a quarter of an hour nothing has said which region serves. Route 53 goes on with what it knew last, and AWS advises not to rely on that for hours. Look at the log of the switch function.',
    metric: failedOver.with({ statistic: 'SampleCount', period: Duration.minutes(5) }),
    comparisonOperator: cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
    threshold: 1,
    evaluationPeriods: 3,
    treatMissingData: cloudwatch.TreatMissingData.BREACHING,
  });
  monitoring.dashboard.addWidgets(
    new cloudwatch.GraphWidget({
      title: 'The standby serves',
      left: [failedOver.with({ label: 'standby serves' })],
      leftYAxis: { min: 0, max: 1 },
      width: 12,
    }),
  );
}
