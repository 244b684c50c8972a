import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { isConditionFailure, type Table } from '../shared/table';
import { cartKey } from './cart-store';
import type { Checkout } from './model';

/** How long a checkout may be repeated, in seconds: 30 days. */
const KEEP = 30 * 24 * 3_600;

/** The checkouts in the table, as they were asked for the first time. */
export class CheckoutStore {
  constructor(private readonly table: Table) {}

  /** The checkout of an order as it is now. */
  async find(customerId: string, orderId: string): Promise<Checkout | undefined> {
    const { Item } = await this.table.documents.send(
      new GetCommand({
        TableName: this.table.name,
        Key: checkoutKey(customerId, orderId),
        ConsistentRead: true,
      }),
    );
    if (!Item) return undefined;
    const { items, paymentMethodId, expectedTotal } = Item as unknown as Checkout;
    return { orderId, items, paymentMethodId, expectedTotal };
  }

  /** Keeps a checkout, unless there is one of this order; tells which one counts. */
  async keep(customerId: string, checkout: Checkout): Promise<Checkout> {
    const { orderId, ...content } = checkout;
    try {
      await this.table.documents.send(
        new PutCommand({
          TableName: this.table.name,
          Item: {
            ...checkoutKey(customerId, orderId),
            ...content,
            expiresAt: Math.floor(Date.now() / 1_000) + KEEP,
          },
          ConditionExpression: 'attribute_not_exists(pk)',
        }),
      );
      return checkout;
    } catch (error) {
      if (!isConditionFailure(error)) throw error;
      return (await this.find(customerId, orderId)) ?? checkout;
    }
  }
}

function checkoutKey(customerId: string, orderId: string): { pk: string; sk: string } {
  return { pk: cartKey(customerId), sk: `checkout#${orderId}` };
}
