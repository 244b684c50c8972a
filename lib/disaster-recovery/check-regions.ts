import { RegionInfo } from 'aws-cdk-lib/region-info';
import type { Problems } from '../building-blocks/problems';
import type { RecoveryOptions } from './recovery-options';

/**
 * Regions without AWS Fault Injection Service, of those that aws-cdk-lib knows, as of November 2026:
 * https://docs.aws.amazon.com/general/latest/gr/fis.html
 */
const WITHOUT_FAULT_INJECTION: readonly string[] = [
  'ap-east-2',
  'ap-south-2',
  'ap-southeast-3',
  'ap-southeast-4',
  'ap-southeast-5',
  'ap-southeast-6',
  'ap-southeast-7',
  'ca-west-1',
  'cn-north-1',
  'cn-northwest-1',
  'il-central-1',
  'mx-central-1',
];

/**
 * Adds to `problems` a pair of regions that can't stand in for each other.
 *
 * Databases, secrets and backups are copied within a partition only. In those of China and GovCloud, a replica that is made by
 * an API call needs a URL signed in the other region, which Step Functions can't make:
 * https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstanceReadReplica.html
 *
 * @param gameDay whether there shall be experiments in the primary
 */
export function checkRegions(
  { primaryRegion, standbyRegion }: RecoveryOptions,
  gameDay: boolean,
  problems: Problems,
): void {
  const known = RegionInfo.regions.map(({ name }) => name);
  const unknown = Object.entries({ primaryRegion, standbyRegion }).filter(
    ([, name]) => !known.includes(name),
  );
  for (const [prop, region] of unknown) {
    problems.add(prop, region, "is no region's code; give one like 'ap-northeast-3', as text and no token.");
  }
  if (unknown.length > 0) return;
  if (primaryRegion === standbyRegion) {
    problems.add(
      'standbyRegion',
      standbyRegion,
      'is the primary one, too: what takes the primary away takes it along. Give another one.',
    );
  }
  for (const [prop, region] of Object.entries({ primaryRegion, standbyRegion })) {
    const { partition } = RegionInfo.get(region);
    if (partition === 'aws') continue;
    problems.add(
      prop,
      region,
      `is in the partition ${partition}, where no failback can make its replica; give regions of the partition aws.`,
    );
  }
  if (gameDay && WITHOUT_FAULT_INJECTION.includes(primaryRegion)) {
    problems.add(
      'primaryRegion',
      primaryRegion,
      'does not have AWS Fault Injection Service; set gameDay to false, and rehearse with the takeover alone.',
    );
  }
}
