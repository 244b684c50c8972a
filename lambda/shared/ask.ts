import type { IncomingMessage } from 'node:http';
import type { SENDERS } from './senders';

/** What sends a request. */
export type Sender = NonNullable<ReturnType<typeof SENDERS.get>>;

/**
 * Asks a server for a page, as a client does that knows it by its domain name, and follows no redirect. The connection is
 * closed then: a later call must not be answered by a server that is gone.
 *
 * @param host the domain name, for which the server's certificate must be; an empty one stands for that of the URL
 * @param seconds how long the connection may last
 * @param read makes the result of an answer, whose head is there
 * @throws Error that says why there is no answer
 */
export function ask<T>(
  send: Sender,
  url: URL,
  host: string,
  seconds: number,
  read: (response: IncomingMessage) => T | Promise<T>,
): Promise<T> {
  return new Promise((resolve, reject) => {
    // Node.js asks for a certificate of the host in the header.
    const question = send(url, { agent: false, headers: { host: host || url.host } });
    const timer = setTimeout(
      () => question.destroy(new Error(`nothing came within ${seconds} seconds`)),
      seconds * 1000,
    );
    question
      .on('response', (response) => resolve(read(response)))
      .on('error', reject)
      .on('close', () => {
        clearTimeout(timer);
        reject(new Error('the connection was closed'));
      })
      .end();
  });
}
