import { newId } from './ids';

/** Something that has happened, as it is told to other services. */
export interface ShopEvent<D = unknown> {
  /** Who has seen it once ignores it from then on. */
  readonly id: string;
  /** Like `order.confirmed`. */
  readonly type: string;
  /** ISO 8601, UTC. */
  readonly occurredAt: string;
  readonly data: D;
}

/** An event of this moment. */
export function newEvent<D>(type: string, data: D, id = newId()): ShopEvent<D> {
  return { id, type, occurredAt: new Date().toISOString(), data };
}

/**
 * The event that a message holds.
 *
 * @throws where it holds none; such a message ends in the dead-letter queue
 */
export function eventOf(body: string | undefined): ShopEvent {
  const value = parse(body);
  if (typeof value !== 'object' || value === null) throw new TypeError('the message is no event');
  const [id, type, occurredAt] = ['id', 'type', 'occurredAt'].map((name): unknown =>
    Reflect.get(value, name),
  );
  if (!isText(id) || !isText(type) || !isText(occurredAt) || !('data' in value)) {
    throw new TypeError('the message is no event');
  }
  return { id, type, occurredAt, data: value.data };
}

/** Without the error of JSON.parse, which quotes the text. */
function parse(body = ''): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}
