import assert from 'node:assert/strict';
import {
  DescribeListenersCommand,
  DescribeLoadBalancerAttributesCommand,
  DescribeLoadBalancersCommand,
  DescribeTargetGroupAttributesCommand,
  DescribeTargetGroupsCommand,
  DescribeTargetHealthCommand,
  type Listener,
  type LoadBalancer,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { until } from '../../support/polling';
import type { DeployedStack } from '../../support/stacks';
import { groupOf, inService } from './fleet';
import { tiersOf } from './network';

/** The load balancer of a stack. */
export async function loadBalancerOf({ aws, idOf }: DeployedStack): Promise<LoadBalancer> {
  const LoadBalancerArns = [await idOf('AWS::ElasticLoadBalancingV2::LoadBalancer')];
  const { LoadBalancers } = await aws.elb.send(new DescribeLoadBalancersCommand({ LoadBalancerArns }));
  const loadBalancer = LoadBalancers?.[0];
  if (!loadBalancer) throw new Error(`Elastic Load Balancing does not know ${LoadBalancerArns}`);
  return loadBalancer;
}

/** Its security groups. */
export async function balancerGroupsOf(stack: DeployedStack): Promise<string[]> {
  return (await loadBalancerOf(stack)).SecurityGroups ?? [];
}

/** Its listeners, by port. */
export async function listenersOf(stack: DeployedStack): Promise<Record<number, Listener>> {
  const { LoadBalancerArn } = await loadBalancerOf(stack);
  const { Listeners = [] } = await stack.aws.elb.send(new DescribeListenersCommand({ LoadBalancerArn }));
  return Object.fromEntries(Listeners.map((listener) => [listener.Port, listener]));
}

/** Shows where a load balancer lies and who sees it, and that it logs and is strict. */
export async function loadBalancer(
  stack: DeployedStack,
  { scheme, tier }: { scheme: 'internal' | 'internet-facing'; tier: string },
): Promise<void> {
  const { AvailabilityZones = [], LoadBalancerArn, Scheme, State, Type } = await loadBalancerOf(stack);
  assert.deepEqual(
    { Scheme, Type, State: State?.Code },
    { Scheme: scheme, Type: 'application', State: 'active' },
  );
  assert.equal(new Set(AvailabilityZones.map(({ ZoneName }) => ZoneName)).size, 2);
  const subnets = AvailabilityZones.map(({ SubnetId }) => SubnetId);
  assert.deepEqual(await tiersOf(stack, subnets), [tier]);
  const { Attributes = [] } = await stack.aws.elb.send(
    new DescribeLoadBalancerAttributesCommand({ LoadBalancerArn }),
  );
  const attributes = Object.fromEntries(Attributes.map(({ Key, Value }) => [Key, Value]));
  const { 'access_logs.s3.bucket': bucket, ...others } = attributes;
  assert.ok((await stack.idsOf('AWS::S3::Bucket')).includes(bucket ?? ''), `logs go to ${bucket}`);
  const expected = {
    'access_logs.s3.enabled': 'true',
    'access_logs.s3.prefix': 'load-balancer',
    'deletion_protection.enabled': 'false',
    'routing.http.drop_invalid_header_fields.enabled': 'true',
    'zonal_shift.config.enabled': 'true',
  };
  assert.deepEqual({ ...others, ...expected }, others);
}

/** Shows how a load balancer asks servers for their health, and how long it lets go of them. */
export async function targetGroup({ aws, idOf }: DeployedStack): Promise<void> {
  const TargetGroupArn = await idOf('AWS::ElasticLoadBalancingV2::TargetGroup');
  const { TargetGroups } = await aws.elb.send(
    new DescribeTargetGroupsCommand({ TargetGroupArns: [TargetGroupArn] }),
  );
  const { HealthCheckIntervalSeconds, HealthCheckPath, LoadBalancerArns, Matcher, Port, Protocol } =
    TargetGroups?.[0] ?? {};
  assert.deepEqual(
    { HealthCheckIntervalSeconds, HealthCheckPath, LoadBalancerArns, Matcher, Port, Protocol },
    {
      HealthCheckIntervalSeconds: 10,
      HealthCheckPath: '/healthz',
      LoadBalancerArns: [await idOf('AWS::ElasticLoadBalancingV2::LoadBalancer')],
      Matcher: { HttpCode: '200' },
      Port: 8080,
      Protocol: 'HTTP',
    },
  );
  const { Attributes = [] } = await aws.elb.send(
    new DescribeTargetGroupAttributesCommand({ TargetGroupArn }),
  );
  const attributes = Object.fromEntries(Attributes.map(({ Key, Value }) => [Key, Value]));
  assert.equal(attributes['deregistration_delay.timeout_seconds'], '60');
  assert.equal(attributes['stickiness.enabled'], 'false');
}

/** The instances that are registered, healthy or not. */
export async function targetsOf(stack: DeployedStack): Promise<string[]> {
  return (await targetHealth(stack)).map(({ id }) => id).sort();
}

/** Shows that the servers that are in service, and no others, are registered and become healthy. */
export async function healthyTargets(stack: DeployedStack): Promise<void> {
  const expected = inService(await groupOf(stack));
  const found = await until('all targets are healthy', async () => {
    const targets = await targetHealth(stack);
    return targets.every(({ state }) => state === 'healthy') ? targets : undefined;
  });
  assert.deepEqual(found.map(({ id }) => id).sort(), expected);
}

async function targetHealth({ aws, idOf }: DeployedStack): Promise<{ id: string; state?: string }[]> {
  const TargetGroupArn = await idOf('AWS::ElasticLoadBalancingV2::TargetGroup');
  const { TargetHealthDescriptions = [] } = await aws.elb.send(
    new DescribeTargetHealthCommand({ TargetGroupArn }),
  );
  return TargetHealthDescriptions.map(({ Target, TargetHealth }) => ({
    id: Target?.Id ?? '',
    state: TargetHealth?.State,
  }));
}
