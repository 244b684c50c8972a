import { createServer } from 'node:http';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type FakeTable, startTable } from './support/fake-table';
import { type Listening, listening } from './support/listening';
import { Program } from './support/program';

interface Span {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly kind: number;
}

const SERVER = 2;
const CLIENT = 3;

let table: FakeTable;
let collector: Listening;
let resources: string[];
let spans: Span[];

beforeEach(async () => {
  resources = [];
  spans = [];
  table = await startTable(false);
  collector = await listening(
    createServer((request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        const { resourceSpans } = JSON.parse(Buffer.concat(parts).toString());
        for (const { resource, scopeSpans } of resourceSpans) {
          resources.push(JSON.stringify(resource.attributes));
          for (const scope of scopeSpans) spans.push(...scope.spans);
        }
        response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
      });
    }),
  );
});

afterEach(async () => {
  await table.close();
  await collector.close();
});

async function use(environment: Readonly<Record<string, string>>): Promise<Program> {
  const program = Program.start({ AWS_ENDPOINT_URL: table.url, VERSION: 'v-9', ...environment });
  const port = await program.listens();
  for (const path of ['/notices', '/healthz', '/readyz']) await fetch(`http://127.0.0.1:${port}${path}`);
  program.send('SIGTERM');
  expect(await program.exit).toBe(0);
  return program;
}

test('a request is one trace down to the table, sent before the process ends; checks are none', async () => {
  const program = await use({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url });
  expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(1);
  const root = spans.find(({ kind }) => kind === SERVER);
  expect(root?.parentSpanId).toBeFalsy();
  const ids = spans.map(({ spanId }) => spanId);
  const others = spans.filter((span) => span !== root);
  expect(others.filter(({ parentSpanId = '' }) => !ids.includes(parentSpanId))).toEqual([]);
  expect(others.map(({ kind }) => kind)).toContain(CLIENT);
  expect(resources[0]).toContain('{"key":"service.name","value":{"stringValue":"notice-board"}}');
  expect(resources[0]).toContain('{"key":"service.version","value":{"stringValue":"v-9"}}');
  expect(program.lines).toContainEqual(expect.objectContaining({ path: '/notices', traceId: root?.traceId }));
});

test('how many requests are traced is said in the environment', async () => {
  await use({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_TRACES_SAMPLER: 'always_off' });
  expect(spans).toEqual([]);
});

test('without an endpoint nothing is traced', async () => {
  const program = await use({});
  expect(spans).toEqual([]);
  expect(program.lines.filter(({ traceId }) => traceId)).toEqual([]);
});
