import type { Caller } from '../shared/call';
import type { Origin } from '../shared/deadline';
import { equals, isMoney, sum, times } from '../shared/money';
import type { Order, OrderLine, RejectionReason, Reservation } from './order';
import { type ProductPartner, type ReserveOutcome, UnexpectedAnswer } from './partners';

/** Which refusals end an order. */
const REFUSALS: Readonly<Record<string, RejectionReason>> = {
  '409 urn:shop:out-of-stock': 'out-of-stock',
  '422 urn:shop:unknown-product': 'unknown-product',
};

/** The product service over HTTP. */
export function productOver(caller: Caller): ProductPartner {
  async function settle(orderId: string, action: 'confirm' | 'release', origin: Origin): Promise<void> {
    const path = `/reservations/${orderId}/${action}`;
    const { status, body } = await caller.call({ method: 'POST', path, origin, retry: true });
    if (status !== 200) throw new UnexpectedAnswer('product', action, status, memberOf(body, 'type'));
  }

  return {
    async reserve(order, origin): Promise<ReserveOutcome> {
      const items = order.items.map(({ productId, quantity }) => ({ productId, quantity }));
      const { status, body } = await caller.call({
        method: 'PUT',
        path: `/reservations/${order.orderId}`,
        body: { items },
        origin,
      });
      if (status === 200) return { reservation: reservationIn(body, order) };
      const type = memberOf(body, 'type');
      const reason = REFUSALS[`${status} ${String(type)}`];
      if (!reason) throw new UnexpectedAnswer('product', 'reserve', status, type);
      const productIds = memberOf(body, 'productIds');
      return { rejection: { reason, ...(areTexts(productIds) && { productIds }) } };
    },
    confirm: (orderId, origin) => settle(orderId, 'confirm', origin),
    release: (orderId, origin) => settle(orderId, 'release', origin),
  };
}

/** Takes nothing on trust that a customer is going to pay. */
function reservationIn(body: unknown, { items }: Order): Reservation {
  const lines = memberOf(body, 'items');
  const total = memberOf(body, 'total');
  const isRight =
    Array.isArray(lines) &&
    lines.every(isLine) &&
    isMoney(total) &&
    equals(total, sum(lines.map(({ unitPrice, quantity }) => times(unitPrice, quantity)))) &&
    lines.length === items.length &&
    items.every((item) =>
      lines.some((line) => line.productId === item.productId && line.quantity === item.quantity),
    );
  if (!isRight) throw new UnexpectedAnswer('product', 'reserve', 200, 'with another reservation');
  return {
    lines: lines.map(({ productId, quantity, name, unitPrice }) => ({
      productId,
      quantity,
      name,
      unitPrice: { amount: unitPrice.amount, currency: unitPrice.currency },
    })),
    total: { amount: total.amount, currency: total.currency },
  };
}

function isLine(line: unknown): line is OrderLine {
  const quantity = memberOf(line, 'quantity');
  return (
    typeof memberOf(line, 'productId') === 'string' &&
    typeof memberOf(line, 'name') === 'string' &&
    Number.isSafeInteger(quantity) &&
    Number(quantity) > 0 &&
    isMoney(memberOf(line, 'unitPrice'))
  );
}

function areTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((text) => typeof text === 'string');
}

/** A member of what another service said; undefined where it is no object. */
export function memberOf(body: unknown, name: string): unknown {
  return typeof body === 'object' && body !== null ? Reflect.get(body, name) : undefined;
}
