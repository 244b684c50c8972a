import { NETWORK_POLICIES } from './kubernetes-network-policies';
import { deployedPods, type KubernetesObject, nameOf, ofKind, selects, together } from './kubernetes-objects';
import { quota } from './kubernetes-quota-policy';
import { type Policy, WORKLOAD_POLICIES } from './kubernetes-workload-policies';
import { containersOf } from './pod-security';

const secrets: Policy = (objects) =>
  objects
    .filter(({ kind }) => kind === 'Secret')
    .map((secret) => `${nameOf(secret)} would be readable in the template and in the logs of its deployment`);

const uniqueNames: Policy = (objects) => {
  const names = objects.map(nameOf);
  return names
    .filter((name, index) => names.indexOf(name) !== index)
    .map((name) => `${name} is there more than once`);
};

const restrictedNamespace: Policy = (objects) =>
  deployedPods(objects).flatMap(({ deployment }) => {
    const namespace = ofKind(objects, 'Namespace').find(
      ({ metadata }) => metadata?.name === deployment.metadata?.namespace,
    );
    const labels = namespace?.metadata?.labels ?? {};
    const label = 'pod-security.kubernetes.io/enforce';
    const pinned = /^v1\.\d+$/.test(labels[`${label}-version`] ?? '');
    return labels[label] === 'restricted' && pinned
      ? []
      : [`${nameOf(deployment)} is in a namespace that lets any pod start`];
  });

/** A Service reaches pods, only from within, and by the same names and numbers of ports as theirs. */
const services: Policy = (objects) =>
  ofKind(objects, 'Service').flatMap((service) => {
    const { type = 'ClusterIP', selector, ports = [] } = service.spec ?? {};
    const behind = deployedPods(objects).filter(
      ({ deployment, labels }) =>
        together(deployment, service) && selects(selector && { matchLabels: selector }, labels),
    );
    if (behind.length !== 1) return [`${nameOf(service)} selects the pods of ${behind.length} Deployments`];
    const real = behind
      .flatMap(({ pod }) => containersOf(pod))
      .flatMap(({ ports: open = [] }) => open.map(({ name, containerPort }) => `${name} ${containerPort}`));
    return [
      ...(type === 'ClusterIP' ? [] : [`${nameOf(service)} is open to others than pods: ${type}`]),
      ...ports
        .filter(({ name, port, targetPort }) => targetPort !== name || !real.includes(`${name} ${port}`))
        .map(({ name }) => `${nameOf(service)} has a port ${name} that isn't the same one of its pods`),
    ];
  });

/** An Ingress's class and backends exist, and no path hides a later one. */
const ingresses: Policy = (objects) =>
  ofKind(objects, 'Ingress').flatMap((ingress) => {
    const paths = (ingress.spec?.rules ?? []).flatMap(({ http }) => http?.paths ?? []);
    const classes = ofKind(objects, 'IngressClass').map(({ metadata }) => metadata?.name);
    const lost = paths.filter(({ backend }) => {
      const service = ofKind(objects, 'Service').find(
        (each) => together(each, ingress) && each.metadata?.name === backend.service?.name,
      );
      return !service?.spec?.ports?.some(({ name }) => name === backend.service?.port?.name);
    });
    const hidden = paths.filter(({ path = '' }, index) =>
      paths.slice(0, index).some((earlier) => path.startsWith(earlier.path ?? '/')),
    );
    return [
      ...(classes.includes(ingress.spec?.ingressClassName) ? [] : [`${nameOf(ingress)} has no class`]),
      ...lost.map(({ path }) => `${nameOf(ingress)} sends ${path} nowhere`),
      ...hidden.map(({ path }) => `${nameOf(ingress)} never comes to ${path}`),
    ];
  });

/** All rules by name: those of Kubernetes' pod security standard, and those of this house. */
export const POLICIES: Readonly<Record<string, Policy>> = {
  ...WORKLOAD_POLICIES,
  ...NETWORK_POLICIES,
  ingresses,
  quota,
  restrictedNamespace,
  secrets,
  services,
  uniqueNames,
};

/**
 * What is wrong with everything that is deployed to a cluster, each problem with the name of its rule.
 *
 * It looks at the objects as one set, so hand it all of them; tokens have to be resolved.
 */
export function policyProblems(objects: readonly KubernetesObject[]): string[] {
  return Object.entries(POLICIES).flatMap(([name, policy]) =>
    policy(objects).map((problem) => `${name}: ${problem}`),
  );
}
