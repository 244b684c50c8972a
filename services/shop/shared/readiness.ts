/** How long an answer of the table counts, in milliseconds: Kubernetes and load balancers ask every few seconds. */
const FRESH_FOR = 3_000;

/** Whether this process can serve. */
export class Readiness {
  private checkedAt = Number.NEGATIVE_INFINITY;
  private result: Promise<boolean> = Promise.resolve(false);
  private stopping = false;

  constructor(
    private readonly ask: () => Promise<void>,
    private readonly failed: (error: unknown) => void,
    private readonly freshFor = FRESH_FOR,
  ) {}

  /** Whether the table answered a moment ago, and no stop has begun. Who asks at the same time shares one check. */
  async current(): Promise<boolean> {
    if (performance.now() - this.checkedAt >= this.freshFor) {
      this.checkedAt = performance.now();
      this.result = this.check();
    }
    const ready = await this.result;
    return ready && !this.stopping;
  }

  /** Whether a stop has begun. */
  get isStopping(): boolean {
    return this.stopping;
  }

  /** From now on this process is not ready, whatever the table says. */
  stop(): void {
    this.stopping = true;
  }

  private async check(): Promise<boolean> {
    try {
      await this.ask();
      return true;
    } catch (error) {
      this.failed(error);
      return false;
    }
  }
}
