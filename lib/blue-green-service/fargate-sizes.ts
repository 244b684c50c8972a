import { Token } from 'aws-cdk-lib';
import type { Problems } from '../building-blocks/problems';

const GIB = 1024;

/**
 * What Fargate offers for Linux, MiB by CPU units.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html
 */
const SIZES: ReadonlyMap<number, readonly number[]> = new Map([
  [256, [512, GIB, 2 * GIB]],
  [512, gibibytes(1, 4, 1)],
  [1024, gibibytes(2, 8, 1)],
  [2048, gibibytes(4, 16, 1)],
  [4096, gibibytes(8, 30, 1)],
  [8192, gibibytes(16, 60, 4)],
  [16_384, gibibytes(32, 120, 8)],
  [32_768, [60 * GIB, 120 * GIB, 244 * GIB]],
]);

function gibibytes(from: number, to: number, step: number): number[] {
  return Array.from({ length: (to - from) / step + 1 }, (_, index) => (from + index * step) * GIB);
}

/** Adds to `problems` CPU units and memory that Fargate does not offer together; tokens pass. */
export function checkFargateSize(
  prefix: string,
  { cpu, memoryLimitMiB }: { readonly cpu: number; readonly memoryLimitMiB: number },
  problems: Problems,
): void {
  if (Token.isUnresolved(cpu) || Token.isUnresolved(memoryLimitMiB)) return;
  const offered = SIZES.get(cpu);
  if (!offered) {
    problems.add(
      `${prefix}cpu`,
      cpu,
      `is no size of Fargate; give one of ${[...SIZES.keys()].join(', ')} units.`,
    );
    return;
  }
  if (offered.includes(memoryLimitMiB)) return;
  const [first, second = 0] = offered;
  const last = offered[offered.length - 1];
  const choice =
    offered.length <= 3
      ? `one of ${offered.join(', ')}`
      : `${first} to ${last} in steps of ${second - (first ?? 0)}`;
  problems.add(
    `${prefix}memoryLimitMiB`,
    memoryLimitMiB,
    `can't be had with ${cpu} CPU units; Fargate offers ${choice} MiB with them.`,
  );
}
