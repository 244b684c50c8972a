/** Work that touches things others touch, too. */
export interface Work {
  /** Its own thing: work with the same one is never in the same batch. */
  readonly own: string;
  /** Things that it may share with others of its batch, but not with another batch that runs. */
  readonly shared: readonly string[];
}

interface Waiting<W, R> {
  readonly work: W;
  resolve(result: R): void;
  reject(error: unknown): void;
}

/**
 * Runs work in batches. What touches the same things as a running batch waits, and then goes together: two hundred
 * requests for one product are a handful of transactions, and never two of this process that conflict. Nothing overtakes
 * what it shares a thing with, so nothing waits for ever.
 */
export class Batches<W extends Work, R> {
  private waiting: Waiting<W, R>[] = [];
  private readonly busy = new Set<string>();

  /**
   * @param run does a whole batch; its results have the order of the work
   * @param size how many things, own and shared ones, a batch has at most; what has more runs alone
   */
  constructor(
    private readonly run: (works: readonly W[]) => Promise<readonly R[]>,
    private readonly size: number,
  ) {}

  /** Does the work with the next batch that may. */
  submit(work: W): Promise<R> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ work, resolve, reject });
      this.startAll();
    });
  }

  private startAll(): void {
    for (let batch = this.nextBatch(); batch.length > 0; batch = this.nextBatch()) void this.start(batch);
  }

  /** The oldest work that may run, and all that shares a thing with it. */
  private nextBatch(): Waiting<W, R>[] {
    const batch: Waiting<W, R>[] = [];
    const left: Waiting<W, R>[] = [];
    const things = new Set<string>();
    const blocked = new Set(this.busy);
    for (const entry of this.waiting) {
      const { own, shared } = entry.work;
      const all = [own, ...shared];
      const isBlocked = things.has(own) || all.some((thing) => blocked.has(thing));
      const belongs = batch.length === 0 || shared.some((thing) => things.has(thing));
      const more = all.filter((thing) => !things.has(thing)).length;
      const isTooMuch = batch.length > 0 && things.size + more > this.size;
      if (isBlocked || !belongs || isTooMuch) {
        left.push(entry);
        for (const thing of all) blocked.add(thing);
      } else {
        batch.push(entry);
        for (const thing of all) things.add(thing);
      }
    }
    this.waiting = left;
    return batch;
  }

  private async start(batch: readonly Waiting<W, R>[]): Promise<void> {
    const things = batch.flatMap(({ work }) => [work.own, ...work.shared]);
    for (const thing of things) this.busy.add(thing);
    try {
      const results = await this.run(batch.map(({ work }) => work));
      for (const [place, { resolve, reject }] of batch.entries()) {
        const result = results[place];
        if (result === undefined) reject(new Error('A batch has fewer results than work.'));
        else resolve(result);
      }
    } catch (error) {
      for (const { reject } of batch) reject(error);
    } finally {
      for (const thing of things) this.busy.delete(thing);
      this.startAll();
    }
  }
}
