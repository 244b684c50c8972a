import { Token } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { Monitoring } from './monitoring';
import type { MySqlDatabase } from './mysql-database';
import { DEFAULT_CONNECTIONS, DEFAULT_STORAGE } from './mysql-database-options';

/** Adds the alarms on a database's storage and connections, and their graphs. */
export function addMySqlMonitoring(
  monitoring: Monitoring,
  { allocatedStorage, instance, maxConnections }: MySqlDatabase,
): void {
  const freeStorage = instance.metricFreeStorageSpace({ statistic: 'Minimum' });
  const connections = instance.metricDatabaseConnections({ statistic: 'Maximum' });
  monitoring.addAlarm('DatabaseStorageLow', {
    alarmDescription: `The database has less than 10 % of its first ${allocatedStorage} GiB free. RDS should have enlarged it: look at maxAllocatedStorage.`,
    metric: freeStorage,
    comparisonOperator: cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
    threshold: known(allocatedStorage, DEFAULT_STORAGE) * 2 ** 30 * 0.1,
    evaluationPeriods: 3,
  });
  monitoring.addAlarm('DatabaseConnectionsHigh', {
    alarmDescription: `The database has 80 % of its ${maxConnections} connections in use. Raise maxConnections or the instance type.`,
    metric: connections,
    comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    threshold: Math.ceil(known(maxConnections, DEFAULT_CONNECTIONS) * 0.8),
    evaluationPeriods: 3,
  });
  monitoring.dashboard.addWidgets(
    new cloudwatch.GraphWidget({ title: 'Database: connections', left: [connections], width: 8 }),
    new cloudwatch.GraphWidget({
      title: 'Database: CPU',
      left: [instance.metricCPUUtilization()],
      leftYAxis: { min: 0, max: 100 },
      width: 8,
    }),
    new cloudwatch.GraphWidget({ title: 'Database: free storage', left: [freeStorage], width: 8 }),
  );
}

/** A threshold can't be computed from a token, since CloudFormation does no sums: the default counts then. */
function known(value: number, otherwise: number): number {
  return Token.isUnresolved(value) ? otherwise : value;
}
