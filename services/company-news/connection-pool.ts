import type { Link } from './connector';
import type { Deadline } from './deadline';

/** Nothing became free in time. */
class Busy extends Error {
  readonly code = 'ALL_CONNECTIONS_BUSY';
}

/**
 * At most `size` connections: all servers together must stay below the database's max_connections, or a deployment
 * that doubles the servers for a moment locks some of them out.
 *
 * mysql2 has a pool, too. It waits for a free connection without a limit, keeps one password for ever, and half-closes
 * a connection that it gives up, so that the socket of a dead peer stays for 15 minutes. All three matter in a failover.
 */
export class ConnectionPool {
  private readonly links = new Set<Link>();
  private readonly idle: Link[] = [];
  private readonly waiting: (() => void)[] = [];
  private opening = 0;

  constructor(
    private readonly size: number,
    private readonly open: (deadline: Deadline) => Promise<Link>,
  ) {}

  /** An idle connection, a new one, or the next that becomes free. */
  async acquire(deadline: Deadline): Promise<Link> {
    for (;;) {
      const link = this.idle.pop();
      if (link) return link;
      if (this.links.size + this.opening < this.size) return await this.openLink(deadline);
      await this.waitForTurn(deadline);
    }
  }

  /** Gives back a connection that works. */
  release(link: Link): void {
    if (this.links.has(link)) this.idle.push(link);
    this.wakeNext();
  }

  /**
   * Gives up a connection that does not work, and all idle ones with it: they lead to the same server, and each
   * would cost a request its time limit to find that out.
   */
  discard(link: Link): void {
    for (const one of [link, ...this.idle]) this.remove(one);
  }

  /** Says goodbye on the idle connections, without waiting for a peer that may be silent, and ends the others. */
  close(): void {
    for (const link of this.idle.splice(0)) {
      this.links.delete(link);
      link.connection.end().catch(() => undefined);
      link.socket.unref();
    }
    for (const link of this.links) this.remove(link);
  }

  private async openLink(deadline: Deadline): Promise<Link> {
    this.opening += 1;
    try {
      const link = await this.open(deadline);
      this.links.add(link);
      // What breaks while it is idle must not be handed out.
      link.socket.once('close', () => this.remove(link));
      return link;
    } catch (error) {
      this.wakeNext();
      throw error;
    } finally {
      this.opening -= 1;
    }
  }

  private remove(link: Link): void {
    if (!this.links.delete(link)) return;
    const index = this.idle.indexOf(link);
    if (index >= 0) this.idle.splice(index, 1);
    link.connection.destroy();
    link.socket.destroy();
    this.wakeNext();
  }

  private waitForTurn(deadline: Deadline): Promise<void> {
    return new Promise((resolve, reject) => {
      const turn = () => {
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(() => {
        this.waiting.splice(this.waiting.indexOf(turn), 1);
        reject(new Busy('all connections to the database are in use'));
      }, deadline.left());
      this.waiting.push(turn);
    });
  }

  private wakeNext(): void {
    this.waiting.shift()?.();
  }
}
