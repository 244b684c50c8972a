import { KEY_ARN, type Read, TABLE } from '../shared/environment';

/** What the environment says to the payment service. */
export interface Settings {
  readonly tableName: string;
  /** The ARN of the KMS key that nobody else may use. */
  readonly keyId: string;
  readonly customerUrl: string;
}

/** Reads it. */
export function readSettings(read: Read): Settings {
  return {
    tableName: read.text('TABLE_NAME', TABLE),
    keyId: read.text('KEY_ID', KEY_ARN),
    customerUrl: read.url('CUSTOMER_URL'),
  };
}
