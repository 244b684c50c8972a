import { DeleteCommand, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { ConfirmedOrder } from '../shared/confirmed-order';
import { Problem, unavailable } from '../shared/problem';
import { seenItem } from '../shared/queue';
import { cancellationCodes, isConditionFailure, type Table, transact, type Writes } from '../shared/table';
import { type Line, MOST_LINES } from './model';

/** How long a line stays that nobody touches, in seconds: 90 days. */
const KEEP = 90 * 24 * 3_600;

/** How often a clearing is tried while the customer changes the cart. */
const ATTEMPTS = 8;

const ITEM = 'item#';

/** The carts in the table: an item for each line. */
export class CartStore {
  constructor(private readonly table: Table) {}

  /** What is in a customer's cart, by product. */
  async list(customerId: string): Promise<readonly Line[]> {
    // All lines together are some kilobytes, and so one answer.
    const { Items = [] } = await this.table.documents.send(
      new QueryCommand({
        TableName: this.table.name,
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :item)',
        ExpressionAttributeValues: { ':pk': cartKey(customerId), ':item': ITEM },
        ConsistentRead: true,
      }),
    );
    return Items.map(({ sk, quantity }) => ({
      productId: String(sk).slice(ITEM.length),
      quantity: Number(quantity),
    }));
  }

  /** Says how many pieces of a product are in the cart from now on. */
  async put(customerId: string, { productId, quantity }: Line): Promise<void> {
    const lines = await this.list(customerId);
    if (lines.length >= MOST_LINES && !lines.some((line) => line.productId === productId)) throw cartFull();
    await this.table.documents.send(
      new PutCommand({
        TableName: this.table.name,
        Item: {
          ...lineKey(customerId, productId),
          quantity,
          expiresAt: Math.floor(Date.now() / 1_000) + KEEP,
        },
      }),
    );
  }

  /** Takes a product out; that it is not there is no error. */
  async remove(customerId: string, productId: string): Promise<void> {
    await this.table.documents.send(
      new DeleteCommand({ TableName: this.table.name, Key: lineKey(customerId, productId) }),
    );
  }

  /**
   * Takes out what was bought, once for each order. What the customer has put in since then stays.
   *
   * @returns whether it was the first time
   */
  async clear({ customerId, orderId, items }: ConfirmedOrder): Promise<boolean> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const lines = await this.list(customerId);
      const changes = items.flatMap((bought) => {
        const line = lines.find(({ productId }) => productId === bought.productId);
        return line ? [this.take(customerId, line, bought.quantity)] : [];
      });
      try {
        await transact(this.table, [seenItem(this.table, 'cleared', orderId), ...changes]);
        return true;
      } catch (error) {
        if (cancellationCodes(error)[0] === 'ConditionalCheckFailed') return false;
        if (!isConditionFailure(error)) throw error;
      }
    }
    throw unavailable('cart');
  }

  /** The write that takes pieces out of a line, if it is still as it was seen. */
  private take(customerId: string, { productId, quantity }: Line, bought: number): Writes[number] {
    const where = {
      TableName: this.table.name,
      Key: lineKey(customerId, productId),
      ConditionExpression: 'quantity = :seen',
    };
    if (quantity <= bought) return { Delete: { ...where, ExpressionAttributeValues: { ':seen': quantity } } };
    return {
      Update: {
        ...where,
        UpdateExpression: 'SET quantity = :left',
        ExpressionAttributeValues: { ':seen': quantity, ':left': quantity - bought },
      },
    };
  }
}

/** The partition of all that a customer has here. */
export function cartKey(customerId: string): string {
  return `customer#${customerId}`;
}

/** That nothing more fits in. */
export function cartFull(): Problem {
  return new Problem(409, 'cart-full', `A cart holds ${MOST_LINES} different products at most.`);
}

function lineKey(customerId: string, productId: string): { pk: string; sk: string } {
  return { pk: cartKey(customerId), sk: `${ITEM}${productId}` };
}
