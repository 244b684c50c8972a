import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Listening, listening } from './support/listening';
import { Program } from './support/program';

interface Span {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly service: string;
}

interface Export {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: unknown };
    readonly scopeSpans: readonly { readonly spans: readonly Omit<Span, 'service'>[] }[];
  }[];
}

let collector: Listening;
let spans: Span[];

beforeEach(async () => {
  spans = [];
  collector = await listening(
    createServer(async (request, response) => {
      const { resourceSpans } = (await json(request)) as Export;
      for (const { resource, scopeSpans } of resourceSpans) {
        const service = JSON.stringify(resource.attributes);
        for (const scope of scopeSpans) spans.push(...scope.spans.map((span) => ({ ...span, service })));
      }
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    }),
  );
});
afterEach(() => collector.close());

/** Lets one process ask another one, and ends both. */
async function ask(environment: Readonly<Record<string, string>>): Promise<Program[]> {
  const told = Program.start({ VERSION: 'v-told', ...environment });
  const { port } = await told.listens();
  const asking = Program.start({
    VERSION: 'v-asking',
    OTHER_URL: `http://127.0.0.1:${port}`,
    ...environment,
  });
  const { port: first } = await asking.listens();
  const answer = await fetch(`http://127.0.0.1:${first}/ask`, { headers: { 'x-request-id': 'request-1' } });
  expect(await answer.json()).toEqual({ status: 200, body: { told: true } });
  for (const path of ['/healthz', '/readyz']) await fetch(`http://127.0.0.1:${first}${path}`);
  for (const program of [asking, told]) {
    program.send('SIGUSR1');
    program.send('SIGTERM');
    expect(await program.exit).toBe(0);
  }
  return [asking, told];
}

test('a request is one trace through both services, and one id in both logs; what they do by themselves is none', async () => {
  const programs = await ask({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url });
  expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(1);
  const [trace] = spans;
  for (const program of programs) {
    expect(program.lines).toContainEqual(
      expect.objectContaining({ event: 'request', requestId: 'request-1', traceId: trace?.traceId }),
    );
  }
  const call = spans.find(({ name }) => name === 'GET other');
  expect(call?.service).toContain('v-asking');
  const reached = spans.filter(({ parentSpanId }) => parentSpanId === call?.spanId);
  expect(reached.map(({ service }) => service)).toEqual([expect.stringContaining('v-told')]);
  expect(reached[0]?.service).toContain('{"key":"service.name","value":{"stringValue":"sample"}}');
});

test('without a collector nothing is traced', async () => {
  const programs = await ask({});
  expect(spans).toEqual([]);
  expect(programs.flatMap(({ lines }) => lines).filter(({ traceId }) => traceId)).toEqual([]);
});
