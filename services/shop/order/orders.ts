import type { ShopEvent } from '../shared/events';
import type { Order, OrderState, Rejection, Reservation } from './order';

/** What a step has found out. */
export interface Progress {
  readonly state: OrderState;
  readonly reservation?: Reservation;
  readonly rejection?: Rejection;
}

/** Some of a customer's orders, newest first. */
export interface OrderPage {
  readonly orders: readonly Order[];
  /** The sort key of the last one, where older ones follow. */
  readonly last?: string;
}

/** The order is in other hands: whoever finds that writes nothing more. */
export class LeaseLost extends Error {
  constructor(orderId: string) {
    super(`another run has taken the order ${orderId}`);
    this.name = 'LeaseLost';
  }
}

/**
 * Where orders are kept. Each method is one request to the table, and one more where a condition did not hold: a
 * write whose answer was lost is sent again, and then its condition fails on what it has written itself. Times are in
 * milliseconds since 1970.
 */
export interface OrderStore {
  /** Adds an order with its lease; false where the id is taken. */
  create(order: Order): Promise<boolean>;
  get(orderId: string): Promise<Order | undefined>;
  /**
   * Takes an unfinished order that nobody holds, or whose time has come.
   *
   * @param lease new for each run
   * @param until when others may take it
   * @returns undefined where others were faster
   */
  claim(orderId: string, lease: string, until: number, now: number): Promise<Order | undefined>;
  /**
   * Writes what a step has found out, and renews the lease.
   *
   * @throws LeaseLost
   */
  advance(order: Order, progress: Progress, until: number, now: number): Promise<Order>;
  /**
   * Ends an order, together with the event that tells of it.
   *
   * @throws LeaseLost also where another run has ended it
   */
  finish(order: Order, state: 'CONFIRMED' | 'REJECTED', event: ShopEvent, now: number): Promise<Order>;
  /** Gives the lease back; nothing happens where it is in other hands. */
  postpone(orderId: string, lease: string, nextAttemptAt: number): Promise<void>;
  /** Unfinished orders whose time has come, longest waiting first. */
  due(now: number, limit: number): Promise<readonly string[]>;
  /** A customer's orders, newest first, after such a sort key. */
  list(customerId: string, limit: number, after?: string): Promise<OrderPage>;
}
