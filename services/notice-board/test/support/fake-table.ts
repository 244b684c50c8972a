import { createServer } from 'node:http';
import { type Listening, listening } from './listening';

/** A DynamoDB with an empty table that answers queries when a test says so. */
export interface FakeTable extends Listening {
  /** How many queries wait. */
  readonly waiting: number;
  /** Answers those that wait, and all later ones at once. */
  release(): void;
}

/** Starts one; it holds queries where `holds` is true. */
export async function startTable(holds: boolean): Promise<FakeTable> {
  const held: (() => void)[] = [];
  let holding = holds;
  const server = createServer((request, response) => {
    request.resume();
    const isQuery = String(request.headers['x-amz-target']).endsWith('.Query');
    const answer = () =>
      response
        .writeHead(200, { 'content-type': 'application/x-amz-json-1.0' })
        .end(isQuery ? '{"Items":[],"Count":0}' : '{}');
    if (isQuery && holding) held.push(answer);
    else answer();
  });
  const { url, close } = await listening(server);
  return {
    url,
    close,
    get waiting() {
      return held.length;
    },
    release() {
      holding = false;
      for (const answer of held.splice(0)) answer();
    },
  };
}
