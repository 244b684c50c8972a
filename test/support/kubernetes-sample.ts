import { fargateLogging } from '../../lib/microservices/kubernetes/fargate-logging';
import { ingressObject } from '../../lib/microservices/kubernetes/ingress';
import { ingressClassObjects } from '../../lib/microservices/kubernetes/ingress-class';
import { namespaceObjects } from '../../lib/microservices/kubernetes/namespace';
import {
  allowAwsApis,
  allowDns,
  allowPodIdentity,
  allowTelemetry,
} from '../../lib/microservices/kubernetes/network-policies';
import { networkPolicyController } from '../../lib/microservices/kubernetes/network-policy-controller';
import { nodePoolObject } from '../../lib/microservices/kubernetes/node-pool';
import { type ServicePolicyOptions, servicePolicy } from '../../lib/microservices/kubernetes/service-policy';
import { type Workload, workloadObjects } from '../../lib/microservices/kubernetes/workload';
import type { KubernetesObject } from './kubernetes-objects';

const SCOPE = { namespace: 'shop', application: 'shop' };
const SERVICES = ['product', 'cart', 'order', 'payment', 'customer', 'review'] as const;
const WITH_INTERNAL_PORT: ReadonlySet<string> = new Set(['product', 'order', 'payment']);

const CALLS = [
  { from: 'cart', to: 'product', port: 8080 },
  { from: 'cart', to: 'order', port: 8081 },
  { from: 'order', to: 'product', port: 8081 },
  { from: 'order', to: 'payment', port: 8081 },
  ...['cart', 'order', 'payment', 'review'].map((from) => ({ from, to: 'customer', port: 8080 })),
];

const ROUTES = [
  { path: '/', service: 'product' },
  { path: '/products', service: 'product' },
  { path: '/cart', service: 'cart' },
  { path: '/orders', service: 'order' },
  { path: '/payment-methods', service: 'payment' },
  { path: '/customers', service: 'customer' },
  { path: '/sessions', service: 'customer' },
  { path: '/.well-known/jwks.json', service: 'customer' },
  { path: '/reviews', service: 'review' },
];

function workload(name: string, compute: Workload['compute'], minZones?: number): Workload {
  const fargate = compute === 'fargate';
  return {
    ...SCOPE,
    name,
    image: `111122223333.dkr.ecr.ap-northeast-1.amazonaws.com/shop:${name}-1`,
    environment: { PORT: '8080', INTERNAL_PORT: '8081', AWS_REGION: 'ap-northeast-1' },
    port: 8080,
    ...(WITH_INTERNAL_PORT.has(name) ? { internalPort: 8081 } : {}),
    resources: { cpuMillis: 250, memoryMiB: 256, ...(fargate ? {} : { cpuLimitMillis: 1000 }) },
    minReplicas: 2,
    maxReplicas: 6,
    compute,
    minZones,
    ...(fargate ? { roleArn: `arn:aws:iam::111122223333:role/${name}` } : { architecture: 'arm64' }),
  };
}

/**
 * A shop of six services on one kind of compute, in the order in which it is deployed: each list is applied before
 * the next.
 *
 * @param minZones zones that have to have nodes before a service gets a second pod in one
 */
export function sampleShop(
  compute: 'autoMode' | 'nodeGroup' | 'fargate',
  https = true,
  minZones?: number,
): KubernetesObject[][] {
  const fargate = compute === 'fargate';
  const loadBalancing = compute === 'autoMode' ? 'autoMode' : 'controller';
  const workloads = SERVICES.map((name) => workload(name, fargate ? 'fargate' : 'nodes', minZones));
  const objects = workloads.map((each) => workloadObjects(each));
  const namespace = namespaceObjects({
    name: SCOPE.namespace,
    application: SCOPE.application,
    kubernetesMinor: 36,
    services: workloads,
    loadBalancing,
    networkPolicies: !fargate,
  });
  // A class's controller can't be changed later.
  const className = loadBalancing === 'autoMode' ? 'shop' : 'shop-controller';
  const ingressClass = ingressClassObjects({
    name: className,
    application: SCOPE.application,
    loadBalancing,
    scheme: 'internet-facing',
    subnetIds: ['subnet-0aaaaaaaaaaaaaaaa', 'subnet-0bbbbbbbbbbbbbbbb'],
    namespace: SCOPE.namespace,
    accessLogs: { bucketName: 'access-logs', prefix: 'shop' },
    tags: { application: 'shop' },
    ...(https ? { certificateArn: 'arn:aws:acm:ap-northeast-1:111122223333:certificate/1' } : {}),
  });
  const logging = fargateLogging({
    application: SCOPE.application,
    logGroupName: '/shop',
    region: 'ap-northeast-1',
  });
  const ingress = ingressObject({ ...SCOPE, name: 'shop', className, routes: ROUTES, https });
  return [
    [
      ...(compute === 'autoMode'
        ? [
            networkPolicyController(SCOPE.application),
            nodePoolObject({ name: 'shop', application: 'shop', architecture: 'arm64', cpuLimit: 32 }),
          ]
        : []),
      ...(fargate ? [logging.namespace, logging.configMap] : []),
      namespace.namespace,
      namespace.quota,
      namespace.limits,
    ],
    namespace.denyAll === undefined ? [] : [namespace.denyAll, ...policies(compute)],
    [ingressClass.parameters, ingressClass.ingressClass],
    [...objects.flatMap(({ serviceAccount, service }) => [serviceAccount, service]), ingress],
    objects.flatMap(({ deployment, autoscaler, disruptionBudget }) => [
      deployment,
      autoscaler,
      disruptionBudget,
    ]),
  ];
}

function policies(compute: 'autoMode' | 'nodeGroup' | 'fargate'): KubernetesObject[] {
  return [
    allowDns(SCOPE, compute === 'autoMode' ? '172.20.0.10/32' : undefined),
    allowPodIdentity(SCOPE),
    allowAwsApis({ ...SCOPE, closedRanges: ['10.0.0.0/16', '172.20.0.0/16'] }),
    allowTelemetry(SCOPE),
    ...SERVICES.flatMap((name) => servicePolicy({ ...SCOPE, name, ...talkOf(name) }) ?? []),
  ];
}

function talkOf(name: string): Pick<ServicePolicyOptions, 'callers' | 'calls' | 'loadBalancer'> {
  return {
    callers: CALLS.filter(({ to }) => to === name).map(({ from, port }) => ({ service: from, port })),
    calls: CALLS.filter(({ from }) => from === name).map(({ to, port }) => ({ service: to, port })),
    loadBalancer: { port: 8080, ranges: ['10.0.0.0/24', '10.0.1.0/24'] },
  };
}
