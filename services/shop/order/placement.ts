import { setTimeout as pause } from 'node:timers/promises';
import type { Origin } from '../shared/deadline';
import { fingerprint, newId } from '../shared/ids';
import { Problem } from '../shared/problem';
import { hasEnded, type Order, type OrderRequest } from './order';
import type { Outside } from './outside';
import type { Runs } from './runs';

/** How often an order is read on which another process works, in milliseconds. */
const LOOK_INTERVAL = 250;

/** What of the caller's patience is left for the way back, in milliseconds. */
const WAY_BACK = 250;

/** What placing orders needs. Times are in milliseconds. */
export interface PlacementSurroundings extends Pick<Outside, 'store' | 'now'> {
  readonly runs: Runs;
  /** How long a run has an order for itself. */
  readonly leaseTime: number;
  /** How long a caller waits for the end of an order at most. */
  readonly sagaTimeout: number;
}

/** Takes orders in, each once. */
export class Placement {
  constructor(private readonly surroundings: PlacementSurroundings) {}

  /**
   * The order with this id: a new one, or the one that the same request has made before. Waits for its end for a while.
   *
   * @throws a 409 where the id stands for another order
   */
  async place(orderId: string, request: OrderRequest, origin: Origin): Promise<Order> {
    const { runs, now, leaseTime, sagaTimeout } = this.surroundings;
    const until = Math.min(Date.now() + sagaTimeout, origin.deadline - WAY_BACK);
    const time = now();
    const createdAt = new Date(time).toISOString();
    const order: Order = {
      ...request,
      orderId,
      state: 'PENDING',
      fingerprint: fingerprintOf(request),
      createdAt,
      updatedAt: createdAt,
      attempts: 1,
      lease: newId(),
      nextAttemptAt: time + leaseTime,
    };
    if (await this.create(order)) {
      void runs.start(order, origin.id);
    } else {
      const known = await this.read(orderId);
      if (known.fingerprint !== order.fingerprint) {
        throw new Problem(
          409,
          'other-content',
          'An order with this id and another content is there already.',
        );
      }
      if (hasEnded(known)) return known;
      void runs.resume(orderId, origin.id);
    }
    for (;;) {
      const ended = await this.wait(runs.current(orderId), until);
      if (ended) return ended;
      const current = await this.read(orderId);
      if (hasEnded(current) || Date.now() >= until) return current;
      // Other processes go on with it, and the caller has better things to do than to hold up this one.
      if (runs.isStopping && !runs.current(orderId)) return current;
    }
  }

  /** Where it is not known whether the order is there, nobody works on it: it is free for the next who asks. */
  private async create(order: Order): Promise<boolean> {
    const { store, now } = this.surroundings;
    try {
      return await store.create(order);
    } catch (error) {
      await store.postpone(order.orderId, order.lease ?? '', now()).catch(() => undefined);
      throw error;
    }
  }

  private async read(orderId: string): Promise<Order> {
    const order = await this.surroundings.store.get(orderId);
    if (!order) throw new Error(`the order ${orderId} is gone`);
    return order;
  }

  /** For the run in this process, or a moment; the order where the run has led it to its end. */
  private async wait(run: Promise<Order | undefined> | undefined, until: number): Promise<Order | undefined> {
    const late = new AbortController();
    const left = Math.max(0, until - Date.now());
    const timer = pause(run ? left : Math.min(left, LOOK_INTERVAL), undefined, { signal: late.signal });
    const ended = await Promise.race([run ?? timer, timer.catch(() => undefined)]);
    late.abort();
    return ended ?? undefined;
  }
}

/** The same for the same items in another order. */
function fingerprintOf(request: OrderRequest): string {
  const items = [...request.items].sort((one, other) => (one.productId < other.productId ? -1 : 1));
  return fingerprint({ ...request, items });
}
