import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/deploy/**/*.test.ts'],
    globalSetup: ['test/support/temporary-folder.ts', 'test/deploy/support/emulator.ts'],
    env: { CDK_VALIDATION: 'false' },
    // Progress is printed as it happens: a deployment takes seconds, and its reader waits.
    disableConsoleIntercept: true,
    expect: { requireAssertions: true },
    testTimeout: 300_000,
    hookTimeout: 180_000,
    // The emulator is one process; more than two callers at a time only wait for each other.
    maxWorkers: 2,
  },
});
