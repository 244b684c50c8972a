import { connect, type Socket } from 'node:net';
import { until } from './poll';

/** A connection of a client that shows what HTTP libraries hide: when and how the server closes it. */
export class RawConnection {
  /** What the server sent so far. */
  received = '';
  /** How the server closed it: after a clean end, or broken off; undefined while it is open. */
  closed?: 'cleanly' | 'broken off';

  private constructor(private readonly socket: Socket) {
    let ended = false;
    socket.setEncoding('utf8').on('data', (text: string) => {
      this.received += text;
    });
    socket.on('end', () => {
      ended = true;
    });
    // What comes with it is told by 'close'.
    socket.on('error', () => undefined);
    socket.on('close', (failed) => {
      this.closed = ended && !failed ? 'cleanly' : 'broken off';
    });
  }

  /** Connects to a server like 'http://127.0.0.1:8080'. */
  static async open(url: string): Promise<RawConnection> {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    const connection = new RawConnection(socket);
    await until(`${url} accepts a connection`, () => !socket.connecting);
    return connection;
  }

  /** Sends a text, such as the head of a request or a part of its body. */
  send(text: string): void {
    this.socket.write(text);
  }

  /** Sends a request without a body; the connection may serve more of them. */
  ask(method: string, path: string, headers: readonly string[] = []): void {
    this.send(`${[`${method} ${path} HTTP/1.1`, 'Host: notice-board', ...headers].join('\r\n')}\r\n\r\n`);
  }

  /** Waits for text from the server. */
  async receive(text: string): Promise<void> {
    await until(`${text} is received, and not just ${JSON.stringify(this.received)}`, () =>
      this.received.includes(text),
    );
  }

  /** Waits until the server has closed it. */
  async end(): Promise<string | undefined> {
    await until('the server closes the connection', () => this.closed !== undefined);
    return this.closed;
  }
}
