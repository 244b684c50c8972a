import { Stack } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { expect } from 'vitest';
import { SystemNames } from '../../lib/disaster-recovery/system-names';
import { PRODUCTION, type Profile, SANDBOX } from '../../lib/profile';
import { createApp, type Resource, type StackTemplate, withAssembly } from './apps';
import { textOf } from './fleet';
import { validate } from './validation';

export const NAMES = new SystemNames({
  systemName: 'desk',
  primaryRegion: 'ap-northeast-1',
  standbyRegion: 'ap-northeast-3',
});

export const PROFILES: readonly (readonly [string, Profile])[] = [
  ['production', PRODUCTION],
  ['sandbox', SANDBOX],
];

/** The template of what is built into a stack of a region. */
export function templateIn(region: string, build: (stack: Stack) => void): StackTemplate {
  const app = createApp();
  const stack = new Stack(app, 'Stack', { env: { region } });
  build(stack);
  return withAssembly(app, (assembly) => assembly.getStackArtifact(stack.artifactId).template);
}

/** No part under test breaks a rule of the packs that nothing may break, nor acknowledges what it does not break. */
export function expectClean(region: string, part: RegExp, build: (stack: Stack) => void): void {
  const { findings, stale } = validate((app) => {
    build(new Stack(app, 'Stack', { env: { region } }));
  });
  const packs = ['AwsSolutions', 'Serverless', 'CloudFormation-Validate'];
  const open = findings.filter(({ pack, path }) => packs.includes(pack) && part.test(path));
  expect(open).toEqual([]);
  expect(stale.filter(({ path }) => part.test(path))).toEqual([]);
}

/** The one whose id begins so. */
export function named(
  resources: Record<string, Resource>,
  prefix: string,
): Resource & { readonly id: string } {
  const found = Object.entries(resources).filter(([id]) => id.startsWith(prefix));
  const [first] = found;
  if (!first || found.length > 1) throw new Error(`there are ${found.length} resources ${prefix}`);
  return { id: first[0], ...first[1] };
}

/** `count` datapoints of one value. */
export function points(count: number, value: number | undefined): (number | undefined)[] {
  return Array<number | undefined>(count).fill(value);
}

/** A function of the stack's own environment, without the cost of bundling one. */
export function functionIn(stack: Stack, name: string): lambda.IFunction {
  return lambda.Function.fromFunctionAttributes(stack, name, {
    functionArn: `arn:aws:lambda:${stack.region}:123456789012:function:${name}`,
    sameEnvironment: true,
  });
}

/**
 * A part of a template with its joins as text (`<AWS::Region>` for what only CloudFormation knows), to be read
 * and compared. The partition is aws in a region that is known; some of aws-cdk-lib's ARNs say so, others do not.
 */
export function readable(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(readable);
  if ('Fn::Join' in value) return textOf(value).replaceAll('<AWS::Partition>', 'aws');
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, readable(each)]));
}
