import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  DeleteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
} from '@aws-sdk/lib-dynamodb';
import { noticeIds } from './notice-id';
import type { Draft, Notice, NoticePage, NoticeStore } from './notices';

/**
 * All notices have one partition key, so that one query finds the newest. A partition takes 1,000 small writes a second
 * (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html), which no notice
 * board needs.
 */
const PARTITION = 'NOTICE';

/** Three attempts of two seconds, in milliseconds, end long before the load balancer gives up, which it does after 60 s. */
const ATTEMPTS = 3;
const CONNECTION_TIMEOUT = 1_000;
const REQUEST_TIMEOUT = 2_000;

/** Notices in a DynamoDB table with the keys `pk` and `sk`. It needs GetItem, PutItem, DeleteItem and Query. */
export class DynamoDbStore implements NoticeStore {
  private readonly client: DynamoDBClient;
  private readonly documents: DynamoDBDocumentClient;
  private readonly nextId = noticeIds();

  constructor(
    region: string,
    private readonly tableName: string,
    requestTimeout = REQUEST_TIMEOUT,
  ) {
    this.client = new DynamoDBClient({
      region,
      maxAttempts: ATTEMPTS,
      requestHandler: {
        connectionTimeout: CONNECTION_TIMEOUT,
        requestTimeout,
        throwOnRequestTimeout: true,
      },
    });
    this.documents = DynamoDBDocumentClient.from(this.client);
  }

  /**
   * Asks for one more than the page holds, which tells whether another page follows. The largest page is less than the
   * megabyte at which DynamoDB cuts an answer: 101 notices of 8.8 KB at most.
   */
  async list(limit: number, after?: string): Promise<NoticePage> {
    const { Items = [] } = await this.documents.send(
      new QueryCommand({
        TableName: this.tableName,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': PARTITION },
        ScanIndexForward: false,
        Limit: limit + 1,
        ...(after && { ExclusiveStartKey: keyOf(after) }),
      }),
    );
    const notices = Items.slice(0, limit).map(noticeOf);
    return { notices, last: Items.length > limit ? notices.at(-1)?.id : undefined };
  }

  async get(id: string): Promise<Notice | undefined> {
    const { Item } = await this.documents.send(
      new GetCommand({ TableName: this.tableName, Key: keyOf(id), ConsistentRead: true }),
    );
    return Item && noticeOf(Item);
  }

  /** Without a condition: the id is new, and a retry of a write that had arrived must not fail. */
  async add({ title, body }: Draft): Promise<Notice> {
    const notice = { id: this.nextId(), title, body, postedAt: new Date().toISOString() };
    const { id, ...content } = notice;
    await this.documents.send(
      new PutCommand({ TableName: this.tableName, Item: { ...keyOf(id), ...content } }),
    );
    return notice;
  }

  async remove(id: string): Promise<void> {
    await this.documents.send(new DeleteCommand({ TableName: this.tableName, Key: keyOf(id) }));
  }

  /** Reads what is never there: half a read unit. */
  async check(): Promise<void> {
    await this.documents.send(new GetCommand({ TableName: this.tableName, Key: keyOf('-') }));
  }

  close(): void {
    this.client.destroy();
  }
}

function keyOf(id: string): { pk: string; sk: string } {
  return { pk: PARTITION, sk: id };
}

function noticeOf({ sk, title, body, postedAt }: Readonly<Record<string, unknown>>): Notice {
  return { id: String(sk), title: String(title), body: String(body), postedAt: String(postedAt) };
}
