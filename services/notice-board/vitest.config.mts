import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // CodeBuild shows the report's tests one by one.
    reporters: ['default', ['junit', { outputFile: 'reports/junit.xml' }]],
    silent: 'passed-only',
    expect: { requireAssertions: true },
    testTimeout: 30_000,
  },
});
