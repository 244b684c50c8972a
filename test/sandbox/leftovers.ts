import { setTimeout as sleep } from 'node:timers/promises';
import { RegionInfo } from 'aws-cdk-lib/region-info';
import type { Unit, UnitStack } from '../deploy/support/units';

/** Where to look for what a stack left behind. */
export interface LeftoverReader {
  /** The ARNs of what CloudFormation tagged as that of a stack with such a name. */
  tagged(region: string, isOurs: (stackName: string) => boolean): Promise<string[]>;

  /** Everything untagged that a name may tell: 'log group X', 'database snapshot X' ... */
  named(region: string): Promise<string[]>;

  /** Whether a resource is only listed still, and was deleted. */
  isGone(region: string, arn: string): Promise<boolean>;
}

/** What is known of a pattern whose leftovers are looked for. */
export interface Traced extends Pick<Unit, 'systemName'> {
  readonly stacks: readonly Pick<UnitStack, 'nested' | 'region' | 'stackName'>[];
}

/**
 * What is there of a pattern's stacks and those nested in them, or bears their names or the one that its fixed names
 * begin with, in the stacks' regions and where global services are listed; with the region of each.
 */
export async function traceStacks({ stacks, systemName }: Traced, reader: LeftoverReader): Promise<string[]> {
  const names = [...stacks.map(({ stackName }) => stackName), ...(systemName ? [systemName] : [])];
  const isOurs = (name: string) =>
    stacks.some(({ nested, stackName }) => name === stackName || isNestedName(name, stackName, nested));
  const regions = new Set(stacks.flatMap(({ region }) => [region, ...globalRegionOf(region)]));
  const ofRegions = await Promise.all(
    [...regions].map(async (region) => {
      const tagged = await reader.tagged(region, isOurs);
      const isGone = await Promise.all(tagged.map((arn) => reader.isGone(region, arn)));
      const untagged = bearingNames(await reader.named(region), names).filter(
        (item) => !tagged.some((arn) => arn.includes(item.split(' ').at(-1) ?? '')),
      );
      return [...tagged.filter((_, index) => !isGone[index]), ...untagged].map((item) =>
        item.includes(`:${region}:`) ? item : `${item} in ${region}`,
      );
    }),
  );
  return [...new Set(ofRegions.flat())];
}

/** CloudFormation names a nested stack after the stack around it, the resource that stands for it, and by chance. */
function isNestedName(name: string, stackName: string, nested: UnitStack['nested']): boolean {
  return Object.keys(nested).some((path) => name.startsWith(`${stackName}-${path.split('/')[0]}-`));
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
