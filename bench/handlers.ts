import { partialDeepStrictEqual } from 'node:assert';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { handlerBundles, patternsWithHandlers } from '../lib/building-blocks/handler-bundles';
import { callsOf, type HandlerCall } from '../test/support/handler-calls';
import { LocalLambda } from '../test/support/local-lambda';
import { median } from './median';

/** What a cold start may take, as a multiple of that of a handler that does nothing. */
const RATIO_TARGET = 2.5;

const KIBIBYTES_TARGET = 400;

const RUNS = 15;
const EMPTY = 'exports.handler = async () => ({});\n';

/** One call of one handler, and how long it took in each round. */
interface Trial {
  readonly handler: string;
  readonly kibibytes: number;
  readonly call: HandlerCall;
  readonly first: boolean;
  readonly start: () => Promise<number>;
  readonly milliseconds: number[];
}

function writeCode(code: string, map: string, ...path: string[]): string {
  const folder = join(...path);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'index.js'), code);
  writeFileSync(join(folder, 'index.js.map'), map);
  return folder;
}

function trialsOf(lambda: LocalLambda, pattern: string, root: string): Trial[] {
  return [...handlerBundles(pattern)].flatMap(([name, { code, map }]) => {
    const folder = writeCode(code, map, root, pattern, name);
    const { environment, calls } = callsOf(pattern, name);
    return calls.map((call, index) => ({
      handler: `${pattern}/${name}`,
      kibibytes: Buffer.byteLength(code) / 1024,
      call,
      first: index === 0,
      milliseconds: [],
      start: async () => {
        const { answer, error, milliseconds, output } = await lambda.call(folder, call, environment);
        if (error) throw new Error(`${pattern}/${name}, ${call.name}: ${error.trace.join('\n')}\n${output}`);
        partialDeepStrictEqual(
          answer,
          call.answer,
          `${pattern}/${name}, ${call.name}: ${JSON.stringify(answer)}`,
        );
        return milliseconds;
      },
    }));
  });
}

/** Prints a line for each call, and returns how many targets were missed. */
function report(trials: readonly Trial[], empty: readonly number[]): number {
  let missed = 0;
  const lines = trials.map(({ handler, kibibytes, call, first, milliseconds }) => {
    const ratio = median(milliseconds.map((value, round) => value / (empty[round] ?? Number.NaN)));
    const failures = [
      ...(first && !(ratio <= RATIO_TARGET) ? [`more than ${RATIO_TARGET.toFixed(1)}`] : []),
      ...(first && kibibytes > KIBIBYTES_TARGET ? [`more than ${KIBIBYTES_TARGET} KiB`] : []),
    ];
    missed += failures.length;
    const size = first ? `${Math.ceil(kibibytes)} KiB` : '';
    const time = `${Math.round(median(milliseconds))} ms`;
    return `  ${(first ? handler : '').padEnd(28)}${size.padStart(8)}${time.padStart(8)}  ${ratio.toFixed(2)}  ${call.name}${failures.map((failure) => `  MISSED: ${failure}`).join('')}`;
  });
  const heading = [
    `Lambda handlers, from the start of a process to the answer, medians of ${RUNS} interleaved runs after a warm-up:`,
    `  an empty handler takes ${Math.round(median(empty))} ms; targets for each handler's first line: at most ${RATIO_TARGET.toFixed(1)} times that and ${KIBIBYTES_TARGET} KiB`,
  ];
  process.stdout.write(`${[...heading, ...lines].join('\n')}\n`);
  return missed;
}

async function main(): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), 'bench-'));
  const lambda = await LocalLambda.start();
  try {
    const emptyFolder = writeCode(EMPTY, '{}', root, 'empty');
    const trials = patternsWithHandlers().flatMap((pattern) => trialsOf(lambda, pattern, root));
    const empty: number[] = [];
    for (let round = -1; round < RUNS; round++) {
      const nothing = await lambda.call(emptyFolder, { event: {} });
      if (round >= 0) empty.push(nothing.milliseconds);
      for (const { start, milliseconds } of trials) {
        const taken = await start();
        if (round >= 0) milliseconds.push(taken);
      }
    }
    if (report(trials, empty) > 0) process.exitCode = 1;
  } finally {
    lambda.close();
    rmSync(root, { recursive: true });
  }
}

void main();
