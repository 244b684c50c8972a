import type { IConstruct } from 'constructs';

/**
 * Collects what is wrong with a construct's props, so that its user reads all of it at once
 * and not one error per attempt.
 */
export class Problems {
  private readonly found: string[] = [];

  /**
   * @param scope the construct whose props are checked; its class and path lead the error
   */
  constructor(private readonly scope: IConstruct) {}

  /**
   * @param prop the prop as its user wrote it
   * @param value what it was given
   * @param wayOut what is wrong with it and what to do instead
   */
  add(prop: string, value: unknown, wayOut: string): void {
    this.found.push(`${prop}: ${JSON.stringify(value)} ${wayOut}`);
  }

  /** Throws one error with every problem; does nothing when there is none. */
  throwIfAny(): void {
    if (this.found.length === 0) return;
    const count = this.found.length === 1 ? 'a problem' : `${this.found.length} problems`;
    const lines = this.found.map((problem) => `  - ${problem}`);
    throw new Error(
      [`${this.scope.constructor.name} at ${this.scope.node.path} has ${count}:`, ...lines].join('\n'),
    );
  }
}
