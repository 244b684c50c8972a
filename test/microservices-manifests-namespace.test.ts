import { describe, expect, test } from 'vitest';
import { namespaceObjects } from '../lib/microservices/kubernetes/namespace';
import { allowAwsApis, allowDns, allowTelemetry } from '../lib/microservices/kubernetes/network-policies';
import { servicePolicy } from '../lib/microservices/kubernetes/service-policy';
import { ofKind } from './support/kubernetes-objects';
import { sampleShop } from './support/kubernetes-sample';

const SCOPE = { namespace: 'shop', application: 'shop' };

describe('a namespace', () => {
  const options = {
    name: 'shop',
    application: 'shop',
    kubernetesMinor: 36,
    services: [{ resources: { cpuMillis: 250, memoryMiB: 256 }, maxReplicas: 5 }],
  };

  test.each([
    ['autoMode', 'eks.amazonaws.com/pod-readiness-gate-inject'],
    ['controller', 'elbv2.k8s.aws/pod-readiness-gate-inject'],
  ] as const)('with the load balancing of %s has the label %s', (loadBalancing, label) => {
    const { labels } = namespaceObjects({ ...options, loadBalancing }).namespace.metadata ?? {};
    const gates = Object.entries(labels ?? {}).filter(([key]) => key.includes('readiness-gate'));
    expect(gates).toEqual([[label, 'enabled']]);
  });

  test('also warns of pods and records pods that it would refuse, as of its own version', () => {
    const { labels } = namespaceObjects({ ...options, loadBalancing: 'autoMode' }).namespace.metadata ?? {};
    for (const mode of ['enforce', 'audit', 'warn']) {
      expect(labels?.[`pod-security.kubernetes.io/${mode}`]).toBe('restricted');
      expect(labels?.[`pod-security.kubernetes.io/${mode}-version`]).toBe('v1.36');
    }
  });

  test('gives a container that says nothing a little, so that its quota does not refuse it', () => {
    const { limits } = namespaceObjects({ ...options, loadBalancing: 'autoMode' });
    expect(limits.spec?.limits).toEqual([
      {
        type: 'Container',
        defaultRequest: { cpu: '50m', memory: '64Mi' },
        default: { cpu: '200m', memory: '128Mi' },
      },
    ]);
  });

  test('has no way in beside the Ingress', () => {
    const { quota } = namespaceObjects({ ...options, loadBalancing: 'autoMode' });
    expect(quota.spec?.hard).toEqual({
      pods: '12',
      'requests.cpu': '3000m',
      'limits.cpu': '3000m',
      'requests.memory': '3072Mi',
      'limits.memory': '3072Mi',
      'services.loadbalancers': '0',
      'services.nodeports': '0',
    });
  });
});

describe('network policies', () => {
  test('find the name server by its address in EKS Auto Mode, and else by its pods', () => {
    const peers = [allowDns(SCOPE, '172.20.0.10/32'), allowDns(SCOPE)].map(({ spec }) => spec?.egress?.[0]);
    const ports = [
      { protocol: 'UDP', port: 53 },
      { protocol: 'TCP', port: 53 },
    ];
    expect(peers).toEqual([
      { to: [{ ipBlock: { cidr: '172.20.0.10/32' } }], ports },
      {
        to: [
          {
            namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } },
            podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } },
          },
        ],
        ports,
      },
    ]);
  });

  test('open AWS to HTTPS, and of the network itself only its endpoints', () => {
    const policy = allowAwsApis({
      ...SCOPE,
      closedRanges: ['10.0.0.0/16', '172.20.0.0/16'],
      endpointRanges: ['10.0.8.0/24'],
    });
    expect(policy.spec?.egress).toEqual([
      {
        to: [
          { ipBlock: { cidr: '0.0.0.0/0', except: ['10.0.0.0/16', '172.20.0.0/16'] } },
          { ipBlock: { cidr: '10.0.8.0/24' } },
        ],
        ports: [{ protocol: 'TCP', port: 443 }],
      },
    ]);
  });

  test('let traces go to the CloudWatch agent', () => {
    expect(allowTelemetry(SCOPE, [4316]).spec?.egress).toEqual([
      {
        to: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'amazon-cloudwatch' } } }],
        ports: [{ protocol: 'TCP', port: 4316 }],
      },
    ]);
  });

  test('let all pods fetch credentials, call AWS and send traces, and no more', () => {
    const open = ofKind(sampleShop('autoMode').flat(), 'NetworkPolicy')
      .filter(({ metadata }) => metadata?.name?.startsWith('allow-'))
      .map(({ metadata, spec }) => [
        metadata?.name,
        [...(spec?.egress ?? []), ...(spec?.ingress ?? [])].flatMap(({ ports }) =>
          ports?.map(({ port }) => port),
        ),
      ]);
    expect(Object.fromEntries(open)).toEqual({
      'allow-dns': [53, 53],
      'allow-pod-identity': [80],
      'allow-aws-apis': [443],
      'allow-telemetry': [4317, 4318],
    });
  });
});

describe('the policy of a service', () => {
  const ORDER = { ...SCOPE, name: 'order', callers: [], calls: [] };

  test('names a direction only where somebody speaks in it', () => {
    const called = servicePolicy({ ...ORDER, callers: [{ service: 'cart', port: 8081 }] })?.spec;
    expect(called).toEqual({
      podSelector: { matchLabels: { 'app.kubernetes.io/name': 'order' } },
      policyTypes: ['Ingress'],
      ingress: [
        {
          from: [{ podSelector: { matchLabels: { 'app.kubernetes.io/name': 'cart' } } }],
          ports: [{ protocol: 'TCP', port: 8081 }],
        },
      ],
    });
    const calling = servicePolicy({ ...ORDER, calls: [{ service: 'payment', port: 8081 }] })?.spec;
    expect(calling).toEqual({
      podSelector: { matchLabels: { 'app.kubernetes.io/name': 'order' } },
      policyTypes: ['Egress'],
      egress: [
        {
          to: [{ podSelector: { matchLabels: { 'app.kubernetes.io/name': 'payment' } } }],
          ports: [{ protocol: 'TCP', port: 8081 }],
        },
      ],
    });
  });

  test('is none where nobody does: the namespace denies it all', () => {
    expect(servicePolicy(ORDER)).toBeUndefined();
  });
});
