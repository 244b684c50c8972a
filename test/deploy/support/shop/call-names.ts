import type { IncomingMessage } from 'node:http';
import type { Called } from '../../../../bin/shop/local-shop';

/** What a service asks by the clock, whether somebody buys or not. */
const BY_THE_CLOCK = [
  /^aws ReceiveMessage$/,
  /^aws DescribeTable$/,
  // Looks for unfinished work.
  /^aws Query \w+$/,
  /^customer GET \/\.well-known\//,
];

/** A call's name for people, such as 'aws TransactWriteItems'; undefined for those that come by the clock. */
export function nameOf(
  called: Called,
  { headers, method, url }: Pick<IncomingMessage, 'headers' | 'method' | 'url'>,
  body: Buffer,
): string | undefined {
  const what = called === 'aws' ? actionOf(headers, body.toString()) : `${method} ${url}`;
  const name = `${called} ${what}`;
  return BY_THE_CLOCK.some((pattern) => pattern.test(name)) ? undefined : name;
}

/** The action of an AWS API, with the index that it asks, if any. */
function actionOf(headers: IncomingMessage['headers'], body: string): string {
  const target = headers['x-amz-target'];
  if (typeof target !== 'string') return new URLSearchParams(body).get('Action') ?? 'unknown';
  const action = target.replace(/^.*\./, '');
  const index = action === 'Query' ? / ?"IndexName": ?"(\w+)"/.exec(body)?.[1] : undefined;
  return index ? `${action} ${index}` : action;
}
