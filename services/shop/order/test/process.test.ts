import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { derivedId, newId } from '../../shared/ids';
import { type FakeAws, startAws } from '../../shared/test/support/aws';
import { Program } from '../../shared/test/support/program';
import { waitFor } from '../../shared/test/support/wait-for';
import { createOrderTable, TABLE, TOPIC } from './support/instance';
import { REQUEST } from './support/opened';
import { World } from './support/world';

let aws: FakeAws;
let world: World;
let folder: string;

beforeAll(async () => {
  aws = await startAws();
  await createOrderTable(aws);
  world = await World.start();
  folder = mkdtempSync(join(tmpdir(), 'shop-order-'));
  buildSync({
    entryPoints: [join(__dirname, '..', 'server.ts')],
    outfile: join(folder, 'server.cjs'),
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    logLevel: 'error',
  });
});

afterAll(async () => {
  rmSync(folder, { recursive: true });
  await world.close();
  await aws.close();
});

beforeEach(() => {
  world.recover();
  world.stock.set('cup', { available: 10, reserved: 0 });
});

/** The service as a process, and its internal port. */
async function start(): Promise<{ program: Program; put: (orderId: string) => Promise<Response> }> {
  const program = Program.start(
    {
      AWS_ENDPOINT_URL: aws.url,
      TABLE_NAME: TABLE,
      TOPIC_ARN: TOPIC,
      PRODUCT_URL: world.product.url,
      PAYMENT_URL: world.payment.url,
      CUSTOMER_URL: 'http://127.0.0.1:9',
      RECOVERY_INTERVAL_MS: '100',
      SAGA_TIMEOUT_MS: '4000',
    },
    folder,
  );
  const { internal } = await program.listens();
  const url = `http://127.0.0.1:${internal}`;
  return {
    program,
    put: (orderId) =>
      fetch(`${url}/orders/${orderId}`, {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(REQUEST),
      }),
  };
}

/** Lets payment wait before it answers, until the test says so. */
function holdPayment(): { arrived: () => Promise<void>; open: () => void } {
  let open: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  let count = 0;
  world.payment.answer(async (request) => {
    count += 1;
    await gate;
    return world.answerPayment(request);
  });
  return { arrived: () => waitFor(() => expect(count).toBe(1)), open: () => open() };
}

async function stateOf(orderId: string): Promise<unknown> {
  return (await aws.items(TABLE)).find(({ pk }) => pk === `order#${orderId}`)?.state;
}

/** What was told of the order; what was told twice counts once. */
function eventsOf(orderId: string): ReadonlySet<string> {
  const events = aws.published.map(({ event }) => JSON.stringify(event));
  return new Set(events.filter((event) => event.includes(orderId)));
}

test('a process that is told to stop in the middle of an order ends it, and answers', async () => {
  const orderId = derivedId(newId());
  const payment = holdPayment();
  const { program, put } = await start();
  const placed = put(orderId);
  await payment.arrived();
  program.send('SIGTERM');
  await waitFor(() => expect(program.lines.map(({ event }) => event)).toContain('stopping'));
  payment.open();
  const answer = await placed;
  expect([answer.status, await answer.json()]).toEqual([
    200,
    expect.objectContaining({ state: 'CONFIRMED' }),
  ]);
  expect(await program.exit).toBe(0);
  expect(eventsOf(orderId).size).toBe(1);
});

test('an order whose process is killed in the middle is ended by the next process, once', async () => {
  const orderId = derivedId(newId());
  const payment = holdPayment();
  const first = await start();
  const placed = first.put(orderId).catch(() => 'cut off');
  await payment.arrived();
  first.program.send('SIGKILL');
  expect(await placed).toBe('cut off');
  expect(await stateOf(orderId)).toBe('RESERVED');
  payment.open();
  const second = await start();
  await waitFor(async () => expect(await stateOf(orderId)).toBe('CONFIRMED'));
  expect(world.stock.get('cup')).toEqual({ available: 7, reserved: 0 });
  await waitFor(() => expect(eventsOf(orderId).size).toBe(1));
  second.program.send('SIGTERM');
  expect(await second.program.exit).toBe(0);
});
