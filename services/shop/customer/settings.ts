import { type Read, SECRET_ID, TABLE } from '../shared/environment';

/** What customer needs beyond the common environment. */
export interface CustomerSettings {
  readonly tableName: string;
  /** The secret of which the keys are made that sign tokens. */
  readonly signingSecretId: string;
}

/** Reads it. */
export function readCustomerSettings(read: Read): CustomerSettings {
  return {
    tableName: read.text('TABLE_NAME', TABLE),
    signingSecretId: read.text('SIGNING_SECRET_ID', SECRET_ID),
  };
}
