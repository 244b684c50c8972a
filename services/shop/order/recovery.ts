import type { OrderStore } from './orders';
import type { Runs } from './runs';

/** How many orders are looked for at a time, and how many of them are worked on at once. */
const BATCH = 50;
const LANES = 10;

/** Takes up what other processes have left, and what has to be tried again. */
export class Recovery {
  constructor(
    private readonly store: Pick<OrderStore, 'due'>,
    private readonly runs: Pick<Runs, 'resume'>,
    /** Milliseconds since 1970. */
    private readonly now: () => number,
  ) {}

  /**
   * Works on everything whose time has come. Orders that fail have got another time, so that they never stand in the
   * way of those behind them.
   *
   * @param signal ends it between two orders
   */
  async sweep(signal: AbortSignal): Promise<void> {
    for (;;) {
      const due = await this.store.due(this.now(), BATCH);
      const left = [...due];
      let taken = 0;
      const lane = async (): Promise<void> => {
        for (let orderId = left.shift(); orderId && !signal.aborted; orderId = left.shift()) {
          if (await this.runs.resume(orderId, `recovery-${orderId}`)) taken += 1;
        }
      };
      await Promise.all(Array.from({ length: LANES }, lane));
      // Where others have taken them all, the index is behind, and asking again at once would be of no use.
      if (due.length < BATCH || taken === 0 || signal.aborted) return;
    }
  }
}
