import * as events from 'aws-cdk-lib/aws-events';

/**
 * When RDS makes its own backups and does its maintenance, in UTC. AWS Backup fails in such a window and in the hour before
 * it, so that copies keep away from 17:30 to 19:30:
 * https://docs.aws.amazon.com/aws-backup/latest/devguide/plan-options-and-configuration.html
 */
export const DATABASE_WINDOWS = {
  preferredBackupWindow: '18:30-19:00',
  preferredMaintenanceWindow: 'Sun:19:00-Sun:19:30',
};

/** How often copies can be made, in hours: so that the times are the same each day, and none is in a window of the database. */
export const COPY_HOURS: readonly number[] = [3, 4, 6, 8, 12, 24];

/** Every so many hours, one of which is behind the windows of the database. */
export function copySchedule(hours: number): events.Schedule {
  const times = Array.from({ length: 24 / hours }, (_, index) => (19 + index * hours) % 24);
  return events.Schedule.cron({ minute: '45', hour: times.sort((one, other) => one - other).join(',') });
}
