import { problemsOf, ServiceUnderLoad } from '../test/support/service-under-load';
import type { Outcome } from '../test/support/steady-load';

const PER_SECOND = 50;

/** Requests before the new version is started, and after the users were led to it. */
const REQUESTS = 500;

const PROCESSES = 2;

/** The milliseconds within which 99 of 100 were answered, of those requests that are not slow on purpose. */
function p99(outcomes: readonly Outcome[]): number {
  const times = outcomes
    .filter(({ slow }) => !slow)
    .map(({ milliseconds }) => milliseconds)
    .sort((a, b) => a - b);
  return times[Math.ceil(times.length * 0.99) - 1] ?? Number.NaN;
}

async function main(): Promise<void> {
  const system = await ServiceUnderLoad.start(PER_SECOND, PROCESSES);
  try {
    const { load, service } = system;
    await load.pass(PER_SECOND);
    const warm = load.outcomes.length;
    await load.pass(REQUESTS);
    const before = load.outcomes.slice(warm);
    await system.add();

    const switched = load.outcomes.length;
    const start = performance.now();
    service.shift(100);
    const { endings } = await service.retire();
    const took = performance.now() - start;
    await load.pass(REQUESTS);
    const outcomes = await load.stop();
    const during = outcomes.slice(switched);

    const failed = problemsOf(outcomes).length;
    const stop = Math.max(...endings.map(({ milliseconds }) => milliseconds));
    const lines = [
      `Release of the notice board, ${PROCESSES} processes of each version, ${PER_SECOND} requests a second:`,
      `  ${outcomes.length} requests, of which ${failed} failed${failed > 0 ? '  MISSED: none may fail' : ''}`,
      `  p99 while v1 gives way to v2: ${(p99(during) / p99(before)).toFixed(2)} times that before (${Math.round(p99(before))} ms)`,
      `  from the switch to the end of v1 ${Math.round(took)} ms, of which ${stop} ms from SIGTERM on`,
    ];
    process.stdout.write(`${lines.join('\n')}\n`);
    if (failed > 0) process.exitCode = 1;
  } finally {
    await system.close();
  }
}

void main();
