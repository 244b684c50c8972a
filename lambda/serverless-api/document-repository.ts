import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import {
  DeleteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { v7 as uuid } from 'uuid';
import { attributes, type Changes, change, isThere, notExpired } from './document-expressions';
import type { DocumentItem, PendingUpload } from './document-item';
import type { Versions } from './etags';
import { DOCUMENT_PREFIX, documentKey, ownerPartition } from './keys';
import { Problem } from './problem';
import type { DocumentBody } from './schemas';

const WEEK_S = 7 * 24 * 60 * 60;

/** A page ends early rather than that one answer reads through thousands of expired documents. */
const MOST_ROUNDS = 10;

/** What a document is, without what the table needs to keep it. */
export type DocumentRecord = Omit<DocumentItem, 'pk' | 'sk' | 'owner' | 'expiryDay' | 'timeToLive'>;

const RECORD = attributes(
  ...(['id', 'title', 'description', 'createdAt', 'updatedAt', 'version'] as const),
  ...(['expiresAt', 'upload', 'file'] as const),
);

/** What its owner says of a document, as the item has it. */
function contentOf({ title, description = '', expiresAt }: DocumentBody) {
  if (expiresAt === undefined) return { title, description };
  const time = new Date(expiresAt);
  const utc = time.toISOString();
  const timeToLive = Math.floor(time.getTime() / 1000) + WEEK_S;
  return { title, description, expiresAt: utc, expiryDay: utc.slice(0, 10), timeToLive };
}

/** The documents in the table. Expired ones are as good as gone, and other owners' can't be asked for. */
export class DocumentRepository {
  constructor(
    private readonly client: DynamoDBDocumentClient,
    private readonly TableName: string,
  ) {}

  async add(owner: string, body: DocumentBody): Promise<DocumentRecord> {
    const id = uuid();
    const time = new Date().toISOString();
    const key = documentKey(owner, id);
    const record = { ...contentOf(body), id, createdAt: time, updatedAt: time, version: 1 };
    const Item: DocumentItem = { ...key, ...record, owner };
    // Without a condition: nobody else knows the id, and the SDK's retry after a lost answer must not fail on itself.
    await this.client.send(new PutCommand({ TableName: this.TableName, Item }));
    return record;
  }

  /** The document, or a problem of status 404. */
  async get(owner: string, id: string): Promise<DocumentRecord> {
    const { Item } = await this.client.send(
      new GetCommand({
        TableName: this.TableName,
        Key: documentKey(owner, id),
        ConsistentRead: true,
        ProjectionExpression: RECORD.text,
        ExpressionAttributeNames: RECORD.names,
      }),
    );
    const record = Item as DocumentRecord | undefined;
    if (!record || (record.expiresAt !== undefined && record.expiresAt <= new Date().toISOString())) {
      throw new Problem(404, 'There is no such document.');
    }
    return record;
  }

  /** Up to `limit` documents, newest first, from behind the id `after`; `next` where others may follow. */
  async list(owner: string, limit: number, after?: string) {
    const found: DocumentRecord[] = [];
    let last: string | undefined = after;
    // DynamoDB filters after it has counted to the limit. One more than asked for tells whether there is a next page.
    for (let round = 0; round < MOST_ROUNDS; round += 1) {
      const { Items = [], LastEvaluatedKey } = await this.client.send(
        this.query(owner, limit + 1 - found.length, last),
      );
      found.push(...(Items as DocumentRecord[]));
      last = LastEvaluatedKey && String(LastEvaluatedKey.sk).slice(DOCUMENT_PREFIX.length);
      if (last === undefined || found.length > limit) break;
    }
    const documents = found.slice(0, limit);
    return { documents, next: found.length > limit ? documents.at(-1)?.id : last };
  }

  /** Changes what its owner says of a document, if it has one of these versions; else a problem of status 404 or 412. */
  change(owner: string, id: string, versions: Versions, body: DocumentBody): Promise<DocumentRecord> {
    const nothing = { expiresAt: undefined, expiryDay: undefined, timeToLive: undefined };
    return this.update(owner, id, versions, { ...nothing, ...contentOf(body) });
  }

  /** Notes which upload may come, in place of one that has not come yet; or a problem of status 404. */
  expectUpload(owner: string, id: string, upload: PendingUpload): Promise<DocumentRecord> {
    return this.update(owner, id, 'any', { upload });
  }

  /** Removes a document as `change` changes it. Its file is left to the clean-up. */
  async remove(owner: string, id: string, versions: Versions): Promise<void> {
    const condition = isThere(versions);
    const command = new DeleteCommand({
      TableName: this.TableName,
      Key: documentKey(owner, id),
      ConditionExpression: condition.text,
      ExpressionAttributeNames: condition.names,
      ExpressionAttributeValues: condition.values,
    });
    await this.orProblem(owner, id, this.client.send(command));
  }

  private query(owner: string, limit: number, after: string | undefined): QueryCommand {
    const filter = notExpired();
    return new QueryCommand({
      TableName: this.TableName,
      KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
      FilterExpression: filter.text,
      ProjectionExpression: RECORD.text,
      ExpressionAttributeNames: RECORD.names,
      ExpressionAttributeValues: {
        ...filter.values,
        ':pk': ownerPartition(owner),
        ':prefix': DOCUMENT_PREFIX,
      },
      ScanIndexForward: false,
      ConsistentRead: true,
      Limit: limit,
      ExclusiveStartKey: after === undefined ? undefined : { ...documentKey(owner, after) },
    });
  }

  private async update(
    owner: string,
    id: string,
    versions: Versions,
    changes: Changes,
  ): Promise<DocumentRecord> {
    const condition = isThere(versions);
    const update = change(changes);
    const command = new UpdateCommand({
      TableName: this.TableName,
      Key: documentKey(owner, id),
      ConditionExpression: condition.text,
      UpdateExpression: update.text,
      ExpressionAttributeNames: { ...condition.names, ...update.names },
      ExpressionAttributeValues: { ...condition.values, ...update.values },
      ReturnValues: 'ALL_NEW',
    });
    const { Attributes } = await this.orProblem(owner, id, this.client.send(command));
    return Attributes as DocumentRecord;
  }

  /** What a failed condition means: the document is gone, or it has another version. */
  private async orProblem<T>(owner: string, id: string, write: Promise<T>): Promise<T> {
    try {
      return await write;
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      await this.get(owner, id);
      throw new Problem(412, 'The document has changed meanwhile. Read it again.');
    }
  }
}
