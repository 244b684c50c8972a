import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

const HEADERS = ['x-amzn-trace-id', 'x-request-id'];
const HARMLESS = /^[\w=;:.@/+-]{1,200}$/;

/** The id is logged: what may be a card's number is none. */
const CARD = /(?<![0-9A-Za-z])(?:\d[.-]?){12,18}\d(?![0-9A-Za-z])/;

/** The id that the load balancer or the caller has given the request, or a new one. */
export function requestIdOf({ headers }: Pick<IncomingMessage, 'headers'>): string {
  const given = HEADERS.map((name) => headers[name]).find(
    (id) => typeof id === 'string' && HARMLESS.test(id) && !CARD.test(id),
  );
  return typeof given === 'string' ? given : randomUUID();
}
