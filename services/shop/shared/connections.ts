import type { Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** How long a new connection may say nothing before it counts as idle, in milliseconds. */
const SILENCE = 1_000;

/** What is known of a connection. */
interface Usage {
  readonly openedAt: number;
  /** Requests whose answers are not yet on their way as a whole. */
  running: number;
  /** What had been read when the last answer was over: more than that is the beginning of a request. */
  readAtLastEnd: number;
}

/**
 * The connections of a server, and which of them are idle.
 *
 * Node.js has another notion of that: a connection on which nothing has ever been said is busy to it, and holds up a
 * stop; one whose answer is complete in memory, but not yet sent to a slow reader, is idle, and the stop cuts it off.
 */
export class Connections {
  private readonly usages = new Map<Socket, Usage>();

  /** From before the server listens on. What closes idle connections, `server.close()` included, then asks this here. */
  constructor(server: Server) {
    server.on('connection', (socket: Socket) => {
      this.usages.set(socket, { openedAt: performance.now(), running: 0, readAtLastEnd: 0 });
      socket.once('close', () => this.usages.delete(socket));
    });
    server.on('request', ({ socket }, response) => this.count(socket, response));
    server.closeIdleConnections = () => this.closeIdle();
  }

  /** Closes those with no request, none that begins, and nothing left to send. */
  private closeIdle(): void {
    for (const [socket, { openedAt, running, readAtLastEnd }] of this.usages) {
      const isSilent = socket.bytesRead === 0;
      const isYoung = performance.now() - openedAt < SILENCE;
      if (running === 0 && socket.bytesRead === readAtLastEnd && !(isSilent && isYoung)) socket.destroy();
    }
  }

  private count(socket: Socket, response: ServerResponse): void {
    const usage = this.usages.get(socket);
    if (!usage) return;
    usage.running += 1;
    response.once('close', () => {
      usage.running -= 1;
      usage.readAtLastEnd = socket.bytesRead;
    });
  }
}
