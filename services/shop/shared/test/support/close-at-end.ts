import { afterAll } from 'vitest';

const closings: (() => Promise<unknown>)[] = [];

afterAll(() => Promise.all(closings.map((close) => close())));

/**
 * Closes something when all tests of the file are over: services that take messages need up to a second for it, which
 * they then need at the same time.
 */
export function closeAtEnd(close: () => Promise<unknown>): void {
  closings.push(close);
}
