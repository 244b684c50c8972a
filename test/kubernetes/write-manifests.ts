import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sampleShop } from '../support/kubernetes-sample';

/** Writes each object of a shop to a file of its own, for tools that read manifests from a folder. */
function write(folder: string, compute: Parameters<typeof sampleShop>[0]): void {
  mkdirSync(join(folder, compute), { recursive: true });
  for (const [index, object] of sampleShop(compute).flat().entries()) {
    const name = [String(index).padStart(3, '0'), object.kind, object.metadata?.name].join('-');
    writeFileSync(join(folder, compute, `${name}.json`), `${JSON.stringify(object, undefined, 2)}\n`);
  }
}

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('Name the folder to write to.');
for (const compute of ['autoMode', 'nodeGroup', 'fargate'] as const) write(folder, compute);
