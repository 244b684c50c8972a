import { typesIn, type Unit } from '../deploy/support/units';

/** What is about to happen, for the person who has to agree. */
export function describePlan(account: string, unit: Unit, readme: string): string {
  const stacks = unit.stacks.map(
    (stack) => `  stack    ${stack.stackName} in ${stack.region}, ${typesIn(stack).size} resources`,
  );
  const cost = idleCostOf(unit.id, readme) ?? 'README.md does not say';
  return [
    `${unit.id} with the sandbox's settings:`,
    `  account  ${account}`,
    ...stacks,
    `  cost     ${cost}`,
  ].join('\n');
}

/** What the README's catalogue says that a pattern costs while idle, with the heading of the column. */
export function idleCostOf(pattern: string, readme: string): string | undefined {
  const rows = readme.split('\n').map((line) => line.split('|').map((cell) => cell.trim()));
  const heading = rows.flat().find((cell) => cell.startsWith('Idle'));
  const column = rows.find((row) => heading !== undefined && row.includes(heading))?.indexOf(heading ?? '');
  const row = rows.find(([, name = '']) => name.startsWith(`[${pattern}](`));
  return column === undefined || !row?.[column] ? undefined : `${heading}: ${row[column]}`;
}
