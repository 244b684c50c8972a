import { afterEach, expect, test } from 'vitest';
import { Program } from './support/program';
import { RawClient } from './support/raw-client';
import { waitFor } from './support/wait-for';

let program: Program | undefined;

afterEach(async () => {
  program?.send('SIGKILL');
  await program?.exit;
  program = undefined;
});

async function start(environment: Readonly<Record<string, string>> = {}) {
  program = Program.start(environment);
  return { program, ...(await program.listens()) };
}

/** Clients whose requests wait in the service, one at each port. */
async function slowRequests({ program, port, internal }: Awaited<ReturnType<typeof start>>) {
  const clients = [await RawClient.open(port), await RawClient.open(internal)];
  for (const client of clients) client.get('/slow');
  await waitFor(() =>
    expect(program.events).toEqual(expect.arrayContaining(['public waits', 'internal waits'])),
  );
  return clients;
}

const until = (running: Program, event: string) => waitFor(() => expect(running.events).toContain(event));

test('it serves at both ports, works in the background, and ends with 0 after SIGTERM and SIGINT', async () => {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    const { program, port, internal } = await start({ VERSION: 'v-7' });
    const answer = await fetch(`http://127.0.0.1:${port}/version`);
    expect(await answer.json()).toEqual({ service: 'sample', version: 'v-7' });
    expect((await fetch(`http://127.0.0.1:${port}/readyz`)).status).toBe(200);
    expect((await fetch(`http://127.0.0.1:${internal}/readyz`)).status).toBe(404);
    await until(program, 'work began');
    program.send('SIGUSR1');
    program.send(signal);
    expect(await program.exit).toBe(0);
    expect(program.events.slice(-4)).toEqual(['stopping', 'work ended', 'closed', 'stopped']);
  }
});

test('after SIGTERM what runs ends, at both ports and in the background, and nothing else holds it up', async () => {
  const started = await start();
  const { program, port, internal } = started;
  const idle = [await RawClient.open(port), await RawClient.open(internal)];
  for (const client of idle) client.get('/nothing');
  const silent = await RawClient.open(internal);
  const clients = await slowRequests(started);
  program.send('SIGTERM');
  await until(program, 'stopping');
  await waitFor(() => expect([...idle, silent].map(({ isClosed }) => isClosed)).toEqual([true, true, true]));
  await expect(RawClient.open(port)).rejects.toThrow('ECONNREFUSED');
  await expect(RawClient.open(internal)).rejects.toThrow('ECONNREFUSED');
  expect(program.events).not.toContain('closed');
  program.send('SIGUSR1');
  expect(await program.exit).toBe(0);
  expect(clients.map(({ statuses }) => statuses)).toEqual([[200], [200]]);
  for (const { received } of clients) expect(received).toMatch(/\r\nconnection: close\r\n/i);
  expect(program.events).not.toContain('requests cut off');
});

test('while it drains it takes new connections, and says that it is not ready', async () => {
  const { program, port, internal } = await start({ DRAIN_SECONDS: '2' });
  program.send('SIGUSR1');
  program.send('SIGTERM');
  await until(program, 'stopping');
  expect((await fetch(`http://127.0.0.1:${port}/readyz`)).status).toBe(503);
  const answer = await fetch(`http://127.0.0.1:${internal}/slow`);
  expect([answer.status, answer.headers.get('connection')]).toEqual([200, 'close']);
  expect(program.events).not.toContain('work ended');
  expect(await program.exit).toBe(0);
});

test('what does not end is cut off after STOP_TIMEOUT_SECONDS', async () => {
  const started = await start({ STOP_TIMEOUT_SECONDS: '1' });
  const clients = await slowRequests(started);
  const begin = performance.now();
  started.program.send('SIGTERM');
  expect(await started.program.exit).toBe(0);
  expect(performance.now() - begin).toBeGreaterThan(950);
  expect(performance.now() - begin).toBeLessThan(4_000);
  expect(clients.map(({ statuses }) => statuses)).toEqual([[], []]);
  expect(started.program.events).toContain('requests cut off');
});

test('a second signal waits for nobody', async () => {
  const started = await start({ DRAIN_SECONDS: '20' });
  await slowRequests(started);
  const begin = performance.now();
  started.program.send('SIGTERM');
  await until(started.program, 'stopping');
  started.program.send('SIGTERM');
  expect(await started.program.exit).toBe(0);
  expect(performance.now() - begin).toBeLessThan(5_000);
});

test('an error that nobody caught ends it with 1, after what runs', async () => {
  const started = await start();
  const clients = await slowRequests(started);
  started.program.send('SIGUSR2');
  await until(started.program, 'stopping');
  started.program.send('SIGUSR1');
  expect(await started.program.exit).toBe(1);
  expect(clients.map(({ statuses }) => statuses)).toEqual([[200], [200]]);
  expect(started.program.lines).toContainEqual(
    expect.objectContaining({
      level: 'fatal',
      event: 'uncaughtException',
      err: expect.objectContaining({ message: 'a fault of the test' }),
    }),
  );
});

test('it ends with 1 when nobody reads its log any more', async () => {
  const { program, port } = await start();
  program.closeOutput();
  await fetch(`http://127.0.0.1:${port}/version`).catch(() => undefined);
  expect(await program.exit).toBe(1);
});

test('a wrong environment is one line that names all of it, and 1', async () => {
  program = Program.start({ AWS_REGION: '', PORT: 'x', OTHER_URL: 'other' });
  expect(await program.exit).toBe(1);
  expect(program.lines).toEqual([
    {
      level: 'fatal',
      time: expect.any(String),
      service: 'sample',
      message: expect.stringMatching(
        /^sample can't start: PORT="x" .+; AWS_REGION is missing.+; OTHER_URL="other"/,
      ),
    },
  ]);
});

test('a port that is taken is one line and 1', async () => {
  const { port } = await start();
  const other = Program.start({ PORT: String(port) });
  expect(await other.exit).toBe(1);
  expect(other.lines.at(-1)).toMatchObject({
    level: 'fatal',
    service: 'sample',
    message: expect.stringContaining('EADDRINUSE'),
  });
});
