import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Test files that take longer than others: one that begins last keeps all others waiting for it. */
const SLOW = ['test/copy-projects.test.ts', 'test/copy-flags.test.ts', 'test/notice-board.test.ts'];

class SlowFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isSlow = ({ moduleId }: TestSpecification) => SLOW.some((file) => moduleId.endsWith(file));
    return [...sorted.filter(isSlow), ...sorted.filter((file) => !isSlow(file))];
  }
}

export default defineConfig({
  test: {
    sequence: { sequencer: SlowFirst },
    include: ['test/**/*.test.ts', 'services/shop/**/test/*.test.ts'],
    exclude: ['test/deploy/**'],
    globalSetup: 'test/support/temporary-folder.ts',
    // CloudFormation Validate takes about 2 s at its first use in a file; test/support/validation.ts asks for it by name.
    env: { CDK_VALIDATION: 'false' },
    // Synthesis prints its warnings; they matter where a test fails.
    silent: 'passed-only',
    expect: { requireAssertions: true },
    testTimeout: 60_000,
    // Many tests wait, for a process or a poll: half as many again as there are cores keep these busy.
    maxWorkers: Math.ceil(availableParallelism() * 1.5),
  },
});
