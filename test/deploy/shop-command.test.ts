import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { scripts } from '../../package.json';
import { cleanEnvironment } from './support/cli';
import { until } from './support/polling';
import { timed } from './support/progress';

const step = <T>(what: string, act: () => Promise<T>) => timed('npm run shop', what, act);

let command: ChildProcess;
let printed = '';

beforeAll(async () => {
  const [program = '', ...args] = scripts.shop.split(' ');
  expect(program).toBe('node');
  command = spawn(process.execPath, args, {
    env: cleanEnvironment(),
    stdio: ['ignore', 'pipe', 'pipe'],
    // A process group of its own, as the commands in a terminal have.
    detached: true,
  });
  for (const stream of [command.stdout, command.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      printed += text;
    });
  }
  await step('opens', () => until(`the shop is open:\n${printed}`, async () => commands() || undefined, 120));
});

afterAll(() => {
  if (command.exitCode === null) command.kill('SIGKILL');
});

/** What it prints to be copied, once all of it is there. */
const commands = (): string => /Buy something by hand:\n\n(.+?\/orders"[^\n]*\n)\n/s.exec(printed)?.[1] ?? '';

/** What follows some words in what it printed. */
const said = (words: string): string => printed.split(`${words} `)[1]?.split(/[\n;]/)[0] ?? '';

test('the printed commands buy something, and buy it once when they are given again', () =>
  step('the printed commands', async () => {
    const buy = async () => {
      const { stdout } = await promisify(execFile)('sh', ['-c', commands()]);
      const lines = stdout.split(/(?<=\})(?=\{)|\n/);
      return JSON.parse(lines.filter(Boolean).at(-1) ?? '') as {
        orders: { state: string; orderId: string }[];
      };
    };
    const { orders } = await buy();
    expect(orders).toEqual([expect.objectContaining({ state: 'CONFIRMED' })]);
    expect((await buy()).orders).toEqual(orders);
  }));

test('the page is at the printed address', async () => {
  const response = await fetch(said('The shop is open:'));
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
});

test('Ctrl-C ends all of it', () =>
  step('Ctrl-C', async () => {
    const folder = said('The logs are in');
    const port = /"listensAt":(\d+)/.exec(readFileSync(join(folder, 'product.log'), 'utf8'))?.[1];
    const addresses = [said('The shop is open:'), `http://127.0.0.1:${port}/healthz`];
    for (const address of addresses) expect((await fetch(address)).status).toBe(200);
    const ended = once(command, 'exit');
    // A terminal sends it to all processes of the group.
    process.kill(-(command.pid ?? Number.NaN), 'SIGINT');
    expect(await ended).toEqual([0, null]);
    for (const address of addresses) await expect(fetch(address)).rejects.toThrow();
    expect(existsSync(folder)).toBe(false);
  }));
