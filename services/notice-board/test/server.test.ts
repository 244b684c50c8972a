import { createServer } from 'node:http';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type FakeTable, startTable } from './support/fake-table';
import { listening } from './support/listening';
import { Program } from './support/program';
import { RawClient } from './support/raw-client';
import { waitFor } from './support/wait-for';

let table: FakeTable;
let program: Program | undefined;

beforeEach(async () => {
  table = await startTable(true);
});

afterEach(async () => {
  program?.send('SIGKILL');
  await program?.exit;
  program = undefined;
  await table.close();
});

async function start(
  environment: Readonly<Record<string, string>> = {},
): Promise<{ program: Program; port: number }> {
  program = Program.start({ AWS_ENDPOINT_URL: table.url, ...environment });
  return { program, port: await program.listens() };
}

/** A client whose request has reached the table. */
async function slowRequest(port: number): Promise<RawClient> {
  const client = await RawClient.open(port);
  client.get('/notices');
  await waitFor(() => expect(table.waiting).toBe(1));
  return client;
}

const events = ({ lines }: Program) => lines.map(({ event }) => event);
const untilStopping = (running: Program) => waitFor(() => expect(events(running)).toContain('stopping'));

test('it serves, and ends with 0 after SIGTERM and SIGINT', async () => {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    const { program, port } = await start({ VERSION: 'v-7' });
    const answer = await fetch(`http://127.0.0.1:${port}/version`);
    expect(await answer.json()).toEqual({ service: 'notice-board', version: 'v-7' });
    expect((await fetch(`http://127.0.0.1:${port}/readyz`)).status).toBe(200);
    expect((await fetch(`http://127.0.0.1:${port}/style.css`)).status).toBe(200);
    program.send(signal);
    expect(await program.exit).toBe(0);
    expect(events(program).slice(-2)).toEqual(['stopping', 'stopped']);
  }
});

test('after SIGTERM a running request ends, and then the process, without waiting for open connections', async () => {
  const { program, port } = await start();
  const idle = await RawClient.open(port);
  idle.get('/version');
  const silent = await RawClient.open(port);
  const client = await slowRequest(port);
  const start_ = performance.now();
  program.send('SIGTERM');
  await untilStopping(program);
  await waitFor(() => expect([idle.isClosed, silent.isClosed]).toEqual([true, true]));
  table.release();
  expect(await program.exit).toBe(0);
  expect([idle.statuses, client.statuses]).toEqual([[200], [200]]);
  expect(events(program)).not.toContain('requests cut off');
  expect(performance.now() - start_).toBeLessThan(5_000);
});

test('a request that does not end is cut off after STOP_TIMEOUT_SECONDS', async () => {
  const { program, port } = await start({ STOP_TIMEOUT_SECONDS: '1' });
  const client = await slowRequest(port);
  const begin = performance.now();
  program.send('SIGTERM');
  expect(await program.exit).toBe(0);
  expect(performance.now() - begin).toBeGreaterThan(950);
  expect(performance.now() - begin).toBeLessThan(4_000);
  expect(client.statuses).toEqual([]);
  expect(events(program)).toContain('requests cut off');
});

test('a second SIGTERM waits for nothing', async () => {
  const { program, port } = await start();
  await slowRequest(port);
  const begin = performance.now();
  program.send('SIGTERM');
  await untilStopping(program);
  program.send('SIGTERM');
  expect(await program.exit).toBe(0);
  expect(performance.now() - begin).toBeLessThan(4_000);
  expect(events(program).filter((event) => event === 'stopping')).toHaveLength(1);
});

test('an error that nobody caught lets running requests end, and the process with 1', async () => {
  const { program, port } = await start();
  const client = await slowRequest(port);
  program.send('SIGUSR2');
  await untilStopping(program);
  // Another one is no reason to cut off a request.
  program.send('SIGUSR2');
  await waitFor(() =>
    expect(events(program).filter((event) => event === 'uncaughtException')).toHaveLength(2),
  );
  table.release();
  expect(await program.exit).toBe(1);
  expect(client.statuses).toEqual([200]);
  expect(program.lines).toContainEqual(
    expect.objectContaining({
      level: 'fatal',
      event: 'uncaughtException',
      err: expect.objectContaining({ message: 'a fault of the test' }),
    }),
  );
});

test('an error that nobody caught during the stop is told by the exit code, too', async () => {
  const { program, port } = await start();
  await slowRequest(port);
  program.send('SIGTERM');
  await untilStopping(program);
  program.send('SIGUSR2');
  await waitFor(() => expect(events(program)).toContain('uncaughtException'));
  table.release();
  expect(await program.exit).toBe(1);
});

test('as one file, it still gets the credentials that ECS gives a task', async () => {
  let asked = 0;
  const credentials = await listening(
    createServer((_request, response) => {
      asked += 1;
      const Expiration = new Date(Date.now() + 3_600_000).toISOString();
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(JSON.stringify({ AccessKeyId: 'id', SecretAccessKey: 'key', Token: 'token', Expiration }));
    }),
  );
  const { port } = await start({
    AWS_ACCESS_KEY_ID: '',
    AWS_SECRET_ACCESS_KEY: '',
    AWS_CONTAINER_CREDENTIALS_FULL_URI: `${credentials.url}/credentials`,
  });
  expect((await fetch(`http://127.0.0.1:${port}/readyz`)).status).toBe(200);
  expect(asked).toBe(1);
  await credentials.close();
});

test('it ends with 1 and one line where the environment is wrong, or the port is taken', async () => {
  const wrong = Program.start({ TABLE_NAME: '' });
  expect(await wrong.exit).toBe(1);
  expect(wrong.lines).toEqual([
    expect.objectContaining({ level: 'fatal', message: expect.stringContaining('TABLE_NAME is missing') }),
  ]);
  const { port } = await start();
  const second = Program.start({ PORT: String(port) });
  expect(await second.exit).toBe(1);
  expect(second.lines).toEqual([
    expect.objectContaining({ level: 'fatal', message: expect.stringContaining('EADDRINUSE') }),
  ]);
});
