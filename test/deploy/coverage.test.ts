import { readFileSync, rmSync } from 'node:fs';
import { expect, inject, test } from 'vitest';
import {
  approvedShares,
  type Coverage,
  coverageOf,
  coverageRow,
  recordedShare,
  renderCoverage,
  type TypeSupport,
} from './support/coverage';
import { synthesizeCatalogue, type Unit } from './support/units';
import { DEFAULT_UPDATES } from './support/use';
import { useOf } from './uses';

/** Any zone will do: only the resources count here. */
const DOMAIN = { zoneName: 'example.com', hostedZoneId: 'Z0123456789ABCDEFGHIJ' };

const REPORT = 'test/deploy/COVERAGE.md';

async function typeSupport(): Promise<Record<string, TypeSupport>> {
  const answer = await fetch(`${inject('emulator').url}/_emulator/tiers`);
  return (await answer.json()) as Record<string, TypeSupport>;
}

async function coverages(support: Record<string, TypeSupport>): Promise<Coverage[]> {
  const { folder, units } = synthesizeCatalogue();
  rmSync(folder, { recursive: true });
  return Promise.all(
    units.map(async (unit) => {
      const use = await useOf(unit.id);
      const updated = (use.updates ?? DEFAULT_UPDATES).map(({ settings }): Unit => {
        const app = synthesizeCatalogue(settings(DOMAIN), unit.id);
        rmSync(app.folder, { recursive: true });
        return app.units.find(({ id }) => id === unit.id) ?? unit;
      });
      return coverageOf(unit, updated, use, support);
    }),
  );
}

test('COVERAGE.md and the READMEs are up to date, and no more is recorded only than it approves', async () => {
  const support = await typeSupport();
  const covered = await coverages(support);
  const approved = approvedShares(readFileSync(REPORT, 'utf8'));
  for (const coverage of covered) {
    expect(recordedShare(coverage), `recorded in ${coverage.id}, in per cent`).toBeLessThanOrEqual(
      approved[coverage.id] ?? 0,
    );
  }
  await expect(renderCoverage(covered, approved, support)).toMatchFileSnapshot('COVERAGE.md');
  for (const readme of ['README.md', 'README.ja.md']) {
    const rows = readFileSync(readme, 'utf8')
      .split('\n')
      .filter((line) => /^\| \w+ \| \d+ \|/.test(line));
    expect(rows, `the rows in ${readme}`).toEqual(covered.map(coverageRow));
  }
});

test('a share of recorded resources that nobody approved is too much', () => {
  const type = { Type: 'AWS::Some::Type', Properties: {} };
  const stack = {
    id: 'S',
    stackName: 'S',
    region: 'r',
    template: { Resources: { A: type, B: type, C: type } },
    nested: { A: { Resources: { A: type } }, 'A/A': { Resources: { B: type } } },
  };
  const covered = (tier: TypeSupport['tier']) =>
    coverageOf(
      { id: 'S', stacks: [stack] },
      [],
      { exercises: {} },
      { 'AWS::Some::Type': { tier, note: '' } },
    );
  expect(covered('recorded').total, 'resources, those of nested stacks included').toBe(5);
  expect(recordedShare(covered('recorded'))).toBe(100);
  expect(recordedShare(covered('backed'))).toBe(0);
  const report = renderCoverage([covered('recorded')], { S: 5 }, {});
  expect(approvedShares(report)).toEqual({ S: 5 });
});

test('a type that the emulator does not have at all is no coverage', () => {
  const stack = {
    id: 'S',
    stackName: 'S',
    region: 'r',
    template: { Resources: { A: { Type: 'AWS::No::Type', Properties: {} } } },
    nested: {},
  };
  expect(() => coverageOf({ id: 'S', stacks: [stack] }, [], { exercises: {} }, {})).toThrow('AWS::No::Type');
});
