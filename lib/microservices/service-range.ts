import { Token } from 'aws-cdk-lib';
import { boundsOf, ipv4RangeProblem } from '../building-blocks/ip-ranges';
import type { Problems } from '../building-blocks/problems';

/** The range of the services' addresses where nothing else is said. EKS itself takes it or 10.100.0.0/16. */
export const DEFAULT_SERVICE_RANGE = '172.20.0.0/16';

/** What EKS takes it from: https://docs.aws.amazon.com/eks/latest/APIReference/API_KubernetesNetworkConfigRequest.html */
const PRIVATE_RANGES = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'];

const DNS_OFFSET = 10;

/**
 * The address of the cluster's DNS: the tenth of the services' range.
 *
 * https://docs.aws.amazon.com/eks/latest/userguide/auto-networking.html
 */
export function dnsAddressOf(serviceIpv4Cidr: string): string {
  const [address = ''] = serviceIpv4Cidr.split('/');
  return address.replace(/\d+$/, (last) => String(Number(last) + DNS_OFFSET));
}

/**
 * Adds to `problems` what is wrong with the services' range: EKS takes private ones, /12 to /24, beside the network's own.
 *
 * @param network the network's range; undefined where it is not known
 * @param networkProp the prop that the network comes from
 */
export function checkServiceRange(
  range: string | undefined,
  network: string | undefined,
  problems: Problems,
  networkProp = 'cidr',
): void {
  if (range === undefined) {
    checkApart(
      networkProp,
      network,
      DEFAULT_SERVICE_RANGE,
      'the range of the services; give serviceIpv4Cidr too.',
      problems,
    );
    return;
  }
  if (Token.isUnresolved(range)) {
    problems.add(
      'serviceIpv4Cidr',
      range,
      'is a token, but the address of the DNS is made of it; give a literal range.',
    );
    return;
  }
  const malformed = ipv4RangeProblem(range);
  if (malformed) {
    problems.add('serviceIpv4Cidr', range, malformed);
    return;
  }
  const prefix = Number(range.split('/')[1]);
  if (prefix < 12 || prefix > 24 || !PRIVATE_RANGES.some((whole) => contains(whole, range))) {
    problems.add(
      'serviceIpv4Cidr',
      range,
      `is not possible; give a range of /12 to /24 in one of ${PRIVATE_RANGES.join(', ')}.`,
    );
  }
  checkApart('serviceIpv4Cidr', range, network, 'the network; give another one.', problems);
}

function checkApart(
  prop: string,
  range: string | undefined,
  other: string | undefined,
  what: string,
  problems: Problems,
): void {
  const [one, two] = [range, other].map((text) =>
    text && !Token.isUnresolved(text) ? boundsOf(text) : undefined,
  );
  if (!one || !two || one.first >= two.end || two.first >= one.end) return;
  problems.add(prop, range, `overlaps ${other}, ${what}`);
}

function contains(whole: string, part: string): boolean {
  const [outer, inner] = [boundsOf(whole), boundsOf(part)];
  return outer !== undefined && inner !== undefined && outer.first <= inner.first && inner.end <= outer.end;
}
