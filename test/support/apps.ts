import { rmSync } from 'node:fs';
import { App, Stack } from 'aws-cdk-lib';
import type { CloudAssembly } from 'aws-cdk-lib/cx-api';
import cdkJson from '../../cdk.json';
import { nestedStacksIn } from './nested-stacks';

/**
 * An app with the feature flags of cdk.json, as the CLI would run it.
 *
 * @param context what differs from cdk.json
 * @param outdir where to synthesize it; a new folder by default
 */
export function createApp(context: Record<string, unknown> = {}, outdir?: string): App {
  return new App({ outdir, analyticsReporting: false, context: { ...cdkJson.context, ...context } });
}

/** Synthesizes an app, hands its assembly to `use`, and removes it from the disk. */
export function withAssembly<T>(app: App, use: (assembly: CloudAssembly) => T): T {
  const assembly = app.synth();
  try {
    return use(assembly);
  } finally {
    rmSync(assembly.directory, { recursive: true });
  }
}

/** A resource of a template. */
export interface Resource {
  readonly Type: string;
  readonly Properties: Record<string, unknown>;
  readonly DependsOn?: string[];
  readonly CreationPolicy?: unknown;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
}

/** A template as CloudFormation gets it. */
export interface StackTemplate {
  readonly Resources: Record<string, Resource>;
  readonly Parameters?: Record<string, { readonly Default?: unknown }>;
  readonly Outputs?: Record<string, { readonly Value: unknown }>;
}

/** The templates of all stacks of an app by their paths: also those in stages, and nested ones. */
export function templatesOf(app: App): ReadonlyMap<string, StackTemplate> {
  return withAssembly(
    app,
    ({ stacksRecursively }) =>
      new Map<string, StackTemplate>([
        ...stacksRecursively.map(({ hierarchicalId, template }) => [hierarchicalId, template] as const),
        ...nestedStacksIn(app).map(({ id, template }) => [id, template] as const),
      ]),
  );
}

/** The template of a stack that is alone in its app. */
export function templateOf(createStack: (app: App) => Stack): StackTemplate {
  const app = createApp();
  const { artifactId } = createStack(app);
  return withAssembly(app, (assembly) => assembly.getStackArtifact(artifactId).template);
}

/** The template of what is built into a stack of a known region. */
export function templateOfConstructs(build: (stack: Stack) => void): StackTemplate {
  return templateOf((app) => {
    const stack = new Stack(app, 'Stack', { env: { region: 'ap-northeast-1' } });
    build(stack);
    return stack;
  });
}

/** The resources of a type, by logical id. */
export function resourcesOf(template: StackTemplate, type: string): Record<string, Resource> {
  return Object.fromEntries(Object.entries(template.Resources).filter(([, { Type }]) => Type === type));
}

/** The resource of a type of which a template has exactly one. */
export function theOnly(template: StackTemplate, type: string): Resource & { readonly id: string } {
  const found = Object.entries(resourcesOf(template, type));
  const [first] = found;
  if (!first || found.length > 1) throw new Error(`there are ${found.length} resources of type ${type}`);
  return { id: first[0], ...first[1] };
}
