import { EventEmitter, once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from 'vitest';
import { listenToSignals } from './sandbox/interrupts';
import { awaitNothing, type LeftoverReader, traceStacks } from './sandbox/leftovers';
import { roundTrip, type Steps } from './sandbox/round-trip';
import { limitsIn, stepsOf } from './sandbox/visit';
import { awaitPage } from './sandbox/website';

const ACCOUNT = '123456789012';
const REGION = 'ap-northeast-1';
const STACK = { stackName: 'Shop', region: REGION };
const UNIT = { stacks: [{ ...STACK, nested: {} }] };
const NEVER = new AbortController().signal;

describe('the round trip', () => {
  function steps(done: string[], change: Partial<Steps<string>> = {}): Steps<string> {
    const step =
      <T>(name: string, result: T) =>
      async () => {
        done.push(name);
        return result;
      };
    return {
      deploy: step('deploy', 'outputs'),
      use: step('use', []),
      destroy: step('destroy', undefined),
      leftovers: step('leftovers', []),
      ...change,
    };
  }

  test('deploys, uses, destroys and looks for leftovers', async () => {
    const done: string[] = [];
    expect(await roundTrip(steps(done), NEVER)).toEqual([]);
    expect(done).toEqual(['deploy', 'use', 'destroy', 'leftovers']);
  });

  test.each<[string, Partial<Steps<string>>, string[]]>([
    ['the deployment', { deploy: () => Promise.reject(new Error('no quota')) }, ['no quota']],
    ['a use', { use: async () => ['the site is down'] }, ['the site is down']],
    ['all uses', { use: () => Promise.reject(new Error('no stack')) }, ['no stack']],
  ])('destroys where %s fails', async (_, change, problems) => {
    const done: string[] = [];
    expect(await roundTrip(steps(done, change), NEVER)).toEqual(problems);
    expect(done.slice(-2)).toEqual(['destroy', 'leftovers']);
  });

  test('looks for leftovers where the destruction fails, and tells both', async () => {
    const change: Partial<Steps<string>> = {
      destroy: () => Promise.reject(new Error('the bucket is full')),
      leftovers: async () => ['arn:bucket'],
    };
    expect(await roundTrip(steps([], change), NEVER)).toEqual([
      'not destroyed: the bucket is full',
      'left: arn:bucket',
    ]);
  });

  test('destroys where it is interrupted, which is no problem of the pattern', async () => {
    const done: string[] = [];
    const interrupt = new AbortController();
    const deploy = async () => {
      interrupt.abort();
      throw new Error('interrupted');
    };
    expect(await roundTrip(steps(done, { deploy }), interrupt.signal)).toEqual([]);
    expect(done).toEqual(['destroy', 'leftovers']);
  });
});

test('a pattern has time for each of its stacks, and for exercises what they ask for in a real account', () => {
  const stacks = [1, 2, 3].map((id) => ({
    id: `Shop/${id}`,
    ...STACK,
    template: { Resources: {} },
    nested: {},
  }));
  expect(limitsIn(ACCOUNT, { stacks })).toMatchObject({ stacks: 10_800, exercise: 120 });
  expect(limitsIn(ACCOUNT, { stacks }, { patience: 3600 })).toMatchObject({ exercise: 3600 });
  const emulated = { stacks: 360, exercise: 120, page: 0, leftovers: 0 };
  expect(limitsIn('000000000000', { stacks }, { patience: 3600 })).toEqual(emulated);
});

test('signals interrupt once and give up the second time; what npm passes on at once is no second time', () => {
  const source = new EventEmitter();
  const codes: number[] = [];
  let now = 0;
  const { first, exitCode } = listenToSignals(
    source,
    (code) => codes.push(code),
    () => now,
  );
  expect([first.aborted, exitCode()]).toEqual([false, undefined]);
  source.emit('SIGINT');
  expect([first.aborted, exitCode()]).toEqual([true, 130]);
  now = 100;
  source.emit('SIGINT');
  expect(codes).toEqual([]);
  now = 2000;
  source.emit('SIGTERM');
  expect(codes).toEqual([130]);
});

describe('leftovers', () => {
  function reader(
    tagged: Record<string, string[]>,
    named: string[] = [],
    gone: string[] = [],
  ): LeftoverReader {
    return {
      tagged: async (region, isOurs) =>
        (tagged[region] ?? []).filter((arn) => isOurs(arn.split('@').at(1) ?? 'Shop')),
      named: async (region) => (region === REGION ? named : []),
      isGone: async (_, arn) => gone.includes(arn),
    };
  }

  test('are what bears the tag, there and in us-east-1, and was not deleted', async () => {
    const tagged = { [REGION]: ['arn:volume', 'arn:instance'], 'us-east-1': ['arn:distribution'] };
    expect(await traceStacks(UNIT, reader(tagged, [], ['arn:instance']))).toEqual([
      'arn:volume in ap-northeast-1',
      'arn:distribution in us-east-1',
    ]);
  });

  test('are log groups and snapshots with the name, in any case, each once', async () => {
    const named = [
      'log group /aws/lambda/Shop-F',
      'log group Bakery',
      'database snapshot shop-db',
      'log group Shop-B',
    ];
    const tagged = { [REGION]: ['arn:aws:logs:ap-northeast-1::log-group:Shop-B'] };
    expect(await traceStacks(UNIT, reader(tagged, named))).toEqual([
      'arn:aws:logs:ap-northeast-1::log-group:Shop-B',
      'log group /aws/lambda/Shop-F in ap-northeast-1',
      'database snapshot shop-db in ap-northeast-1',
    ]);
  });

  test('are looked for in each region of a pattern, in nested stacks, and by the name of its system', async () => {
    const nested = { Drawer: { Resources: {} }, 'Drawer/Coins': { Resources: {} } };
    const stacks = [
      { stackName: 'Shop', region: 'eu-west-1', nested: {} },
      { stackName: 'Shop-Branch', region: REGION, nested },
    ];
    const tagged = {
      [REGION]: [
        'arn:aws:s3:::a@Shop-Branch-Drawer-1ABC',
        'arn:aws:s3:::b@Shop-Branch-Drawer-1ABC-Coins-2DEF',
        'arn:aws:s3:::c@Shop-Branch-Drawers-1ABC',
        'arn:aws:s3:::d@Shop-Branch-Other',
        'arn:aws:s3:::e@Shop-Drawer-1ABC',
      ],
      'eu-west-1': ['arn:aws:rds:eu-west-1:1:db:f', 'arn:aws:s3:::g@Shop-production'],
    };
    const named = ['database other', 'database till-database'];
    expect(await traceStacks({ stacks, systemName: 'till' }, reader(tagged, named))).toEqual([
      'arn:aws:rds:eu-west-1:1:db:f',
      'arn:aws:s3:::a@Shop-Branch-Drawer-1ABC in ap-northeast-1',
      'arn:aws:s3:::b@Shop-Branch-Drawer-1ABC-Coins-2DEF in ap-northeast-1',
      'database till-database in ap-northeast-1',
    ]);
  });

  test('are only what was not there before, once what is still listed has gone', async () => {
    const looks = [
      ['old', 'listed', 'left'],
      ['old', 'left'],
    ];
    const look = async () => looks.shift() ?? ['old', 'left'];
    expect(await awaitNothing(look, ['old'], { seconds: 0.05, pause: 20 })).toEqual(['left']);
    expect(await awaitNothing(async () => ['old'], ['old'], { seconds: 60, pause: 20 })).toEqual([]);
  });
});

describe('the website', () => {
  test('is requested on a real account, and on the emulator, which makes addresses up, it is not', async () => {
    let requests = 0;
    const server = createServer((_, response) => {
      requests += 1;
      response.end('hello');
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const printed: string[] = [];
    const use = (account: string) =>
      stepsOf({
        account,
        region: REGION,
        app: { folder: '', units: [] },
        unit: { id: 'Shop', stacks: [{ id: 'Shop', ...STACK, template: { Resources: {} }, nested: {} }] },
        before: [],
        print: (line) => printed.push(line),
        givenUp: NEVER,
      }).use({ Shop: { SiteUrl: `http://127.0.0.1:${port}` } }, NEVER);
    expect(await use('000000000000')).toEqual([]);
    expect([requests, printed.length]).toEqual([0, 1]);
    expect(await use(ACCOUNT)).toEqual([]);
    expect([requests, printed.length]).toEqual([1, 1]);
    server.close();
  });

  const patience = { seconds: 0.1, pause: 10, signal: NEVER };

  test('is waited for until it answers 200', async () => {
    const answers = [
      () => Promise.reject(new Error('refused')),
      async () => new Response('', { status: 503 }),
    ];
    let requests = 0;
    const request = async () => {
      requests += 1;
      return (answers.shift() ?? (async () => new Response('hello')))();
    };
    await awaitPage('http://site', { ...patience, seconds: 60 }, request);
    expect(requests).toBe(3);
  });

  test('is given up with its last answer', async () => {
    const request = async () => new Response('', { status: 502 });
    await expect(awaitPage('http://site', patience, request)).rejects.toThrow(
      'http://site did not answer 200 in 0.1 s, but: 502',
    );
  });
});
