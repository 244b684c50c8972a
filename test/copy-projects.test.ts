import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isStage } from '../bin/copy/patterns';
import { run } from '../bin/copy/run';
import { SANDBOX } from '../lib/profile';
import { createApp, type StackTemplate, withAssembly } from './support/apps';
import { appOf, constructOf, FIRST_PROPS, PATTERNS } from './support/catalogue-copies';
import { maskHashes } from './support/masking';
import { TrialProject, templatesIn } from './support/trial-project';

/** A kind of project into which every pattern is copied. */
interface Kind {
  /** What the project's imports of its own files end with. */
  readonly ending: '' | '.js';

  /** Makes one in a new folder. */
  readonly create: (folder: string) => Promise<TrialProject>;

  /** Synthesizes it, and type-checks all of its files on the way, as its users do. */
  readonly synth: (project: TrialProject) => Promise<ReadonlyMap<string, StackTemplate>>;
}

/** The app command of `cdk init` checks all files before it runs the app. */
const TSX: Pick<Kind, 'ending' | 'synth'> = { ending: '', synth: (project) => project.synth() };

/** What `strict` leaves out. Not exactOptionalPropertyTypes: aws-cdk-lib's own props are not made for it. */
const STRICTER = {
  strictPropertyInitialization: true,
  noUncheckedIndexedAccess: true,
  noImplicitOverride: true,
  noUnusedLocals: true,
  noUnusedParameters: true,
  noFallthroughCasesInSwitch: true,
};

const TS_NODE: Kind = {
  ending: '',
  create: async (folder) => {
    const project = await TrialProject.create(folder, { typescript: 'typescript-5' });
    project.change('cdk.json', () => ({ app: 'npx ts-node --prefer-ts-exts bin/app.ts' }));
    return project;
  },
  // ts-node checks what the app imports, and not the code of functions and pages.
  synth: async (project) => {
    const [templates] = await Promise.all([project.synth(), project.typeCheck()]);
    return templates;
  },
};

const KINDS: Readonly<Record<string, Kind>> = {
  'the project that cdk init makes': { ...TSX, create: (folder) => TrialProject.create(folder) },
  'a strict project': {
    ...TSX,
    create: async (folder) => {
      const project = await TrialProject.create(folder);
      project.change('tsconfig.json', ({ compilerOptions }) => ({
        compilerOptions: { ...compilerOptions, ...STRICTER },
      }));
      return project;
    },
  },
  'a project of ES modules': {
    ...TSX,
    ending: '.js',
    create: async (folder) => {
      const project = await TrialProject.create(folder);
      project.change('package.json', () => ({ type: 'module' }));
      return project;
    },
  },
  'a project with ts-node on TypeScript 5.9': TS_NODE,
};

const folder = mkdtempSync(join(tmpdir(), 'copies-'));
const tried = new Map<Kind, Promise<ReadonlyMap<string, StackTemplate>>>();

afterAll(async () => {
  // One that nobody waited for may still be at work in its folder.
  await Promise.allSettled(tried.values());
  rmSync(folder, { recursive: true });
}, 180_000);

/** Copies all patterns into a new project of a kind, once, and synthesizes it. */
function templatesOf(kind: Kind): Promise<ReadonlyMap<string, StackTemplate>> {
  const known = tried.get(kind) ?? copyAll(kind, join(folder, String(tried.size), 'app'));
  tried.set(kind, known);
  return known;
}

async function copyAll({ create, ending, synth }: Kind, at: string) {
  const project = await create(at);
  for (const pattern of PATTERNS) {
    const said: string[] = [];
    const say = (text: string) => said.push(text);
    const code = run([pattern, project.folder], { out: say, error: say });
    if (code !== 0) throw new Error(said.join(''));
  }
  project.write('bin/app.ts', appOf(PATTERNS, ending));
  return synth(project);
}

// It takes longest, so that it begins at once, beside the others; what fails, fails where it is waited for.
beforeAll(() => void templatesOf(TS_NODE).catch(() => undefined));

test('there are first props for every pattern, and for nothing else', () => {
  expect(Object.keys(FIRST_PROPS).sort()).toEqual([...PATTERNS].sort());
});

describe.each(Object.entries(KINDS))('%s', (_, kind) => {
  beforeAll(() => templatesOf(kind).then(() => undefined), 180_000);

  test.each(PATTERNS)('compiles and synthesizes %s as this repository does', async (pattern) => {
    const name = constructOf(pattern);
    const copied = [...(await templatesOf(kind))].filter(([file]) => isOf(name, file));
    const templates = masked(new Map(copied));
    expect(templates).toEqual(masked(await original(pattern)));
    expect(Object.keys(templates)).not.toEqual([]);
  });
});

/** Whether a template is that of a pattern's stack, or of a stack in a pattern that is a stage. */
function isOf(name: string, file: string): boolean {
  return file === name || file.startsWith(`assembly-${name}${sep}`);
}

function masked(templates: ReadonlyMap<string, StackTemplate>): Record<string, StackTemplate> {
  return Object.fromEntries(
    [...templates].map(([file, template]) => [file, maskHashes(template, templates.values())]),
  );
}

/** What a pattern makes in this repository. */
async function original(pattern: string): Promise<ReadonlyMap<string, StackTemplate>> {
  const name = constructOf(pattern);
  const file = pathToFileURL(resolve('lib', pattern, `${pattern}.ts`)).href;
  const module: Record<string, new (scope: Construct, id: string, props: object) => Construct> = await import(
    /* @vite-ignore */ file
  );
  const Pattern = module[name];
  if (!Pattern) throw new Error(`lib/${pattern}/${pattern}.ts exports no ${name}`);
  const app = createApp();
  new Pattern(isStage(pattern) ? app : new Stack(app, name), name, {
    ...FIRST_PROPS[pattern],
    profile: SANDBOX,
  });
  return withAssembly(app, ({ directory }) => templatesIn(directory));
}
