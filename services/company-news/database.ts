import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from 'mysql2/promise';
import { ConnectionPool } from './connection-pool';
import type { Connector, Link } from './connector';
import { type Deadline, pauseAfter, within } from './deadline';
import { codeOf, DatabaseAway, isReadOnly, isRefusedStatement } from './failures';
import type { Limits } from './limits';
import type { Log } from './log';

/** Statements on one connection. */
export type Work<T> = (connection: Connection) => Promise<T>;

/**
 * The database as the site uses it: a request rather waits a moment and tries again than fail, and no longer than its
 * deadline.
 */
export class Database {
  private readonly pool: ConnectionPool;
  private awaySince?: number;

  constructor(
    connections: number,
    connector: Connector,
    private readonly limits: Limits,
    private readonly log: Log,
  ) {
    this.pool = new ConnectionPool(connections, (deadline) => connector.open(deadline));
  }

  /** For what does no harm when it is done twice: reading, and creating what may exist. */
  idempotent<T>(work: Work<T>, deadline: Deadline): Promise<T> {
    return this.retry(
      async () => {
        const link = await this.acquire(deadline);
        return this.finish(link, await this.use(link, work, deadline, 'unknown'));
      },
      deadline,
      true,
    );
  }

  /**
   * For what must not be done twice. The connection is tried with a ping first, which costs a round trip of a
   * millisecond: what breaks there was no statement yet, so that a write, too, survives connections that a failover
   * left behind. When the answer to the statement itself is lost, nobody knows, and nothing is tried again.
   */
  atMostOnce<T>(work: Work<T>, deadline: Deadline): Promise<T> {
    return this.retry(
      async () => {
        const link = await this.acquire(deadline);
        await this.use(link, (connection) => connection.ping(), deadline, 'no');
        return this.finish(link, await this.use(link, work, deadline, 'unknown'));
      },
      deadline,
      false,
    );
  }

  /** Ends all connections. */
  close(): void {
    this.pool.close();
  }

  private async retry<T>(attempt: () => Promise<T>, deadline: Deadline, harmless: boolean): Promise<T> {
    for (let attempts = 0; ; attempts += 1) {
      try {
        return await attempt();
      } catch (error) {
        if (!(error instanceof DatabaseAway)) throw error;
        this.noteAway(error);
        const pause = pauseAfter(attempts, this.limits.pause);
        const repeatable = harmless || error.executed === 'no';
        if (!repeatable || deadline.endsWithin(pause)) throw error;
        await sleep(pause);
      }
    }
  }

  private async acquire(deadline: Deadline): Promise<Link> {
    try {
      return await this.pool.acquire(deadline);
    } catch (error) {
      throw new DatabaseAway(codeOf(error), 'no');
    }
  }

  /** Has its own clock: the timeout of mysql2 covers neither a ping nor the preparation of a statement. */
  private async use<T>(
    link: Link,
    work: Work<T>,
    deadline: Deadline,
    executed: 'no' | 'unknown',
  ): Promise<T> {
    try {
      return await within(deadline.left(this.limits.statement), work(link.connection));
    } catch (error) {
      if (isRefusedStatement(error)) {
        this.finish(link, undefined);
        throw error;
      }
      this.pool.discard(link);
      throw new DatabaseAway(codeOf(error), isReadOnly(error) ? 'no' : executed);
    }
  }

  private finish<T>(link: Link, result: T): T {
    this.pool.release(link);
    if (this.awaySince !== undefined) {
      this.log({ event: 'database back', ms: Math.round(performance.now() - this.awaySince) });
      this.awaySince = undefined;
    }
    return result;
  }

  private noteAway({ reason }: DatabaseAway): void {
    if (this.awaySince !== undefined) return;
    this.awaySince = performance.now();
    this.log({ event: 'database lost', reason });
  }
}
