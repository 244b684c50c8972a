import { GetCommand, PutCommand, paginateQuery, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { isConditionFailure, type Table } from '../shared/table';
import type { KeptMethod, MethodStore, SealOwner } from './methods';

/** How long a deleted method is remembered, in seconds: a request that comes late must not bring it back. */
const REMEMBERED = 86_400;

const PREFIX = 'method#';

/** Where a method is kept. */
export function methodKey({ customerId, paymentMethodId }: SealOwner): { pk: string; sk: string } {
  return { pk: `customer#${customerId}`, sk: `${PREFIX}${paymentMethodId}` };
}

/** Payment methods in a DynamoDB table. It needs GetItem, PutItem, UpdateItem and Query. */
export class DynamoDbMethods implements MethodStore {
  constructor(private readonly table: Table) {}

  async add(method: KeptMethod): Promise<boolean> {
    const command = new PutCommand({
      TableName: this.table.name,
      Item: { ...methodKey(method), ...method },
      ConditionExpression: 'attribute_not_exists(pk)',
    });
    try {
      await this.table.documents.send(command);
      return true;
    } catch (error) {
      if (!isConditionFailure(error)) throw error;
      return false;
    }
  }

  async find(owner: SealOwner): Promise<KeptMethod | 'deleted' | undefined> {
    const { Item } = await this.table.documents.send(
      new GetCommand({ TableName: this.table.name, Key: methodKey(owner), ConsistentRead: true }),
    );
    return Item && (methodIn(Item) ?? 'deleted');
  }

  async list(customerId: string): Promise<readonly KeptMethod[]> {
    const { pk } = methodKey({ customerId, paymentMethodId: '' });
    const pages = paginateQuery(
      { client: this.table.documents },
      {
        TableName: this.table.name,
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
        ExpressionAttributeValues: { ':pk': pk, ':prefix': PREFIX },
        ConsistentRead: true,
      },
    );
    const methods: KeptMethod[] = [];
    for await (const { Items = [] } of pages) methods.push(...Items.flatMap((item) => methodIn(item) ?? []));
    return methods.sort((one, other) => (one.createdAt < other.createdAt ? -1 : 1));
  }

  async remove(owner: SealOwner, now: number): Promise<void> {
    const command = new UpdateCommand({
      TableName: this.table.name,
      Key: methodKey(owner),
      UpdateExpression:
        'SET expiresAt = :expiresAt REMOVE sealed, brand, last4, expiryMonth, expiryYear, createdAt',
      ConditionExpression: 'attribute_exists(sealed)',
      ExpressionAttributeValues: { ':expiresAt': Math.floor(now / 1_000) + REMEMBERED },
    });
    await this.table.documents.send(command).catch((error: unknown) => {
      if (!isConditionFailure(error)) throw error;
    });
  }
}

/** Nothing where the method was deleted. */
function methodIn(item: Readonly<Record<string, unknown>>): KeptMethod | undefined {
  const { sealed } = item;
  if (!(sealed instanceof Uint8Array)) return undefined;
  return {
    customerId: String(item.customerId),
    paymentMethodId: String(item.paymentMethodId),
    brand: String(item.brand),
    last4: String(item.last4),
    expiryMonth: Number(item.expiryMonth),
    expiryYear: Number(item.expiryYear),
    createdAt: String(item.createdAt),
    sealed,
  };
}
