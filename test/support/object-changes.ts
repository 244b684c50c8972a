import type { KubernetesObject } from './kubernetes-objects';

/** Makes one change in a set of objects. */
export type Change = (objects: KubernetesObject[]) => KubernetesObject[];

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function find(objects: readonly KubernetesObject[], kind: string, name: string): KubernetesObject {
  const object = objects.find((each) => each.kind === kind && each.metadata?.name === name);
  if (!object) throw new Error(`there is no ${kind} ${name} to change`);
  return object;
}

/**
 * Sets or, with `undefined`, removes a field.
 *
 * @param pointer JSON Pointer (RFC 6901) to the field; all but its last part has to exist
 */
export function set(kind: string, name: string, pointer: string, value?: unknown): Change {
  return (objects) => {
    const [, ...keys] = pointer.split('/').map((key) => key.replaceAll('~1', '/'));
    const last = keys.pop() ?? '';
    let parent: unknown = find(objects, kind, name);
    for (const key of keys) parent = isRecord(parent) ? parent[key] : undefined;
    if (!isRecord(parent)) throw new Error(`${kind} ${name} has no ${pointer}`);
    if (value === undefined) delete parent[last];
    else parent[last] = value;
    return objects;
  };
}

/** Takes an object out. */
export function drop(kind: string, name: string): Change {
  return (objects) => {
    const dropped = find(objects, kind, name);
    return objects.filter((object) => object !== dropped);
  };
}

/** Puts an object in. */
export function add(object: KubernetesObject): Change {
  return (objects) => [...objects, object];
}
