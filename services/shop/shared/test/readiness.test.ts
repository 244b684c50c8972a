import { expect, test } from 'vitest';
import { Readiness } from '../readiness';

/** Readiness with a table that a test can take away. */
function readiness(freshFor?: number) {
  const table = { checks: 0, failure: undefined as Error | undefined, failures: [] as unknown[] };
  const ask = async () => {
    table.checks += 1;
    if (table.failure) throw table.failure;
  };
  return { table, ready: new Readiness(ask, (error) => table.failures.push(error), freshFor) };
}

test('the table is asked once in a while, however many ask', async () => {
  const { table, ready } = readiness();
  expect(await Promise.all([1, 2, 3].map(() => ready.current()))).toEqual([true, true, true]);
  table.failure = new Error('no table');
  expect(await ready.current()).toBe(true);
  expect([table.checks, table.failures]).toEqual([1, []]);
});

test('a failure is told, and gone when the table answers again', async () => {
  const { table, ready } = readiness(0);
  table.failure = new Error('no table');
  expect(await ready.current()).toBe(false);
  expect(table.failures).toEqual([table.failure]);
  table.failure = undefined;
  expect(await ready.current()).toBe(true);
});

test('a stop counts for more than the table', async () => {
  const { ready } = readiness();
  const asked = ready.current();
  ready.stop();
  expect([await asked, await ready.current(), ready.isStopping]).toEqual([false, false, true]);
});
