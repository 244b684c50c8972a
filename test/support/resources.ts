import { type Resource, resourcesOf, type StackTemplate } from './apps';
import { textOf } from './fleet';

/** A resource with its logical id. */
export type Identified = Resource & { readonly id: string };

/** A logical id without the part that tells it from others of the name. */
export const plain = (id: string): string => id.replace(/[0-9A-F]{8}$/, '');

/** The resource of a type whose plain id ends with these words. */
export function named(template: StackTemplate, type: string, words: string): Identified {
  const found = Object.entries(resourcesOf(template, type)).filter(([id]) => plain(id).endsWith(words));
  const [first] = found;
  if (!first || found.length > 1)
    throw new Error(`there are ${found.length} of type ${type} called ${words}`);
  return { id: first[0], ...first[1] };
}

/** A text with plain ids: `<BetaServiceImages.Arn>`. */
export const plainIn = (text: string): string => text.replace(/<(\w+?)[0-9A-F]{8}(\.\w+)?>/g, '<$1$2>');

/** A value as text with plain ids. */
export const plainText = (value: unknown): string => plainIn(textOf(value));

/** All that a value refers to, in plain ids. */
export function referencesIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  if ('Ref' in value) return [String(value.Ref)];
  if ('Fn::GetAtt' in value) return [String((value['Fn::GetAtt'] as unknown[])[0])];
  return Object.values(value).flatMap(referencesIn);
}

/** All that must be there before a resource. */
export function needsOf(template: StackTemplate, id: string): Set<string> {
  const needed = new Set<string>();
  const waiting = [id];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const resource = template.Resources[next];
    for (const each of [...referencesIn(resource?.Properties), ...(resource?.DependsOn ?? [])]) {
      if (needed.has(each) || !(each in template.Resources)) continue;
      needed.add(each);
      waiting.push(each);
    }
  }
  return needed;
}
