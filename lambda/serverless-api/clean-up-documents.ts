import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { DeleteCommand, QueryCommand, type QueryCommandOutput } from '@aws-sdk/lib-dynamodb';
import type { CleanUpRun } from './clean-up-run';
import type { DocumentItem } from './document-item';
import { EXPIRY_INDEX } from './keys';
import { TABLE_NAME, table } from './storage-clients';
import { removeObjects } from './stored-objects';

/** What the index knows of a document. */
type ExpiredEntry = Pick<DocumentItem, 'pk' | 'sk'> & { readonly expiresAt: string };

/** Today and the week before: what is older DynamoDB has deleted by itself, by its time to live. */
const DAYS = 8;
const DAY = 24 * 60 * 60 * 1000;

/** The documents of a page; they are removed all at once. */
const PAGE_SIZE = 25;

/**
 * Removes the documents that have expired, then their files.
 *
 * The index may lag behind the table, so each document is deleted only if it still expires when the index says, and
 * what it then held tells which file is to go. A document that was changed meanwhile stays. Where the function ends
 * between document and file, the file is an orphan, and goes as those do; the other order could leave a document
 * without its file.
 *
 * @returns whether it came to the end
 */
export async function removeExpiredDocuments(run: CleanUpRun): Promise<boolean> {
  for (let age = DAYS - 1; age >= 0; age -= 1) {
    const day = new Date(run.startedAt.getTime() - age * DAY).toISOString().slice(0, 10);
    let cursor: QueryCommandOutput['LastEvaluatedKey'];
    do {
      if (!run.hasTime()) return false;
      const page = await run.attempt(`the list of what expired on ${day}`, () =>
        findExpired(day, run, cursor),
      );
      await removePage((page?.Items ?? []) as ExpiredEntry[], run);
      cursor = page?.LastEvaluatedKey;
    } while (cursor);
  }
  return true;
}

function findExpired(
  day: string,
  { startedAt }: CleanUpRun,
  cursor: QueryCommandOutput['LastEvaluatedKey'],
): Promise<QueryCommandOutput> {
  return table.send(
    new QueryCommand({
      TableName: TABLE_NAME,
      IndexName: EXPIRY_INDEX,
      KeyConditionExpression: 'expiryDay = :day AND expiresAt <= :now',
      ExpressionAttributeValues: { ':day': day, ':now': startedAt.toISOString() },
      ExclusiveStartKey: cursor,
      Limit: PAGE_SIZE,
    }),
  );
}

async function removePage(entries: readonly ExpiredEntry[], run: CleanUpRun): Promise<void> {
  const removed = await Promise.all(
    entries.map((entry) => run.attempt(`the removal of ${entry.sk}`, () => removeDocument(entry))),
  );
  const documents = removed.filter((document) => document !== undefined);
  const files = documents.flatMap(({ file }) => (file ? [{ key: file.key }] : []));
  const failed = await removeObjects(files);
  for (const { key, error } of failed) run.fail(`the removal of ${key}`, error);
  run.counts.documentsExpired += documents.length;
  run.counts.filesRemoved += files.length - failed.length;
}

/** Returns the document as it was removed, or undefined where it is gone or expires at another time now. */
async function removeDocument({ pk, sk, expiresAt }: ExpiredEntry): Promise<DocumentItem | undefined> {
  try {
    const { Attributes } = await table.send(
      new DeleteCommand({
        TableName: TABLE_NAME,
        Key: { pk, sk },
        ConditionExpression: 'expiresAt = :seen',
        ExpressionAttributeValues: { ':seen': expiresAt },
        ReturnValues: 'ALL_OLD',
      }),
    );
    return Attributes as DocumentItem | undefined;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return undefined;
    throw error;
  }
}
