import { expect } from 'vitest';
import { problemsOf, ServiceUnderLoad, versionsOf } from './service-under-load';

/** Requests a second; a process of the service takes many more, but the tests share their machine. */
export const PER_SECOND = 40;

/** Proves that a release to all users at once loses no request. */
export async function proveRelease(): Promise<void> {
  const system = await ServiceUnderLoad.start(PER_SECOND, 2);
  try {
    const { load, service } = system;
    await load.pass(PER_SECOND / 2);
    await system.add();
    expect(await service.problems('v2')).toEqual([]);
    expect(new Set(versionsOf(load.outcomes))).toEqual(new Set(['v1']));
    service.shift(100);
    await proveRetirement(system, 2);
  } finally {
    await system.close();
  }
}

/**
 * Proves of v1, from which all users have been led away, that it runs no request when it is told to stop, and ends by
 * itself; then that no request has failed, that users get v2, and that what was acknowledged is in the table, once, and
 * nothing else.
 */
export async function proveRetirement(system: ServiceUnderLoad, processes: number): Promise<void> {
  const { load, service } = system;
  const { endings, running } = await service.retire();
  expect(running).toBe(0);
  expect(endings.map(({ code }) => code)).toEqual(Array.from({ length: processes }, () => 0));
  const before = load.outcomes.length;
  await load.pass(PER_SECOND / 2);
  const outcomes = await load.stop();
  expect(problemsOf(outcomes)).toEqual([]);
  expect(new Set(versionsOf(outcomes.slice(before)))).toEqual(new Set(['v2']));
  const acknowledged = outcomes.flatMap(({ title }) => title ?? []);
  expect(await system.titles()).toEqual(acknowledged.sort());
  expect(acknowledged.length).toBeGreaterThan(5);
}
