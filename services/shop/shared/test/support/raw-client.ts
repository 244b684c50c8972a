import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** A connection on which a test sees everything that is said. */
export class RawClient {
  private text = '';
  private constructor(private readonly socket: Socket) {
    socket.setEncoding('utf8');
    socket.on('data', (part: string) => {
      this.text += part;
    });
    // A server that stops may reset it; what was said until then is what counts.
    socket.on('error', () => undefined);
  }

  /** Opens a connection. */
  static async open(port: number): Promise<RawClient> {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    return new RawClient(socket);
  }

  /** Sends a request, and does not wait. */
  get(path: string): void {
    this.send(`GET ${path} HTTP/1.1\r\nhost: test\r\n\r\n`);
  }

  /** Sends a part of a request. */
  send(text: string): void {
    this.socket.write(text);
  }

  /** Reads nothing more until `resume`. */
  pause(): void {
    this.socket.pause();
  }

  resume(): void {
    this.socket.resume();
  }

  /** What the server has said so far. */
  get received(): string {
    return this.text;
  }

  /** The statuses of the answers so far. */
  get statuses(): number[] {
    return [...this.text.matchAll(/HTTP\/1\.1 (\d+) /g)].map(([, status]) => Number(status));
  }

  /** Whether the server has closed it. */
  get isClosed(): boolean {
    return this.socket.destroyed || this.socket.readableEnded;
  }
}
