import { QUEUE_URL, type Read, TABLE, TOPIC_ARN } from '../shared/environment';

/** What review needs beyond the common environment. */
export interface ReviewSettings {
  readonly tableName: string;
  /** Where confirmed orders arrive. */
  readonly queueUrl: string;
  /** Where ratings are published. */
  readonly topicArn: string;
  readonly customerUrl: string;
  /** How often the outbox is looked through, in milliseconds. */
  readonly recoveryInterval: number;
}

/** Reads it. */
export function readReviewSettings(read: Read): ReviewSettings {
  return {
    tableName: read.text('TABLE_NAME', TABLE),
    queueUrl: read.text('QUEUE_URL', QUEUE_URL),
    topicArn: read.text('TOPIC_ARN', TOPIC_ARN),
    customerUrl: read.url('CUSTOMER_URL'),
    recoveryInterval: read.wholeNumber('RECOVERY_INTERVAL_MS', { least: 100, most: 60_000 }, 2_000),
  };
}
