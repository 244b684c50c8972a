import { App, Fn, Stack } from 'aws-cdk-lib';
import { describe, expect, test } from 'vitest';
import { fargateLogging } from '../lib/microservices/kubernetes/fargate-logging';
import { ingressObject } from '../lib/microservices/kubernetes/ingress';
import { type IngressClassOptions, ingressClassObjects } from '../lib/microservices/kubernetes/ingress-class';
import { networkPolicyController } from '../lib/microservices/kubernetes/network-policy-controller';
import { nodePoolObject } from '../lib/microservices/kubernetes/node-pool';
import { servicePolicy } from '../lib/microservices/kubernetes/service-policy';
import { workloadObjects } from '../lib/microservices/kubernetes/workload';
import { schemaProblems } from './support/kubernetes-schemas';

const SCOPE = { namespace: 'shop', application: 'shop' };
const CERTIFICATE = 'arn:aws:acm:ap-northeast-1:111122223333:certificate/1';

const CLASS: IngressClassOptions = {
  ...SCOPE,
  name: 'shop',
  loadBalancing: 'autoMode',
  scheme: 'internet-facing',
  subnetIds: ['subnet-0a', 'subnet-0b'],
};

const INGRESS = {
  ...SCOPE,
  name: 'shop',
  className: 'shop',
  routes: [
    { path: '/', service: 'product' },
    { path: '/orders', service: 'order' },
    { path: '/products', service: 'product' },
  ],
};

function attributesOf(options: Partial<IngressClassOptions>): Record<string, string> {
  const { parameters } = ingressClassObjects({ ...CLASS, ...options });
  const attributes = parameters.spec.loadBalancerAttributes ?? [];
  return Object.fromEntries(attributes.map(({ key, value }) => [key, value]));
}

describe('a class of Ingresses', () => {
  test.each([
    ['autoMode', 'eks.amazonaws.com', 'v1', 'eks.amazonaws.com/alb', 'certificateARNs'],
    ['controller', 'elbv2.k8s.aws', 'v1beta1', 'ingress.k8s.aws/alb', 'certificateArn'],
  ] as const)('of %s is for %s/%s', (loadBalancing, group, version, controller, certificates) => {
    const options = { ...CLASS, loadBalancing, certificateArn: CERTIFICATE, tags: { team: 'shop' } };
    const { parameters, ingressClass } = ingressClassObjects(options);
    expect([parameters, ingressClass].flatMap(schemaProblems)).toEqual([]);
    expect(parameters.apiVersion).toBe(`${group}/${version}`);
    expect(parameters.spec[certificates]).toEqual([CERTIFICATE]);
    expect(parameters.spec.tags).toEqual([{ key: 'team', value: 'shop' }]);
    expect(ingressClass.spec).toEqual({
      controller,
      parameters: { apiGroup: group, kind: 'IngressClassParams', name: 'shop' },
    });
  });

  test('is for Ingresses of its own namespace only', () => {
    expect(ingressClassObjects(CLASS).parameters.spec).toMatchObject({
      scheme: 'internet-facing',
      subnets: { ids: ['subnet-0a', 'subnet-0b'] },
      namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'shop' } },
    });
  });

  test('drops broken headers, and can be deleted unless it is protected', () => {
    expect(attributesOf({})).toEqual({
      'deletion_protection.enabled': 'false',
      'routing.http.drop_invalid_header_fields.enabled': 'true',
      'access_logs.s3.enabled': 'false',
    });
    expect(attributesOf({ deletionProtection: true })['deletion_protection.enabled']).toBe('true');
  });

  test('writes access logs where it has a bucket', () => {
    expect(attributesOf({ accessLogs: { bucketName: 'logs', prefix: 'shop' } })).toMatchObject({
      'access_logs.s3.enabled': 'true',
      'access_logs.s3.bucket': 'logs',
      'access_logs.s3.prefix': 'shop',
    });
  });
});

describe('an Ingress', () => {
  const annotationsOf = (options: Partial<Parameters<typeof ingressObject>[0]>) =>
    Object.fromEntries(
      Object.entries(ingressObject({ ...INGRESS, https: false, ...options }).metadata?.annotations ?? {}).map(
        ([key, value]) => [key.replace('alb.ingress.kubernetes.io/', ''), value],
      ),
    );

  test('asks for the longest path first', () => {
    const [rule] = ingressObject({ ...INGRESS, https: false }).spec?.rules ?? [];
    expect(rule?.http?.paths.map(({ path, pathType, backend }) => [path, pathType, backend.service])).toEqual(
      [
        ['/products', 'Prefix', { name: 'product', port: { name: 'http' } }],
        ['/orders', 'Prefix', { name: 'order', port: { name: 'http' } }],
        ['/', 'Prefix', { name: 'product', port: { name: 'http' } }],
      ],
    );
  });

  test('calls pods by their addresses and asks them whether they are ready', () => {
    expect(annotationsOf({})).toEqual({
      'target-type': 'ip',
      'target-group-attributes': 'deregistration_delay.timeout_seconds=30',
      'healthcheck-path': '/readyz',
      'healthcheck-interval-seconds': '10',
      'healthcheck-timeout-seconds': '5',
      'healthy-threshold-count': '2',
      'unhealthy-threshold-count': '2',
      'success-codes': '200',
      'listen-ports': '[{"HTTP":80}]',
    });
  });

  test('with a certificate sends HTTP to HTTPS', () => {
    expect(annotationsOf({ https: true })).toMatchObject({
      'listen-ports': '[{"HTTP":80},{"HTTPS":443}]',
      'ssl-redirect': '443',
      'ssl-policy': 'ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09',
    });
    expect(annotationsOf({ https: true, sslPolicy: 'other' })['ssl-policy']).toBe('other');
  });

  test('takes requests from the ranges of its clients', () => {
    expect(annotationsOf({ clientRanges: ['192.0.2.0/24', '198.51.100.0/24'] })['inbound-cidrs']).toBe(
      '192.0.2.0/24,198.51.100.0/24',
    );
  });
});

test.each([
  ['arm64', '5'],
  ['amd64', '4'],
] as const)('a pool of %s has nodes on demand, of generations after the %sth', (architecture, generation) => {
  const pool = nodePoolObject({ name: 'shop', application: 'shop', architecture, cpuLimit: 16 });
  expect(schemaProblems(pool)).toEqual([]);
  expect(pool.spec.template.spec).toEqual({
    nodeClassRef: { group: 'eks.amazonaws.com', kind: 'NodeClass', name: 'default' },
    requirements: [
      { key: 'kubernetes.io/arch', operator: 'In', values: [architecture] },
      { key: 'karpenter.sh/capacity-type', operator: 'In', values: ['on-demand'] },
      { key: 'eks.amazonaws.com/instance-category', operator: 'In', values: ['c', 'm', 'r'] },
      { key: 'eks.amazonaws.com/instance-generation', operator: 'Gt', values: [generation] },
    ],
    expireAfter: '336h',
    terminationGracePeriod: '24h',
  });
  expect(pool.spec.limits).toEqual({ cpu: '16' });
  expect(pool.spec.disruption).toEqual({
    consolidationPolicy: 'WhenEmptyOrUnderutilized',
    consolidateAfter: '5m',
    budgets: [{ nodes: '1' }],
  });
});

test.each([
  ['arm64', '3'],
  ['amd64', '2'],
] as const)(
  'a burstable pool of %s takes t instances of generations after the %sth',
  (architecture, generation) => {
    const pool = nodePoolObject({
      name: 'shop',
      application: 'shop',
      architecture,
      burstable: true,
      cpuLimit: 16,
    });
    expect(pool.spec.template.spec.requirements.slice(2)).toEqual([
      { key: 'eks.amazonaws.com/instance-category', operator: 'In', values: ['c', 'm', 'r', 't'] },
      { key: 'eks.amazonaws.com/instance-generation', operator: 'Gt', values: [generation] },
    ]);
  },
);

test('EKS Auto Mode is told to enforce network policies by a ConfigMap of its name', () => {
  expect(networkPolicyController('shop')).toMatchObject({
    metadata: { name: 'amazon-vpc-cni', namespace: 'kube-system' },
    data: { 'enable-network-policy-controller': 'true' },
  });
});

describe('the logs of Fargate', () => {
  const { namespace, configMap } = fargateLogging({
    application: 'shop',
    logGroupName: '/shop',
    region: 'ap-northeast-1',
  });

  test('have the names that Fargate looks for, and fit', () => {
    expect(namespace.metadata).toMatchObject({
      name: 'aws-observability',
      labels: { 'aws-observability': 'enabled' },
    });
    expect(configMap.metadata).toMatchObject({ name: 'aws-logging', namespace: 'aws-observability' });
    expect(Object.values(configMap.data ?? {}).join('').length).toBeLessThan(5300);
  });

  test('go to the one log group, as JSON under log_processed', () => {
    const { 'output.conf': output, 'filters.conf': filters, 'parsers.conf': parsers } = configMap.data ?? {};
    expect(output).toContain('log_group_name /shop\n');
    expect(output).toContain('region ap-northeast-1\n');
    expect(output).toContain('auto_create_group false\n');
    expect(filters).toContain('Merge_Log_Key log_processed\n');
    expect(filters).toContain('Keep_Log Off\n');
    // Fluent Bit's own log would be another log group, which nobody deletes.
    expect(configMap.data?.flb_log_cw).toBe('false');
    const [, pattern = ''] = /Regex (.+)\n/.exec(parsers ?? '') ?? [];
    const line = '2026-11-21T10:00:00.123456789Z stdout F {"event":"request"}';
    expect(new RegExp(pattern).exec(line)?.groups).toMatchObject({
      stream: 'stdout',
      log: '{"event":"request"}',
    });
  });
});

test('values that are known only when the stack is deployed stay references', () => {
  const stack = new Stack(new App());
  const value = Fn.ref('Value');
  const objects = [
    ...Object.values(ingressClassObjects({ ...CLASS, subnetIds: [value], certificateArn: value })),
    ingressObject({ ...INGRESS, https: true, clientRanges: [value] }),
    servicePolicy({
      ...SCOPE,
      name: 'order',
      callers: [],
      calls: [],
      loadBalancer: { port: 8080, ranges: [value] },
    }),
    fargateLogging({ application: 'shop', logGroupName: value, region: value }).configMap,
    workloadObjects({
      ...SCOPE,
      name: 'order',
      image: value,
      environment: { TABLE_NAME: value },
      port: 8080,
      resources: { cpuMillis: 250, memoryMiB: 256 },
      minReplicas: 1,
      maxReplicas: 2,
      compute: 'fargate',
      roleArn: value,
    }),
  ];
  const resolved = JSON.stringify(stack.resolve(objects));
  expect(resolved.match(/"Ref":"Value"/g)).toHaveLength(9);
  expect(resolved).not.toContain('${Token');
});
