import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { closest, distance } from 'fastest-levenshtein';
import { Refusal } from './refusal';
import { readSource, SOURCE } from './source';

/** A pattern, and what it is in one sentence. */
export interface Pattern {
  readonly name: string;

  /** The first sentence of its README. */
  readonly sentence: string;
}

/** The names of all patterns: the folders of lib/ with a construct of the same name. */
export function patternNames(): string[] {
  return readdirSync(join(SOURCE, 'lib'))
    .filter((name) => existsSync(join(SOURCE, 'lib', name, `${name}.ts`)))
    .toSorted();
}

/** Whether a pattern is a stage: an app gets it whole, with the stacks that are in it. */
export function isStage(pattern: string): boolean {
  return !existsSync(join(SOURCE, stackOf(pattern)));
}

/** The file with the stack that this repository makes of a pattern; a stage has none. */
export const stackOf = (pattern: string): string => `lib/${pattern}/${pattern}-stack.ts`;

/** All patterns with a sentence each. */
export const listPatterns = (): Pattern[] =>
  patternNames().map((name) => ({ name, sentence: firstSentence(readmeOf(name)) }));

/** A pattern's README. */
const readmeOf = (pattern: string): string => readSource(`lib/${pattern}/README.md`).toString();

/**
 * Makes sure that there is such a pattern.
 *
 * @throws Refusal with the nearest name, or with all where none is near
 */
export function checkPattern(name: string): void {
  const names = patternNames();
  if (names.includes(name)) return;
  const nearest = closest(name, names);
  const advice =
    distance(name, nearest) <= Math.max(3, nearest.length / 2)
      ? `did you mean ${nearest}?`
      : `choose one of ${names.join(', ')}.`;
  throw new Refusal(`There is no pattern "${name}"; ${advice}`);
}

/** The first sentence of the first paragraph that is text, without the marks of Markdown. */
function firstSentence(readme: string): string {
  const paragraph = readme.split(/\n{2,}/).find((part) => /^[A-Z]/.test(part)) ?? '';
  const [sentence = ''] = paragraph.replaceAll('\n', ' ').split(/(?<=[.!?]) /);
  return sentence.replace(/[*`]/g, '').replace(/\[([^\]]+)\]\([^)]+\)/g, '$1');
}

/** The lines that use a pattern: the first TypeScript of its README's part "Use". */
export function usageOf(pattern: string): string {
  const [, use = ''] = readmeOf(pattern).split(/^## Use$/m);
  const [, code] = /^```ts\n(.*?)^```$/ms.exec(use) ?? [];
  if (code === undefined) throw new Error(`lib/${pattern}/README.md: no TypeScript in the part "## Use"`);
  return code.trimEnd();
}
