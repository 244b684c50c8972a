import { type Origin, originOf } from '../shared/deadline';
import { eventOf } from './announcement';
import type { Order, Reservation } from './order';
import type { Progress } from './orders';
import type { Outside } from './outside';
import { mayHavePaid, nextStep, priceObjection, type Step } from './plan';

/** What a saga works with. Times are in milliseconds. */
export interface SagaSurroundings extends Outside {
  /** How long an order may wait for others before it has been paid. */
  readonly patience: number;
  /** How long a step may take. */
  readonly stepBudget: number;
  /** How long a run has an order for itself, from each state it writes on; longer than a step. */
  readonly leaseTime: number;
}

/**
 * Leads an order to its end: reserve, pay, confirm, or undo. Each state is written before the next step begins, and
 * each step may be repeated, so that any process can go on where another one has died. A refusal is written before
 * anything is undone: a run that was overtaken can't go on buying what another run is giving back.
 */
export class Saga {
  constructor(private readonly surroundings: SagaSurroundings) {}

  /**
   * Runs until the end.
   *
   * @param order whose lease the caller has
   * @param requestId by which the logs of other services name what they were asked
   */
  async run(order: Order, requestId: string): Promise<Order> {
    const { now, patience } = this.surroundings;
    let current = order;
    for (;;) {
      const step = nextStep(current, now(), patience);
      if (!step) return current;
      current = await this.take(step, current, requestId);
    }
  }

  private take(step: Step, order: Order, requestId: string): Promise<Order> {
    const origin = originOf(requestId, this.surroundings.stepBudget);
    switch (step.kind) {
      case 'reserve':
        return this.reserve(order, origin);
      case 'pay':
        return this.pay(order, origin);
      case 'confirm':
        return this.confirm(order, origin);
      case 'reject':
        return this.advance(order, { state: order.state, rejection: step.rejection });
      case 'undo':
        return this.undo(order, origin);
    }
  }

  private async reserve(order: Order, origin: Origin): Promise<Order> {
    const { product } = this.surroundings;
    const outcome = await this.timed('reserve', order, () => product.reserve(order, origin));
    if ('rejection' in outcome) return this.advance(order, { state: 'PENDING', ...outcome });
    const { reservation } = outcome;
    const rejection = priceObjection(order, reservation);
    return this.advance(
      order,
      rejection ? { state: 'PENDING', reservation, rejection } : { state: 'RESERVED', reservation },
    );
  }

  private async pay(order: Order, origin: Origin): Promise<Order> {
    const { payment } = this.surroundings;
    const reservation = reservationOf(order);
    const rejection = await this.timed('pay', order, () => payment.pay(order, reservation, origin));
    return this.advance(order, rejection ? { state: 'RESERVED', rejection } : { state: 'PAID' });
  }

  private async confirm(order: Order, origin: Origin): Promise<Order> {
    const { product } = this.surroundings;
    await this.timed('confirm', order, () => product.confirm(order.orderId, origin));
    return this.finish(order, 'CONFIRMED');
  }

  /** Neither waits for the other: the stock comes back though payment is down. */
  private async undo(order: Order, origin: Origin): Promise<Order> {
    const { product, payment } = this.surroundings;
    const { orderId } = order;
    const undone = await Promise.allSettled([
      this.timed('release', order, () => product.release(orderId, origin)),
      mayHavePaid(order) && this.timed('void', order, () => payment.cancel(orderId, origin)),
    ]);
    const failures = undone.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
    if (failures.length > 0) throw failures[0];
    return this.finish(order, 'REJECTED');
  }

  private advance(order: Order, progress: Progress): Promise<Order> {
    const { store, now, leaseTime } = this.surroundings;
    const time = now();
    return store.advance(order, progress, time + leaseTime, time);
  }

  private async finish(order: Order, state: 'CONFIRMED' | 'REJECTED'): Promise<Order> {
    const { store, announce, now } = this.surroundings;
    const time = now();
    const event = eventOf(order, state, time);
    const ended = await this.timed('record', order, () => store.finish(order, state, event, time));
    announce(event);
    return ended;
  }

  /** The slowest step is what a dashboard asks for first. */
  private async timed<T>(step: string, { orderId }: Order, work: () => Promise<T>): Promise<T> {
    const start = performance.now();
    try {
      return await work();
    } finally {
      const ms = Math.round((performance.now() - start) * 10) / 10;
      this.surroundings.log.info({ event: 'step', step, ms, orderId }, step);
    }
  }
}

function reservationOf({ orderId, reservation }: Order): Reservation {
  if (!reservation) throw new Error(`the order ${orderId} is reserved without a reservation`);
  return reservation;
}
