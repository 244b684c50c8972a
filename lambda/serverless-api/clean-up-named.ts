import { setTimeout as pause } from 'node:timers/promises';
import { BatchGetCommand } from '@aws-sdk/lib-dynamodb';
import type { DocumentItem } from './document-item';
import { documentKey, type ItemKey, type ObjectPlace, objectKey } from './keys';
import { TABLE_NAME, table } from './storage-clients';

/** As many items as BatchGetItem takes. */
export const READ_AT_ONCE = 100;

/** How often DynamoDB is asked for what it left out, and how long after the first time, in milliseconds. */
const ATTEMPTS = 6;
const FIRST_PAUSE = 50;

type Namer = Pick<DocumentItem, 'id' | 'owner' | 'file' | 'upload'>;

/**
 * The keys of the objects that documents name, or will name when a pending upload is recorded.
 *
 * @param places the objects whose documents are asked for, at most READ_AT_ONCE
 * @throws Error where DynamoDB does not answer for all of them
 */
export async function findNamedObjects(places: readonly ObjectPlace[]): Promise<Set<string>> {
  const documents = await readDocuments(places);
  return new Set(
    documents.flatMap(({ owner, id, file, upload }) => [
      ...(file ? [file.key] : []),
      ...(upload ? [objectKey({ folder: 'documents', owner, documentId: id, uploadId: upload.id })] : []),
    ]),
  );
}

async function readDocuments(places: readonly ObjectPlace[]): Promise<Namer[]> {
  const keys = new Map(
    places.map(({ owner, documentId }) => [`${owner}/${documentId}`, documentKey(owner, documentId)]),
  );
  const documents: Namer[] = [];
  let open: ItemKey[] = [...keys.values()];
  for (let attempt = 0; open.length > 0; attempt += 1) {
    if (attempt === ATTEMPTS)
      throw new Error(`DynamoDB left ${open.length} documents out, ${ATTEMPTS} times`);
    if (attempt > 0) await pause(FIRST_PAUSE * 2 ** (attempt - 1) * (0.5 + Math.random() / 2));
    const { Responses, UnprocessedKeys } = await table.send(
      new BatchGetCommand({
        RequestItems: {
          [TABLE_NAME]: {
            Keys: open,
            ConsistentRead: true,
            ProjectionExpression: 'id, #owner, #file.#key, upload.id',
            ExpressionAttributeNames: { '#owner': 'owner', '#file': 'file', '#key': 'key' },
          },
        },
      }),
    );
    documents.push(...((Responses?.[TABLE_NAME] ?? []) as Namer[]));
    open = (UnprocessedKeys?.[TABLE_NAME]?.Keys ?? []) as ItemKey[];
  }
  return documents;
}
