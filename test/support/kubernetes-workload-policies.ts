import type { Container } from 'kubernetes-types/core/v1';
import {
  type DeployedPods,
  deployedPods,
  type KubernetesObject,
  nameOf,
  ofKind,
  selects,
  together,
} from './kubernetes-objects';
import { containersOf, POD_SECURITY_CHECKS } from './pod-security';

/** Finds what is wrong with a set of objects, one text each. */
export type Policy = (objects: readonly KubernetesObject[]) => string[];

/** A policy about each Deployment by itself. */
const ofEach =
  (problemsOf: (pods: DeployedPods, objects: readonly KubernetesObject[]) => string[]): Policy =>
  (objects) =>
    deployedPods(objects).flatMap((pods) =>
      problemsOf(pods, objects).map((problem) => `${nameOf(pods.deployment)} ${problem}`),
    );

/** A policy about each container by itself. */
const ofContainers = (allows: (container: Container) => boolean, problem: string): Policy =>
  ofEach(({ pod }) =>
    containersOf(pod)
      .filter((container) => !allows(container))
      .map(({ name }) => `container ${name} ${problem}`),
  );

const PROBES = ['startupProbe', 'readinessProbe', 'livenessProbe'] as const;

function hasLimits({ resources }: Container): boolean {
  const { requests = {}, limits = {} } = resources ?? {};
  return (
    [requests.cpu, limits.cpu, limits.memory].every((quantity) => quantity !== undefined) &&
    requests.memory === limits.memory
  );
}

/** A tag or a digest, and not the tag that moves with each release. */
function isPinned({ image = '' }: Container): boolean {
  const [name = '', digest] = image.split('@');
  const [, tag] = (name.split('/').at(-1) ?? '').split(':');
  return digest !== undefined || (tag !== undefined && tag !== 'latest');
}

function accountProblems({ deployment, pod }: DeployedPods, objects: readonly KubernetesObject[]): string[] {
  const account = ofKind(objects, 'ServiceAccount').find(
    (candidate) => together(candidate, deployment) && candidate.metadata?.name === pod.serviceAccountName,
  );
  if (!account || pod.serviceAccountName === 'default') return ['has no service account of its own'];
  const tokens = [account.automountServiceAccountToken, pod.automountServiceAccountToken];
  return tokens.every((mounts) => mounts === false) ? [] : ['gets a token for the Kubernetes API'];
}

function budgetProblems(
  { deployment, labels }: DeployedPods,
  objects: readonly KubernetesObject[],
): string[] {
  const budgets = ofKind(objects, 'PodDisruptionBudget').filter(
    (budget) => together(budget, deployment) && selects(budget.spec?.selector, labels),
  );
  // Pods under two budgets can't be evicted at all.
  if (budgets.length !== 1) return [`has ${budgets.length} disruption budgets, not one`];
  return budgets
    .filter(({ spec }) => !spec?.maxUnavailable || spec.unhealthyPodEvictionPolicy !== 'AlwaysAllow')
    .map((budget) => `can't be evicted under ${nameOf(budget)}`);
}

/** The autoscalers of a Deployment. */
export function autoscalersOf({ deployment }: DeployedPods, objects: readonly KubernetesObject[]) {
  return ofKind(objects, 'HorizontalPodAutoscaler').filter(
    (autoscaler) =>
      together(autoscaler, deployment) &&
      autoscaler.spec?.scaleTargetRef.kind === 'Deployment' &&
      autoscaler.spec.scaleTargetRef.name === deployment.metadata?.name,
  );
}

function scalingProblems(pods: DeployedPods, objects: readonly KubernetesObject[]): string[] {
  const autoscalers = autoscalersOf(pods, objects);
  if (autoscalers.length !== 1) return [`has ${autoscalers.length} autoscalers, not one`];
  const inverted = autoscalers.some(({ spec }) => (spec?.minReplicas ?? 1) > (spec?.maxReplicas ?? 0));
  return [
    ...(inverted ? ['has an autoscaler whose least is more than its most'] : []),
    ...(pods.deployment.spec?.replicas === undefined
      ? []
      : ['says how many pods it wants, which each apply would enforce against its autoscaler']),
  ];
}

/** Sleeps first, so that nobody sends requests any more, and then has time left to end those that run. */
function stopsGently({ pod }: DeployedPods): boolean {
  const sleeps = pod.containers.map(({ lifecycle }) => lifecycle?.preStop?.sleep?.seconds ?? 0);
  return sleeps.every(
    (seconds) => seconds >= 10 && (pod.terminationGracePeriodSeconds ?? 30) - seconds >= 25,
  );
}

function targets(objects: readonly KubernetesObject[]): string[] {
  const scaled = deployedPods(objects).flatMap((pods) => autoscalersOf(pods, objects));
  return ofKind(objects, 'HorizontalPodAutoscaler')
    .filter((autoscaler) => !scaled.includes(autoscaler))
    .map((autoscaler) => `${nameOf(autoscaler)} scales a Deployment that doesn't exist`);
}

/** Rules about Deployments and what belongs to them. */
export const WORKLOAD_POLICIES: Readonly<Record<string, Policy>> = {
  ...Object.fromEntries(
    Object.entries(POD_SECURITY_CHECKS).map(([name, check]) => [
      `podSecurity.${name}`,
      ofEach(({ pod }) => check(pod).map((place) => `isn't restricted: ${place}`)),
    ]),
  ),
  autoscaler: ofEach(scalingProblems),
  autoscalerTarget: targets,
  disruptionBudget: ofEach(budgetProblems),
  gentleStop: ofEach((pods) => (stopsGently(pods) ? [] : ['drops requests when it stops'])),
  image: ofContainers(isPinned, 'has an image that may change'),
  limits: ofContainers(hasLimits, 'lacks requests or limits, or may take more memory than was kept free'),
  probes: ofContainers(
    (container) => PROBES.every((probe) => container[probe] !== undefined),
    'lacks a probe',
  ),
  readOnlyRoot: ofContainers(
    ({ securityContext }) => securityContext?.readOnlyRootFilesystem === true,
    'may write to its image',
  ),
  rollingUpdate: ofEach(({ deployment }) =>
    deployment.spec?.strategy?.rollingUpdate?.maxUnavailable === 0
      ? []
      : ['stops pods before new ones serve'],
  ),
  serviceAccount: ofEach(accountProblems),
  serviceLinks: ofEach(({ pod }) =>
    pod.enableServiceLinks === false ? [] : ['gets the addresses of all Services as environment'],
  ),
};
