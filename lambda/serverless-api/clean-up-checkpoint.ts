import { DeleteCommand, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { CHECKPOINT_KEY } from './keys';
import { TABLE_NAME, table } from './storage-clients';

/** The last object that an unfinished run looked at, if there is one. */
export async function readCheckpoint(): Promise<string | undefined> {
  const { Item } = await table.send(
    new GetCommand({ TableName: TABLE_NAME, Key: CHECKPOINT_KEY, ConsistentRead: true }),
  );
  return typeof Item?.lastKey === 'string' ? Item.lastKey : undefined;
}

/** Notes that everything up to an object is looked at. */
export async function noteCheckpoint(lastKey: string): Promise<void> {
  const item = { ...CHECKPOINT_KEY, lastKey, notedAt: new Date().toISOString() };
  await table.send(new PutCommand({ TableName: TABLE_NAME, Item: item }));
}

/** Notes that everything is looked at, so that the next run begins at the beginning. */
export async function forgetCheckpoint(): Promise<void> {
  await table.send(new DeleteCommand({ TableName: TABLE_NAME, Key: CHECKPOINT_KEY }));
}
