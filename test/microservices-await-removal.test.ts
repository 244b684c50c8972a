import { afterEach, describe, expect, test, vi } from 'vitest';
import type { CustomResourceEvent } from '../lambda/shared/custom-resource';
import { type ClusterFunction, noPause, pauses, setUpFunction } from './support/cluster-functions';
import { FakeClusterNetwork } from './support/fake-cluster-network';
import { xmlError } from './support/fake-operations';

vi.mock('node:timers/promises', () => ({ setTimeout: (milliseconds: number) => noPause(milliseconds) }));

const OURS = { 'eks:eks-cluster-name': 'shop' };
const VPC = 'vpc-1';
const FULL_NAME = 'app/k8s-shop-shop-cb8129ddff/50dc6c495c0c9188';
const SUCCESS = { Status: 'SUCCESS', PhysicalResourceId: 'removal-of-shop' };

const balancer = { fullName: FULL_NAME, tags: OURS, vpc: VPC, state: 'active' };
const targetGroup = { name: 'k8s-shop-product-1', tags: OURS, vpc: VPC };
const securityGroup = { id: 'sg-1', name: 'k8s-shop-shop-1', tags: OURS, vpc: VPC };
const networkInterface = { id: 'eni-1', description: `ELB ${FULL_NAME}`, vpc: VPC };

/** The parts of a fake account that a test names. */
type Parts = Partial<
  Pick<FakeClusterNetwork, 'balancers' | 'targetGroups' | 'securityGroups' | 'interfaces'>
>;

let watch: ClusterFunction | undefined;
afterEach(async () => watch?.close());

async function setUp(parts: Parts, whileItWaits?: (aws: FakeClusterNetwork) => void) {
  const aws = Object.assign(new FakeClusterNetwork(), parts);
  const made = await setUpFunction('await-removal', aws, () => whileItWaits?.(aws));
  watch = made;
  const call = (event: Partial<CustomResourceEvent> = {}, seconds?: number) =>
    made.call(
      {
        RequestType: 'Delete',
        PhysicalResourceId: 'removal-of-shop',
        ResourceProperties: { ClusterName: 'shop', VpcId: VPC },
        ...event,
      },
      seconds,
    );
  return { aws, call, asked: made.asked };
}

/** What is left when the time is over, as CloudFormation is told. */
async function leftOf(parts: Parts): Promise<string> {
  const { call } = await setUp(parts);
  const told = await call({}, 65);
  return told.Status === 'SUCCESS'
    ? ''
    : `${told.Reason}`.replace(/^.* made: | While the cluster runs.*$/g, '');
}

test.each(['Create', 'Update'] as const)('nothing is to be done on %s', async (RequestType) => {
  const { asked, call } = await setUp({ balancers: [balancer] });
  await expect(call({ RequestType })).resolves.toEqual(SUCCESS);
  expect(asked()).toEqual([]);
});

test('without anything left the removal is over at once', async () => {
  const { asked, call } = await setUp({});
  await expect(call()).resolves.toEqual(SUCCESS);
  expect(asked().sort()).toEqual([
    'DescribeLoadBalancers',
    'DescribeNetworkInterfaces',
    'DescribeSecurityGroups',
    'DescribeTargetGroups',
  ]);
  expect(pauses).toEqual([]);
});

test('keeps the name that CloudFormation knows', async () => {
  const { call } = await setUp({});
  await expect(call({ PhysicalResourceId: 'as it was' })).resolves.toEqual({
    ...SUCCESS,
    PhysicalResourceId: 'as it was',
  });
});

test('waits while controllers delete one thing after the other', async () => {
  const { call } = await setUp(
    {
      balancers: [balancer],
      targetGroups: [targetGroup],
      securityGroups: [securityGroup],
      interfaces: [networkInterface],
    },
    (aws) => {
      for (const part of ['balancers', 'targetGroups', 'interfaces', 'securityGroups'] as const) {
        if (aws[part].length > 0) return aws[part].pop();
      }
      return undefined;
    },
  );
  await expect(call()).resolves.toEqual(SUCCESS);
  expect(pauses).toEqual([10_000, 10_000, 10_000, 10_000]);
});

describe('what controllers made is waited for', () => {
  test.each([
    ['EKS Auto Mode', 'eks:eks-cluster-name'],
    ['the AWS Load Balancer Controller', 'elbv2.k8s.aws/cluster'],
  ])('by the tag of %s', async (_, key) => {
    const tags = { [key]: 'shop' };
    await expect(leftOf({ balancers: [{ ...balancer, tags }] })).resolves.toBe(`load balancer ${FULL_NAME}.`);
    await expect(leftOf({ targetGroups: [{ ...targetGroup, tags }] })).resolves.toBe(
      'target group k8s-shop-product-1.',
    );
    await expect(leftOf({ securityGroups: [{ ...securityGroup, tags }] })).resolves.toBe(
      'security group sg-1 (k8s-shop-shop-1).',
    );
  });

  test('also a load balancer for TCP', async () => {
    const fullName = 'net/k8s-shop/1';
    await expect(leftOf({ balancers: [{ ...balancer, fullName }] })).resolves.toBe(
      `load balancer ${fullName}.`,
    );
  });

  test.each([`ELB ${FULL_NAME}`, 'ELB net/k8s-shop/1'])(
    'also the network interfaces of a load balancer that is gone: %s',
    async (description) => {
      await expect(leftOf({ interfaces: [{ ...networkInterface, description }] })).resolves.toBe(
        `network interface eni-1 (${description}).`,
      );
    },
  );

  test('the network interfaces of one that is there go with it', async () => {
    await expect(leftOf({ balancers: [balancer], interfaces: [networkInterface] })).resolves.toBe(
      `load balancer ${FULL_NAME}.`,
    );
  });
});

describe('what is of others is not waited for', () => {
  const theirs = { 'eks:eks-cluster-name': 'shop2', team: 'shop' };

  test.each<[string, Parts]>([
    [
      'another cluster in the same network',
      {
        balancers: [{ ...balancer, tags: theirs }],
        targetGroups: [{ ...targetGroup, tags: theirs }],
        securityGroups: [{ ...securityGroup, tags: theirs }],
        interfaces: [networkInterface],
      },
    ],
    [
      'what has no tags',
      {
        balancers: [{ ...balancer, tags: {} }],
        targetGroups: [{ ...targetGroup, tags: {} }],
        securityGroups: [{ ...securityGroup, tags: {} }],
      },
    ],
    [
      'a cluster of the same name in another network',
      {
        balancers: [{ ...balancer, vpc: 'vpc-2' }],
        targetGroups: [{ ...targetGroup, vpc: 'vpc-2' }],
        securityGroups: [{ ...securityGroup, vpc: 'vpc-2' }],
        interfaces: [{ ...networkInterface, vpc: 'vpc-2' }],
      },
    ],
    ['a target group for functions', { targetGroups: [{ name: 'functions', tags: OURS }] }],
    [
      'the security group that EKS itself gives the cluster and deletes with it',
      {
        securityGroups: [
          {
            ...securityGroup,
            tags: { ...OURS, 'aws:eks:cluster-name': 'shop', Name: 'eks-cluster-sg-shop' },
          },
        ],
      },
    ],
    [
      'other network interfaces',
      {
        interfaces: ['ELB classic', 'aws-K8S-i-0a0a0a0a', 'Interface for NAT Gateway nat-1'].map(
          (description) => ({ ...networkInterface, description }),
        ),
      },
    ],
  ])('%s', async (_, parts) => {
    const { call } = await setUp(parts);
    await expect(call({}, 65)).resolves.toEqual(SUCCESS);
    expect(pauses).toEqual([]);
  });
});

test('all pages are read, and tags of twenty at once', async () => {
  const many = Array.from({ length: 30 }, (_, number) => number);
  const { asked, aws, call } = await setUp({
    balancers: many.map((number) => ({ ...balancer, fullName: `app/other-${number}/1`, tags: {} })),
    targetGroups: many.map((number) => ({ ...targetGroup, name: `other-${number}`, tags: {} })),
    securityGroups: [
      ...many.map((number) => ({ ...securityGroup, id: `sg-${number}`, tags: {} })),
      securityGroup,
    ],
    interfaces: [
      ...many.map((number) => ({ ...networkInterface, description: `ELB app/other-${number}/1` })),
      networkInterface,
    ],
  });
  aws.balancers.push(balancer);
  aws.targetGroups.push(targetGroup);
  aws.pageSize = 15;
  const { Reason } = await call({}, 65);
  expect(Reason).toContain(
    `made: load balancer ${FULL_NAME}; target group k8s-shop-product-1; security group sg-1 (k8s-shop-shop-1). While`,
  );
  const times = (operation: string) => asked().filter((each) => each === operation).length;
  expect(times('DescribeLoadBalancers')).toBe(3);
  expect(times('DescribeTargetGroups')).toBe(3);
  expect(times('DescribeSecurityGroups')).toBe(3);
  expect(times('DescribeNetworkInterfaces')).toBe(3);
  expect(times('DescribeTags')).toBe(4);
});

describe('what does not go', () => {
  test('is told with the way out, a minute before the function ends', async () => {
    const { call } = await setUp({ balancers: [balancer], securityGroups: [securityGroup] });
    await expect(call()).resolves.toEqual({
      ...SUCCESS,
      Status: 'FAILED',
      Reason: [
        `In vpc-1 is left what the controllers of the cluster shop made: load balancer ${FULL_NAME}; security group sg-1 (k8s-shop-shop-1).`,
        'While the cluster runs, delete its Ingresses and its Services of type LoadBalancer, and the controllers delete the rest: kubectl delete ingress --all --all-namespaces.',
        'Nobody can delete a load balancer before its deletion protection is off.',
        'If that does not help, delete what is listed yourself, load balancers first; network interfaces go with them.',
        'Then delete the stack again.',
      ].join(' '),
    });
    const waited = pauses.reduce((sum, pause) => sum + pause, 0);
    expect(waited).toBeGreaterThan(600_000);
    expect(waited).toBeLessThan(840_000);
  });

  test('is told in part where it is much', async () => {
    const securityGroups = Array.from({ length: 300 }, (_, number) => ({
      ...securityGroup,
      id: `sg-${number}`,
      name: 'n'.repeat(50),
    }));
    const left = await leftOf({ securityGroups });
    expect(left).toMatch(/^security group sg-0 \(n+\); .*; security group sg-7 \(n+\); and 292 more\.$/);
  });

  test('is told in full where it is just so much', async () => {
    const securityGroups = Array.from({ length: 8 }, (_, number) => ({
      ...securityGroup,
      id: `sg-${number}`,
    }));
    await expect(leftOf({ securityGroups })).resolves.toMatch(/; security group sg-7 \(k8s-shop-shop-1\)\.$/);
  });
});

test('a target group that is deleted between two questions leads to another look', async () => {
  const { aws, call } = await setUp({ targetGroups: [targetGroup] });
  const answer = aws.answer.bind(aws);
  vi.spyOn(aws, 'answer').mockImplementation((request) => {
    if (request.body.includes('Action=DescribeTags')) aws.targetGroups = [];
    return answer(request);
  });
  await expect(call()).resolves.toEqual(SUCCESS);
  expect(pauses).toEqual([10_000]);
});

test('rights that lack are told at once', async () => {
  const { aws, call } = await setUp({});
  aws.troubles.push(
    ...Array.from({ length: 4 }, () => xmlError('UnauthorizedOperation', 'You may not.', 403)),
  );
  await expect(call()).resolves.toMatchObject({
    Status: 'FAILED',
    Reason: expect.stringMatching(/You may not/),
  });
  expect(pauses).toEqual([]);
});
