import { setTimeout as pause } from 'node:timers/promises';
import { BatchGetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { Table } from '../shared/table';
import type { Order } from './order';
import { historyPartition, orderIdIn, orderIn, orderKey } from './order-items';
import type { OrderPage } from './orders';

/** How often the rest of a batch is asked for, and the first pause in milliseconds, which doubles. */
const ATTEMPTS = 4;
const FIRST_PAUSE = 50;

/**
 * A page of a customer's orders, newest first. Asks for one more than the page holds, which tells whether another page
 * follows.
 *
 * @param limit 1 to 100: what one batch may hold
 * @param after the sort key of the last order of the page before
 */
export async function readPage(
  table: Table,
  customerId: string,
  limit: number,
  after?: string,
): Promise<OrderPage> {
  const pk = historyPartition(customerId);
  const { Items = [] } = await table.documents.send(
    new QueryCommand({
      TableName: table.name,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': pk },
      ScanIndexForward: false,
      ConsistentRead: true,
      Limit: limit + 1,
      ...(after && { ExclusiveStartKey: { pk, sk: after } }),
    }),
  );
  const page = Items.slice(0, limit).map(({ sk }) => String(sk));
  const orders = await readOrders(table, page.map(orderIdIn));
  return { orders, last: Items.length > limit ? page.at(-1) : undefined };
}

/** In this order. A batch may leave out what the table had no time for, and says so. */
async function readOrders(table: Table, orderIds: readonly string[]): Promise<Order[]> {
  const found = new Map<string, Order>();
  let keys: Record<string, unknown>[] = orderIds.map(orderKey);
  for (let attempt = 0; keys.length > 0; attempt += 1) {
    if (attempt === ATTEMPTS) {
      throw Object.assign(new Error('the table leaves orders out'), { name: 'ThrottlingException' });
    }
    if (attempt > 0) await pause(FIRST_PAUSE * 2 ** attempt);
    const { Responses, UnprocessedKeys } = await table.documents.send(
      new BatchGetCommand({ RequestItems: { [table.name]: { Keys: keys, ConsistentRead: true } } }),
    );
    for (const item of Responses?.[table.name] ?? []) {
      const order = orderIn(item);
      found.set(order.orderId, order);
    }
    keys = UnprocessedKeys?.[table.name]?.Keys ?? [];
  }
  return orderIds.flatMap((orderId) => found.get(orderId) ?? []);
}
