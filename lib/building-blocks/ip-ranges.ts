import { isIPv4, isIPv6 } from 'node:net';
import { Token } from 'aws-cdk-lib';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type { Problems } from './problems';

interface Range {
  readonly prefix: number;
  readonly firstAddress: string;
}

/** Reads an IPv4 range in CIDR notation; `undefined` where it is none. */
function parseIpv4Range(range: string): Range | undefined {
  const [address = '', prefixText = '', ...rest] = range.split('/');
  const prefix = Number(prefixText);
  if (rest.length > 0 || !isIPv4(address) || !/^\d{1,2}$/.test(prefixText) || prefix > 32) return undefined;
  const size = 2 ** (32 - prefix);
  const number = address.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0);
  const first = number - (number % size);
  const octets = [24, 16, 8, 0].map((shift) => Math.floor(first / 2 ** shift) % 256);
  return { prefix, firstAddress: octets.join('.') };
}

/** The number of a range's first address, and of the first one behind it; `undefined` where it is no range. */
export function boundsOf(range: string): { readonly first: number; readonly end: number } | undefined {
  const parsed = parseIpv4Range(range);
  if (!parsed) return undefined;
  const first = parsed.firstAddress.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0);
  return { first, end: first + 2 ** (32 - parsed.prefix) };
}

/** What is wrong with a text as an IPv4 range, or `undefined`. */
export function ipv4RangeProblem(range: string): string | undefined {
  const parsed = parseIpv4Range(range);
  if (!parsed) return "is no IPv4 range in CIDR notation; write it like '10.0.0.0/16'.";
  const canonical = `${parsed.firstAddress}/${parsed.prefix}`;
  if (canonical !== range) return `does not start at its first address; did you mean '${canonical}'?`;
  return undefined;
}

/**
 * What is wrong with the range of a VPC, or `undefined`.
 *
 * A VPC takes /16 to /28 (https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html); the patterns
 * need at least a /24, so that each tier has room in each zone.
 */
function vpcRangeProblem(range: string): string | undefined {
  if (Token.isUnresolved(range)) return undefined;
  const malformed = ipv4RangeProblem(range);
  if (malformed) return malformed;
  const prefix = parseIpv4Range(range)?.prefix ?? 0;
  if (prefix < 16) return 'is bigger than /16, which no VPC can be; choose /16 to /24.';
  if (prefix > 24) return 'is smaller than /24, which leaves no room for the tiers; choose /16 to /24.';
  return undefined;
}

/** Adds to `problems` what is wrong with the range of a new network, or that there is no new network. */
export function checkNetworkRange(
  { cidr, vpc }: { readonly cidr?: string; readonly vpc?: ec2.IVpc },
  problems: Problems,
): void {
  if (cidr === undefined) return;
  const problem = vpcRangeProblem(cidr);
  if (problem) problems.add('cidr', cidr, problem);
  if (vpc) problems.add('cidr', cidr, 'belongs to a new network; leave out cidr or vpc.');
}

/**
 * What is wrong with a range of people who may connect for administration, or `undefined`.
 *
 * Ranges wider than /8 are refused along with 0.0.0.0/0: two halves of the internet are the internet too.
 */
export function officeRangeProblem(range: string): string | undefined {
  if (Token.isUnresolved(range)) return undefined;
  const wayOut = "Name the ranges of your offices, like '198.51.100.0/24', or leave it out.";
  if (range === '::/0') return `is everywhere. ${wayOut}`;
  if (isIPv6(range.split('/')[0] ?? '')) return `is IPv6, and the network is IPv4 only. ${wayOut}`;
  const malformed = ipv4RangeProblem(range);
  if (malformed) return malformed;
  if ((parseIpv4Range(range)?.prefix ?? 0) < 8) return `is everywhere, or nearly so. ${wayOut}`;
  return undefined;
}

/** A security group takes 60 rules (https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html), two a range. */
const MAX_CLIENT_RANGES = 30;

/** Adds to `problems` what is wrong with the ranges of those who may use a system of the company's own. */
export function checkClientRanges(
  clientRanges: readonly string[],
  problems: Problems,
  prop = 'clientRanges',
): void {
  if (clientRanges.length === 0) {
    problems.add(prop, clientRanges, "lets nobody in; name your company's ranges, like '10.0.0.0/8'.");
  }
  if (clientRanges.length > MAX_CLIENT_RANGES) {
    problems.add(
      prop,
      clientRanges.length,
      `ranges do not fit into a security group; give at most ${MAX_CLIENT_RANGES}.`,
    );
  }
  for (const range of clientRanges) {
    const problem = officeRangeProblem(range);
    if (problem) problems.add(prop, range, problem);
  }
}

/** Adds to `problems` what is wrong with the ranges of two networks of one system, which clients reach both. */
export function checkNetworkRanges(
  ranges: Readonly<Record<string, string>>,
  prop: string,
  problems: Problems,
): void {
  const wrong = Object.entries(ranges).flatMap(([name, range]) => {
    const problem = vpcRangeProblem(range);
    return problem ? [{ name, range, problem }] : [];
  });
  for (const { name, problem, range } of wrong) problems.add(`${prop}.${name}`, range, problem);
  const [one, other] = Object.values(ranges).map(boundsOf);
  if (wrong.length > 0 || !one || !other || one.first >= other.end || other.first >= one.end) return;
  problems.add(
    prop,
    ranges,
    'overlap, so that nobody could be connected to both networks; give two that do not.',
  );
}
