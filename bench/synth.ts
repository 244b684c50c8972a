import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import cdkJson from '../cdk.json';
import { median } from './median';

/** What all seven first patterns together must keep. */
const TARGET = 2.0;

const RUNS = 7;
const FLOOR = 'node --import tsx bench/floor.ts';

/** The milliseconds that `cdk synth -q` of an app takes, as a user would wait for them. */
function synth(app: string, output: string): number {
  const start = performance.now();
  const { status, stderr } = spawnSync('cdk', ['synth', '--quiet', '--app', app, '--output', output], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`cdk synth of "${app}" failed:\n${stderr}`);
  return performance.now() - start;
}

function countResources(output: string): { stacks: number; resources: number } {
  const templates = readdirSync(output, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.template.json'))
    .map((file) => JSON.parse(readFileSync(join(output, file), 'utf8')));
  const resources = templates.reduce((sum, { Resources }) => sum + Object.keys(Resources).length, 0);
  return { stacks: templates.length, resources };
}

const folder = mkdtempSync(join(tmpdir(), 'bench-'));
try {
  const [catalogueOutput, floorOutput] = [join(folder, 'catalogue'), join(folder, 'floor')];
  synth(cdkJson.app, catalogueOutput);
  synth(FLOOR, floorOutput);
  const pairs = Array.from({ length: RUNS }, () => ({
    catalogue: synth(cdkJson.app, catalogueOutput),
    floor: synth(FLOOR, floorOutput),
  }));
  const ratio = median(pairs.map(({ catalogue, floor }) => catalogue / floor));
  const aboveFloor = median(pairs.map(({ catalogue, floor }) => catalogue - floor));
  const { stacks, resources } = countResources(catalogueOutput);
  const lines = [
    `cdk synth -q, medians of ${RUNS} interleaved runs after a warm-up:`,
    `  catalogue              ${Math.round(median(pairs.map(({ catalogue }) => catalogue)))} ms`,
    `  floor (one bucket)     ${Math.round(median(pairs.map(({ floor }) => floor)))} ms`,
    `  catalogue / floor      ${ratio.toFixed(2)} (target: at most ${TARGET.toFixed(1)})`,
    `  stacks, resources      ${stacks}, ${resources}`,
    `  above the floor        ${(aboveFloor / resources).toFixed(1)} ms a resource`,
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
} finally {
  rmSync(folder, { recursive: true });
}
