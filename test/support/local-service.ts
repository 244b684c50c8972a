import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { vi } from 'vitest';

/** A request that a service got. */
export interface ServiceRequest {
  readonly method: string;

  /** The path, with its query and as it was encoded. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** What a service says; an object is sent as JSON. */
export interface ServiceAnswer {
  /** @default 200 */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | object;
}

/** A service on the loopback. */
export interface LocalService {
  /** With a slash at its end, like the addresses of AWS. */
  readonly url: string;

  /** What it got so far. */
  readonly requests: ServiceRequest[];
  close(): Promise<void>;
}

/** Starts a service that answers with what `answer` makes of each request; a request without an answer waits for one. */
export async function startService(
  answer: (request: ServiceRequest) => ServiceAnswer | undefined,
): Promise<LocalService> {
  const requests: ServiceRequest[] = [];
  const server = createServer(async (incoming, response) => {
    const { headers, method = '', url: path = '' } = incoming;
    const request = { method, path, headers, body: await text(incoming) };
    requests.push(request);
    const given = answer(request);
    if (!given) return;
    const { body = '', status = 200 } = given;
    response.writeHead(status, { 'content-type': 'application/json', ...given.headers });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  return {
    url: `http://127.0.0.1:${port}/`,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Sets what Lambda sets for a function, with all services of AWS at one address; vi.unstubAllEnvs takes it back. */
export function stubFunction(url: string, environment: Readonly<Record<string, string | undefined>>): void {
  const variables = {
    AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'not-a-secret',
    AWS_REGION: 'ap-northeast-3',
    AWS_ENDPOINT_URL: url,
    ...environment,
  };
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
  vi.resetModules();
}

/** The operation that the SDK names in a header, like `GetParameter`, and what it sends. */
export function operationOf({ body, headers }: ServiceRequest): { operation?: string; input: unknown } {
  const [, operation] = `${headers['x-amz-target']}`.split('.');
  return { ...(operation !== undefined && { operation }), input: JSON.parse(body) };
}

/** The region for which a request was signed. */
export const signedRegion = ({ headers }: ServiceRequest): string | undefined =>
  /Credential=[^/]+\/\d{8}\/([^/]+)\//.exec(`${headers.authorization}`)?.[1];
