import {
  EC2Client,
  paginateDescribeNetworkInterfaces,
  paginateDescribeSecurityGroups,
} from '@aws-sdk/client-ec2';
import { CLIENT_OPTIONS } from '../shared/client-options';
import {
  fullNameOf,
  isOfCluster,
  listLoadBalancers,
  listTargetGroups,
  tagsByKey,
  tagsOf,
} from './tagged-resources';

/** Something that a cluster's controllers made, and that is still there. */
export interface Leftover {
  readonly kind: 'load balancer' | 'target group' | 'security group' | 'network interface';

  /** By which people find it. */
  readonly id: string;
}

/** A load balancer or target group. */
interface Owned {
  readonly arn: string;
  readonly kind: Leftover['kind'];
  readonly id: string;
}

const client = new EC2Client(CLIENT_OPTIONS);

/** The tag of the group that EKS gives each cluster. EKS deletes it with the cluster. */
const OWN_GROUP_TAG = 'aws:eks:cluster-name';

/** What a cluster's controllers made in a network, and what load balancers that are gone have not yet taken with them. */
export async function leftoversOf(clusterName: string, vpcId: string): Promise<Leftover[]> {
  const [allBalancers, allTargetGroups, securityGroups, interfaces] = await Promise.all([
    listLoadBalancers(),
    listTargetGroups(),
    listSecurityGroups(clusterName, vpcId),
    listInterfaces(vpcId),
  ]);
  const balancers = allBalancers.flatMap(({ LoadBalancerArn: arn = '', VpcId }): Owned[] =>
    VpcId === vpcId ? [{ arn, kind: 'load balancer', id: fullNameOf(arn) }] : [],
  );
  const targetGroups = allTargetGroups.flatMap(({ TargetGroupArn: arn = '', TargetGroupName, VpcId }) =>
    VpcId === vpcId ? [{ arn, kind: 'target group' as const, id: `${TargetGroupName}` }] : [],
  );
  const existing = new Set(balancers.map(({ id }) => id));
  return [
    ...(await thoseOf(clusterName, balancers)),
    ...(await thoseOf(clusterName, targetGroups)),
    ...securityGroups,
    ...interfaces.filter(({ balancer }) => !existing.has(balancer)).map(({ leftover }) => leftover),
  ];
}

/** One kind at a time: DescribeTags takes no mixture. */
async function thoseOf(clusterName: string, owned: readonly Owned[]): Promise<Leftover[]> {
  const tags = await tagsOf(owned.map(({ arn }) => arn));
  return owned
    .filter(({ arn }) => isOfCluster(tags.get(arn) ?? {}, clusterName))
    .map(({ id, kind }) => ({ kind, id }));
}

async function listSecurityGroups(clusterName: string, vpcId: string): Promise<Leftover[]> {
  const groups: Leftover[] = [];
  const Filters = [{ Name: 'vpc-id', Values: [vpcId] }];
  for await (const { SecurityGroups = [] } of paginateDescribeSecurityGroups({ client }, { Filters })) {
    for (const { GroupId, GroupName, Tags } of SecurityGroups) {
      const tags = tagsByKey(Tags);
      if (!isOfCluster(tags, clusterName) || tags[OWN_GROUP_TAG] !== undefined) continue;
      groups.push({ kind: 'security group', id: `${GroupId} (${GroupName})` });
    }
  }
  return groups;
}

/**
 * The network interfaces of load balancers, with the full names of these. They stay for some minutes after their load
 * balancer, and keep its subnets and security groups from being deleted.
 */
async function listInterfaces(vpcId: string): Promise<{ leftover: Leftover; balancer: string }[]> {
  const interfaces: { leftover: Leftover; balancer: string }[] = [];
  const Filters = [
    { Name: 'vpc-id', Values: [vpcId] },
    { Name: 'description', Values: ['ELB app/*', 'ELB net/*'] },
  ];
  for await (const { NetworkInterfaces = [] } of paginateDescribeNetworkInterfaces({ client }, { Filters })) {
    for (const { Description = '', NetworkInterfaceId } of NetworkInterfaces) {
      interfaces.push({
        leftover: { kind: 'network interface', id: `${NetworkInterfaceId} (${Description})` },
        balancer: Description.replace(/^ELB /, ''),
      });
    }
  }
  return interfaces;
}
