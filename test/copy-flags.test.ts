import { App } from 'aws-cdk-lib';
import { describe, expect, test } from 'vitest';
import { FLAGS } from '../bin/copy/flags';
import cdkJson from '../cdk.json';
import { withAssembly } from './support/apps';
import { ESTATE, type Part } from './support/estate';

const CONTEXT: Readonly<Record<string, unknown>> = cdkJson.context;

/** The templates of some stacks by pattern and stack, with nothing but this context. */
function synthesize({ addStacks }: Part, context: Readonly<Record<string, unknown>>): Map<string, string> {
  const app = new App({ analyticsReporting: false, context: { ...context } });
  addStacks(app);
  return withAssembly(
    app,
    ({ stacksRecursively }) =>
      new Map(
        stacksRecursively.map(({ hierarchicalId, template }) => [hierarchicalId, JSON.stringify(template)]),
      ),
  );
}

const without = (...names: string[]) =>
  Object.fromEntries(Object.entries(CONTEXT).filter(([name]) => !names.includes(name)));

/** 'CampaignSite' or 'CampaignSite/Edge' is of campaign-site. */
const patternOf = (stack: string): string =>
  (stack.split('/')[0] ?? '').replace(/(?<=.)[A-Z]/g, '-$&').toLowerCase();

const PARTS = ESTATE.map((part) => ({ part, templates: synthesize(part, CONTEXT) }));

function changed(context: Readonly<Record<string, unknown>>): string[] {
  const stacks = PARTS.flatMap(({ part, templates }) => {
    const other = synthesize(part, context);
    return [...templates].filter(([stack, template]) => other.get(stack) !== template);
  });
  return [...new Set(stacks.map(([stack]) => patternOf(stack)))].toSorted();
}

test('no other feature flag of cdk.json makes a difference to any pattern', () => {
  const others = Object.keys(CONTEXT).filter((name) => !FLAGS.some((flag) => flag.name === name));
  expect(changed(without(...others))).toEqual([]);
});

describe.each(FLAGS)('$name', ({ name, patterns }) => {
  test('makes a difference to the patterns that are named, and to no other', () => {
    expect(CONTEXT).toHaveProperty([name]);
    expect(changed(without(name))).toEqual(patterns);
  });
});
