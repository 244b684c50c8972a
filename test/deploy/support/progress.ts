import { performance } from 'node:perf_hooks';

/** Does a thing, and prints whose it was and how long it took. */
export async function timed<T>(who: string, what: string, act: () => Promise<T>): Promise<T> {
  const start = performance.now();
  const print = (outcome: string) =>
    process.stderr.write(
      `${who.padEnd(16)} ${outcome} ${what}, ${((performance.now() - start) / 1000).toFixed(1)} s\n`,
    );
  try {
    const result = await act();
    print('✓');
    return result;
  } catch (error) {
    print('✗');
    throw error;
  }
}
