import { typesIn, type Unit } from './units';
import type { Use } from './use';

/** What stands behind a resource type in the emulator; the launcher tells it. */
export interface TypeSupport {
  /** `native`: the emulator's own. `backed`: ours, on the emulator's own service. `recorded`: ours, properties only. */
  readonly tier: Tier;

  /** What really happens, in a few words. */
  readonly note: string;
}

type Tier = 'native' | 'backed' | 'recorded';

const TIERS: readonly Tier[] = ['native', 'backed', 'recorded'];

/** How much of a pattern the deploy tests prove. */
export interface Coverage {
  readonly id: string;
  readonly total: number;

  /** Resources by tier, and in it by type. */
  readonly types: Record<Tier, Record<string, number>>;

  /** What was done with the deployed stacks, in words. */
  readonly uses: readonly string[];
}

/** Counts the resources of a unit, in the first deployment and in all updates, each once. */
export function coverageOf(
  unit: Unit,
  updated: readonly Unit[],
  { exercises, updates = [] }: Use,
  support: Readonly<Record<string, TypeSupport>>,
): Coverage {
  const types: Coverage['types'] = { native: {}, backed: {}, recorded: {} };
  const resources = new Map(
    [unit, ...updated].flatMap(({ stacks }) =>
      stacks.flatMap((stack) =>
        [...typesIn(stack)].map(([path, type]) => [`${stack.id}/${path}`, type] as const),
      ),
    ),
  );
  for (const type of resources.values()) {
    const known = support[type] ?? (type.startsWith('Custom::') ? support['Custom::*'] : undefined);
    if (!known) throw new Error(`the emulator knows no ${type}, and the launcher adds none`);
    const counts = types[known.tier];
    counts[type] = (counts[type] ?? 0) + 1;
  }
  const uses = [
    ...Object.keys(exercises),
    ...updates.flatMap((update) =>
      Object.keys(update.exercises).map((what) => `after "${update.name}": ${what}`),
    ),
  ];
  return { id: unit.id, total: resources.size, types, uses };
}

/** The share of resources that are only recorded, in whole per cent, rounded up. */
export function recordedShare({ total, types }: Coverage): number {
  return Math.ceil((100 * sum(types.recorded)) / total);
}

/** The row on a pattern in the READMEs' table. */
export function coverageRow({ id, total, types }: Coverage): string {
  return `| ${[id, total, ...TIERS.map((tier) => sum(types[tier]))].join(' | ')} |`;
}

/** The shares of recorded resources that the committed report approves, by pattern. */
export function approvedShares(report: string): Record<string, number> {
  const lines = report.matchAll(/^Approved share of recorded resources in (\w+): (\d+) %$/gm);
  return Object.fromEntries([...lines].map(([, id = '', share]) => [id, Number(share)]));
}

/** The report that is committed as COVERAGE.md. */
export function renderCoverage(
  coverages: readonly Coverage[],
  approved: Readonly<Record<string, number>>,
  support: Readonly<Record<string, TypeSupport>>,
): string {
  return `# What the deploy tests cover

\`npm run test:deploy -- -u\` writes this page. **Native** types are the emulator's own. **Backed** ones are added by
our launcher and really exist in the emulator's own service, where they can be read back. Of **recorded** ones only
the properties are kept: references and order are proven, behaviour is not. A type in none of the three fails the
deployment. Raise an approved share by hand, with a reason in the commit.

${coverages.map((coverage) => renderPattern(coverage, approved[coverage.id] ?? 0, support)).join('\n')}`;
}

function renderPattern(
  coverage: Coverage,
  approved: number,
  support: Readonly<Record<string, TypeSupport>>,
): string {
  const { id, total, types, uses } = coverage;
  const rows = TIERS.map((tier) => `| ${tier} | ${sum(types[tier])} | ${renderTypes(types[tier])} |`);
  const notes = TIERS.flatMap((tier) => Object.keys(types[tier]))
    .map((type) => [type, support[type]?.note ?? ''] as const)
    .filter(([, note]) => note)
    .map(([type, note]) => `- ${type}: ${note}`);
  return `## ${id}

${total} resources, updates included. Every one is deployed, deployed again without a change, updated and destroyed; then nothing is left.

| Tier | Resources | Types |
| --- | ---: | --- |
${rows.join('\n')}

Approved share of recorded resources in ${id}: ${approved} %

Used:

${uses.map((use) => `- ${use}`).join('\n')}

What stands behind the types:

${notes.join('\n')}
`;
}

function renderTypes(counts: Record<string, number>): string {
  return Object.entries(counts)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([type, count]) => (count === 1 ? type : `${type} (${count})`))
    .join(', ');
}

function sum(counts: Record<string, number>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}
