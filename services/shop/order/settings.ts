import { type Read, TABLE, TOPIC_ARN } from '../shared/environment';

/** What the environment says to the order service. Times are in milliseconds. */
export interface Settings {
  readonly tableName: string;
  readonly topicArn: string;
  readonly productUrl: string;
  readonly paymentUrl: string;
  readonly customerUrl: string;
  /** Between two looks for what other processes have left. */
  readonly recoveryInterval: number;
  /** How long an order may wait for others before it has been paid. */
  readonly patience: number;
  /** How long whoever places an order waits for its end. */
  readonly sagaTimeout: number;
}

/** Reads it. */
export function readSettings(read: Read): Settings {
  return {
    tableName: read.text('TABLE_NAME', TABLE),
    topicArn: read.text('TOPIC_ARN', TOPIC_ARN),
    productUrl: read.url('PRODUCT_URL'),
    paymentUrl: read.url('PAYMENT_URL'),
    customerUrl: read.url('CUSTOMER_URL'),
    recoveryInterval: read.wholeNumber('RECOVERY_INTERVAL_MS', { least: 50, most: 60_000 }, 2_000),
    patience: read.wholeNumber('PAYMENT_PATIENCE_SECONDS', { least: 1, most: 86_400 }, 900) * 1_000,
    sagaTimeout: read.wholeNumber('SAGA_TIMEOUT_MS', { least: 100, most: 30_000 }, 8_000),
  };
}
