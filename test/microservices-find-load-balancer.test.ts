import { afterEach, describe, expect, test, vi } from 'vitest';
import type { CustomResourceEvent } from '../lambda/shared/custom-resource';
import { type ClusterFunction, noPause, pauses, setUpFunction } from './support/cluster-functions';
import { balancerArn, type FakeBalancer, FakeClusterNetwork } from './support/fake-cluster-network';
import { xmlError } from './support/fake-operations';

vi.mock('node:timers/promises', () => ({ setTimeout: (milliseconds: number) => noPause(milliseconds) }));

const FULL_NAME = 'app/k8s-shop-shop-cb8129ddff/50dc6c495c0c9188';
const WANTED = {
  'ingress.eks.amazonaws.com/stack': 'shop/shop',
  'ingress.eks.amazonaws.com/resource': 'LoadBalancer',
};
const TAGS = { 'eks:eks-cluster-name': 'shop', ...WANTED };

const balancer = (changes: Partial<FakeBalancer> = {}): FakeBalancer => ({
  fullName: FULL_NAME,
  tags: TAGS,
  vpc: 'vpc-1',
  state: 'active',
  ...changes,
});

const other = (number: number): FakeBalancer =>
  balancer({ fullName: `app/other-${number}/1`, tags: { team: 'billing' } });

const FOUND = {
  Status: 'SUCCESS',
  PhysicalResourceId: 'load-balancer-of-shop',
  Data: {
    Arn: balancerArn(FULL_NAME),
    CanonicalHostedZoneId: 'Z14GRHDCWA56QT',
    DnsName: 'k8s-shop-shop-cb8129ddff.example.com',
    FullName: FULL_NAME,
  },
};

let finder: ClusterFunction | undefined;
afterEach(async () => finder?.close());

async function setUp(balancers: readonly FakeBalancer[], whileItWaits?: (aws: FakeClusterNetwork) => void) {
  const aws = new FakeClusterNetwork();
  aws.balancers = [...balancers];
  const found = await setUpFunction('find-load-balancer', aws, () => whileItWaits?.(aws));
  finder = found;
  const call = (event: Partial<CustomResourceEvent> = {}, seconds?: number) =>
    found.call(
      { ResourceProperties: { ClusterName: 'shop', Tags: JSON.stringify(WANTED) }, ...event },
      seconds,
    );
  return { aws, call, asked: found.asked, cutOff: found.cutOff };
}

describe('the load balancer of an Ingress', () => {
  test.each(['Create', 'Update'] as const)('is told on %s', async (RequestType) => {
    const { asked, call } = await setUp([balancer()]);
    await expect(call({ RequestType })).resolves.toEqual(FOUND);
    expect(asked()).toEqual(['DescribeLoadBalancers', 'DescribeTags']);
    expect(pauses).toEqual([]);
  });

  test('is found anew by an update, under the same name', async () => {
    const moved = 'app/k8s-shop-shop-moved/2';
    const { call } = await setUp([balancer({ fullName: moved })]);
    await expect(
      call({ RequestType: 'Update', PhysicalResourceId: 'load-balancer-of-shop' }),
    ).resolves.toMatchObject({
      PhysicalResourceId: 'load-balancer-of-shop',
      Data: { FullName: moved },
    });
  });

  test.each([
    ['EKS Auto Mode', 'eks:eks-cluster-name'],
    ['the AWS Load Balancer Controller', 'elbv2.k8s.aws/cluster'],
  ])('is known by the tag of %s', async (_, key) => {
    const { call } = await setUp([balancer({ tags: { ...WANTED, [key]: 'shop' } })]);
    await expect(call()).resolves.toEqual(FOUND);
  });

  test('is told while it can not grow', async () => {
    const { call } = await setUp([balancer({ state: 'active_impaired' })]);
    await expect(call()).resolves.toEqual(FOUND);
  });

  test('is found among many, twenty of which are asked for their tags at once', async () => {
    const others = Array.from({ length: 44 }, (_, number) => other(number));
    const { asked, aws, call } = await setUp([...others, balancer()]);
    aws.pageSize = 20;
    await expect(call()).resolves.toEqual(FOUND);
    expect(asked()).toEqual([
      ...Array.from({ length: 3 }, () => 'DescribeLoadBalancers'),
      ...Array.from({ length: 3 }, () => 'DescribeTags'),
    ]);
  });

  test('is waited for until it is made and active', async () => {
    const states = [undefined, 'provisioning', 'provisioning', 'active'];
    const { call } = await setUp([], (aws) => {
      const state = states.shift();
      aws.balancers = state ? [balancer({ state })] : [];
    });
    await expect(call()).resolves.toEqual(FOUND);
    expect(pauses).toEqual([10_000, 10_000, 10_000, 10_000]);
  });

  test('is told as soon as there is only one', async () => {
    const { call } = await setUp([balancer({ fullName: 'app/old/1' }), balancer()], (aws) => {
      aws.balancers.shift();
    });
    await expect(call()).resolves.toEqual(FOUND);
    expect(pauses).toHaveLength(1);
  });
});

describe('a look that fails for a passing reason is followed by another', () => {
  test.each([
    ['Elastic Load Balancing is asked too often', () => xmlError('Throttling', 'Rate exceeded')],
    ['Elastic Load Balancing is in trouble', () => xmlError('InternalFailure', 'It fails.', 503)],
  ])(
    '%s',
    async (_, trouble) => {
      const { aws, call } = await setUp([balancer()]);
      // As often as the client of the SDK asks by itself.
      aws.troubles.push(...Array.from({ length: 4 }, trouble));
      await expect(call()).resolves.toEqual(FOUND);
      expect(pauses).toEqual([10_000]);
    },
    30_000,
  );

  test('one of the others is deleted between two questions', async () => {
    const { aws, call } = await setUp([other(1), balancer()]);
    const answer = aws.answer.bind(aws);
    let isFirst = true;
    vi.spyOn(aws, 'answer').mockImplementation((request) => {
      const given = answer(request);
      if (isFirst) aws.balancers.shift();
      isFirst = false;
      return given;
    });
    await expect(call()).resolves.toEqual(FOUND);
    expect(pauses).toEqual([10_000]);
  });
});

describe('without a load balancer, CloudFormation is told why', () => {
  const WITHOUT = `The cluster shop has no Application Load Balancer with the tags ${JSON.stringify(WANTED)}. The events of its Ingress say why: kubectl describe ingress --all-namespaces.`;

  test.each<[string, FakeBalancer[]]>([
    ['there is none', []],
    ['it is one of another cluster', [balancer({ tags: { ...TAGS, 'eks:eks-cluster-name': 'shop2' } })]],
    ['it has no tag of a cluster', [balancer({ tags: WANTED })]],
    [
      'it is that of another Ingress',
      [balancer({ tags: { ...TAGS, 'ingress.eks.amazonaws.com/stack': 'a/b' } })],
    ],
    ['it is one for TCP', [balancer({ fullName: 'net/k8s-shop/1' })]],
  ])('%s', async (_, balancers) => {
    const { call } = await setUp(balancers);
    await expect(call({}, 90)).resolves.toEqual({
      Status: 'FAILED',
      Reason: WITHOUT,
      PhysicalResourceId: 'load-balancer-of-shop',
    });
  });

  test.each([
    [{ state: 'provisioning' }, 'provisioning'],
    [{ state: 'failed', reason: 'no free address' }, 'failed, no free address'],
  ])('it is not active: %j', async (changes, state) => {
    const { call } = await setUp([balancer(changes)]);
    await expect(call({}, 90)).resolves.toMatchObject({
      Status: 'FAILED',
      Reason: `The load balancer k8s-shop-shop-cb8129ddff is not active, but ${state}.`,
    });
  });

  test('there are several', async () => {
    const { call } = await setUp([balancer(), balancer({ fullName: 'app/second/2' })]);
    await expect(call({}, 90)).resolves.toMatchObject({
      Status: 'FAILED',
      Reason: `The cluster shop has several load balancers with the tags ${JSON.stringify(WANTED)}: k8s-shop-shop-cb8129ddff, second.`,
    });
  });

  test('with the last failure, where AWS did not answer at the end', async () => {
    const { aws, call } = await setUp([], (each) => {
      each.troubles.push(...Array.from({ length: 4 }, () => xmlError('Throttling', 'Rate exceeded')));
    });
    await expect(call({}, 75)).resolves.toMatchObject({
      Status: 'FAILED',
      Reason: `${WITHOUT} The last look failed: Throttling: Rate exceeded`,
    });
    expect(aws.troubles).toEqual([]);
  }, 30_000);

  test('with the last failure, where nobody listens', async () => {
    const { call, cutOff } = await setUp([balancer()]);
    await cutOff();
    await expect(call({}, 75)).resolves.toMatchObject({
      Status: 'FAILED',
      Reason: expect.stringMatching(/^Nothing was seen yet\. The last look failed: .*ECONNREFUSED/),
    });
    expect(pauses).toHaveLength(1);
  }, 30_000);

  test('at once, where rights lack', async () => {
    const { aws, call } = await setUp([balancer()]);
    aws.troubles.push(xmlError('AccessDenied', 'User: arn is not authorized', 403));
    await expect(call()).resolves.toMatchObject({ Status: 'FAILED', Reason: 'User: arn is not authorized' });
    expect(pauses).toEqual([]);
  });

  test('at once, where AWS could not even be asked', async () => {
    const { asked, call } = await setUp([balancer()]);
    vi.stubEnv('AWS_REGION', undefined);
    await expect(call()).resolves.toMatchObject({ Status: 'FAILED', Reason: 'Region is missing' });
    expect(asked()).toEqual([]);
    expect(pauses).toEqual([]);
  });

  test('at once, where the tags are none', async () => {
    const { asked, call } = await setUp([balancer()]);
    const told = await call({ ResourceProperties: { ClusterName: 'shop', Tags: '{' } });
    expect(told).toMatchObject({ Status: 'FAILED', Reason: expect.stringMatching(/JSON/) });
    expect(asked()).toEqual([]);
  });
});

test.each([
  [80, 1],
  [73, 1],
  [72, 1],
  [71, 0],
  [70, 0],
])(
  'with %i seconds it waits %i times: the last minute is for a look and the answer',
  async (seconds, times) => {
    const { call } = await setUp([]);
    await expect(call({}, seconds)).resolves.toMatchObject({ Status: 'FAILED' });
    expect(pauses).toHaveLength(times);
  },
);

test('nothing is to be done for a resource that is deleted', async () => {
  const { asked, call } = await setUp([balancer()]);
  await expect(call({ RequestType: 'Delete', PhysicalResourceId: 'as it was' })).resolves.toEqual({
    Status: 'SUCCESS',
    PhysicalResourceId: 'as it was',
  });
  expect(asked()).toEqual([]);
});
