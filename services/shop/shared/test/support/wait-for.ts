import { vi } from 'vitest';

/** Waits until an assertion holds, for longer than a busy machine takes: ten seconds. */
export const waitFor = (assert: () => void | Promise<void>): Promise<void> =>
  vi.waitFor(assert, { timeout: 10_000, interval: 20 });
