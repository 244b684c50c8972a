import { Problem } from '../shared/problem';

/** Lets so many through at once, and so many wait. */
export class Turnstile {
  private running = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(
    private readonly atOnce: number,
    private readonly mostWaiting: number,
  ) {}

  /** @throws a 503 where too many wait already: they would give up before their turn */
  async pass<T>(work: () => Promise<T>): Promise<T> {
    if (this.running >= this.atOnce) {
      if (this.waiting.length >= this.mostWaiting) {
        throw new Problem(503, 'busy', 'Too many people sign in at the moment. Please try again soon.', {
          headers: { 'retry-after': '2' },
        });
      }
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    } else {
      this.running += 1;
    }
    try {
      return await work();
    } finally {
      const next = this.waiting.shift();
      // Who waits takes the place over, so that nobody who comes now is faster.
      if (next) next();
      else this.running -= 1;
    }
  }
}
