import type { Container, PodSpec, Probe, SecurityContext } from 'kubernetes-types/core/v1';

/** What a pod or one of its containers may say of its security; the container's word goes before the pod's. */
type Security = NonNullable<PodSpec['securityContext']> | SecurityContext;

/** Finds what the standard forbids in a pod: one text for each place. */
type Check = (pod: PodSpec) => string[];

const PROFILES = ['RuntimeDefault', 'Localhost'];

const VOLUMES = [
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'image',
  'persistentVolumeClaim',
  'projected',
  'secret',
];

const SYSCTLS = [
  'kernel.shm_rmid_forced',
  'net.ipv4.ip_local_port_range',
  'net.ipv4.ip_local_reserved_ports',
  'net.ipv4.ip_unprivileged_port_start',
  'net.ipv4.ping_group_range',
  'net.ipv4.tcp_fin_timeout',
  'net.ipv4.tcp_keepalive_intvl',
  'net.ipv4.tcp_keepalive_probes',
  'net.ipv4.tcp_keepalive_time',
  'net.ipv4.tcp_rmem',
  'net.ipv4.tcp_syncookies',
  'net.ipv4.tcp_wmem',
];

const SELINUX_TYPES = ['', 'container_t', 'container_init_t', 'container_kvm_t', 'container_engine_t'];

/** All containers of a pod. */
export function containersOf(pod: PodSpec): Container[] {
  return [...(pod.initContainers ?? []), ...pod.containers];
}

/** A check of each container by itself. */
const ofContainers =
  (allows: (container: Container) => boolean): Check =>
  (pod) =>
    containersOf(pod)
      .filter((container) => !allows(container))
      .map(({ name }) => `container ${name}`);

/** A check of what the pod and its containers say, where they say something. */
const whereSaid =
  <Value>(said: (security: Security) => Value | undefined, allows: (value: Value) => boolean): Check =>
  (pod) =>
    [
      { place: 'pod', security: pod.securityContext },
      ...containersOf(pod).map(({ name, securityContext }) => ({
        place: `container ${name}`,
        security: securityContext,
      })),
    ]
      .filter(({ security }) => {
        const value = security && said(security);
        return value !== undefined && !allows(value);
      })
      .map(({ place }) => place);

/** A check that has to be met by the pod's word or each container's own, and that no place may contradict. */
const everywhere =
  <Value>(said: (security: Security) => Value | undefined, allows: (value: Value) => boolean): Check =>
  (pod) => [
    ...whereSaid(said, allows)(pod),
    ...(pod.securityContext && said(pod.securityContext) !== undefined
      ? []
      : ofContainers(
          ({ securityContext }) => securityContext !== undefined && said(securityContext) !== undefined,
        )(pod)),
  ];

const hostOf = (handler: Pick<Probe, 'httpGet' | 'tcpSocket'> | undefined): string =>
  handler?.httpGet?.host ?? handler?.tcpSocket?.host ?? '';

/**
 * The checks of the pod security standard `restricted` as of Kubernetes 1.36, by the names of its reference
 * implementation, for pods of Linux without user namespaces: those of `baseline`, then its own. It doesn't look at
 * annotations, by which AppArmor was set before Kubernetes 1.30.
 * https://github.com/kubernetes/pod-security-admission/tree/v0.36.3/policy
 */
export const POD_SECURITY_CHECKS: Readonly<Record<string, Check>> = {
  appArmorProfile: whereSaid(
    (security) => ('appArmorProfile' in security ? security.appArmorProfile : undefined),
    ({ type }) => PROFILES.includes(type),
  ),
  hostNamespaces: ({ hostNetwork, hostPID, hostIPC }) => (hostNetwork || hostPID || hostIPC ? ['pod'] : []),
  hostPorts: ofContainers(({ ports = [] }) => ports.every(({ hostPort }) => !hostPort)),
  hostProbesAndHostLifecycle: ofContainers(
    ({ startupProbe, readinessProbe, livenessProbe, lifecycle }) =>
      [startupProbe, readinessProbe, livenessProbe, lifecycle?.postStart, lifecycle?.preStop]
        .map(hostOf)
        .join('') === '',
  ),
  privileged: ofContainers(({ securityContext }) => !securityContext?.privileged),
  procMount: ofContainers(({ securityContext }) => (securityContext?.procMount ?? 'Default') === 'Default'),
  seLinuxOptions: whereSaid(
    ({ seLinuxOptions }) => seLinuxOptions,
    ({ type = '', user, role }) => SELINUX_TYPES.includes(type) && !user && !role,
  ),
  sysctls: ({ securityContext }) =>
    (securityContext?.sysctls ?? []).map(({ name }) => name).filter((name) => !SYSCTLS.includes(name)),
  windowsHostProcess: whereSaid(
    ({ windowsOptions }) => windowsOptions?.hostProcess,
    (hostProcess) => !hostProcess,
  ),
  allowPrivilegeEscalation: ofContainers(
    ({ securityContext }) => securityContext?.allowPrivilegeEscalation === false,
  ),
  capabilities: ofContainers(({ securityContext }) => {
    const { drop = [], add = [] } = securityContext?.capabilities ?? {};
    return drop.includes('ALL') && add.every((capability) => capability === 'NET_BIND_SERVICE');
  }),
  restrictedVolumes: ({ volumes = [] }) =>
    volumes
      // One that says nothing but its name becomes an emptyDir.
      .filter((volume) => Object.keys(volume).length > 1)
      .filter((volume) => !VOLUMES.some((type) => Object.hasOwn(volume, type)))
      .map(({ name }) => `volume ${name}`),
  runAsNonRoot: everywhere(
    ({ runAsNonRoot }) => runAsNonRoot,
    (runAsNonRoot) => runAsNonRoot,
  ),
  runAsUser: whereSaid(
    ({ runAsUser }) => runAsUser,
    (runAsUser) => runAsUser !== 0,
  ),
  seccompProfile: everywhere(
    ({ seccompProfile }) => seccompProfile,
    ({ type }) => PROFILES.includes(type),
  ),
};
