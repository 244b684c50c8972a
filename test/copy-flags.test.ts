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

/** Those that are synthesized fastest come first: one that differs is enough. */
const PARTS = ESTATE.map((part) => ({ part, templates: synthesize(part, CONTEXT) })).toSorted(
  (one, other) => one.templates.size - other.templates.size,
);

/** Whether a part's templates of a pattern are other ones with this context. */
function differs(
  { part, templates }: (typeof PARTS)[number],
  pattern: string,
  context: Readonly<Record<string, unknown>>,
): boolean {
  const stacks = [...templates].filter(([stack]) => patternOf(stack) === pattern);
  if (stacks.length === 0) return false;
  const other = synthesize(part, context);
  return stacks.some(([stack, template]) => other.get(stack) !== template);
}

const names = (flags: typeof FLAGS) => flags.map(({ name }) => name);

describe.each([...new Set(PARTS.flatMap(({ templates }) => [...templates.keys()].map(patternOf)))])(
  '%s',
  (pattern) => {
    test('is the same without all flags but those that name it', () => {
      const needed = names(FLAGS.filter(({ patterns }) => patterns.includes(pattern)));
      const others = Object.keys(CONTEXT).filter((name) => !needed.includes(name));
      const changed = PARTS.filter((part) => differs(part, pattern, without(...others)));
      expect(changed.map(({ part }) => part.name)).toEqual([]);
    });
  },
);

describe.each(FLAGS)('$name', ({ name, patterns }) => {
  test.each(patterns)('makes a difference to %s', (pattern) => {
    expect(CONTEXT).toHaveProperty([name]);
    expect(PARTS.some((part) => differs(part, pattern, without(name)))).toBe(true);
  });
});
