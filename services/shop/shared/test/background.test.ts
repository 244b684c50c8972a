import { expect, test } from 'vitest';
import { every } from '../background';
import { quietLog } from './support/quiet-log';
import { waitFor } from './support/wait-for';

test('work runs again and again, also after a failure, which is logged', async () => {
  const { log, lines } = quietLog();
  let runs = 0;
  const work = every(
    'tidy',
    1,
    async () => {
      runs += 1;
      if (runs === 2) throw new Error('a mess');
    },
    log,
  );
  work.start();
  work.start();
  await waitFor(() => expect(runs).toBeGreaterThan(4));
  await work.stop();
  const after = runs;
  expect(lines).toEqual([
    expect.objectContaining({
      level: 'error',
      event: 'background',
      name: 'tidy',
      err: expect.objectContaining({ message: 'a mess' }),
    }),
  ]);
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(runs).toBe(after);
});

test('it never runs twice at once, and a stop waits for it and tells it', async () => {
  let running = 0;
  let most = 0;
  let told = false;
  let release = () => {};
  const work = every(
    'tidy',
    0,
    async (signal) => {
      running += 1;
      most = Math.max(most, running);
      await new Promise<void>((resolve) => {
        release = resolve;
      });
      told ||= signal.aborted;
      running -= 1;
      throw new Error('cut off');
    },
    quietLog().log,
  );
  work.start();
  work.start();
  await waitFor(() => expect(running).toBe(1));
  let stopped = false;
  const stop = work.stop().then(() => {
    stopped = true;
  });
  await new Promise((resolve) => setImmediate(resolve));
  expect(stopped).toBe(false);
  release();
  await stop;
  expect([most, told, running]).toEqual([1, true, 0]);
});

test('what fails because of the stop is not logged', async () => {
  const { log, lines } = quietLog();
  const work = every(
    'tidy',
    0,
    async (signal) => {
      await new Promise((_resolve, reject) =>
        signal.addEventListener('abort', () => reject(new Error('cut'))),
      );
    },
    log,
  );
  work.start();
  await work.stop();
  expect(lines).toEqual([]);
});

test('the pause may be told after each run', async () => {
  const pauses = [0, 60_000];
  let runs = 0;
  const work = every(
    'tidy',
    () => pauses.shift() ?? 0,
    async () => {
      runs += 1;
    },
    quietLog().log,
  );
  work.start();
  await waitFor(() => expect(pauses).toEqual([]));
  expect(runs).toBe(2);
  await work.stop();
});

test('work that was never started stops at once', async () => {
  await expect(every('tidy', 1, async () => undefined, quietLog().log).stop()).resolves.toBeUndefined();
});
