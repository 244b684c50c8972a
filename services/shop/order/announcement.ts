import type { ShopEvent } from '../shared/events';
import { derivedId } from '../shared/ids';
import type { Order } from './order';

/**
 * The event that tells of an order's end. Its id comes from the order and the end alone, so that whoever hears it twice
 * knows it again.
 *
 * @param now in milliseconds since 1970
 */
export function eventOf(order: Order, state: 'CONFIRMED' | 'REJECTED', now: number): ShopEvent {
  const { orderId, customerId, items, reservation, rejection } = order;
  return {
    id: derivedId('order', orderId, state),
    type: state === 'CONFIRMED' ? 'order.confirmed' : 'order.rejected',
    occurredAt: new Date(now).toISOString(),
    data: {
      orderId,
      customerId,
      items: reservation?.lines ?? items,
      ...(reservation && { total: reservation.total }),
      ...(state === 'REJECTED' && rejection),
    },
  };
}
