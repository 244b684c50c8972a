import type { Container, PodSpec } from 'kubernetes-types/core/v1';
import { describe, expect, test } from 'vitest';
import { PRE_STOP_SECONDS } from '../lib/microservices/kubernetes/pod';
import { mostPods } from '../lib/microservices/kubernetes/pod-resources';
import { type Workload, workloadObjects } from '../lib/microservices/kubernetes/workload';
import { deployedPods, nameOf } from './support/kubernetes-objects';
import { policyProblems } from './support/kubernetes-policies';
import { sampleShop } from './support/kubernetes-sample';
import { schemaProblems } from './support/kubernetes-schemas';
import { type Change, set } from './support/object-changes';

const COMPUTES = ['autoMode', 'nodeGroup', 'fargate'] as const;

const SCOPE = { namespace: 'shop', application: 'shop' };

const WORKLOAD: Workload = {
  ...SCOPE,
  name: 'order',
  image: 'registry/order:1',
  environment: {},
  port: 8080,
  resources: { cpuMillis: 250, memoryMiB: 256 },
  minReplicas: 2,
  maxReplicas: 5,
  compute: 'nodes',
};

function podOf(workload: Workload): PodSpec & { readonly containers: [Container] } {
  const [pods] = deployedPods([workloadObjects(workload).deployment]);
  const [container] = pods?.pod.containers ?? [];
  if (!pods || !container) throw new Error('there is no container');
  return { ...pods.pod, containers: [container] };
}

/** All objects and arrays in a value, as often as they are reached. */
function partsOf(value: unknown): unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  return [value, ...Object.values(value).flatMap(partsOf)];
}

describe.each(COMPUTES)('a shop on %s', (compute) => {
  const objects = sampleShop(compute).flat();

  test('is accepted by the schemas of Kubernetes 1.36', () => {
    expect(objects.flatMap(schemaProblems)).toEqual([]);
  });

  test('keeps to all rules', () => {
    expect(policyProblems(objects)).toEqual([]);
  });

  test('shares no part between two objects, as the CDK writes labels into each', () => {
    const parts = objects.flatMap(partsOf);
    expect(parts.length - new Set(parts).size).toBe(0);
  });

  test('says of each object which application it is part of, and who made it', () => {
    const unlabelled = objects.filter(({ metadata }) => {
      const labels = metadata?.labels ?? {};
      return (
        labels['app.kubernetes.io/part-of'] !== 'shop' || labels['app.kubernetes.io/managed-by'] !== 'aws-cdk'
      );
    });
    expect(unlabelled.map(nameOf)).toEqual([]);
  });
});

test.each<[string, Change]>([
  ['an unknown field', set('Deployment', 'order', '/spec/template/spec/containers/0/resource', {})],
  ['a wrong type', set('HorizontalPodAutoscaler', 'order', '/spec/minReplicas', '2')],
  ['a lack', set('Ingress', 'shop', '/spec/rules/0/http/paths/0/pathType')],
  ['an unknown field of EKS', set('IngressClassParams', 'shop', '/spec/certificateArn', ['arn:aws:acm'])],
  ['one subnet', set('IngressClassParams', 'shop', '/spec/subnets/ids', ['subnet-1'])],
  [
    'a label of Karpenter only',
    set('NodePool', 'shop', '/spec/template/spec/requirements/0/key', 'karpenter.k8s.aws/instance-cpu'),
  ],
  ['no consolidation time', set('NodePool', 'shop', '/spec/disruption/consolidateAfter')],
  ['another kind', set('Service', 'order', '/apiVersion', 'v2')],
])('the schemas refuse %s', (_, change) => {
  const objects = change(structuredClone(sampleShop('autoMode').flat()));
  expect(objects.flatMap(schemaProblems)).not.toEqual([]);
});

describe('a workload', () => {
  test('finds its pods by a label that no release changes', () => {
    expect(workloadObjects(WORKLOAD).deployment.spec?.selector).toEqual({
      matchLabels: { 'app.kubernetes.io/name': 'order' },
    });
  });

  test('has time to stop after the load balancer has learnt of it', () => {
    const { terminationGracePeriodSeconds, containers } = podOf({ ...WORKLOAD, stopTimeoutSeconds: 40 });
    expect(containers[0].lifecycle).toEqual({ preStop: { sleep: { seconds: PRE_STOP_SECONDS } } });
    expect(terminationGracePeriodSeconds).toBeGreaterThan(PRE_STOP_SECONDS + 40);
  });

  test('has a port for everyone, and one for other services where it wants one', () => {
    const { service } = workloadObjects({ ...WORKLOAD, internalPort: 8081 });
    expect(service.spec?.ports?.map(({ name, port }) => [name, port])).toEqual([
      ['http', 8080],
      ['internal', 8081],
    ]);
    expect(workloadObjects(WORKLOAD).service.spec?.ports).toHaveLength(1);
  });

  test('takes as much CPU as was kept free, unless told otherwise', () => {
    expect(podOf(WORKLOAD).containers[0].resources?.limits).toEqual({ cpu: '250m', memory: '256Mi' });
    const resources = { cpuMillis: 250, cpuLimitMillis: 900, memoryMiB: 256 };
    expect(podOf({ ...WORKLOAD, resources }).containers[0].resources).toEqual({
      requests: { cpu: '250m', memory: '256Mi' },
      limits: { cpu: '900m', memory: '256Mi' },
    });
  });

  test('is spread over the zones that have nodes, or first over as many as it is told', () => {
    const [zones] = podOf(WORKLOAD).topologySpreadConstraints ?? [];
    expect(zones).toMatchObject({
      topologyKey: 'topology.kubernetes.io/zone',
      whenUnsatisfiable: 'DoNotSchedule',
    });
    expect(zones).not.toHaveProperty('minDomains');
    const [three, nodes] = podOf({ ...WORKLOAD, minZones: 3 }).topologySpreadConstraints ?? [];
    expect(three).toHaveProperty('minDomains', 3);
    // Kubernetes refuses minDomains together with ScheduleAnyway.
    expect(nodes).toMatchObject({
      topologyKey: 'kubernetes.io/hostname',
      whenUnsatisfiable: 'ScheduleAnyway',
    });
    expect(nodes).not.toHaveProperty('minDomains');
  });

  test('on Fargate has its role by IRSA, and no say about its node', () => {
    const fargate = { ...WORKLOAD, compute: 'fargate', roleArn: 'arn:aws:iam::1:role/order' } as const;
    expect(podOf(fargate)).not.toHaveProperty('topologySpreadConstraints');
    expect(workloadObjects(fargate).serviceAccount.metadata?.annotations).toEqual({
      'eks.amazonaws.com/role-arn': 'arn:aws:iam::1:role/order',
    });
    expect(workloadObjects(WORKLOAD).serviceAccount.metadata).not.toHaveProperty('annotations');
  });

  test('runs on nodes of the architecture of its image', () => {
    expect(podOf({ ...WORKLOAD, architecture: 'arm64' }).nodeSelector).toEqual({
      'kubernetes.io/arch': 'arm64',
    });
    expect(podOf(WORKLOAD)).not.toHaveProperty('nodeSelector');
  });

  test('counts old pods and new ones, and the surge, at its greatest', () => {
    expect([1, 4, 5].map(mostPods)).toEqual([3, 9, 12]);
  });
});
