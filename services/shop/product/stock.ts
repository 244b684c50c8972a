import { setTimeout as pause } from 'node:timers/promises';
import { unavailable } from '../shared/problem';
import { cancellationCodes } from '../shared/table';
import { Batches, type Work } from './batches';
import type { Line } from './model';
import { type Change, type Outcome, plan, productsOf, recordOf } from './stock-rules';
import type { StockStore } from './stock-store';

/** The most items of one transaction of DynamoDB. */
const MOST_ITEMS = 100;

/** How long a batch tries, in milliseconds. Who waits for it asks again after that, which is safe. */
const PATIENCE = 5_000;

/** The longest pause before the first new try, in milliseconds; it doubles up to the second one. */
const FIRST_PAUSE = 10;
const LONGEST_PAUSE = 200;

interface ChangeWork extends Work {
  readonly change: Change;
}

/**
 * Moves pieces, exactly, however many ask for the same product at once.
 *
 * A hot product is one item, and DynamoDB cancels transactions that meet on an item (`TransactionConflict`), so that
 * hundreds of transactions of one piece each would mostly be retries. So this process puts all that wait for a product
 * into one transaction, with the sum of their pieces as one condition, and only the batches of different replicas can
 * still meet. Those conflicts are tried again; a condition that failed (another replica was faster) means to read and
 * to decide anew. Out of stock is said only because of what was read, never because of a failed transaction.
 */
export class Stock {
  private readonly batches: Batches<ChangeWork, Outcome>;

  /** @param patience how long a batch tries, in milliseconds */
  constructor(
    private readonly store: StockStore,
    private readonly patience = PATIENCE,
  ) {
    this.batches = new Batches((works) => this.run(works.map(({ change }) => change)), MOST_ITEMS);
  }

  /** Keeps pieces for an order: all of them, or none. */
  reserve(orderId: string, lines: readonly Line[]): Promise<Outcome> {
    return this.submit({ kind: 'reserve', orderId, lines });
  }

  /** Sells the pieces that are kept for an order, or gives them back. */
  async settle(kind: 'confirm' | 'release', orderId: string): Promise<Outcome> {
    for (;;) {
      const reservation = await this.store.findReservation(orderId);
      const productIds = reservation?.lines.map(({ productId }) => productId) ?? [];
      const outcome = await this.submit({ kind, orderId, productIds });
      if (outcome.kind !== 'again') return outcome;
    }
  }

  /** Takes pieces in that have arrived, once for each delivery. */
  deliver(productId: string, deliveryId: string, quantity: number): Promise<Outcome> {
    return this.submit({ kind: 'deliver', productId, deliveryId, quantity });
  }

  private submit(change: Change): Promise<Outcome> {
    return this.batches.submit({ change, own: recordOf(change), shared: productsOf(change) });
  }

  private async run(changes: readonly Change[]): Promise<readonly Outcome[]> {
    const end = performance.now() + this.patience;
    for (let attempt = 0; ; attempt += 1) {
      const planned = plan(changes, await this.store.read(changes));
      try {
        await this.store.write(planned);
        return planned.outcomes;
      } catch (error) {
        if (!isWorthAnotherTry(error)) throw error;
      }
      if (performance.now() >= end) throw unavailable('stock');
      await pause(Math.random() * Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** attempt));
    }
  }
}

const PASSING = new Set([
  'None',
  'TransactionConflict',
  'ConditionalCheckFailed',
  'ThrottlingError',
  'ProvisionedThroughputExceeded',
]);

/** Whether others were faster, or too many at once: neither says anything about the stock. */
function isWorthAnotherTry(error: unknown): boolean {
  const codes = cancellationCodes(error);
  return codes.length > 0 && codes.every((code) => PASSING.has(code));
}
