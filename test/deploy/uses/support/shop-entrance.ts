import assert from 'node:assert/strict';
import {
  DescribeListenersCommand,
  DescribeLoadBalancerAttributesCommand,
  DescribeLoadBalancersCommand,
  DescribeRulesCommand,
  DescribeTagsCommand,
  DescribeTargetGroupsCommand,
  type Listener,
  type LoadBalancer,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { DeployedStack } from '../../support/stacks';
import { certificate } from './distribution';
import { ingressOf, tiersOf } from './network';
import { SHOP } from './shop';
import { recordsOf } from './zone';

/** To whom the paths lead. */
const PATHS: Readonly<Record<string, string>> = {
  '/.well-known/jwks.json': 'customer',
  '/cart': 'cart',
  '/customers': 'customer',
  '/orders': 'order',
  '/payment-methods': 'payment',
  '/products': 'product',
  '/reviews': 'review',
  '/sessions': 'customer',
  '/*': 'product',
};

const TAGS = {
  'ingress.eks.amazonaws.com/stack': `${SHOP}/${SHOP}`,
  'ingress.eks.amazonaws.com/resource': 'LoadBalancer',
};

/** The load balancer that the cluster's controller made: it is no resource of the stack. */
async function madeFor({ aws: { elb }, idOf }: DeployedStack): Promise<LoadBalancer> {
  const expected = { ...TAGS, 'eks:eks-cluster-name': await idOf('AWS::EKS::Cluster') };
  const { LoadBalancers = [] } = await elb.send(new DescribeLoadBalancersCommand({}));
  const { TagDescriptions = [] } = await elb.send(
    new DescribeTagsCommand({
      ResourceArns: LoadBalancers.map(({ LoadBalancerArn = '' }) => LoadBalancerArn),
    }),
  );
  const [arn, ...others] = TagDescriptions.filter(({ Tags = [] }) =>
    Object.entries(expected).every(([key, value]) =>
      Tags.some(({ Key, Value }) => Key === key && Value === value),
    ),
  ).map(({ ResourceArn }) => ResourceArn);
  assert.deepEqual(others, []);
  const found = LoadBalancers.find(({ LoadBalancerArn }) => LoadBalancerArn === arn);
  assert.ok(found, 'no load balancer has the tags of the shop');
  return found;
}

async function listenersOf({ aws: { elb } }: DeployedStack, { LoadBalancerArn }: LoadBalancer) {
  const { Listeners = [] } = await elb.send(new DescribeListenersCommand({ LoadBalancerArn }));
  return Object.fromEntries(Listeners.map((each) => [each.Port, each])) as Record<
    number,
    Listener | undefined
  >;
}

/** Shows that the site's address is the load balancer's own, which is public, logs, is strict, and is open to everyone. */
export async function entrance(stack: DeployedStack): Promise<void> {
  const found = await madeFor(stack);
  assert.equal(stack.outputs.SiteUrl, `http://${found.DNSName}`);
  const { AvailabilityZones = [], LoadBalancerArn, Scheme, SecurityGroups = [], VpcId } = found;
  assert.deepEqual([Scheme, VpcId], ['internet-facing', await stack.idOf('AWS::EC2::VPC')]);
  assert.equal(AvailabilityZones.length, 2);
  const subnets = AvailabilityZones.map(({ SubnetId }) => SubnetId);
  assert.deepEqual(await tiersOf(stack, subnets), ['LoadBalancer']);
  const { Attributes = [] } = await stack.aws.elb.send(
    new DescribeLoadBalancerAttributesCommand({ LoadBalancerArn }),
  );
  const attributes = Object.fromEntries(Attributes.map(({ Key, Value }) => [Key, Value]));
  assert.ok((await stack.idsOf('AWS::S3::Bucket')).includes(attributes['access_logs.s3.bucket'] ?? ''));
  assert.equal(attributes['routing.http.drop_invalid_header_fields.enabled'], 'true');
  assert.deepEqual(await ingressOf(stack, SecurityGroups), ['0.0.0.0/0:80']);
}

/** Shows that the paths of the public APIs lead to their services, and nothing else leads anywhere. */
export async function paths(stack: DeployedStack): Promise<void> {
  const { elb } = stack.aws;
  const found = await madeFor(stack);
  const listener = (await listenersOf(stack, found))[80];
  const { Rules = [] } = await elb.send(new DescribeRulesCommand({ ListenerArn: listener?.ListenerArn }));
  const { TargetGroups = [] } = await elb.send(
    new DescribeTargetGroupsCommand({
      TargetGroupArns: [
        ...new Set(Rules.flatMap(({ Actions = [] }) => Actions.flatMap((each) => each.TargetGroupArn ?? []))),
      ],
    }),
  );
  const led: Record<string, string | undefined> = {};
  for (const { Actions = [], Conditions = [] } of Rules) {
    const group = TargetGroups.find(({ TargetGroupArn }) => TargetGroupArn === Actions[0]?.TargetGroupArn);
    const [path] = Conditions.flatMap(({ PathPatternConfig }) => PathPatternConfig?.Values ?? []).toSorted(
      (a, b) => a.length - b.length,
    );
    if (path) led[path] = Object.values(PATHS).find((name) => group?.TargetGroupName?.includes(`-${name}`));
  }
  assert.deepEqual(led, PATHS);
}

/** Shows that a name leads to the load balancer, over HTTPS alone, and that only some ranges get in. */
export const namedEntrance =
  (name: string, ranges: readonly string[]) =>
  async (stack: DeployedStack): Promise<void> => {
    assert.equal(stack.outputs.SiteUrl, `https://${name}`);
    const found = await madeFor(stack);
    const [record, ...others] = await recordsOf(stack, name);
    assert.deepEqual(others, []);
    assert.equal(
      record?.AliasTarget?.DNSName?.replace(/^dualstack\.|\.$/g, '').toLowerCase(),
      found.DNSName?.toLowerCase(),
    );
    const listeners = await listenersOf(stack, found);
    assert.equal(listeners[443]?.Protocol, 'HTTPS');
    const [leadsOn] = listeners[80]?.DefaultActions ?? [];
    assert.equal(leadsOn?.RedirectConfig?.Protocol, 'HTTPS');
    await certificate(stack, stack.aws.region, listeners[443]?.Certificates?.[0]?.CertificateArn, name);
    const expected = ranges.flatMap((range) => [`${range}:443`, `${range}:80`]);
    assert.deepEqual(await ingressOf(stack, found.SecurityGroups ?? []), expected.sort());
  };
