import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { buffer } from 'node:stream/consumers';
import type { Aws } from '../../support/aws';
import { emulatorOf } from './addresses';

/** What a viewer sends. */
export interface ViewerRequest {
  /** @default GET */
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;

  /** @default https */
  readonly protocol?: 'http' | 'https';
}

const WITHOUT_BODY = [204, 304];

/**
 * Asks a distribution as a browser does, and follows no redirection. On the emulator the distribution is found by its
 * name in the header `host`, which `fetch` does not let one set.
 *
 * @param domainName the distribution's own, as in d111111abcdef8.cloudfront.net
 * @param path with its query string, if it has one
 */
export async function view(
  aws: Aws,
  domainName: string,
  path: string,
  { method = 'GET', headers = {}, body, protocol = 'https' }: ViewerRequest = {},
): Promise<Response> {
  const emulator = await emulatorOf(aws);
  if (!emulator)
    return fetch(`${protocol}://${domainName}${path}`, { method, headers, body, redirect: 'manual' });
  const asked = request(`${emulator}${path}`, {
    method,
    headers: { ...headers, host: domainName, 'x-forwarded-proto': protocol },
  });
  asked.end(body);
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  const content = await buffer(answer);
  const status = answer.statusCode ?? 0;
  return new Response(WITHOUT_BODY.includes(status) ? null : new Uint8Array(content), {
    status,
    headers: Object.entries(answer.headersDistinct).flatMap(([name, values = []]) =>
      values.map((value): [string, string] => [name, value]),
    ),
  });
}
