import type { DocumentItem } from './document-item';
import type { Versions } from './etags';

/** An expression of DynamoDB with what its placeholders stand for. Names like `file` and `upload` can be reserved words. */
export interface Expression {
  readonly text: string;
  readonly names: Record<string, string>;
  readonly values: Record<string, unknown>;
}

/** Lists attributes, for projections. */
export const attributes = (...list: (keyof DocumentItem)[]): Expression => ({
  text: list.map((name) => `#${name}`).join(', '),
  names: Object.fromEntries(list.map((name) => [`#${name}`, name])),
  values: {},
});

/** A document whose time has not come; DynamoDB and the clean-up take some time to remove those whose has. */
export const notExpired = (): Expression => ({
  text: '(attribute_not_exists(#expiresAt) OR #expiresAt > :now)',
  names: { '#expiresAt': 'expiresAt' },
  values: { ':now': new Date().toISOString() },
});

/** A document that is there, in one of these versions. */
export function isThere(versions: Versions): Expression {
  const { text, names, values } = notExpired();
  const there = `attribute_exists(pk) AND ${text}`;
  if (versions === 'any') return { text: there, names, values };
  const numbers = Object.fromEntries(versions.map((version, index) => [`:version${index}`, version]));
  return {
    text: `${there} AND #version IN (${Object.keys(numbers).join(', ')})`,
    names: { ...names, '#version': 'version' },
    values: { ...values, ...numbers },
  };
}

/** What a change sets; where it says undefined, the attribute is removed. */
export type Changes = { readonly [Name in keyof DocumentItem]?: DocumentItem[Name] | undefined };

/** A change to a document, which makes a new version of it. */
export function change(changes: Changes): Expression {
  const all = Object.entries({ ...changes, updatedAt: new Date().toISOString() });
  const set = all.filter(([, value]) => value !== undefined);
  const removed = all.filter(([, value]) => value === undefined).map(([name]) => `#${name}`);
  const assignments = [...set.map(([name]) => `#${name} = :${name}`), '#version = #version + :one'];
  return {
    text: `SET ${assignments.join(', ')}${removed.length > 0 ? ` REMOVE ${removed.join(', ')}` : ''}`,
    names: { ...Object.fromEntries(all.map(([name]) => [`#${name}`, name])), '#version': 'version' },
    values: { ...Object.fromEntries(set.map(([name, value]) => [`:${name}`, value])), ':one': 1 },
  };
}
