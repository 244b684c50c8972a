import { newId } from '../shared/ids';
import type { Order } from './order';
import { LeaseLost } from './orders';
import type { Outside } from './outside';
import { nextAttempt } from './plan';
import type { Saga } from './saga';

/** After so many attempts without progress the log calls an order stuck, and an alarm may ask for a person. */
const STUCK_AFTER = 10;

/** How long an order rests that can't even be read, in milliseconds. */
const UNREADABLE_PAUSE = 60_000;

/** What runs need. Times are in milliseconds. */
export interface RunSurroundings extends Pick<Outside, 'store' | 'log' | 'now'> {
  readonly saga: Pick<Saga, 'run'>;
  /** How long a run has an order for itself. */
  readonly leaseTime: number;
  /** The first pause before an order is tried again. */
  readonly interval: number;
  /** How long an order may wait for others before it has been paid. */
  readonly patience: number;
}

/** The orders that this process works on. What one of them comes to does not touch the others. */
export class Runs {
  private readonly running = new Map<string, Promise<Order | undefined>>();
  private stopping = false;

  constructor(private readonly surroundings: RunSurroundings) {}

  /** Whether a stop has begun: what fails from now on is left to other processes. */
  get isStopping(): boolean {
    return this.stopping;
  }

  /**
   * Works on an order until it ends or fails; rejects never.
   *
   * @param order whose lease the caller has
   * @returns the order where it has ended
   */
  start(order: Order, requestId: string): Promise<Order | undefined> {
    return this.track(order.orderId, () => this.attempt(order, requestId));
  }

  /**
   * Works on an order that another run has left; rejects never.
   *
   * @returns whether it could be taken
   */
  async resume(orderId: string, requestId: string): Promise<boolean> {
    if (this.running.has(orderId)) return false;
    let taken = false;
    await this.track(orderId, async () => {
      const order = await this.take(orderId);
      if (!order) return undefined;
      taken = true;
      return await this.attempt(order, requestId);
    });
    return taken;
  }

  /** The work of this process on an order. */
  current(orderId: string): Promise<Order | undefined> | undefined {
    return this.running.get(orderId);
  }

  /** Lets the runs come to an end that have begun. */
  async stop(): Promise<void> {
    this.stopping = true;
    while (this.running.size > 0) await Promise.all(this.running.values());
  }

  private track(orderId: string, work: () => Promise<Order | undefined>): Promise<Order | undefined> {
    const run = work().finally(() => this.running.delete(orderId));
    this.running.set(orderId, run);
    return run;
  }

  private async take(orderId: string): Promise<Order | undefined> {
    const { store, now, leaseTime, log } = this.surroundings;
    const lease = newId();
    const time = now();
    try {
      return await store.claim(orderId, lease, time + leaseTime, time);
    } catch (err) {
      log.error({ err, event: 'order unreadable', orderId }, 'the order could not be taken up');
      await this.giveBack(orderId, lease, time + UNREADABLE_PAUSE);
      return undefined;
    }
  }

  private async attempt(order: Order, requestId: string): Promise<Order | undefined> {
    try {
      return await this.surroundings.saga.run(order, requestId);
    } catch (err) {
      if (!(err instanceof LeaseLost)) await this.putBack(order, err);
      return undefined;
    }
  }

  /** Reads the order again: the run may have led it further, and its last write may have been done or not. */
  private async putBack({ orderId, lease = '' }: Order, err: unknown): Promise<void> {
    const { store, now, log } = this.surroundings;
    try {
      const current = await store.get(orderId);
      if (current?.lease !== lease) return;
      const time = now();
      const nextAttemptAt = this.stopping ? time : nextAttempt(current, time, this.surroundings);
      const { state, attempts } = current;
      const isStuck = attempts >= STUCK_AFTER;
      log[isStuck ? 'error' : 'warn'](
        { err, event: isStuck ? 'order stuck' : 'order postponed', orderId, state, attempts, nextAttemptAt },
        'the order has to wait',
      );
      await this.giveBack(orderId, lease, nextAttemptAt);
    } catch (error) {
      log.warn({ err: error, event: 'lease left', orderId }, 'the order could not be read');
    }
  }

  /** Where that fails, the lease runs out, and then anybody may go on. */
  private async giveBack(orderId: string, lease: string, nextAttemptAt: number): Promise<void> {
    const { store, log } = this.surroundings;
    await store.postpone(orderId, lease, nextAttemptAt).catch((err: unknown) => {
      log.warn({ err, event: 'lease left', orderId }, 'the order could not be given back');
    });
  }
}
