import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { Monitoring } from './monitoring';
import type { ServerFleet } from './server-fleet';

/** Adds the alarm on too few servers, and the graphs of a fleet's size and load. */
export function addFleetMonitoring(monitoring: Monitoring, fleet: ServerFleet): void {
  const inService = fleet.metric('GroupInServiceInstances', 'Minimum', 'in service');
  const desired = fleet.metric('GroupDesiredCapacity', 'Maximum', 'desired');
  monitoring.addAlarm('FleetTooSmall', {
    alarmDescription:
      'For a quarter of an hour there have been fewer servers than there should be: new ones do not launch or do not boot. Look at the activities of the group and the boot logs.',
    metric: new cloudwatch.MathExpression({
      expression: 'desired - inService',
      usingMetrics: { desired, inService },
      period: Duration.minutes(1),
      label: 'missing servers',
    }),
    comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
    threshold: 0,
    evaluationPeriods: 15,
    treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
  });
  monitoring.dashboard.addWidgets(
    new cloudwatch.GraphWidget({ title: 'Servers', left: [desired, inService], width: 12 }),
    new cloudwatch.GraphWidget({
      title: 'Servers: CPU',
      left: [fleet.cpuMetric],
      leftYAxis: { min: 0, max: 100 },
      width: 12,
    }),
  );
}
