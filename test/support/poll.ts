import { setTimeout as pause } from 'node:timers/promises';

/** Milliseconds between two looks. */
const PAUSE = 10;

/**
 * Looks until something is so.
 *
 * @param what is waited for, for the error's text
 * @param seconds how long that may take
 * @throws where it does not become so in time
 */
export async function until(
  what: string,
  isSo: () => boolean | Promise<boolean>,
  seconds = 30,
): Promise<void> {
  const end = performance.now() + seconds * 1000;
  while (!(await isSo())) {
    if (performance.now() > end) throw new Error(`${what}: not within ${seconds} seconds`);
    await pause(PAUSE);
  }
}
