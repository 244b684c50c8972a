import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type App, Stack, Stage, Token } from 'aws-cdk-lib';
import { addCatalogue } from '../../../bin/catalogue';
import { type Settings, settingsFor } from '../../../bin/settings';
import { createApp, type StackTemplate } from '../../support/apps';
import { systemNameOf } from '../../support/fixed-names';
import { nestedStacksIn } from '../../support/nested-stacks';

/** The region of stacks that name none. */
export const DEFAULT_REGION = 'ap-northeast-1';

/** What is deployed and destroyed together: the stacks of one pattern. */
export interface Unit {
  /** The pattern's id in the catalogue. */
  readonly id: string;

  /** Its stacks, in the order of their deployment. */
  readonly stacks: readonly UnitStack[];

  /** With what the names begin that it fixes; undefined where it fixes none. */
  readonly systemName?: string | undefined;
}

/** A stack of a unit. */
export interface UnitStack {
  /** The id that the CLI takes. */
  readonly id: string;
  readonly stackName: string;
  readonly region: string;
  readonly template: StackTemplate;

  /** The templates of the stacks that are nested in it, by the logical ids that lead to each, joined by '/'. */
  readonly nested: Readonly<Record<string, StackTemplate>>;
}

/** A stack as the CLI prints it. */
export function printedName({ id, stackName }: Pick<UnitStack, 'id' | 'stackName'>): string {
  return id === stackName ? stackName : `${id} (${stackName})`;
}

/** The types of all resources of a stack, also of nested ones, by the logical ids that lead to each. */
export function typesIn({
  nested,
  template,
}: Pick<UnitStack, 'nested' | 'template'>): ReadonlyMap<string, string> {
  const templates = [['', template] as const, ...Object.entries(nested)];
  return new Map(
    templates.flatMap(([path, { Resources }]) =>
      Object.entries(Resources).map(([id, { Type }]) => [path ? `${path}/${id}` : id, Type] as const),
    ),
  );
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
  const { stacksRecursively } = app.synth();
  const allNested = nestedStacksIn(app);
  for (const { hierarchicalId, stackName, environment, template } of stacksRecursively) {
    const [id = hierarchicalId] = hierarchicalId.split('/');
    const region = environment.region === 'unknown-region' ? DEFAULT_REGION : environment.region;
    const nested = Object.fromEntries(
      allNested
        .filter(({ stackId }) => stackId === hierarchicalId)
        .map((each) => [each.resourcePath, each.template]),
    );
    units.set(id, [...(units.get(id) ?? []), { id: hierarchicalId, stackName, region, template, nested }]);
  }
  return {
    folder,
    units: [...units].map(([id, stacks]) => ({ id, stacks, systemName: systemNameOf(app, id) })),
  };
}

/**
 * Synthesizes the catalogue with the sandbox's settings, with changes.
 *
 * @param only the id of the one pattern that is wanted, beside the stages; all of them where it is left out
 */
export function synthesizeCatalogue(change: Partial<Settings> = {}, only?: string): SynthesizedApp {
  return synthesizeApp((app) => {
    addCatalogue(app, { ...settingsFor('sandbox'), ...change });
    // A stage has told the app of its own assembly already.
    const others = app.node.children.filter(
      (child) => only && child.node.id !== only && Stack.isStack(child),
    );
    for (const { node } of others) app.node.tryRemoveChild(node.id);
  });
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
