import { afterEach, expect, test } from 'vitest';
import { until } from './support/poll';
import { PER_SECOND, proveRelease, proveRetirement } from './support/release-proof';
import { problemsOf, ServiceUnderLoad, type VersionOptions, versionsOf } from './support/service-under-load';
import { ask, SLOW_DELETE } from './support/steady-load';

let running: ServiceUnderLoad | undefined;
afterEach(async () => {
  await running?.close();
  running = undefined;
});

/** Starts v1, and waits until it has had users. */
async function start(options: VersionOptions = {}): Promise<ServiceUnderLoad> {
  running = await ServiceUnderLoad.start(PER_SECOND, 1, options);
  await running.load.pass(PER_SECOND / 2);
  return running;
}

test('a release to all users at once loses no request', proveRelease);

test('a release that begins with a tenth of the users loses no request', async () => {
  const system = await start();
  const { load, service } = system;
  await system.add();
  const before = load.outcomes.length;
  service.shift(10);
  await load.see('the canary is seen', () => versionsOf(load.outcomes).includes('v2'));
  await load.pass(PER_SECOND / 2);
  const seen = versionsOf(load.outcomes.slice(before));
  expect(seen.filter((version) => version === 'v2').length / seen.length).toBeLessThan(0.25);
  service.shift(100);
  await proveRetirement(system, 1);
});

test('a version that does not become ready is refused, and no user sees it', async () => {
  const system = await start();
  const { load, service } = system;
  await system.add({ tableName: 'missing' });
  expect(await service.problems('v2')).toEqual([
    expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/readyz answered 503 and not 200$/),
  ]);
  const { endings } = await service.withdraw();
  expect(endings.map(({ code }) => code)).toEqual([0]);
  await load.pass(PER_SECOND / 4);

  const outcomes = await load.stop();
  expect(problemsOf(outcomes)).toEqual([]);
  expect(new Set(versionsOf(outcomes))).toEqual(new Set(['v1']));
  expect(await service.problems('v1')).toEqual([]);
});

test('requests that outlast the draining are answered after the SIGTERM', async () => {
  running = await ServiceUnderLoad.start(0, 1);
  const { service, slowRequests } = running;
  const answers = Promise.all(Array.from({ length: 5 }, () => ask(service.url, SLOW_DELETE)));
  await until('they are at the table', () => slowRequests() === 5);
  const retirement = await service.retire(0);
  expect(retirement.running).toBe(5);
  expect(retirement.endings.map(({ code }) => code)).toEqual([0]);
  expect(problemsOf(await answers)).toEqual([]);
});

test('a service that ends at once at a SIGTERM does lose requests', async () => {
  const system = await start({ hasty: true });
  await system.add();
  const before = system.slowRequests();
  await until('a slow request is at the table', () => system.slowRequests() > before);
  system.service.shift(100);
  const retirement = await system.service.retire(0);
  expect(retirement.running).toBeGreaterThan(0);
  // Some may have been answered in the last moment.
  expect(problemsOf(await system.load.stop())).toContainEqual(expect.stringMatching(/^502 /));
});

test('a service that is stopped without being drained does lose requests', async () => {
  const { load, service } = await start();
  const [ending] = await service.stopUndrained();
  await load.pass(PER_SECOND / 4);
  expect(ending?.code).toBe(0);
  expect(problemsOf(await load.stop())).toContainEqual(expect.stringMatching(/^50[23] /));
});
