import type { ShopEvent } from './events';

/** What is known of an order that was confirmed. */
export interface ConfirmedOrder {
  readonly orderId: string;
  readonly customerId: string;
  readonly items: readonly { readonly productId: string; readonly quantity: number }[];
}

const TYPE = 'order.confirmed';

/**
 * The order that an event tells; undefined where it is of another type.
 *
 * @throws where the event has the type and not its data: such a message ends in the dead-letter queue
 */
export function confirmedOrderIn({ type, data }: ShopEvent): ConfirmedOrder | undefined {
  if (type !== TYPE) return undefined;
  if (!isConfirmedOrder(data)) throw new TypeError(`${TYPE} without its data`);
  const { orderId, customerId, items } = data;
  return { orderId, customerId, items };
}

function isConfirmedOrder(data: unknown): data is ConfirmedOrder {
  if (typeof data !== 'object' || data === null) return false;
  const { orderId, customerId, items } = data as Partial<Record<string, unknown>>;
  return isText(orderId) && isText(customerId) && Array.isArray(items) && items.every(isLine);
}

function isLine(line: unknown): boolean {
  if (typeof line !== 'object' || line === null) return false;
  const { productId, quantity } = line as Partial<Record<string, unknown>>;
  return isText(productId) && typeof quantity === 'number' && Number.isSafeInteger(quantity) && quantity > 0;
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}
