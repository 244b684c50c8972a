import type { ObjectMeta } from 'kubernetes-types/meta/v1';
import { commonLabels } from './labels';

interface Requirement {
  readonly key: string;
  readonly operator: 'In' | 'Gt';
  readonly values: readonly string[];
}

/**
 * A pool of nodes of EKS Auto Mode; `kubernetes-types` knows Kubernetes' own kinds only.
 * https://docs.aws.amazon.com/eks/latest/userguide/create-node-pool.html, https://karpenter.sh/docs/concepts/nodepools/
 */
export interface NodePool {
  readonly apiVersion: 'karpenter.sh/v1';
  readonly kind: 'NodePool';
  readonly metadata: ObjectMeta;
  readonly spec: {
    readonly template: {
      readonly metadata: { readonly labels: Readonly<Record<string, string>> };
      readonly spec: {
        readonly nodeClassRef: { readonly group: string; readonly kind: string; readonly name: string };
        readonly requirements: readonly Requirement[];
        readonly expireAfter: string;
        readonly terminationGracePeriod: string;
      };
    };
    readonly disruption: {
      readonly consolidationPolicy: 'WhenEmptyOrUnderutilized';
      readonly consolidateAfter: string;
      readonly budgets: readonly { readonly nodes: string }[];
    };
    readonly limits: { readonly cpu: string };
  };
}

export interface NodePoolOptions {
  readonly name: string;
  /** The application that all objects are part of. */
  readonly application: string;
  readonly architecture: 'amd64' | 'arm64';
  /** Most cores of all nodes of the pool together: what the pool may cost at most. */
  readonly cpuLimit: number;
  /**
   * Whether burstable instances may be among them, too: cheap, and slow when they are busy for long.
   *
   * @default false
   */
  readonly burstable?: boolean;
}

/** The families c, m and r since Graviton2 and Intel's fifth generation; t4g, the burstable one, is of the fourth. */
const OLDER_GENERATION = { arm64: '5', amd64: '4' } as const;
const OLDER_BURSTABLE_GENERATION = { arm64: '3', amd64: '2' } as const;

/**
 * Nodes on demand, of generations that AWS still sells at its best price. The built-in pool `general-purpose` has
 * amd64 only. It needs the NodeClass `default`, which exists while one built-in pool is enabled.
 * https://docs.aws.amazon.com/eks/latest/userguide/set-builtin-node-pools.html
 */
export function nodePoolObject(options: NodePoolOptions): NodePool {
  const { name, application, architecture, burstable = false, cpuLimit } = options;
  const older = burstable ? OLDER_BURSTABLE_GENERATION : OLDER_GENERATION;
  return {
    apiVersion: 'karpenter.sh/v1',
    kind: 'NodePool',
    metadata: { name, labels: commonLabels(application) },
    spec: {
      template: {
        metadata: { labels: { 'node-pool': name } },
        spec: {
          nodeClassRef: { group: 'eks.amazonaws.com', kind: 'NodeClass', name: 'default' },
          requirements: [
            { key: 'kubernetes.io/arch', operator: 'In', values: [architecture] },
            // Left out, it would be spot first, which AWS takes away at two minutes' notice.
            { key: 'karpenter.sh/capacity-type', operator: 'In', values: ['on-demand'] },
            {
              key: 'eks.amazonaws.com/instance-category',
              operator: 'In',
              values: ['c', 'm', 'r', ...(burstable ? ['t'] : [])],
            },
            {
              key: 'eks.amazonaws.com/instance-generation',
              operator: 'Gt',
              values: [older[architecture]],
            },
          ],
          // A node is replaced after two weeks at the latest, and waits one day for its pods' budgets.
          expireAfter: '336h',
          terminationGracePeriod: '24h',
        },
      },
      disruption: {
        consolidationPolicy: 'WhenEmptyOrUnderutilized',
        consolidateAfter: '5m',
        budgets: [{ nodes: '1' }],
      },
      limits: { cpu: String(cpuLimit) },
    },
  };
}
