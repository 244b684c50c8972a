import { Duration, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { describe, expect, test } from 'vitest';
import {
  LoadBalancerFinder,
  type LoadBalancerFinderProps,
  loadBalancerTags,
  RemovalWatch,
} from '../lib/microservices/ingress-functions';
import { PRODUCTION, SANDBOX } from '../lib/profile';
import {
  type Resource,
  resourcesOf,
  type StackTemplate,
  templateOfConstructs,
  theOnly,
} from './support/apps';
import { permissionsOf } from './support/fleet';
import { validate } from './support/validation';

const TAGS = loadBalancerTags('ingress.eks.amazonaws.com', 'shop', 'web');

/** Where a finder says the load balancer is, as the template has it. */
let told: Record<string, unknown> = {};

const finderIn = (props: Partial<LoadBalancerFinderProps> = {}) =>
  templateOfConstructs((stack) => {
    const { arn, canonicalHostedZoneId, dnsName, fullName } = new LoadBalancerFinder(stack, 'Finder', {
      clusterName: 'shop',
      tags: TAGS,
      profile: SANDBOX,
      ...props,
    });
    told = stack.resolve({ arn, canonicalHostedZoneId, dnsName, fullName });
  });

const watchIn = () =>
  templateOfConstructs((stack) => {
    const vpc = ec2.Vpc.fromVpcAttributes(stack, 'Vpc', { vpcId: 'vpc-1', availabilityZones: ['a'] });
    new RemovalWatch(stack, 'Watch', { clusterName: 'shop', vpc, profile: SANDBOX });
  });

/** The custom resource, its function, and what the function may do. */
function partsOf(template: StackTemplate, type: string) {
  const resource = theOnly(template, type);
  const handler = theOnly(template, 'AWS::Lambda::Function');
  const logGroup = theOnly(template, 'AWS::Logs::LogGroup');
  const role = theOnly(template, 'AWS::IAM::Role');
  const rights = permissionsOf(template, role.id).flatMap(([actions, target]) =>
    actions.split(' ').map((action) => [action, target]),
  );
  return { handler, logGroup, resource, rights };
}

/** What every function may do, for its log and its traces. */
const ofEach = (logGroup: string) => [
  ['logs:CreateLogStream', `<${logGroup}.Arn>`],
  ['logs:PutLogEvents', `<${logGroup}.Arn>`],
  ['xray:PutTelemetryRecords', '*'],
  ['xray:PutTraceSegments', '*'],
];

/** The log, the role and its policy are there before the function is called, and until it was called for the last time. */
function expectOrder(template: StackTemplate, resource: Resource, handlerId: string): void {
  const names = ['AWS::Lambda::Function', 'AWS::Logs::LogGroup', 'AWS::IAM::Role', 'AWS::IAM::Policy'];
  const ids = names.flatMap((type) => Object.keys(resourcesOf(template, type)));
  expect(ids).toContain(handlerId);
  expect(resource.DependsOn?.toSorted()).toEqual(ids.toSorted());
}

describe('the load balancer’s finder', () => {
  const template = finderIn();
  const { handler, logGroup, resource, rights } = partsOf(template, 'Custom::LoadBalancerOfCluster');

  test('looks for the tags', () => {
    expect(resource.Properties).toEqual({
      ServiceToken: { 'Fn::GetAtt': [handler.id, 'Arn'] },
      ServiceTimeout: '3000',
      ClusterName: 'shop',
      Tags: JSON.stringify(TAGS),
    });
  });

  test('says where it is', () => {
    const attribute = (name: string) => ({ 'Fn::GetAtt': [resource.id, name] });
    finderIn();
    expect(told).toEqual({
      arn: attribute('Arn'),
      canonicalHostedZoneId: attribute('CanonicalHostedZoneId'),
      dnsName: attribute('DnsName'),
      fullName: attribute('FullName'),
    });
  });

  test('may read load balancers, and nothing else', () => {
    const reads = ['elasticloadbalancing:DescribeLoadBalancers', 'elasticloadbalancing:DescribeTags'];
    expect(rights.toSorted()).toEqual([...reads.map((action) => [action, '*']), ...ofEach(logGroup.id)]);
  });

  test('has a log of its own, and is called only while it is there', () => {
    expect(handler.Properties).toMatchObject({ LoggingConfig: { LogGroup: { Ref: logGroup.id } } });
    expectOrder(template, resource, handler.id);
  });

  test('waits ten minutes, or as long as it is told', () => {
    const timeout = (one: StackTemplate) => theOnly(one, 'AWS::Lambda::Function').Properties.Timeout;
    expect(timeout(template)).toBe(11 * 60);
    expect(timeout(finderIn({ patience: Duration.minutes(1) }))).toBe(2 * 60);
    expect(timeout(finderIn({ patience: Duration.minutes(14) }))).toBe(15 * 60);
  });

  test.each([Duration.seconds(90), Duration.minutes(15), Duration.minutes(0)])(
    'refuses to wait %s',
    (patience) => {
      expect(() => finderIn({ patience })).toThrow(
        /LoadBalancerFinder at Stack\/Finder has a problem:\n.*patience: .* give 1 to 14 whole minutes/,
      );
    },
  );

  test('looks anew at another revision', () => {
    const { Properties } = theOnly(finderIn({ revision: 'b' }), 'Custom::LoadBalancerOfCluster');
    expect(Properties).toMatchObject({ Revision: 'b' });
  });
});

describe('the tags of an Ingress’s load balancer', () => {
  test.each(['ingress.eks.amazonaws.com', 'ingress.k8s.aws'] as const)('begin with %s', (controller) => {
    expect(loadBalancerTags(controller, 'shop', 'web')).toEqual({
      [`${controller}/stack`]: 'shop/web',
      [`${controller}/resource`]: 'LoadBalancer',
    });
  });
});

describe('the watch over the removal', () => {
  const template = watchIn();
  const { handler, logGroup, resource, rights } = partsOf(template, 'Custom::RemovalOfLoadBalancers');

  test('knows the cluster and its network', () => {
    expect(resource.Properties).toEqual({
      ServiceToken: { 'Fn::GetAtt': [handler.id, 'Arn'] },
      ServiceTimeout: '3000',
      ClusterName: 'shop',
      VpcId: 'vpc-1',
    });
  });

  test('may read what controllers make, and nothing else', () => {
    const reads = [
      'ec2:DescribeNetworkInterfaces',
      'ec2:DescribeSecurityGroups',
      'elasticloadbalancing:DescribeLoadBalancers',
      'elasticloadbalancing:DescribeTags',
      'elasticloadbalancing:DescribeTargetGroups',
    ];
    expect(rights.toSorted()).toEqual([...reads.map((action) => [action, '*']), ...ofEach(logGroup.id)]);
  });

  test('has a log of its own, and is called only while it is there', () => {
    expect(handler.Properties).toMatchObject({ LoggingConfig: { LogGroup: { Ref: logGroup.id } } });
    expectOrder(template, resource, handler.id);
  });

  test('waits as long as Lambda lets it', () => {
    expect(handler.Properties.Timeout).toBe(15 * 60);
  });
});

test.each([
  ['PRODUCTION', PRODUCTION],
  ['SANDBOX', SANDBOX],
])('with %s nothing is unacknowledged in AwsSolutions and Serverless', (_, profile) => {
  const { findings, stale } = validate((app) => {
    const stack = new Stack(app, 'Stack', { env: { region: 'ap-northeast-1' } });
    const vpc = ec2.Vpc.fromVpcAttributes(stack, 'Vpc', { vpcId: 'vpc-1', availabilityZones: ['a'] });
    new RemovalWatch(stack, 'Watch', { clusterName: 'shop', vpc, profile });
    new LoadBalancerFinder(stack, 'Finder', { clusterName: 'shop', tags: TAGS, profile });
  });
  expect(findings.filter(({ pack }) => !/^(NIST|PCI|HIPAA)/.test(pack))).toEqual([]);
  expect(stale).toEqual([]);
});
