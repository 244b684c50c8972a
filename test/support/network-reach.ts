import type { StackTemplate } from './apps';
import { type AppliedObject, ofKind } from './microservices';

interface Peer {
  readonly ipBlock?: { readonly cidr: string; readonly except?: readonly string[] };
  readonly podSelector?: Selector;
  readonly namespaceSelector?: Selector;
}

interface Selector {
  readonly matchLabels?: Readonly<Record<string, string>>;
}

interface Rule {
  readonly from?: readonly Peer[];
  readonly to?: readonly Peer[];
  readonly ports: readonly { readonly protocol: string; readonly port: number }[];
}

interface PolicySpec {
  readonly podSelector: Selector;
  readonly policyTypes: readonly string[];
  readonly ingress?: readonly Rule[];
  readonly egress?: readonly Rule[];
}

/**
 * What policies let a service's pods do in one direction, as `cart 8080`, `0.0.0.0/0 except 10.0.0.0/16 443` or `udp 53`; all
 * is allowed where no policy selects them for that direction.
 */
export function allowedFor(
  template: StackTemplate,
  service: string,
  direction: 'Ingress' | 'Egress',
): string[] {
  const policies = ofKind(template, 'NetworkPolicy')
    .map(specOf)
    .filter(
      ({ podSelector, policyTypes }) => selects(podSelector, service) && policyTypes.includes(direction),
    );
  if (policies.length === 0) return ['everything'];
  return policies
    .flatMap(({ egress = [], ingress = [] }) => (direction === 'Ingress' ? ingress : egress))
    .flatMap(({ from, ports, to }) =>
      (from ?? to ?? [{}]).flatMap((peer) =>
        ports.map(({ port, protocol }) => `${peerText(peer)} ${protocol === 'TCP' ? '' : 'udp/'}${port}`),
      ),
    )
    .toSorted();
}

const specOf = ({ spec }: AppliedObject): PolicySpec => spec as unknown as PolicySpec;

function selects({ matchLabels = {}, ...others }: Selector, service: string): boolean {
  if (Object.keys(others).length > 0) throw new Error(`${JSON.stringify(others)} is not understood`);
  return Object.entries(matchLabels).every(([label, value]) => label === NAME_LABEL && value === service);
}

const NAME_LABEL = 'app.kubernetes.io/name';

function peerText({ ipBlock, namespaceSelector, podSelector }: Peer): string {
  if (ipBlock) return [ipBlock.cidr, ...(ipBlock.except ?? []).map((range) => `except ${range}`)].join(' ');
  const namespace = namespaceSelector?.matchLabels?.['kubernetes.io/metadata.name'];
  const pods = podSelector && Object.values(podSelector.matchLabels ?? {}).join();
  return [namespace, pods].filter((each) => each !== undefined).join('/') || 'everybody';
}
