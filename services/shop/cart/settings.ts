import { QUEUE_URL, type Read, TABLE } from '../shared/environment';

/** What cart needs beyond the common environment. */
export interface CartSettings {
  readonly tableName: string;
  /** Where confirmed orders arrive. */
  readonly queueUrl: string;
  /** The public API of product: prices to show. */
  readonly productUrl: string;
  /** The internal API of order. */
  readonly orderUrl: string;
  readonly customerUrl: string;
}

/** Reads it. */
export function readCartSettings(read: Read): CartSettings {
  return {
    tableName: read.text('TABLE_NAME', TABLE),
    queueUrl: read.text('QUEUE_URL', QUEUE_URL),
    productUrl: read.url('PRODUCT_URL'),
    orderUrl: read.url('ORDER_URL'),
    customerUrl: read.url('CUSTOMER_URL'),
  };
}
