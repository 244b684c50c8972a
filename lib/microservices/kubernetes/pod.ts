import type { Container, PodSpec, Probe, TopologySpreadConstraint } from 'kubernetes-types/core/v1';
import { podsOf } from './labels';
import { containerResources } from './pod-resources';
import type { Workload } from './workload';

/** Seconds between the moment a pod is taken out of service and the moment it is told to stop. */
export const PRE_STOP_SECONDS = 20;

/** Seconds that are left after the service's own time to stop, before it is killed. */
const STOP_MARGIN_SECONDS = 5;

/**
 * A user that no node has: 1000, the official image's own, is one on many systems. The image's files belong to root
 * and are everyone's to read, so that any number will do.
 */
const USER = 10_001;

const SCRATCH = 'tmp';

/** The pod of a service, within the pod security standard `restricted`. */
export function podSpec(workload: Workload): PodSpec {
  const { name, compute, architecture, stopTimeoutSeconds = 25 } = workload;
  return {
    serviceAccountName: name,
    automountServiceAccountToken: false,
    // Every service of the namespace would be put into the environment.
    enableServiceLinks: false,
    terminationGracePeriodSeconds: PRE_STOP_SECONDS + stopTimeoutSeconds + STOP_MARGIN_SECONDS,
    // Names of AWS's APIs have more dots than this, and are asked for once, not four times with suffixes.
    dnsConfig: { options: [{ name: 'ndots', value: '2' }] },
    securityContext: {
      runAsNonRoot: true,
      runAsUser: USER,
      runAsGroup: USER,
      fsGroup: USER,
      seccompProfile: { type: 'RuntimeDefault' },
    },
    containers: [container(workload)],
    volumes: [{ name: SCRATCH, emptyDir: { sizeLimit: '64Mi' } }],
    ...(architecture === undefined ? {} : { nodeSelector: { 'kubernetes.io/arch': architecture } }),
    ...(compute === 'fargate' ? {} : { topologySpreadConstraints: spread(workload) }),
  };
}

function container(workload: Workload): Container {
  const { name, image, environment, port, internalPort, resources } = workload;
  return {
    name,
    image,
    imagePullPolicy: 'IfNotPresent',
    env: Object.entries(environment).map(([variable, value]) => ({ name: variable, value })),
    ports: [
      { name: 'http', containerPort: port, protocol: 'TCP' },
      ...(internalPort === undefined
        ? []
        : [{ name: 'internal', containerPort: internalPort, protocol: 'TCP' }]),
    ],
    resources: containerResources(resources),
    // A minute to start; then it is out of service after 15 seconds, and started anew after 30.
    startupProbe: probe('/healthz', { periodSeconds: 2, failureThreshold: 30 }),
    readinessProbe: probe('/readyz', { periodSeconds: 5, failureThreshold: 3 }),
    livenessProbe: probe('/healthz', { periodSeconds: 10, failureThreshold: 3 }),
    // The load balancer and the other nodes learn of a pod's end some seconds after the pod does.
    // https://docs.aws.amazon.com/eks/latest/best-practices/load-balancing.html
    lifecycle: { preStop: { sleep: { seconds: PRE_STOP_SECONDS } } },
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    },
    volumeMounts: [{ name: SCRATCH, mountPath: '/tmp' }],
  };
}

function probe(path: string, timing: Pick<Probe, 'periodSeconds' | 'failureThreshold'>): Probe {
  return { httpGet: { path, port: 'http' }, timeoutSeconds: 3, ...timing };
}

/**
 * Spreads a release's pods evenly over the zones and, if possible, the nodes. Nodes that can't take pods don't
 * count as a zone: pods of a lost zone start in the others. Fargate refuses such rules.
 * https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/
 */
function spread({ name, minZones }: Workload): TopologySpreadConstraint[] {
  const evenly = (topologyKey: string): Omit<TopologySpreadConstraint, 'whenUnsatisfiable'> => ({
    topologyKey,
    maxSkew: 1,
    nodeTaintsPolicy: 'Honor',
    labelSelector: podsOf(name),
    matchLabelKeys: ['pod-template-hash'],
  });
  return [
    {
      ...evenly('topology.kubernetes.io/zone'),
      whenUnsatisfiable: 'DoNotSchedule',
      ...(minZones === undefined ? {} : { minDomains: minZones }),
    },
    { ...evenly('kubernetes.io/hostname'), whenUnsatisfiable: 'ScheduleAnyway' },
  ];
}
