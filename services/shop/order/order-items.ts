import type { Order } from './order';

/** How unfinished orders are found: they alone have the attribute, and so they alone are in the index. */
export const UNFINISHED = 'unfinished';

/** Where an order is kept. */
export function orderKey(orderId: string): { pk: string; sk: string } {
  return { pk: `order#${orderId}`, sk: 'order' };
}

/** The partition with a customer's orders, oldest first. */
export function historyPartition(customerId: string): string {
  return `customer#${customerId}`;
}

/** The form of the sort keys in such a partition. */
export const HISTORY_KEY = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z#[a-z2-7]{26}$/;

/** Says that the customer has the order, and when it came. */
export function historyItem({ customerId, createdAt, orderId }: Order): Record<string, string> {
  return { pk: historyPartition(customerId), sk: `${createdAt}#${orderId}` };
}

/** The order that a sort key of the history names. */
export function orderIdIn(historyKey: unknown): string {
  return String(historyKey).slice(-26);
}

/** An unfinished order as an item. */
export function itemOf(order: Order): Record<string, unknown> {
  return { ...orderKey(order.orderId), ...order, [UNFINISHED]: UNFINISHED };
}

/**
 * The order in an item.
 *
 * @throws TypeError where it can't be one, so that one spoiled item is known by its name
 */
export function orderIn(item: Readonly<Record<string, unknown>>): Order {
  const { pk, sk, [UNFINISHED]: _unfinished, ...order } = item;
  if (!isOrder(order)) throw new TypeError(`the item ${String(pk)} is no order`);
  return order;
}

const TEXTS = ['orderId', 'customerId', 'paymentMethodId', 'state', 'fingerprint', 'createdAt', 'updatedAt'];

/** Only what would lead to wrong steps: nobody but this service writes into its table. */
function isOrder(value: object): value is Order {
  return (
    TEXTS.every((name) => typeof Reflect.get(value, name) === 'string') &&
    Array.isArray(Reflect.get(value, 'items')) &&
    typeof Reflect.get(value, 'attempts') === 'number' &&
    !Number.isNaN(Date.parse(String(Reflect.get(value, 'createdAt'))))
  );
}
