import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { run } from '../bin/copy/run';
import { SANDBOX } from '../lib/profile';
import { createApp, type StackTemplate, withAssembly } from './support/apps';
import { appOf, constructOf, FIRST_PROPS, PATTERNS } from './support/catalogue-copies';
import { maskHashes } from './support/masking';
import { TrialProject } from './support/trial-project';

const folder = mkdtempSync(join(tmpdir(), 'copies-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** The projects into which every pattern is copied. */
const PROJECTS: Readonly<Record<string, (at: string) => Promise<TrialProject>>> = {
  'the project that cdk init makes': (at) => TrialProject.create(at),
  'a strict project': async (at) => {
    const project = await TrialProject.create(at);
    project.change('tsconfig.json', ({ compilerOptions }) => ({
      compilerOptions: { ...compilerOptions, ...STRICTER },
    }));
    return project;
  },
  'a project of ES modules': async (at) => {
    const project = await TrialProject.create(at);
    project.change('package.json', () => ({ type: 'module' }));
    return project;
  },
  'a project with ts-node on TypeScript 5.9': async (at) => {
    const project = await TrialProject.create(at, { typescript: 'typescript-5' });
    project.change('cdk.json', () => ({ app: 'npx ts-node --prefer-ts-exts bin/app.ts' }));
    return project;
  },
};

/** What `strict` leaves out, as far as a CDK app can have it: aws-cdk-lib itself does not bear exactOptionalPropertyTypes. */
const STRICTER = {
  strictPropertyInitialization: true,
  noUncheckedIndexedAccess: true,
  noImplicitOverride: true,
  noUnusedLocals: true,
  noUnusedParameters: true,
  noFallthroughCasesInSwitch: true,
};

test('there are first props for every pattern, and for nothing else', () => {
  expect(Object.keys(FIRST_PROPS).sort()).toEqual([...PATTERNS].sort());
});

describe.each(Object.entries(PROJECTS))('%s', (name, create) => {
  const copies: { templates: ReadonlyMap<string, StackTemplate>; mistakes: string } = {
    templates: new Map(),
    mistakes: 'not checked yet',
  };

  beforeAll(async () => {
    const project = await create(join(folder, name.replaceAll(/\W/g, '-'), 'app'));
    for (const pattern of PATTERNS) {
      const said: string[] = [];
      const say = (text: string) => said.push(text);
      const code = run([pattern, project.folder], { out: say, error: say });
      if (code !== 0) throw new Error(said.join(''));
    }
    project.write('bin/app.ts', appOf(PATTERNS, name === 'a project of ES modules' ? '.js' : ''));
    copies.mistakes = await project.typeCheck();
    copies.templates = await project.synth();
  }, 120_000);

  test('type-checks with all patterns', () => {
    expect(copies.mistakes).toBe('');
  });

  test.each(PATTERNS)('synthesizes %s as it is here', async (pattern) => {
    const template = copies.templates.get(constructOf(pattern));
    expect(template && maskHashes(template)).toEqual(maskHashes(await original(pattern)));
  });
});

/** What a pattern makes in this repository. */
async function original(pattern: string): Promise<StackTemplate> {
  const name = constructOf(pattern);
  const file = pathToFileURL(resolve('lib', pattern, `${pattern}.ts`)).href;
  const module: Record<string, new (scope: Construct, id: string, props: object) => Construct> = await import(
    /* @vite-ignore */ file
  );
  const app = createApp();
  const stack = new Stack(app, name);
  const Pattern = module[name];
  if (!Pattern) throw new Error(`lib/${pattern}/${pattern}.ts exports no ${name}`);
  new Pattern(stack, name, { ...FIRST_PROPS[pattern], profile: SANDBOX });
  return withAssembly(app, (assembly) => assembly.getStackArtifact(stack.artifactId).template);
}
