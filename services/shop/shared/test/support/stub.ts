import { createServer, type IncomingHttpHeaders } from 'node:http';
import { text } from 'node:stream/consumers';
import { listening } from './listening';

/** A request that a stub got. */
export interface StubRequest {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** Parsed JSON; undefined where there was none. */
  readonly body: unknown;
}

/** What a stub answers; undefined is no answer at all. */
export type StubAnswer =
  | {
      readonly status: number;
      /** Is sent as JSON. */
      readonly body?: unknown;
      /** Is sent as it is, in the place of a body. */
      readonly text?: string;
      readonly type?: string;
      readonly location?: string;
    }
  | undefined;

/** What stands in for another service. */
export interface Stub {
  readonly url: string;
  readonly requests: readonly StubRequest[];
  /** Answers otherwise from now on. */
  answer(handler: (request: StubRequest) => StubAnswer | Promise<StubAnswer>): void;
  close(): Promise<void>;
}

/** Starts one. */
export async function startStub(
  first: (request: StubRequest) => StubAnswer | Promise<StubAnswer>,
): Promise<Stub> {
  const requests: StubRequest[] = [];
  let handler = first;
  const { url, close } = await listening(
    createServer(async (request, response) => {
      const { method = '', url: path = '', headers } = request;
      const body = await text(request);
      const seen = { method, path, headers, body: body === '' ? undefined : JSON.parse(body) };
      requests.push(seen);
      const answer = await handler(seen);
      if (!answer) return;
      const { status, body: content, text: raw, type = 'application/json', location } = answer;
      response
        .writeHead(status, { 'content-type': type, ...(location && { location }) })
        .end(raw ?? (content === undefined ? '' : JSON.stringify(content)));
    }),
  );
  return {
    url,
    requests,
    answer(next) {
      handler = next;
    },
    close,
  };
}
