import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as cxapi from 'aws-cdk-lib/cx-api';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  type HandlerBundle,
  handlerBundles,
  patternsWithHandlers,
} from '../lib/building-blocks/handler-bundles';
import { HandlerCode } from '../lib/building-blocks/handler-code';
import { defaultProvider } from '../lib/building-blocks/stand-ins/credentials';
import { LAMBDA_NODEJS } from '../lib/building-blocks/versions';
import { callsOf } from './support/handler-calls';
import { LocalLambda } from './support/local-lambda';
import { bundleIn, copyTo } from './support/other-project';

const temporaryFolder = () => mkdtempSync(join(tmpdir(), 'handlers-'));

function writeBundle({ code, map }: HandlerBundle): string {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'index.js'), code);
  writeFileSync(join(folder, 'index.js.map'), map);
  return folder;
}

/** What tells two bundles apart without printing them. */
const digests = (bundles: ReadonlyMap<string, HandlerBundle>) =>
  Array.from(bundles, ([name, { code, map }]) => ({ name, code: sha256(code), map: sha256(map) }));

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

/** The lines of a TypeScript file, from 0, that pieces of a bundle come from. */
function mappedLines({ code, map }: HandlerBundle, file: string): Set<number> {
  const sourceMap = new SourceMap(JSON.parse(map));
  const entries = code
    .split('\n')
    .flatMap((text, row) => Array.from(text, (_, column) => sourceMap.findEntry(row, column)));
  return new Set(
    entries.flatMap((entry) =>
      'originalSource' in entry && entry.originalSource === file ? [entry.originalLine] : [],
    ),
  );
}

let local: LocalLambda;
beforeAll(async () => {
  local = await LocalLambda.start();
});
afterAll(() => local.close());

describe.each(patternsWithHandlers())('The handlers of %s', (pattern) => {
  const handlers = [...handlerBundles(pattern)];

  it('exist', () => {
    expect(handlers).not.toEqual([]);
  });

  it.each(handlers)('%s answers in a fresh process, far from node_modules.', async (name, bundle) => {
    const folder = writeBundle(bundle);
    const { environment, calls } = callsOf(pattern, name);
    for (const call of calls) {
      const { name: what, answer } = call;
      const outcome = await local.call(folder, call, environment);
      expect(outcome, what).toEqual({
        milliseconds: expect.any(Number),
        output: expect.any(String),
        answer: outcome.answer,
      });
      expect(outcome, what).toMatchObject({ answer });
    }
  });

  it.each(handlers)('%s has 400 KiB at most.', (_name, { code }) => {
    expect(Buffer.byteLength(code) / 1024).toBeLessThanOrEqual(400);
  });

  it.each(handlers)('%s has a source map of its own files, which leads to its handler.', (name, bundle) => {
    const file = `lambda/${pattern}/${name}.ts`;
    const { sources, ...payload } = JSON.parse(bundle.map);
    expect(sources).toContain(file);
    expect(sources.filter((source: string) => !/^(lambda|lib)\/[\w/-]+\.ts$/.test(source))).toEqual([]);
    expect(payload).not.toHaveProperty('sourcesContent');
    const lines = readFileSync(file, 'utf8').split('\n');
    const mapped = [...mappedLines(bundle, file)].map((line) => lines[line]);
    expect(mapped.join('\n')).toMatch(/^export (const|async function) handler\b/m);
  });

  it.each(handlers)('%s imports nothing at run time.', (_name, { code }) => {
    expect(code.match(/.{20}\bimport\(.{20}/g)).toBe(null);
  });

  it('are the same bytes in another folder.', () => {
    const project = temporaryFolder();
    copyTo(project);
    const { status, stderr, read } = bundleIn(project, pattern);
    expect(stderr).toBe('');
    expect(status).toBe(0);
    expect(digests(read())).toEqual(digests(new Map(handlers)));
  });

  it('say nothing about the machine that bundled them.', () => {
    for (const [, { code, map }] of handlers) {
      expect(code + map).not.toContain(process.cwd());
      expect(code + map).not.toContain('node_modules');
    }
  });
});

describe('A handler in another project', () => {
  const line = `  throw new Error('broken on purpose');`;
  const project = temporaryFolder();
  const failing = [
    '',
    'interface Nothing {',
    '  readonly nothing: true;',
    '}',
    'export const handler = async (_: Nothing) => {',
    line,
    '};',
    '',
  ];

  beforeAll(() => copyTo(project, { failing: failing.join('\n'), helper: 'export const help = 1;\n' }));

  it('throws errors that name the line of the TypeScript file.', async () => {
    const bundles = bundleIn(project, 'trial').read();
    expect([...bundles.keys()]).toEqual(['failing']);
    const bundle = bundles.get('failing');
    const folder = writeBundle(bundle ?? { code: '', map: '' });
    const { error } = await local.call(folder, { event: {} });
    expect(error).toMatchObject({ errorType: 'Error', errorMessage: 'broken on purpose' });
    const position = `lambda/trial/failing.ts:${failing.indexOf(line) + 1}:${line.indexOf('new') + 1}`;
    expect(error?.trace[1]).toContain(position);
  });

  it('is refused with file, line and reason where esbuild finds a mistake.', () => {
    const mistaken = temporaryFolder();
    copyTo(mistaken, { wrong: `import { nothing } from './missing';\nexport const handler = nothing;\n` });
    const { status, stderr } = bundleIn(mistaken, 'trial');
    expect(status).toBe(1);
    expect(stderr).toMatch(/Error: esbuild can't bundle lambda\/trial\/wrong\.ts:\n/);
    expect(stderr).toContain('Could not resolve "./missing"');
    expect(stderr).toContain('lambda/trial/wrong.ts:1:24');
  });
});

describe('HandlerCode', () => {
  const [pattern = ''] = patternsWithHandlers();
  const [[name, bundle] = ['', { code: '', map: '' }]] = [...handlerBundles(pattern)];

  function addFunction(app: App, stack: string, handler: string) {
    const scope = new Stack(app, stack);
    new lambda.Function(scope, 'Function', {
      code: new HandlerCode(pattern, handler),
      handler: 'index.handler',
      runtime: LAMBDA_NODEJS.runtime,
    });
    return scope;
  }

  it('is one asset with code and source map, however many stacks take it.', () => {
    const app = new App();
    const stacks = ['One', 'Two'].map((stack) => addFunction(app, stack, name));
    const assembly = app.synth();
    const [one, two] = stacks.map(
      ({ stackName }) =>
        JSON.parse(readFileSync(join(assembly.directory, `${stackName}.assets.json`), 'utf8')).files,
    );
    const assets = Object.entries<{ source: { path: string; packaging: string } }>(one).filter(
      ([, { source }]) => source.packaging === 'zip',
    );
    expect(assets).toHaveLength(1);
    const [[hash, { source }] = ['', { source: { path: '' } }]] = assets;
    expect(two).toHaveProperty(hash);
    expect(readFileSync(join(assembly.directory, source.path, 'index.js'), 'utf8')).toBe(bundle.code);
    expect(readFileSync(join(assembly.directory, source.path, 'index.js.map'), 'utf8')).toBe(bundle.map);
  });

  it('tells tools where the code of a function is.', () => {
    const app = new App({ context: { [cxapi.ASSET_RESOURCE_METADATA_ENABLED_CONTEXT]: true } });
    const functions = Template.fromStack(addFunction(app, 'One', name)).findResources(
      'AWS::Lambda::Function',
    );
    const asset = { 'aws:asset:path': expect.stringMatching(/^asset\.\w+$/), 'aws:asset:property': 'Code' };
    expect(Object.values(functions)).toMatchObject([{ Metadata: asset }]);
  });

  it('leaves no temporary folder.', () => {
    const before = readdirSync(tmpdir());
    addFunction(new App({ outdir: temporaryFolder() }), 'One', name);
    const left = readdirSync(tmpdir()).filter((entry) => !before.includes(entry));
    expect(left.filter((entry) => !entry.startsWith('handlers-'))).toEqual([]);
  });

  it('refuses what exports no handler, and names what does.', () => {
    expect(() => addFunction(new App(), 'One', 'keys')).toThrow(
      `lambda/${pattern}/keys.ts exports no handler; those which do: ${[...handlerBundles(pattern).keys()].join(', ')}`,
    );
  });
});

describe('The credentials of a handler', () => {
  afterEach(() => vi.unstubAllEnvs());

  it.each(['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'])('must hold %s.', async (variable) => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIDEXAMPLE');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'not-a-secret');
    await expect(defaultProvider()()).resolves.toMatchObject({ accessKeyId: 'AKIDEXAMPLE' });
    vi.stubEnv(variable, undefined);
    await expect(defaultProvider()()).rejects.toThrow(
      /^AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY must be set/,
    );
  });
});
