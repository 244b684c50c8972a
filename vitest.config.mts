import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts', 'services/shop/**/test/*.test.ts'],
    exclude: ['test/deploy/**'],
    globalSetup: 'test/support/temporary-folder.ts',
    // CloudFormation Validate takes about 2 s at its first use in a file; test/support/validation.ts asks for it by name.
    env: { CDK_VALIDATION: 'false' },
    // Synthesis prints its warnings; they matter where a test fails.
    silent: 'passed-only',
    expect: { requireAssertions: true },
    testTimeout: 60_000,
    // By default one core is left for the watcher, and half of a machine with two does nothing.
    maxWorkers: '100%',
  },
});
