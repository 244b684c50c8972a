import type { StackTemplate } from './apps';
import { needsOf, referencesIn } from './resources';

/** What is wrong in the order in which a template is deleted, given as ids from the first to the last one that goes. */
export function orderProblems(template: StackTemplate, order: readonly string[]): string[] {
  return order
    .slice(1)
    .map((later, index) => [order[index] ?? '', later] as const)
    .filter(([first, later]) => !needsOf(template, first).has(later))
    .map(([first, later]) => `${first} does not need ${later}, which may go before it`);
}

/** The resources of a template that need themselves. */
export function cyclesIn(template: StackTemplate): string[] {
  const isOnWay = new Set<string>();
  const isDone = new Set<string>();
  const found: string[] = [];
  const visit = (id: string): void => {
    if (isDone.has(id)) return;
    if (isOnWay.has(id)) {
      found.push(id);
      return;
    }
    isOnWay.add(id);
    const { DependsOn = [], Properties } = template.Resources[id] ?? {};
    for (const each of [...referencesIn(Properties), ...[DependsOn].flat()]) {
      if (each in template.Resources) visit(each);
    }
    isOnWay.delete(id);
    isDone.add(id);
  };
  for (const id of Object.keys(template.Resources)) visit(id);
  return found;
}
