import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { DocumentItem, StoredFile } from './document-item';
import { documentKey, type ObjectPlace } from './keys';
import { TABLE_NAME, table } from './storage-clients';

/** A file with the key of the accepted one that it replaced, which is to be removed from the bucket. */
export interface RecordedFile extends StoredFile {
  readonly replaces?: string;
}

/** A document, as the functions behind the bucket see it. */
export interface DocumentWithFile extends DocumentItem {
  readonly file?: RecordedFile;
}

/** The document that an object belongs to, as of this moment; undefined where it is gone. */
export async function readDocument({
  owner,
  documentId,
}: ObjectPlace): Promise<DocumentWithFile | undefined> {
  const { Item } = await table.send(
    new GetCommand({ TableName: TABLE_NAME, Key: documentKey(owner, documentId), ConsistentRead: true }),
  );
  return Item as DocumentWithFile | undefined;
}

/**
 * Records an upload as its document's file, in place of the pending upload, and counts the document's version up.
 *
 * @returns false where the document does not wait for the upload any more, because it is gone, another upload took its
 *   place, or another delivery of the same notification came first
 */
export async function recordFile(
  { owner, documentId, uploadId }: ObjectPlace,
  file: RecordedFile,
): Promise<boolean> {
  try {
    await table.send(
      new UpdateCommand({
        TableName: TABLE_NAME,
        Key: documentKey(owner, documentId),
        UpdateExpression: 'SET #file = :file, updatedAt = :now, version = version + :one REMOVE upload',
        ConditionExpression: 'upload.id = :uploadId',
        ExpressionAttributeNames: { '#file': 'file' },
        ExpressionAttributeValues: {
          ':file': file,
          ':now': file.recordedAt,
          ':one': 1,
          ':uploadId': uploadId,
        },
      }),
    );
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}
