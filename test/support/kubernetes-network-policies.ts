import type { LabelSelector } from 'kubernetes-types/meta/v1';
import type { IPBlock, NetworkPolicy, NetworkPolicyPeer } from 'kubernetes-types/networking/v1';
import {
  type DeployedPods,
  deployedPods,
  type KubernetesObject,
  nameOf,
  ofKind,
  selects,
  together,
} from './kubernetes-objects';
import type { Policy } from './kubernetes-workload-policies';
import { containersOf } from './pod-security';

interface Rule {
  readonly peers: readonly NetworkPolicyPeer[];
  readonly ports: readonly (number | string | undefined)[];
}

/** The rules of a policy in one direction. */
function rulesOf({ spec }: NetworkPolicy, direction: 'ingress' | 'egress'): Rule[] {
  const rules =
    direction === 'ingress'
      ? (spec?.ingress ?? []).map(({ from = [], ports = [] }) => ({ peers: from, ports }))
      : (spec?.egress ?? []).map(({ to = [], ports = [] }) => ({ peers: to, ports }));
  return rules.map(({ peers, ports }) => ({ peers, ports: ports.map(({ port }) => port) }));
}

/** The Deployments that a selector takes within the policy's own namespace. */
function selected(
  policy: NetworkPolicy,
  selector: LabelSelector | undefined,
  objects: readonly KubernetesObject[],
): DeployedPods[] {
  return deployedPods(objects).filter(
    ({ deployment, labels }) => together(deployment, policy) && selects(selector, labels),
  );
}

const ownPeers = (rules: readonly Rule[]) =>
  rules
    .flatMap(({ peers }) => peers)
    .filter(({ podSelector, namespaceSelector }) => podSelector && !namespaceSelector);

const networkPolicySelectors: Policy = (objects) =>
  ofKind(objects, 'NetworkPolicy').flatMap((policy) => {
    const peers = ownPeers([...rulesOf(policy, 'ingress'), ...rulesOf(policy, 'egress')]);
    return [policy.spec?.podSelector, ...peers.map(({ podSelector }) => podSelector)]
      .filter((selector) => selected(policy, selector, objects).length === 0)
      .map((selector) => `${nameOf(policy)} selects no pods by ${JSON.stringify(selector)}`);
  });

/** Who may talk to whom within a namespace, as one side's policies have it. */
function allowedCalls(objects: readonly KubernetesObject[], direction: 'ingress' | 'egress'): Set<string> {
  const calls = ofKind(objects, 'NetworkPolicy').flatMap((policy) =>
    selected(policy, policy.spec?.podSelector, objects).flatMap((own) =>
      rulesOf(policy, direction).flatMap((rule) =>
        ownPeers([rule]).flatMap(({ podSelector }) =>
          selected(policy, podSelector, objects).flatMap((other) =>
            rule.ports.map((port) => {
              const [from, to] = direction === 'egress' ? [own, other] : [other, own];
              return `${nameOf(from.deployment)} to ${nameOf(to.deployment)} on port ${port}`;
            }),
          ),
        ),
      ),
    ),
  );
  return new Set(calls);
}

const bothEnds: Policy = (objects) => {
  const [out, into] = [allowedCalls(objects, 'egress'), allowedCalls(objects, 'ingress')];
  return [
    ...[...out].filter((call) => !into.has(call)).map((call) => `${call} may leave and not arrive`),
    ...[...into].filter((call) => !out.has(call)).map((call) => `${call} may arrive and not leave`),
  ];
};

/** The ports that a policy opens are ports of the pods behind it. */
const openPorts: Policy = (objects) =>
  ofKind(objects, 'NetworkPolicy').flatMap((policy) =>
    selected(policy, policy.spec?.podSelector, objects).flatMap(({ deployment, pod }) => {
      const open = rulesOf(policy, 'ingress').flatMap(({ ports }) => ports);
      const real = containersOf(pod).flatMap(({ ports = [] }) => ports.map((port) => port.containerPort));
      return open
        .filter((port) => typeof port !== 'number' || !real.includes(port))
        .map((port) => `${nameOf(policy)} opens port ${port}, which ${nameOf(deployment)} hasn't`);
    }),
  );

/** A direction that is not named is not restricted, whatever rules there are for it. */
const policyTypes: Policy = (objects) =>
  ofKind(objects, 'NetworkPolicy')
    .filter(({ spec }) => {
      const ruled = [spec?.ingress ? ['Ingress'] : [], spec?.egress ? ['Egress'] : []].flat();
      const named = spec?.policyTypes ?? [];
      return named.length === 0 || (ruled.length > 0 && ruled.join() !== named.join());
    })
    .map((policy) => `${nameOf(policy)} has rules for other directions than it names`);

const defaultDeny: Policy = (objects) => {
  const policies = ofKind(objects, 'NetworkPolicy');
  const denying = policies.filter(
    ({ spec }) =>
      Object.keys(spec?.podSelector ?? { none: true }).length === 0 &&
      ['Ingress', 'Egress'].every((type) => spec?.policyTypes?.includes(type)) &&
      !spec?.ingress &&
      !spec?.egress,
  );
  return policies
    .filter((policy) => !denying.some((each) => together(each, policy)))
    .map((policy) => `${nameOf(policy)} allows what nothing denies`);
};

function numberOf(address: string): number {
  const octets = address.split('.').map(Number);
  const valid = octets.length === 4 && octets.every((octet) => octet >= 0 && octet <= 255);
  return valid ? octets.reduce((sum, octet) => sum * 256 + octet, 0) : Number.NaN;
}

/** A range's first address and its size; NaN where it is no range. */
function boundsOf(cidr: string): { readonly first: number; readonly size: number } {
  const [address = '', prefix = ''] = cidr.split('/');
  return { first: numberOf(address), size: /^\d+$/.test(prefix) ? 2 ** (32 - Number(prefix)) : Number.NaN };
}

function isCanonical(cidr: string): boolean {
  const { first, size } = boundsOf(cidr);
  return size >= 1 && first % size === 0;
}

function isWithin(inner: string, outer: string): boolean {
  const [small, great] = [boundsOf(inner), boundsOf(outer)];
  return small.first >= great.first && small.first + small.size <= great.first + great.size;
}

const ranges: Policy = (objects) =>
  ofKind(objects, 'NetworkPolicy').flatMap((policy) => {
    const blocks = [...rulesOf(policy, 'ingress'), ...rulesOf(policy, 'egress')]
      .flatMap(({ peers }) => peers)
      .map(({ ipBlock }) => ipBlock)
      .filter((block): block is IPBlock => block !== undefined);
    return blocks
      .filter(
        ({ cidr, except = [] }) =>
          ![cidr, ...except].every(isCanonical) || !except.every((each) => isWithin(each, cidr)),
      )
      .map((block) => `${nameOf(policy)} has a range that Kubernetes refuses: ${JSON.stringify(block)}`);
  });

/** Rules about NetworkPolicies. */
export const NETWORK_POLICIES: Readonly<Record<string, Policy>> = {
  bothEnds,
  defaultDeny,
  networkPolicySelectors,
  openPorts,
  policyTypes,
  ranges,
};
