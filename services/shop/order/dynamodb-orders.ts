import { GetCommand, QueryCommand, UpdateCommand, type UpdateCommandInput } from '@aws-sdk/lib-dynamodb';
import type { ShopEvent } from '../shared/events';
import { outboxItem } from '../shared/outbox';
import { isConditionFailure, type Table, transact } from '../shared/table';
import type { Order } from './order';
import { readPage } from './order-history';
import { historyItem, itemOf, orderIn, orderKey, UNFINISHED } from './order-items';
import { LeaseLost, type OrderPage, type OrderStore, type Progress } from './orders';

/** Who holds the lease writes. */
const IS_MINE = '#lease = :mine';

/** Orders in a DynamoDB table. It needs GetItem, PutItem, UpdateItem, BatchGetItem, and Query with the index. */
export class DynamoDbOrders implements OrderStore {
  constructor(private readonly table: Table) {}

  async create(order: Order): Promise<boolean> {
    const TableName = this.table.name;
    try {
      await transact(this.table, [
        { Put: { TableName, Item: itemOf(order), ConditionExpression: 'attribute_not_exists(pk)' } },
        { Put: { TableName, Item: historyItem(order) } },
      ]);
      return true;
    } catch (error) {
      if (!isConditionFailure(error)) throw error;
      return (await this.get(order.orderId))?.lease === order.lease;
    }
  }

  async get(orderId: string): Promise<Order | undefined> {
    const { Item } = await this.table.documents.send(
      new GetCommand({ TableName: this.table.name, Key: orderKey(orderId), ConsistentRead: true }),
    );
    return Item && orderIn(Item);
  }

  async claim(orderId: string, lease: string, until: number, now: number): Promise<Order | undefined> {
    return await this.update(orderId, lease, {
      UpdateExpression: 'SET #lease = :mine, nextAttemptAt = :until ADD attempts :one',
      ConditionExpression:
        'attribute_exists(#unfinished) AND (attribute_not_exists(#lease) OR nextAttemptAt <= :now)',
      ExpressionAttributeNames: { '#unfinished': UNFINISHED },
      ExpressionAttributeValues: { ':until': until, ':one': 1, ':now': now },
    });
  }

  async advance(order: Order, progress: Progress, until: number, now: number): Promise<Order> {
    const found = Object.entries(progress).filter(([name]) => name !== 'state');
    const written = await this.update(order.orderId, leaseOf(order), {
      UpdateExpression: [
        'SET #state = :state, updatedAt = :updatedAt, nextAttemptAt = :until, attempts = :one',
        ...found.map(([name]) => `${name} = :${name}`),
      ].join(', '),
      ConditionExpression: IS_MINE,
      ExpressionAttributeNames: { '#state': 'state' },
      ExpressionAttributeValues: {
        ':state': progress.state,
        ':updatedAt': new Date(now).toISOString(),
        ':until': until,
        ':one': 1,
        ...Object.fromEntries(found.map(([name, value]) => [`:${name}`, value])),
      },
    });
    if (!written) throw new LeaseLost(order.orderId);
    return written;
  }

  async finish(order: Order, state: 'CONFIRMED' | 'REJECTED', event: ShopEvent, now: number): Promise<Order> {
    const updatedAt = new Date(now).toISOString();
    try {
      await transact(this.table, [
        {
          Update: {
            TableName: this.table.name,
            Key: orderKey(order.orderId),
            UpdateExpression:
              'SET #state = :state, updatedAt = :updatedAt REMOVE #unfinished, #lease, nextAttemptAt',
            ConditionExpression: IS_MINE,
            ExpressionAttributeNames: { '#state': 'state', '#unfinished': UNFINISHED, '#lease': 'lease' },
            ExpressionAttributeValues: {
              ':state': state,
              ':updatedAt': updatedAt,
              ':mine': leaseOf(order),
            },
          },
        },
        outboxItem(this.table, event),
      ]);
    } catch (error) {
      throw isConditionFailure(error) ? new LeaseLost(order.orderId) : error;
    }
    const { lease: _lease, nextAttemptAt: _nextAttemptAt, ...rest } = order;
    return { ...rest, state, updatedAt };
  }

  async postpone(orderId: string, lease: string, nextAttemptAt: number): Promise<void> {
    const command = new UpdateCommand({
      TableName: this.table.name,
      Key: orderKey(orderId),
      UpdateExpression: 'SET nextAttemptAt = :at REMOVE #lease',
      ConditionExpression: IS_MINE,
      ExpressionAttributeNames: { '#lease': 'lease' },
      ExpressionAttributeValues: { ':at': nextAttemptAt, ':mine': lease },
    });
    await this.table.documents.send(command).catch((error: unknown) => {
      if (!isConditionFailure(error)) throw error;
    });
  }

  /** The index lags behind a little: what it shows is claimed by the order itself. */
  async due(now: number, limit: number): Promise<readonly string[]> {
    const { Items = [] } = await this.table.documents.send(
      new QueryCommand({
        TableName: this.table.name,
        IndexName: UNFINISHED,
        KeyConditionExpression: '#unfinished = :unfinished AND nextAttemptAt <= :now',
        ExpressionAttributeNames: { '#unfinished': UNFINISHED },
        ExpressionAttributeValues: { ':unfinished': UNFINISHED, ':now': now },
        Limit: limit,
      }),
    );
    return Items.map(({ pk }) => String(pk).slice(orderKey('').pk.length));
  }

  async list(customerId: string, limit: number, after?: string): Promise<OrderPage> {
    return await readPage(this.table, customerId, limit, after);
  }

  /** The order after a write that counts as done where it was done already: its answer may have been lost. */
  private async update(
    orderId: string,
    lease: string,
    {
      ExpressionAttributeNames,
      ExpressionAttributeValues,
      ...input
    }: Omit<UpdateCommandInput, 'TableName' | 'Key'>,
  ): Promise<Order | undefined> {
    const command = new UpdateCommand({
      TableName: this.table.name,
      Key: orderKey(orderId),
      ReturnValues: 'ALL_NEW',
      ExpressionAttributeNames: { ...ExpressionAttributeNames, '#lease': 'lease' },
      ExpressionAttributeValues: { ...ExpressionAttributeValues, ':mine': lease },
      ...input,
    });
    try {
      const { Attributes = {} } = await this.table.documents.send(command);
      return orderIn(Attributes);
    } catch (error) {
      if (!isConditionFailure(error)) throw error;
      const current = await this.get(orderId);
      return current?.lease === lease ? current : undefined;
    }
  }
}

function leaseOf({ orderId, lease }: Order): string {
  if (lease === undefined) throw new Error(`nobody holds the order ${orderId}`);
  return lease;
}
