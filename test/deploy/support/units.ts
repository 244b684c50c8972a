import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type App, Stack, Stage, Token } from 'aws-cdk-lib';
import { addCatalogue } from '../../../bin/catalogue';
import { type Settings, settingsFor } from '../../../bin/settings';
import { createApp, type StackTemplate } from '../../support/apps';

/** The region of stacks that name none. */
export const DEFAULT_REGION = 'ap-northeast-1';

/** What is deployed and destroyed together: the stacks of one pattern. */
export interface Unit {
  /** The pattern's id in the catalogue. */
  readonly id: string;

  /** Its stacks, in the order of their deployment. */
  readonly stacks: readonly UnitStack[];
}

/** A stack of a unit. */
export interface UnitStack {
  /** The id that the CLI takes. */
  readonly id: string;
  readonly stackName: string;
  readonly region: string;
  readonly template: StackTemplate;
}

/** A synthesized app on the disk, and what it consists of. */
export interface SynthesizedApp {
  readonly folder: string;
  readonly units: readonly Unit[];
}

/** Synthesizes stacks into a new folder, which is the caller's to remove. */
export function synthesizeApp(addStacks: (app: App) => void): SynthesizedApp {
  const folder = mkdtempSync(join(tmpdir(), 'app-'));
  const app = createApp({}, folder);
  addStacks(app);
  const units = new Map<string, UnitStack[]>();
  for (const { hierarchicalId, stackName, environment, template } of app.synth().stacksRecursively) {
    const [id = hierarchicalId] = hierarchicalId.split('/');
    const region = environment.region === 'unknown-region' ? DEFAULT_REGION : environment.region;
    units.set(id, [...(units.get(id) ?? []), { id: hierarchicalId, stackName, region, template }]);
  }
  return { folder, units: [...units].map(([id, stacks]) => ({ id, stacks })) };
}

/** Synthesizes the catalogue with the sandbox's settings, with changes. */
export function synthesizeCatalogue(change: Partial<Settings> = {}): SynthesizedApp {
  return synthesizeApp((app) => addCatalogue(app, { ...settingsFor('sandbox'), ...change }));
}

/** The ids of the catalogue's patterns, as the CLI and the tests take them. */
export function catalogueIds(): string[] {
  return sandboxCatalogue()
    .node.children.filter((child) => Stack.isStack(child) || Stage.isStage(child))
    .map(({ node }) => node.id);
}

/** The regions in which the catalogue has stacks, and the one that CloudFront's parts need. */
export function catalogueRegions(): string[] {
  const named = sandboxCatalogue()
    .node.findAll()
    .filter((construct) => Stack.isStack(construct))
    .map(({ region }) => region)
    .filter((region) => !Token.isUnresolved(region));
  return [...new Set([DEFAULT_REGION, 'us-east-1', ...named])];
}

function sandboxCatalogue(): App {
  const app = createApp();
  addCatalogue(app, settingsFor('sandbox'));
  return app;
}
