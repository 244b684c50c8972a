import { QUEUE_URL, type Read, TABLE } from '../shared/environment';

/** What product needs beyond the common environment. */
export interface ProductSettings {
  readonly tableName: string;
  /** Where the ratings of the review service arrive. */
  readonly queueUrl: string;
}

/** Reads it. */
export function readProductSettings(read: Read): ProductSettings {
  return { tableName: read.text('TABLE_NAME', TABLE), queueUrl: read.text('QUEUE_URL', QUEUE_URL) };
}
