import {
  DescribeTagsCommand,
  ElasticLoadBalancingV2Client,
  type LoadBalancer,
  paginateDescribeLoadBalancers,
  paginateDescribeTargetGroups,
  type TargetGroup,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { CLIENT_OPTIONS } from '../shared/client-options';

/** Tags by their keys. */
export type Tags = Readonly<Record<string, string | undefined>>;

const client = new ElasticLoadBalancingV2Client(CLIENT_OPTIONS);

/** How many load balancers or target groups may be asked for their tags at once. */
const AT_ONCE = 20;

/**
 * The tags by which a cluster's controllers know what is theirs: those of the AWS Load Balancer Controller, and those of
 * EKS Auto Mode.
 *
 * https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/ingress/annotations/#resource-tags
 * https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonEKSLoadBalancingPolicy.html
 */
const CLUSTER_TAGS = ['elbv2.k8s.aws/cluster', 'eks:eks-cluster-name'];

/** Whether something was made by a cluster's controllers. */
export function isOfCluster(tags: Tags, clusterName: string): boolean {
  return CLUSTER_TAGS.some((key) => tags[key] === clusterName);
}

/** Tags as AWS lists them, by their keys. */
export function tagsByKey(tags: readonly { readonly Key?: string; readonly Value?: string }[] = []): Tags {
  return Object.fromEntries(tags.flatMap(({ Key, Value }) => (Key === undefined ? [] : [[Key, Value]])));
}

/** All load balancers of the account in this region. */
export async function listLoadBalancers(): Promise<LoadBalancer[]> {
  const all: LoadBalancer[] = [];
  for await (const { LoadBalancers = [] } of paginateDescribeLoadBalancers({ client }, {})) {
    all.push(...LoadBalancers);
  }
  return all;
}

/** All target groups of the account in this region. */
export async function listTargetGroups(): Promise<TargetGroup[]> {
  const all: TargetGroup[] = [];
  for await (const { TargetGroups = [] } of paginateDescribeTargetGroups({ client }, {})) {
    all.push(...TargetGroups);
  }
  return all;
}

/**
 * The tags of load balancers or target groups, by their ARNs. Elastic Load Balancing itself is asked, as the Resource Groups
 * Tagging API learns of new resources, and of deleted ones, only after a while.
 */
export async function tagsOf(arns: readonly string[]): Promise<ReadonlyMap<string, Tags>> {
  const all = new Map<string, Tags>();
  for (let first = 0; first < arns.length; first += AT_ONCE) {
    const ResourceArns = arns.slice(first, first + AT_ONCE);
    const { TagDescriptions = [] } = await client.send(new DescribeTagsCommand({ ResourceArns }));
    for (const { ResourceArn = '', Tags } of TagDescriptions) all.set(ResourceArn, tagsByKey(Tags));
  }
  return all;
}

/** `app/name/id`, as metrics and network interfaces have it. */
export function fullNameOf(loadBalancerArn: string): string {
  return loadBalancerArn.replace(/^.*?:loadbalancer\//, '');
}
