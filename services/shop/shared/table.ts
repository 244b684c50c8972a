import { setTimeout as pause } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  DynamoDBDocumentClient,
  GetCommand,
  TransactWriteCommand,
  type TransactWriteCommandInput,
} from '@aws-sdk/lib-dynamodb';

/** Three attempts of two seconds, in milliseconds, end long before the load balancer gives up, which it does after 60 s. */
const ATTEMPTS = 3;
const CONNECTION_TIMEOUT = 1_000;
const REQUEST_TIMEOUT = 2_000;

/** How often a transaction is tried that meets others, and the longest first pause in milliseconds. */
const TRANSACTION_ATTEMPTS = 6;
const FIRST_PAUSE = 20;

/** A DynamoDB table with the keys `pk` and `sk`. */
export interface Table {
  readonly name: string;
  readonly documents: DynamoDBDocumentClient;
  /** Reads what is never there, half a read unit; ends well when the table answers. */
  check(): Promise<void>;
  /** Ends its connections. */
  close(): void;
}

/** The writes of a transaction. */
export type Writes = NonNullable<TransactWriteCommandInput['TransactItems']>;

/** Opens a table; asks nothing yet. */
export function openTable(region: string, name: string, requestTimeout = REQUEST_TIMEOUT): Table {
  const client = new DynamoDBClient({
    region,
    maxAttempts: ATTEMPTS,
    requestHandler: {
      connectionTimeout: CONNECTION_TIMEOUT,
      requestTimeout,
      throwOnRequestTimeout: true,
    },
  });
  const documents = DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });
  return {
    name,
    documents,
    async check() {
      await documents.send(new GetCommand({ TableName: name, Key: { pk: '-', sk: '-' } }));
    },
    close: () => client.destroy(),
  };
}

/**
 * Writes all or nothing. Where it meets another transaction at the same items, it tries again after a pause that grows,
 * by chance.
 *
 * @param token makes the same writes happen once within ten minutes, however often they are sent
 * @throws TransactionCanceledException where a condition does not hold
 */
export async function transact(table: Table, writes: Writes, token?: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await table.documents.send(
        new TransactWriteCommand({
          TransactItems: writes,
          ...(token !== undefined && { ClientRequestToken: token }),
        }),
      );
      return;
    } catch (error) {
      if (!isConflict(error) || attempt === TRANSACTION_ATTEMPTS) throw error;
      await pause(Math.random() * FIRST_PAUSE * 2 ** attempt);
    }
  }
}

/** Why a transaction was cancelled, by the position of its writes, such as `ConditionalCheckFailed` and `None`. */
export function cancellationCodes(error: unknown): readonly string[] {
  if (!(error instanceof Error) || error.name !== 'TransactionCanceledException') return [];
  const reasons: unknown = Reflect.get(error, 'CancellationReasons');
  return Array.isArray(reasons) ? reasons.map((reason) => String(reason?.Code ?? 'None')) : [];
}

/** Whether a write did not happen since its condition does not hold, and for no other reason. */
export function isConditionFailure(error: unknown): boolean {
  if (error instanceof Error && error.name === 'ConditionalCheckFailedException') return true;
  const codes = cancellationCodes(error).filter((code) => code !== 'None');
  return codes.length > 0 && codes.every((code) => code === 'ConditionalCheckFailed');
}

/** Whether a write met a transaction at the same items: it may work the next time. */
export function isConflict(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (['TransactionConflictException', 'TransactionInProgressException'].includes(error.name)) return true;
  // Also beside conditions that did not hold: they are looked at again.
  return cancellationCodes(error).includes('TransactionConflict');
}
