import type { LoadBalancer } from '@aws-sdk/client-elastic-load-balancing-v2';
import { answerWith, type CustomResourceAnswer, type CustomResourceEvent } from '../shared/custom-resource';
import { lookUntilFound, type Sight, type TimeKeeper } from './looks';
import { fullNameOf, isOfCluster, listLoadBalancers, type Tags, tagsOf } from './tagged-resources';

/** What the template may ask for. */
type Found = Readonly<Record<'Arn' | 'CanonicalHostedZoneId' | 'DnsName' | 'FullName', string>>;

/** The states in which requests are routed. */
const ROUTING: readonly (string | undefined)[] = ['active', 'active_impaired'];

/**
 * Waits for the Application Load Balancer that a cluster's controller makes for an Ingress, and tells CloudFormation where
 * it is. The controller deletes it: there is nothing to do when the custom resource is deleted.
 */
export async function handler(
  event: CustomResourceEvent,
  context: TimeKeeper,
): Promise<CustomResourceAnswer> {
  const { ClusterName = '', Tags = '{}' } = event.ResourceProperties;
  return answerWith(event, `load-balancer-of-${ClusterName}`, async () => {
    if (event.RequestType === 'Delete') return undefined;
    const wanted: Tags = JSON.parse(Tags);
    return lookUntilFound(() => look(ClusterName, wanted), context);
  });
}

async function look(clusterName: string, wanted: Tags): Promise<Sight<Found>> {
  const all = (await listLoadBalancers()).filter(({ Type }) => Type === 'application');
  const tags = await tagsOf(all.flatMap(({ LoadBalancerArn = [] }) => LoadBalancerArn));
  const [first, ...others] = all.filter(({ LoadBalancerArn = '' }) =>
    isWanted(tags.get(LoadBalancerArn) ?? {}, clusterName, wanted),
  );
  if (!first) {
    return {
      waitsFor: `The cluster ${clusterName} has no Application Load Balancer with the tags ${JSON.stringify(wanted)}. The events of its Ingress say why: kubectl describe ingress --all-namespaces.`,
    };
  }
  if (others.length > 0) {
    const names = [first, ...others].map(({ LoadBalancerName }) => LoadBalancerName);
    return {
      waitsFor: `The cluster ${clusterName} has several load balancers with the tags ${JSON.stringify(wanted)}: ${names.join(', ')}.`,
    };
  }
  return sightOf(first);
}

function isWanted(tags: Tags, clusterName: string, wanted: Tags): boolean {
  return (
    isOfCluster(tags, clusterName) && Object.entries(wanted).every(([key, value]) => tags[key] === value)
  );
}

function sightOf(loadBalancer: LoadBalancer): Sight<Found> {
  const { CanonicalHostedZoneId = '', DNSName = '', LoadBalancerArn = '', LoadBalancerName } = loadBalancer;
  const { Code, Reason } = loadBalancer.State ?? {};
  if (ROUTING.includes(Code)) {
    const FullName = fullNameOf(LoadBalancerArn);
    return { found: { Arn: LoadBalancerArn, CanonicalHostedZoneId, DnsName: DNSName, FullName } };
  }
  const state = [Code, ...(Reason ? [Reason] : [])].join(', ');
  return { waitsFor: `The load balancer ${LoadBalancerName} is not active, but ${state}.` };
}
