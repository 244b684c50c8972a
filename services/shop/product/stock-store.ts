import { GetCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import type { Table, Writes } from '../shared/table';
import { deliveryKey, productKey, reservationKey, stockKey } from './keys';
import type { Product, Reservation, StockLevel } from './model';
import { readItems } from './read-items';
import {
  type Change,
  type Plan,
  productsOf,
  type RecordWrite,
  recordOf,
  type Situation,
} from './stock-rules';

type Item = Readonly<Record<string, unknown>>;
type Action = Writes[number];

/**
 * How long the record of an ended reservation stays, in seconds: 30 days. A purchase ends within the hour, so that
 * nobody asks for it again after that.
 */
const KEEP_ENDED = 30 * 24 * 3_600;

/** The pieces and reservations in the table. */
export class StockStore {
  constructor(private readonly table: Table) {}

  /** All that changes depend on, as it is now. */
  async read(changes: readonly Change[]): Promise<Situation> {
    const productIds = [...new Set(changes.flatMap(productsOf))];
    const keys = [
      ...productIds.flatMap((productId) => [productKey(productId), stockKey(productId)]),
      ...changes.map((change) =>
        change.kind === 'deliver'
          ? deliveryKey(change.productId, change.deliveryId)
          : reservationKey(change.orderId),
      ),
    ];
    return situationOf(await readItems(this.table, keys, { consistent: true }));
  }

  /**
   * Writes a plan, all or nothing. Its conditions hold only while nobody else takes pieces or ends reservations. The SDK
   * gives each call a ClientRequestToken, so that its own retry of an answer that got lost moves nothing twice.
   */
  async write({ moves, writes }: Plan): Promise<void> {
    if (writes.length === 0) return;
    const actions = [...moves].map(([productId, move]) => this.move(productId, move));
    const TransactItems = [...actions, ...writes.map((write) => this.record(write))];
    await this.table.documents.send(new TransactWriteCommand({ TransactItems }));
  }

  /** The reservation of an order as it is now. */
  async findReservation(orderId: string): Promise<Reservation | undefined> {
    const { Item } = await this.table.documents.send(
      new GetCommand({ TableName: this.table.name, Key: reservationKey(orderId), ConsistentRead: true }),
    );
    return Item && reservationOf(Item);
  }

  private move(productId: string, { available, reserved, sold }: StockLevel): Action {
    return {
      Update: {
        TableName: this.table.name,
        Key: stockKey(productId),
        UpdateExpression: 'SET available = available + :a, reserved = reserved + :r, sold = sold + :s',
        // Plain numbers, and not the level that was read: others may take pieces while there are enough for both.
        ConditionExpression: 'available >= :leastAvailable AND reserved >= :leastReserved',
        ExpressionAttributeValues: {
          ':a': available,
          ':r': reserved,
          ':s': sold,
          ':leastAvailable': Math.max(0, -available),
          ':leastReserved': Math.max(0, -reserved),
        },
      },
    };
  }

  private record(write: RecordWrite): Action {
    const TableName = this.table.name;
    if (write.kind === 'delivery') {
      const { productId, deliveryId, quantity } = write;
      const Item = { ...deliveryKey(productId, deliveryId), deliveryId, quantity };
      return { Put: { TableName, Item, ConditionExpression: 'attribute_not_exists(pk)' } };
    }
    if (write.kind === 'add') {
      const { orderId, state, lines } = write.reservation;
      const ended = state === 'RESERVED' ? {} : { expiresAt: endedRecordExpiry() };
      const Item = { ...reservationKey(orderId), orderId, state, lines, ...ended };
      return { Put: { TableName, Item, ConditionExpression: 'attribute_not_exists(pk)' } };
    }
    return {
      Update: {
        TableName,
        Key: reservationKey(write.orderId),
        UpdateExpression: 'SET #state = :state, expiresAt = :expiresAt',
        ConditionExpression: '#state = :reserved',
        ExpressionAttributeNames: { '#state': 'state' },
        ExpressionAttributeValues: {
          ':state': write.state,
          ':expiresAt': endedRecordExpiry(),
          ':reserved': 'RESERVED',
        },
      },
    };
  }
}

/** The pieces that an item says. */
export function levelOf({ available, reserved, sold }: Item): StockLevel {
  return { available: Number(available), reserved: Number(reserved), sold: Number(sold) };
}

function endedRecordExpiry(): number {
  return Math.floor(Date.now() / 1_000) + KEEP_ENDED;
}

function reservationOf({ orderId, state, lines }: Item): Reservation {
  return { orderId, state, lines } as Reservation;
}

function situationOf(items: readonly Item[]): Situation {
  const products = new Map<string, Product>();
  const levels = new Map<string, StockLevel>();
  const reservations = new Map<string, Reservation>();
  const deliveries = new Map<string, number>();
  for (const item of items) {
    const productId = String(item.pk).replace(/^product#/, '');
    if (item.sk === 'product') products.set(productId, item as unknown as Product);
    else if (item.sk === 'stock') levels.set(productId, levelOf(item));
    else if (item.sk === 'reservation') reservations.set(String(item.orderId), reservationOf(item));
    else {
      const record = recordOf({
        kind: 'deliver',
        productId,
        deliveryId: String(item.deliveryId),
        quantity: Number(item.quantity),
      });
      deliveries.set(record, Number(item.quantity));
    }
  }
  return { products, levels, reservations, deliveries };
}
