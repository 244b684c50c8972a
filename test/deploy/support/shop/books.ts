import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand, paginateScan, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { ResourceEnvironments } from '../../../../bin/shop/resources';
import type { ShopServiceName } from '../../../../lib/microservices/shop-services';

const LONG_AGO = '2020-01-01T00:00:00.000Z';

/** The pieces of a product as its service keeps them. */
export interface StockLevel {
  readonly available: number;
  readonly reserved: number;
  readonly sold: number;
}

type Item = Readonly<Record<string, unknown>>;

/** What the services keep, past the services: looks at it ask nothing of them. */
export class Books {
  private readonly documents: DynamoDBDocumentClient;

  constructor(
    dynamodb: DynamoDBClient,
    private readonly resources: ResourceEnvironments,
  ) {
    this.documents = DynamoDBDocumentClient.from(dynamodb);
  }

  async stockOf(productId: string): Promise<StockLevel> {
    const { Item = {} } = await this.documents.send(
      new GetCommand({
        TableName: this.tableOf('product'),
        Key: { pk: `product#${productId}`, sk: 'stock' },
        ConsistentRead: true,
      }),
    );
    const { available, reserved, sold } = Item;
    return { available, reserved, sold };
  }

  /** All items of a service's table. */
  async itemsOf(service: ShopServiceName): Promise<Item[]> {
    const items: Item[] = [];
    const pages = paginateScan({ client: this.documents }, { TableName: this.tableOf(service) });
    for await (const { Items = [] } of pages) items.push(...Items);
    return items;
  }

  /** The order with a product, as its service keeps it. */
  async orderOf(productId: string): Promise<Item | undefined> {
    const orders = await this.itemsOf('order');
    return orders.find(
      ({ items }) => Array.isArray(items) && items.some((item) => item.productId === productId),
    );
  }

  /** Whether an order is still on its way. */
  async hasUnfinishedOrders(): Promise<boolean> {
    return (await this.itemsOf('order')).some(({ unfinished }) => unfinished !== undefined);
  }

  /** What the acquirer has taken for an order, by its own books. */
  async chargesOf(orderId: string): Promise<Item[]> {
    const items = await this.itemsOf('payment');
    return items.filter((item) => JSON.stringify(item).includes(orderId) && item.outcome === 'TAKEN');
  }

  /**
   * Makes unfinished work old: that its owner has died, only the clock tells the others, which would take seconds.
   */
  async passTime(): Promise<void> {
    for (const { outbox, pk, sk, unfinished } of await this.itemsOf('order')) {
      if (unfinished !== undefined) await this.change({ pk, sk }, 'unfinished', 'nextAttemptAt', 0);
      if (outbox !== undefined) await this.change({ pk, sk }, 'outbox', 'createdAt', LONG_AGO);
    }
  }

  /** Lets an order wait since long ago. */
  async makeOld(productId: string): Promise<void> {
    const { pk, sk } = (await this.orderOf(productId)) ?? {};
    await this.change({ pk, sk }, 'unfinished', 'createdAt', LONG_AGO);
    await this.change({ pk, sk }, 'unfinished', 'nextAttemptAt', 0);
  }

  /** Whether an event has not been published. */
  async hasUnpublishedEvents(): Promise<boolean> {
    const items = [...(await this.itemsOf('order')), ...(await this.itemsOf('review'))];
    return items.some(({ outbox }) => outbox !== undefined);
  }

  private async change(Key: Item, attribute: string, name: string, value: unknown): Promise<void> {
    try {
      await this.documents.send(
        new UpdateCommand({
          TableName: this.tableOf('order'),
          Key,
          UpdateExpression: 'SET #name = :value',
          ConditionExpression: 'attribute_exists(#attribute)',
          ExpressionAttributeNames: { '#name': name, '#attribute': attribute },
          ExpressionAttributeValues: { ':value': value },
        }),
      );
    } catch (error) {
      // It is finished meanwhile.
      if (!(error instanceof Error) || error.name !== 'ConditionalCheckFailedException') throw error;
    }
  }

  private tableOf(service: ShopServiceName): string {
    return this.resources[service].TABLE_NAME ?? '';
  }
}
