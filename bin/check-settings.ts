import { RegionInfo } from 'aws-cdk-lib/region-info';
import { isEmailAddress } from '../lib/building-blocks/email-address';
import { officeRangeProblem } from '../lib/building-blocks/ip-ranges';
import type { Settings } from './settings';

/** What an environment's settings can't be, in sentences. */
export function problemsOf(settings: Settings): string[] {
  const { alarmEmail, domain, officeRanges = [], region, stackNameSuffix } = settings;
  const problems: string[] = [];
  const expect = (isRight: boolean, setting: string, value: unknown, allowed: string) => {
    if (!isRight)
      problems.push(`${setting}: ${JSON.stringify(value)} is not possible; allowed is ${allowed}.`);
  };
  if (region !== undefined) {
    const regions = RegionInfo.regions.map(({ name }) => name);
    expect(regions.includes(region), 'region', region, `one of ${regions.join(', ')}`);
  }
  expect(
    /^(-[A-Za-z0-9-]+)?$/.test(stackNameSuffix),
    'stackNameSuffix',
    stackNameSuffix,
    "nothing, or '-' with letters, digits and hyphens after it",
  );
  expect(
    alarmEmail === undefined || isEmailAddress(alarmEmail),
    'alarmEmail',
    alarmEmail,
    "an e-mail address, like 'alarms@example.com'",
  );
  for (const range of officeRanges) {
    const problem = officeRangeProblem(range);
    if (problem) problems.push(`officeRanges: ${JSON.stringify(range)} ${problem}`);
  }
  if (domain) {
    expect(region !== undefined, 'region', region, 'the region of your stacks, which a domain needs');
    const { certificateArn, hostedZoneId, zoneName } = domain;
    expect(
      /^Z[A-Z0-9]+$/.test(hostedZoneId),
      'domain.hostedZoneId',
      hostedZoneId,
      "the zone's id, like 'Z0123456789ABCDEFGHIJ'",
    );
    expect(
      /^([a-z0-9-]+\.)+[a-z0-9-]+$/.test(zoneName),
      'domain.zoneName',
      zoneName,
      "a name in lower case without a dot at its end, like 'example.com'",
    );
    expect(
      certificateArn === undefined ||
        /^arn:aws[a-z-]*:acm:us-east-1:\d{12}:certificate\//.test(certificateArn),
      'domain.certificateArn',
      certificateArn,
      'the ARN of a certificate of us-east-1',
    );
  }
  return problems;
}
