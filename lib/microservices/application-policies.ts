import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type { NetworkPolicy } from 'kubernetes-types/networking/v1';
import type { ApplicationServiceOptions } from './application-options';
import { portOf } from './check-application';
import { allowAwsApis, allowDns, allowPodIdentity, allowTelemetry } from './kubernetes/network-policies';
import { servicePolicy } from './kubernetes/service-policy';
import type { PlatformApplicationProps } from './platform-application';
import { dnsAddressOf } from './service-range';

/** What all pods of an application may reach. All else is denied. */
export function commonPolicies({ namespace, platform }: PlatformApplicationProps): NetworkPolicy[] {
  const { compute, interfaceEndpointRanges, serviceIpv4Cidr, traceEndpoint, vpc } = platform;
  const scope = { namespace, application: namespace };
  return [
    // In Auto Mode the name server is a part of the node, so that no selector of pods finds it.
    allowDns(scope, compute.kind === 'autoMode' ? `${dnsAddressOf(serviceIpv4Cidr)}/32` : undefined),
    ...(compute.podIdentity ? [allowPodIdentity(scope)] : []),
    allowAwsApis({
      ...scope,
      closedRanges: [vpc.vpcCidrBlock, serviceIpv4Cidr],
      endpointRanges: interfaceEndpointRanges,
    }),
    ...(traceEndpoint ? [allowTelemetry(scope, [Number(new URL(traceEndpoint).port)])] : []),
  ];
}

/** Whom one service's pods may reach besides, and who reaches them. */
export function policyOf(
  name: string,
  service: ApplicationServiceOptions,
  { namespace, platform, services }: PlatformApplicationProps,
): NetworkPolicy[] {
  const policy = servicePolicy({
    name,
    namespace,
    application: namespace,
    calls: service.calls ?? [],
    callers: Object.entries(services).flatMap(([caller, { calls = [] }]) =>
      calls.filter((call) => call.service === name).map(({ port }) => ({ service: caller, port })),
    ),
    loadBalancer: service.paths?.length
      ? { port: portOf(service), ranges: rangesOf(platform.vpc, platform.loadBalancerSubnets) }
      : undefined,
  });
  return policy ? [policy] : [];
}

/** The ranges of subnets. Those of an imported network are not always known: then all of its addresses count. */
function rangesOf(vpc: ec2.IVpc, selection: ec2.SubnetSelection): string[] {
  try {
    return vpc.selectSubnets(selection).subnets.map(({ ipv4CidrBlock }) => ipv4CidrBlock);
  } catch {
    return [vpc.vpcCidrBlock];
  }
}
