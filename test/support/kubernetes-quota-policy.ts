import {
  type DeployedPods,
  deployedPods,
  type KubernetesObject,
  nameOf,
  ofKind,
  together,
} from './kubernetes-objects';
import { autoscalersOf, type Policy } from './kubernetes-workload-policies';
import { containersOf } from './pod-security';

const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  m: 1 / 1000,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
};

/** The number that a quantity of Kubernetes means. */
function amountOf(quantity: string): number {
  const [, number, unit = ''] = /^([0-9.]+)([A-Za-z]*)$/.exec(quantity) ?? [];
  const factor = UNITS[unit];
  if (number === undefined || factor === undefined) throw new Error(`${quantity} is no quantity`);
  return Number(number) * factor;
}

/**
 * Most pods of a Deployment at one time: all new ones of a rolling update with its surge, and all old ones, which a
 * quota counts until they have stopped.
 */
function mostPods(pods: DeployedPods, objects: readonly KubernetesObject[]): number {
  const { deployment } = pods;
  const [autoscaler] = autoscalersOf(pods, objects);
  const replicas = autoscaler?.spec?.maxReplicas ?? deployment.spec?.replicas ?? 1;
  const surge = deployment.spec?.strategy?.rollingUpdate?.maxSurge ?? '25%';
  const extra = typeof surge === 'number' ? surge : Math.ceil((replicas * Number.parseInt(surge, 10)) / 100);
  return 2 * replicas + extra;
}

function needOf(pods: DeployedPods, resource: string): number {
  if (resource === 'pods') return 1;
  const [part, name = ''] = resource.split('.');
  return containersOf(pods.pod).reduce((sum, { resources = {} }) => {
    const quantities = part === 'limits' ? resources.limits : resources.requests;
    return sum + amountOf(quantities?.[name] ?? '0');
  }, 0);
}

const COUNTED = ['pods', 'requests.cpu', 'limits.cpu', 'requests.memory', 'limits.memory'];

/** Each namespace has a quota, it limits all resources, and all Deployments fit in at their greatest scale. */
export const quota: Policy = (objects) =>
  ofKind(objects, 'Namespace').flatMap((namespace) => {
    const inside = deployedPods(objects).filter(
      ({ deployment }) => deployment.metadata?.namespace === namespace.metadata?.name,
    );
    const [first] = inside;
    if (!first) return [];
    const quotas = ofKind(objects, 'ResourceQuota').filter((each) => together(each, first.deployment));
    return COUNTED.flatMap((resource) => {
      const limits = quotas.map(({ spec }) => spec?.hard?.[resource]).filter((limit) => limit !== undefined);
      if (limits.length === 0) return [`${nameOf(namespace)} has no limit of ${resource}`];
      const need = inside.reduce((sum, pods) => sum + needOf(pods, resource) * mostPods(pods, objects), 0);
      return limits
        .filter((limit) => amountOf(limit) < need * (1 - Number.EPSILON * 100))
        .map((limit) => `${nameOf(namespace)} allows ${limit} of ${resource}, and ${need} are needed`);
    });
  });
