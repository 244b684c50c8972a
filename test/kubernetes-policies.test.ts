import { describe, expect, test } from 'vitest';
import type { KubernetesObject } from './support/kubernetes-objects';
import { POLICIES, policyProblems } from './support/kubernetes-policies';
import { sampleShop } from './support/kubernetes-sample';
import { add, type Change, drop, set } from './support/object-changes';
import { POD_SECURITY_CHECKS } from './support/pod-security';

const pod = (field: string, value?: unknown) =>
  set('Deployment', 'order', `/spec/template/spec/${field}`, value);
const container = (field: string, value?: unknown) => pod(`containers/0/${field}`, value);
const scaler = (field: string, value?: unknown) =>
  set('HorizontalPodAutoscaler', 'order', `/spec/${field}`, value);
const budget = (field: string, value?: unknown) =>
  set('PodDisruptionBudget', 'order', `/spec/${field}`, value);
const service = (field: string, value?: unknown) => set('Service', 'order', `/spec/${field}`, value);
const policy = (name: string, field: string, value?: unknown) =>
  set('NetworkPolicy', name, `/spec/${field}`, value);
const enforce = (suffix: string, value?: unknown) =>
  set('Namespace', 'shop', `/metadata/labels/pod-security.kubernetes.io~1enforce${suffix}`, value);

const useDefaultAccount: Change = (objects) =>
  pod(
    'serviceAccountName',
    'default',
  )([
    ...objects,
    {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: 'default', namespace: 'shop' },
      automountServiceAccountToken: false,
    } as KubernetesObject,
  ]);

const initContainer = [{ name: 'init', image: 'registry/init:1' }];
const allowAll = { ipBlock: { cidr: '0.0.0.0/0' } };

/** Changes of a good set of objects that each rule has to notice, one by one. */
const MUTATIONS: Readonly<Record<string, readonly Change[]>> = {
  'podSecurity.appArmorProfile': [pod('securityContext/appArmorProfile', { type: 'Unconfined' })],
  'podSecurity.hostNamespaces': [pod('hostNetwork', true), pod('hostPID', true), pod('hostIPC', true)],
  'podSecurity.hostPorts': [container('ports/0/hostPort', 80)],
  'podSecurity.hostProbesAndHostLifecycle': [
    container('livenessProbe/httpGet/host', '169.254.169.254'),
    container('readinessProbe/tcpSocket', { host: '10.0.0.1', port: 80 }),
    container('lifecycle/preStop/httpGet', { host: '10.0.0.1', port: 80 }),
  ],
  'podSecurity.privileged': [container('securityContext/privileged', true)],
  'podSecurity.procMount': [container('securityContext/procMount', 'Unmasked')],
  'podSecurity.seLinuxOptions': [
    pod('securityContext/seLinuxOptions', { type: 'spc_t' }),
    container('securityContext/seLinuxOptions', { user: 'root' }),
  ],
  'podSecurity.sysctls': [pod('securityContext/sysctls', [{ name: 'kernel.msgmax', value: '1' }])],
  'podSecurity.windowsHostProcess': [pod('securityContext/windowsOptions', { hostProcess: true })],
  'podSecurity.allowPrivilegeEscalation': [
    container('securityContext/allowPrivilegeEscalation'),
    container('securityContext/allowPrivilegeEscalation', true),
    pod('initContainers', initContainer),
  ],
  'podSecurity.capabilities': [
    container('securityContext/capabilities'),
    container('securityContext/capabilities/drop', ['NET_RAW']),
    container('securityContext/capabilities/add', ['SYS_TIME']),
  ],
  'podSecurity.restrictedVolumes': [pod('volumes/0', { name: 'tmp', hostPath: { path: '/tmp' } })],
  'podSecurity.runAsNonRoot': [
    pod('securityContext/runAsNonRoot'),
    pod('securityContext/runAsNonRoot', false),
    container('securityContext/runAsNonRoot', false),
  ],
  'podSecurity.runAsUser': [pod('securityContext/runAsUser', 0), container('securityContext/runAsUser', 0)],
  'podSecurity.seccompProfile': [
    pod('securityContext/seccompProfile'),
    pod('securityContext/seccompProfile/type', 'Unconfined'),
    container('securityContext/seccompProfile', { type: 'Unconfined' }),
  ],
  autoscaler: [
    drop('HorizontalPodAutoscaler', 'order'),
    scaler('minReplicas', 7),
    set('Deployment', 'order', '/spec/replicas', 2),
  ],
  autoscalerTarget: [scaler('scaleTargetRef/name', 'orders'), scaler('scaleTargetRef/kind', 'StatefulSet')],
  disruptionBudget: [
    drop('PodDisruptionBudget', 'order'),
    budget('selector/matchLabels', {}),
    budget('maxUnavailable', 0),
    budget('unhealthyPodEvictionPolicy'),
  ],
  gentleStop: [
    container('lifecycle'),
    pod('terminationGracePeriodSeconds'),
    pod('terminationGracePeriodSeconds', 40),
  ],
  image: [
    container('image', 'registry:5000/shop'),
    container('image', 'registry/shop:latest'),
    container('image', 'shop'),
  ],
  limits: [
    container('resources'),
    container('resources/limits/cpu'),
    container('resources/requests/cpu'),
    container('resources/limits/memory', '512Mi'),
  ],
  probes: [container('startupProbe'), container('readinessProbe'), container('livenessProbe')],
  readOnlyRoot: [container('securityContext/readOnlyRootFilesystem')],
  rollingUpdate: [set('Deployment', 'order', '/spec/strategy/rollingUpdate/maxUnavailable', 1)],
  serviceAccount: [
    pod('serviceAccountName'),
    useDefaultAccount,
    pod('automountServiceAccountToken'),
    set('ServiceAccount', 'order', '/automountServiceAccountToken'),
    drop('ServiceAccount', 'order'),
  ],
  serviceLinks: [pod('enableServiceLinks')],
  bothEnds: [drop('NetworkPolicy', 'cart'), drop('NetworkPolicy', 'payment')],
  defaultDeny: [
    drop('NetworkPolicy', 'deny-all'),
    policy('deny-all', 'policyTypes', ['Ingress']),
    policy('deny-all', 'egress', [{}]),
    policy('deny-all', 'podSelector', { matchLabels: { app: 'none' } }),
  ],
  networkPolicySelectors: [
    policy('cart', 'podSelector/matchLabels/app.kubernetes.io~1name', 'carts'),
    policy('cart', 'egress/0/to/0/podSelector/matchLabels/app.kubernetes.io~1name', 'orders'),
  ],
  openPorts: [policy('order', 'ingress/0/ports/0/port', 8082)],
  policyTypes: [
    policy('order', 'policyTypes'),
    policy('order', 'policyTypes', ['Egress']),
    policy('product', 'policyTypes', ['Ingress', 'Egress']),
    policy('deny-all', 'policyTypes', []),
  ],
  ranges: [
    policy('review', 'ingress/0/from/0/ipBlock/cidr', '10.0.0.5/24'),
    policy('review', 'ingress/0/from/0/ipBlock/cidr', '10.0.0.256/32'),
    policy('review', 'ingress/0/from/0/ipBlock/cidr', '10.0.0.0'),
    policy('allow-aws-apis', 'egress/0/to/0/ipBlock/except/0', '10.0.0.1/16'),
    policy('allow-dns', 'egress/0/to/0/ipBlock/except', ['10.0.0.0/16']),
  ],
  ingresses: [
    drop('IngressClass', 'shop'),
    drop('Service', 'review'),
    set('Ingress', 'shop', '/spec/rules/0/http/paths/0/path', '/'),
    set('Ingress', 'shop', '/spec/rules/0/http/paths/0/backend/service/port/name', 'https'),
  ],
  quota: [
    drop('ResourceQuota', 'quota'),
    set('ResourceQuota', 'quota', '/spec/hard/pods', '83'),
    set('ResourceQuota', 'quota', '/spec/hard/limits.cpu', '83999m'),
    set('ResourceQuota', 'quota', '/spec/hard/requests.memory', '20Gi'),
    set('ResourceQuota', 'quota', '/spec/hard/requests.cpu', '20.99'),
    set('ResourceQuota', 'quota', '/spec/hard/limits.memory'),
    scaler('maxReplicas', 7),
    set('Deployment', 'order', '/spec/strategy/rollingUpdate/maxSurge', 3),
    container('resources/requests/cpu', '251m'),
  ],
  restrictedNamespace: [
    enforce(''),
    enforce('', 'baseline'),
    enforce('-version', 'latest'),
    drop('Namespace', 'shop'),
  ],
  secrets: [add({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'password', namespace: 'shop' } })],
  services: [
    service('selector', { app: 'none' }),
    service('selector'),
    service('type', 'LoadBalancer'),
    service('ports/0/port', 80),
    service('ports/0/targetPort', 8080),
    service('ports/0/name', 'web'),
  ],
  uniqueNames: [add({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'order', namespace: 'shop' } })],
};

const cases = Object.entries(MUTATIONS).flatMap(([rule, changes]) =>
  changes.map((change, index) => ({ rule, change, number: index + 1 })),
);

describe('the rules for Kubernetes objects', () => {
  test('have a mutation each', () => {
    expect(Object.keys(MUTATIONS).sort()).toEqual(Object.keys(POLICIES).sort());
  });

  test.each(cases)('$rule notices change $number', ({ rule, change }) => {
    const problems = policyProblems(change(structuredClone(sampleShop('autoMode').flat())));
    expect(problems.filter((problem) => problem.startsWith(`${rule}: `))).not.toEqual([]);
  });

  test.each([
    container('image', 'registry:5000/shop@sha256:aaaa'),
    container('image', 'registry/shop:latest@sha256:aaaa'),
    container('securityContext/capabilities/add', ['NET_BIND_SERVICE']),
    container('securityContext/seccompProfile', { type: 'Localhost', localhostProfile: 'shop.json' }),
    pod('volumes/0', { name: 'tmp' }),
    pod('securityContext/seLinuxOptions', { type: 'container_t', level: 's0' }),
    pod('securityContext/sysctls', [{ name: 'net.ipv4.tcp_rmem', value: '1' }]),
    policy('review', 'ingress/0/from/0', allowAll),
    set('ResourceQuota', 'quota', '/spec/hard/pods', '84'),
    set('ResourceQuota', 'quota', '/spec/hard/requests.memory', '21Gi'),
  ])('allow what is good (%#)', (change) => {
    expect(policyProblems(change(structuredClone(sampleShop('autoMode').flat())))).toEqual([]);
  });

  test('say which call has lost an end', () => {
    const problems = policyProblems(drop('NetworkPolicy', 'payment')(sampleShop('autoMode').flat()));
    expect(problems).toEqual([
      'bothEnds: Deployment shop/order to Deployment shop/payment on port 8081 may leave and not arrive',
      'bothEnds: Deployment shop/payment to Deployment shop/customer on port 8080 may arrive and not leave',
    ]);
  });

  test('ask for runAsNonRoot and a seccomp profile of each container where the pod says nothing', () => {
    const own = { securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } } };
    const { runAsNonRoot, seccompProfile } = POD_SECURITY_CHECKS;
    const containers = [{ name: 'one', ...own }, { name: 'two' }];
    expect([runAsNonRoot, seccompProfile].map((check) => check?.({ containers }))).toEqual([
      ['container two'],
      ['container two'],
    ]);
  });
});
