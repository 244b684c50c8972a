import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Use } from '../support/use';

/** What is done with a pattern: the default export of the file that bears its name, or nothing in particular. */
export async function useOf(unitId: string): Promise<Use> {
  const name = unitId.replace(/[a-z](?=[A-Z])/g, (letter) => `${letter}-`).toLowerCase();
  const file = resolve('test', 'deploy', 'uses', `${name}.ts`);
  if (!existsSync(file)) return { exercises: {} };
  const { default: use } = (await import(pathToFileURL(file).href)) as { default: Use };
  return use;
}
