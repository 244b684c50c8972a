import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import type { ConfirmedOrder } from '../shared/confirmed-order';
import type { Table } from '../shared/table';

/** Who has bought what, for ever. */
export class Purchases {
  constructor(private readonly table: Table) {}

  /** Notes what an order has sold. The same order twice changes nothing, and neither does another order of it. */
  async note({ customerId, items }: ConfirmedOrder): Promise<void> {
    await Promise.all(
      items.map(({ productId }) =>
        this.table.documents.send(
          new PutCommand({ TableName: this.table.name, Item: boughtKey(customerId, productId) }),
        ),
      ),
    );
  }

  /** Whether the customer has bought the product, as far as is known here: the event comes a moment after the order. */
  async has(customerId: string, productId: string): Promise<boolean> {
    const { Item } = await this.table.documents.send(
      new GetCommand({
        TableName: this.table.name,
        Key: boughtKey(customerId, productId),
        ConsistentRead: true,
      }),
    );
    return Item !== undefined;
  }
}

function boughtKey(customerId: string, productId: string): { pk: string; sk: string } {
  return { pk: `customer#${customerId}`, sk: `bought#${productId}` };
}
