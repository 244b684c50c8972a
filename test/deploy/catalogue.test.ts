import { rmSync } from 'node:fs';
import { CreateHostedZoneCommand, ListResourceRecordSetsCommand } from '@aws-sdk/client-route-53';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import type { Domain } from '../../bin/settings';
import { connect } from './support/aws';
import { deploy, destroy, emulatorEnvironment, type Outputs } from './support/cli';
import { takeInventory } from './support/inventory';
import { timed } from './support/progress';
import { explain, mainStackOf, resourcesOf, statusOf } from './support/stacks';
import {
  catalogueRegions,
  DEFAULT_REGION,
  printedName,
  type SynthesizedApp,
  synthesizeCatalogue,
  typesIn,
  type Unit,
} from './support/units';
import { DEFAULT_UPDATES, type Exercise } from './support/use';
import { useOf } from './uses';

const emulator = inject('emulator');
const env = emulatorEnvironment(emulator, DEFAULT_REGION);
const catalogue = synthesizeCatalogue();

/** What is in the account, in every region, as lines. */
async function inventoryOfAllRegions(): Promise<Set<string>> {
  const ofRegions = await Promise.all(
    catalogueRegions().map(async (region) =>
      [...(await takeInventory(connect(emulator, region)))].map((item) => `${region}: ${item}`),
    ),
  );
  return new Set(ofRegions.flat());
}

/** How long the CLI may take for each stack of a unit, in seconds. */
const SECONDS_FOR_EACH = 120;

/** How long a unit may take, in milliseconds: one of several stacks is deployed stack by stack. */
const LIMIT = 900_000;

const { route53 } = connect(emulator, DEFAULT_REGION);
let before: Set<string>;
let domain: Domain;
beforeAll(async () => {
  const zoneName = 'example.com';
  const { HostedZone } = await route53.send(
    new CreateHostedZoneCommand({ Name: zoneName, CallerReference: 'catalogue' }),
  );
  domain = { zoneName, hostedZoneId: HostedZone?.Id?.replace('/hostedzone/', '') ?? '' };
  before = await inventoryOfAllRegions();
});

afterAll(async () => {
  rmSync(catalogue.folder, { recursive: true });
  const left = [...(await inventoryOfAllRegions())].filter((item) => !before.has(item));
  expect(left, 'left in the account after all was destroyed').toEqual([]);
  const { ResourceRecordSets = [] } = await route53.send(
    new ListResourceRecordSetsCommand({ HostedZoneId: domain.hostedZoneId }),
  );
  expect(ResourceRecordSets.map(({ Type }) => Type).sort(), 'left in the zone').toEqual(['NS', 'SOA']);
});

test.concurrent.each(catalogue.units)(
  '$id is deployed, used, updated and destroyed',
  async ({ id }) => {
    const { exercises, updates = DEFAULT_UPDATES } = await useOf(id);
    const step = <T>(what: string, act: () => Promise<T>) => timed(id, what, act);
    let current = { app: catalogue, unit: unitOf(catalogue, id) };
    const apps: SynthesizedApp[] = [];
    const seconds = SECONDS_FOR_EACH * current.unit.stacks.length;
    const deployCurrent = () => deploy(current.app.folder, idsOf(current.unit), env, { seconds });
    const counted = new Set<string>();
    const seen = new Set<string>();
    const useCurrent = async (todo: Record<string, Exercise>, outputs: Outputs) => {
      await exercise(current.unit, todo, outputs);
      for (const resource of countedIn(current.unit)) counted.add(resource);
      for (const resource of await deployedOf(current.unit)) seen.add(resource);
    };
    try {
      const { outputs } = await step('deployed', deployCurrent);
      await step('used', () => useCurrent(exercises, outputs));
      const again = await step('deployed again: no changes', deployCurrent);
      for (const stack of current.unit.stacks)
        expect(again.printed).toContain(`${printedName(stack)} (no changes)`);

      for (const update of updates) {
        const app = synthesizeCatalogue(update.settings(domain), id);
        apps.push(app);
        current = { app, unit: unitOf(app, id) };
        const updated = await step(`updated: ${update.name}`, deployCurrent);
        // Not each stack of a unit has a part in each update.
        const changed = current.unit.stacks.filter(
          (stack) => !updated.printed.includes(`${printedName(stack)} (no changes)`),
        );
        expect(changed, `changed by ${update.name}`).not.toEqual([]);
        await step('used after it', () => useCurrent(update.exercises, updated.outputs));
      }
      const unseen = [...counted].filter((resource) => !seen.has(resource));
      expect(unseen, 'counted in COVERAGE.md, but never there').toEqual([]);

      const resources = await physicalIdsOf(current.unit);
      await step('destroyed', () => destroy(current.app.folder, idsOf(current.unit), env, { seconds }));
      await step('found nothing left', async () => {
        for (const { stackName, region } of current.unit.stacks) {
          expect(await statusOf(connect(emulator, region), stackName)).toBeUndefined();
        }
        const left = [...(await inventoryOfAllRegions())].filter((item) =>
          resources.has(item.split(' ').at(-1) ?? ''),
        );
        expect(left).toEqual([]);
      });
    } catch (error) {
      for (const { stackName, region } of current.unit.stacks) {
        process.stderr.write(`${await explain(connect(emulator, region), stackName, emulator)}\n`);
      }
      throw error;
    } finally {
      for (const { folder } of apps) rmSync(folder, { recursive: true });
    }
  },
  LIMIT,
);

function unitOf(app: SynthesizedApp, id: string): Unit {
  const unit = app.units.find((candidate) => candidate.id === id);
  if (!unit) throw new Error(`${id} is gone from the catalogue`);
  return unit;
}

function idsOf({ stacks }: Unit): string[] {
  return stacks.map(({ id }) => id);
}

/** Does all exercises with a deployed unit. */
async function exercise(unit: Unit, exercises: Record<string, Exercise>, outputs: Outputs): Promise<void> {
  const stack = mainStackOf(unit, outputs, (region) => connect(emulator, region));
  for (const [what, act] of Object.entries(exercises)) {
    await act(stack).catch((error: unknown) => {
      throw new Error(`${unit.id}: ${what}`, { cause: error });
    });
  }
}

/** The resources that COVERAGE.md counts: also those that are there under a condition only. */
function countedIn({ stacks }: Unit): string[] {
  return stacks.flatMap((stack) => [...typesIn(stack).keys()].map((path) => `${stack.id}/${path}`));
}

/** The resources that are really there. */
async function deployedOf({ stacks }: Unit): Promise<string[]> {
  const ofStacks = await Promise.all(
    stacks.map(async ({ id, region, stackName }) =>
      (await resourcesOf(connect(emulator, region), stackName)).map(
        ({ LogicalResourceId }) => `${id}/${LogicalResourceId}`,
      ),
    ),
  );
  return ofStacks.flat();
}

async function physicalIdsOf(unit: Unit): Promise<Set<string>> {
  const ofStacks = await Promise.all(
    unit.stacks.map(({ stackName, region }) => resourcesOf(connect(emulator, region), stackName)),
  );
  return new Set(ofStacks.flat().map(({ PhysicalResourceId = '' }) => PhysicalResourceId));
}
