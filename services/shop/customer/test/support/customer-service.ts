import { randomUUID } from 'node:crypto';
import { DeleteCommand } from '@aws-sdk/lib-dynamodb';
import { openTable } from '../../../shared/table';
import { type FakeAws, startAws } from '../../../shared/test/support/aws';
import { type Json, Refusal } from '../../../shared/test/support/json-protocol';
import { type OpenedService, openService } from '../../../shared/test/support/service';
import { buildCustomerService } from '../../customer-service';

/** A password that is long enough. */
export const PASSWORD = 'correct horse battery';

/** The secret of the signing keys, as Secrets Manager keeps it. */
export interface FakeSecret {
  /** How often a version was asked for. */
  readonly reads: number;
  /** Puts a new value in; the one before is the previous version from then on. */
  rotate(value: string, createdAt?: Date): void;
  /** Lets the next reads fail. */
  fail(times: number): void;
}

/** The service, with all that it needs. */
export interface OpenedCustomers extends OpenedService {
  readonly aws: FakeAws;
  readonly secret: FakeSecret;
  /** Registers somebody, and signs her in. */
  join(email?: string): Promise<{ email: string; customerId: string; authorization: string }>;
  signIn(email: string, password?: string): ReturnType<OpenedService['call']>;
  /** Takes a customer out of the table. */
  remove(customerId: string): Promise<void>;
  /** Another replica, with its own keys in memory. */
  replica(): Promise<OpenedService>;
}

const LONG_AGO = new Date('2026-01-01T00:00:00Z');

/** Opens it, with a table and a secret of its own. */
export async function openCustomers(): Promise<OpenedCustomers> {
  const aws = await startAws();
  await aws.createTable('customers');
  const secret = addSecret(aws);
  const open = () =>
    openService('customer', (context) =>
      buildCustomerService({ tableName: 'customers', signingSecretId: 'shop/tokens' }, context),
    );
  const opened = await open();

  const signIn = (email: string, password = PASSWORD) =>
    opened.call({ method: 'POST', url: '/sessions', payload: { email, password } });

  return {
    ...opened,
    aws,
    secret,
    signIn,
    replica: open,
    async remove(customerId) {
      const table = openTable('eu-west-1', 'customers');
      const Key = { pk: `customer#${customerId}`, sk: 'customer' };
      await table.documents.send(new DeleteCommand({ TableName: 'customers', Key }));
      table.close();
    },
    async join(email = `${randomUUID()}@example.com`) {
      const made = await opened.call({
        method: 'POST',
        url: '/customers',
        headers: { 'idempotency-key': randomUUID() },
        payload: { email, password: PASSWORD, name: 'Aiko' },
      });
      const { accessToken } = (await signIn(email)).json();
      return { email, customerId: made.json().customerId, authorization: `Bearer ${accessToken}` };
    },
    async close() {
      await opened.close();
      await aws.close();
    },
  };
}

function addSecret(aws: FakeAws): FakeSecret {
  const versions = [{ value: 'a'.repeat(64), createdAt: LONG_AGO }];
  let reads = 0;
  let failures = 0;
  aws.on('secretsmanager.GetSecretValue', ({ SecretId, VersionStage }): Json => {
    reads += 1;
    if (failures > 0) {
      failures -= 1;
      throw new Refusal('AccessDeniedException');
    }
    const version = versions[VersionStage === 'AWSCURRENT' ? 0 : 1];
    if (SecretId !== 'shop/tokens' || !version) throw new Refusal('ResourceNotFoundException');
    return { SecretString: version.value, CreatedDate: version.createdAt.getTime() / 1_000 };
  });
  return {
    get reads() {
      return reads;
    },
    rotate(value, createdAt = LONG_AGO) {
      versions.unshift({ value, createdAt });
    },
    fail(times) {
      failures = times;
    },
  };
}
