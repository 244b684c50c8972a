import { setTimeout as pause } from 'node:timers/promises';
import { BatchGetCommand } from '@aws-sdk/lib-dynamodb';
import type { Table } from '../shared/table';
import type { Key } from './keys';

type Item = Readonly<Record<string, unknown>>;

/** The most keys of one BatchGetItem. */
const MOST_KEYS = 100;

/** How often it asks for what was left out for want of capacity, and the longest pause before the first time, in milliseconds. */
const ATTEMPTS = 5;
const PAUSE = 25;

/** Reads items by their keys, as of now where `consistent`. What is not there is not in the result; no order. */
export async function readItems(
  table: Table,
  keys: readonly Key[],
  { consistent }: { readonly consistent: boolean },
): Promise<Item[]> {
  const chunks: Key[][] = [];
  for (let start = 0; start < keys.length; start += MOST_KEYS)
    chunks.push(keys.slice(start, start + MOST_KEYS));
  const found = await Promise.all(chunks.map((chunk) => readChunk(table, chunk, consistent)));
  return found.flat();
}

async function readChunk(table: Table, keys: readonly Key[], consistent: boolean): Promise<Item[]> {
  const items: Item[] = [];
  let left: Record<string, unknown>[] = [...keys];
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const { Responses, UnprocessedKeys } = await table.documents.send(
      new BatchGetCommand({ RequestItems: { [table.name]: { Keys: left, ConsistentRead: consistent } } }),
    );
    items.push(...(Responses?.[table.name] ?? []));
    left = UnprocessedKeys?.[table.name]?.Keys ?? [];
    if (left.length === 0) return items;
    await pause(Math.random() * PAUSE * 2 ** attempt);
  }
  throw Object.assign(new Error('The table left out items again and again.'), {
    name: 'ThrottlingException',
  });
}
