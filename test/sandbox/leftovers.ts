import { setTimeout as sleep } from 'node:timers/promises';
import { RegionInfo } from 'aws-cdk-lib/region-info';
import type { UnitStack } from '../deploy/support/units';

/** Where to look for what a stack left behind. */
export interface LeftoverReader {
  /** The ARNs of what CloudFormation tagged as a stack's. */
  tagged(region: string, stackName: string): Promise<string[]>;

  /** Everything untagged that a name may tell: 'log group X', 'database snapshot X' ... */
  named(region: string): Promise<string[]>;

  /** Whether a resource is only listed still, and was deleted. */
  isGone(region: string, arn: string): Promise<boolean>;
}

type StackPlace = Pick<UnitStack, 'stackName' | 'region'>;

/** What is there of stacks, or bears their names, in the stacks' regions and where global services are listed. */
export async function traceStacks(stacks: readonly StackPlace[], reader: LeftoverReader): Promise<string[]> {
  const regions = new Set(stacks.flatMap(({ region }) => [region, ...globalRegionOf(region)]));
  const ofRegions = await Promise.all(
    [...regions].map(async (region) => {
      const names = stacks.map(({ stackName }) => stackName);
      const tagged = (await Promise.all(names.map((name) => reader.tagged(region, name)))).flat();
      const isGone = await Promise.all(tagged.map((arn) => reader.isGone(region, arn)));
      const untagged = bearingNames(await reader.named(region), names).filter(
        (item) => !tagged.some((arn) => arn.includes(item.split(' ').at(-1) ?? '')),
      );
      return [
        ...tagged.filter((_, index) => !isGone[index]),
        ...untagged.map((item) => `${item} in ${region}`),
      ];
    }),
  );
  return [...new Set(ofRegions.flat())];
}

/** The items that contain one of the names. RDS writes names in lower case. */
function bearingNames(items: readonly string[], names: readonly string[]): string[] {
  return items.filter((item) => names.some((name) => item.toLowerCase().includes(name.toLowerCase())));
}

/** How long to look for leftovers: the tagging service lists what was deleted for some time. */
export interface Patience {
  readonly seconds: number;

  /** The pause between two looks, in milliseconds. */
  readonly pause: number;
}

/**
 * What is there now and was not before, once there is no more hope that it goes by itself.
 *
 * @param before what other stacks whose names contain this one's, or an earlier stack of this name, have left
 */
export async function awaitNothing(
  look: () => Promise<string[]>,
  before: readonly string[],
  { seconds, pause }: Patience,
): Promise<string[]> {
  const end = performance.now() + seconds * 1000;
  for (;;) {
    const left = (await look()).filter((item) => !before.includes(item));
    if (left.length === 0 || performance.now() >= end) return left;
    await sleep(pause);
  }
}

/** Where IAM, CloudFront and Route 53 are listed. In other partitions than `aws` no pattern uses them by region. */
function globalRegionOf(region: string): string[] {
  return RegionInfo.get(region).partition === 'aws' ? ['us-east-1'] : [];
}
