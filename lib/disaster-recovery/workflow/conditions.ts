/** What a Choice state tests, in the Amazon States Language. */
export type Condition = Readonly<Record<string, unknown>>;

/** All of some conditions; later ones are not looked at when an earlier one does not hold. */
export function allOf(...conditions: readonly Condition[]): Condition {
  return { And: conditions };
}

/** One or more of some conditions. */
export function anyOf(...conditions: readonly Condition[]): Condition {
  return { Or: conditions };
}

/** The opposite of a condition. */
export function not(condition: Condition): Condition {
  return { Not: condition };
}

/** Whether there is a value. Anything else fails the execution at a path that leads nowhere. */
export function present(path: string): Condition {
  return { Variable: path, IsPresent: true };
}

/** Whether a value is there and is one of some strings. */
export function is(path: string, ...values: readonly string[]): Condition {
  const tests = values.map((value) => ({ Variable: path, StringEquals: value }));
  return allOf(present(path), tests.length === 1 ? (tests[0] ?? {}) : anyOf(...tests));
}

/** Whether a value is there and is a number for which a comparison holds. */
export function numberIs(path: string, comparison: string, value: number): Condition {
  return allOf(present(path), { Variable: path, IsNumeric: true }, { Variable: path, [comparison]: value });
}
