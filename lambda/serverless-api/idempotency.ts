import { createHash } from 'node:crypto';
import {
  IdempotencyAlreadyInProgressError,
  IdempotencyConfig,
  makeIdempotent,
} from '@aws-lambda-powertools/idempotency';
import { DynamoDBPersistenceLayer } from '@aws-lambda-powertools/idempotency/dynamodb';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { idempotencyPartition, TIME_TO_LIVE } from './keys';
import { Problem } from './problem';

const DAY_S = 24 * 60 * 60;

/** A request that its client may send again. */
export interface RepeatableRequest {
  readonly owner: string;

  /** What it asks for; the same key may be used for another operation. */
  readonly operation: string;

  /** The header Idempotency-Key. */
  readonly key: string;

  /** What a schema made of the body, so that a retry may be written in another way. */
  readonly body: object;

  /** The function's context: when its time is over, a retry may start anew. */
  readonly context: ConstructorParameters<typeof IdempotencyConfig>[0]['lambdaContext'];
}

/**
 * Does the work for the first of a day's requests with this key, and gives the others its result.
 *
 * The result stays in the table for a day, even if the document goes. What fails is forgotten, so a retry does the work.
 * A function that dies between its work and the note of it does it twice: the key guards against what clients do, not
 * against that.
 */
export async function once<T>(
  client: DynamoDBClient,
  tableName: string,
  { owner, operation, key, body, context }: RepeatableRequest,
  work: () => Promise<T>,
): Promise<T> {
  const persistenceStore = new DynamoDBPersistenceLayer({
    tableName,
    awsSdkV3Client: client,
    keyAttr: 'pk',
    sortKeyAttr: 'sk',
    staticPkValue: idempotencyPartition(owner),
    expiryAttr: TIME_TO_LIVE,
  });
  const config = new IdempotencyConfig({
    expiresAfterSeconds: DAY_S,
    hashFunction: 'sha256',
    lambdaContext: context,
  });
  // Powertools could compare the bodies too, but needs JMESPath for it, which is a fifteenth of the whole bundle.
  const bodyHash = createHash('sha256').update(JSON.stringify(body)).digest('base64');
  const workOnce = makeIdempotent(async (_key: string) => ({ bodyHash, result: await work() }), {
    persistenceStore,
    config,
    keyPrefix: operation,
  });
  const first = await workOnce(key).catch((error: unknown) => {
    if (!(error instanceof IdempotencyAlreadyInProgressError)) throw error;
    throw new Problem(409, 'The first request with this Idempotency-Key is not answered yet.', {
      headers: { 'retry-after': '1' },
    });
  });
  if (first.bodyHash !== bodyHash) {
    throw new Problem(422, 'The Idempotency-Key was used for a request with another body.');
  }
  return first.result;
}
