import { afterEach, describe, expect, test, vi } from 'vitest';
import type { CustomResourceEvent } from '../lambda/shared/custom-resource';
import { FakeVault, pointOf, refusal } from './support/fake-vault';
import {
  type LocalService,
  type ServiceAnswer,
  type ServiceRequest,
  startService,
  stubFunction,
} from './support/local-service';

const VAULT = 'intranet-copies';
const LOCKED = refusal(400, 'InvalidRequestException', 'The vault is locked.');

/** The milliseconds that the function would have waited. */
const pauses: number[] = [];
vi.mock('node:timers/promises', () => ({
  setTimeout: async (milliseconds: number) => {
    pauses.push(milliseconds);
  },
}));

const services: LocalService[] = [];
afterEach(async () => {
  pauses.length = 0;
  vi.unstubAllEnvs();
  await Promise.all(services.splice(0).map((service) => service.close()));
});

async function start(answer: (request: ServiceRequest) => ServiceAnswer | undefined): Promise<LocalService> {
  const service = await startService(answer);
  services.push(service);
  return service;
}

/** The function with an AWS Backup and a CloudFormation of its own. */
async function setUp(
  backup: (request: ServiceRequest) => ServiceAnswer | undefined,
  cloudFormation: (request: ServiceRequest) => ServiceAnswer | undefined = () => ({}),
) {
  const [vault, answers] = await Promise.all([start(backup), start(cloudFormation)]);
  stubFunction(vault.url, {});
  const { handler } = await import('../lambda/disaster-recovery/empty-vault.js');
  const call = (event: Partial<CustomResourceEvent>, timeLeft: number | (() => number) = 900_000) =>
    handler(
      {
        RequestType: 'Delete',
        ResponseURL: `${answers.url}answer?X-Amz-Signature=secret`,
        StackId: 'arn:aws:cloudformation:ap-northeast-3:123456789012:stack/standby/1',
        RequestId: 'request',
        LogicalResourceId: 'Emptier',
        ...(event.RequestType !== 'Create' && { PhysicalResourceId: VAULT }),
        ResourceProperties: { VaultName: VAULT },
        ...event,
      },
      { getRemainingTimeInMillis: () => (typeof timeLeft === 'number' ? timeLeft : timeLeft()) },
    );
  /** What CloudFormation was told, once. */
  const told = () => {
    expect(answers.requests).toHaveLength(1);
    return JSON.parse(answers.requests[0]?.body ?? '');
  };
  return { call, told, vault: vault.requests, answers: answers.requests };
}

const setUpVault = (vault: FakeVault) => setUp((request) => vault.answer(request));

const deletionsIn = (requests: readonly ServiceRequest[]) =>
  requests
    .filter(({ method }) => method === 'DELETE')
    .map(({ path }) => decodeURIComponent(path).split('awsbackup:')[1]);

const SUCCESS = {
  Status: 'SUCCESS',
  PhysicalResourceId: VAULT,
  StackId: 'arn:aws:cloudformation:ap-northeast-3:123456789012:stack/standby/1',
  RequestId: 'request',
  LogicalResourceId: 'Emptier',
};

describe('a vault that is made or changed', () => {
  test.each(['Create', 'Update'] as const)('is left alone on %s, which is answered at once', async (type) => {
    const { answers, call, told, vault } = await setUpVault(new FakeVault(VAULT, [pointOf('a')]));
    await expect(call({ RequestType: type })).resolves.toEqual({
      Status: 'SUCCESS',
      PhysicalResourceId: VAULT,
    });
    expect(vault).toEqual([]);
    expect(told()).toEqual(SUCCESS);
    expect(answers).toMatchObject([
      {
        method: 'PUT',
        path: '/answer?X-Amz-Signature=secret',
        headers: { connection: 'close', 'content-type': '', 'content-length': `${answers[0]?.body.length}` },
      },
    ]);
  });

  test('gives the resource another name only where it is another vault', async () => {
    const { call, told } = await setUpVault(new FakeVault(VAULT, []));
    await call({ RequestType: 'Update', ResourceProperties: { VaultName: 'other' } });
    expect(told()).toEqual({ ...SUCCESS, PhysicalResourceId: 'other' });
  });
});

describe('a vault that is deleted', () => {
  test('is empty already', async () => {
    const { call, told, vault } = await setUpVault(new FakeVault(VAULT, []));
    await call({});
    expect(told()).toEqual(SUCCESS);
    expect(vault.map(({ method, path }) => `${method} ${path}`)).toEqual([
      `GET /backup-vaults/${VAULT}/recovery-points`,
    ]);
  });

  test('loses the recovery points of all pages, and is looked at again before the answer', async () => {
    const names = Array.from({ length: 25 }, (_, index) => `copy-${index}`);
    const fake = new FakeVault(
      VAULT,
      names.map((name) => pointOf(name)),
      7,
    );
    const { call, told, vault } = await setUpVault(fake);
    await call({});
    expect(told()).toEqual(SUCCESS);
    expect(fake.points).toEqual([]);
    expect(deletionsIn(vault).sort()).toEqual(names.sort());
    expect(vault.at(-1)).toMatchObject({ method: 'GET' });
  });

  test('waits until nothing is listed any more, and asks for no deletion twice meanwhile', async () => {
    const { call, told, vault } = await setUpVault(
      new FakeVault(VAULT, [pointOf('a', { lingers: 2 }), pointOf('b')]),
    );
    await call({});
    expect(told()).toEqual(SUCCESS);
    expect(deletionsIn(vault)).toEqual(['a', 'b']);
    expect(vault.filter(({ method }) => method === 'GET')).toHaveLength(4);
  });

  test.each([
    ['busy', refusal(400, 'InvalidResourceStateException', 'An action is under way.')],
    ['refused for another reason', refusal(400, 'InvalidParameterValueException', 'It is being copied.')],
  ])('asks again for a recovery point that was %s', async (_, refused) => {
    const { call, told, vault } = await setUpVault(
      new FakeVault(VAULT, [pointOf('a', { refusals: [refused] }), pointOf('b')]),
    );
    await call({});
    expect(told()).toEqual(SUCCESS);
    expect(deletionsIn(vault)).toEqual(['a', 'b', 'a']);
  });

  test('asks again for one that only expired, as AWS Backup does where rights lack', async () => {
    const expiring = pointOf('a', { status: 'EXPIRED', refusals: [{}] });
    const { call, told, vault } = await setUpVault(new FakeVault(VAULT, [expiring]));
    await call({});
    expect(told()).toEqual(SUCCESS);
    expect(deletionsIn(vault)).toEqual(['a', 'a']);
  });

  test('takes a recovery point for deleted that somebody else deleted', async () => {
    const gone = pointOf('a', { refusals: [refusal(404, 'ResourceNotFoundException', 'no such point')] });
    const fake = new FakeVault(VAULT, [gone]);
    const { call, told } = await setUp((request) => {
      const answer = fake.answer(request);
      if (request.method === 'DELETE') fake.points.length = 0;
      return answer;
    });
    await call({});
    expect(told()).toEqual(SUCCESS);
  });

  test.each([
    ['says so', refusal(404, 'ResourceNotFoundException', `Backup vault ${VAULT} does not exist`)],
    [
      'speaks of privileges',
      refusal(403, 'AccessDeniedException', 'Insufficient privileges to perform this action.'),
    ],
  ])('may be gone already, where AWS Backup %s', async (_, answer) => {
    const { call, told, vault } = await setUp(() => answer);
    await call({});
    expect(told()).toEqual(SUCCESS);
    expect(vault).toHaveLength(1);
  });

  test('keeps the name that CloudFormation knows', async () => {
    const { call, told } = await setUpVault(new FakeVault(VAULT, []));
    await call({ PhysicalResourceId: 'as it was' });
    expect(told()).toEqual({ ...SUCCESS, PhysicalResourceId: 'as it was' });
  });

  test('has a name also where CloudFormation knows none', async () => {
    const { call, told } = await setUpVault(new FakeVault(VAULT, []));
    await call({ PhysicalResourceId: undefined });
    expect(told()).toEqual(SUCCESS);
  });
});

describe('a vault that can not be emptied', () => {
  /** Time that passes with each look at it. */
  const passing = (start: number, step: number) => {
    let left = start + step;
    return () => {
      left -= step;
      return left;
    };
  };

  test('is FAILED with what is left and why, a minute before the function ends', async () => {
    const fake = new FakeVault(VAULT, [
      pointOf('locked', { refusals: Array.from({ length: 99 }, () => LOCKED) }),
      pointOf('expired', {
        status: 'EXPIRED',
        statusMessage: 'Insufficient rights',
        refusals: Array.from({ length: 99 }, () => ({})),
      }),
      pointOf('fine'),
    ]);
    const { call, told } = await setUpVault(fake);
    const outcome = await call({}, passing(64_000, 1000));
    const Reason = [
      `The vault ${VAULT} still holds 2 recovery points. Delete them, then delete the stack again:`,
      'arn:aws:rds:ap-northeast-3:123456789012:snapshot:awsbackup:locked (COMPLETED, InvalidRequestException: The vault is locked.);',
      'arn:aws:rds:ap-northeast-3:123456789012:snapshot:awsbackup:expired (EXPIRED, Insufficient rights)',
    ].join(' ');
    expect(told()).toEqual({ ...SUCCESS, Status: 'FAILED', Reason });
    expect(outcome).toEqual({ Status: 'FAILED', Reason, PhysicalResourceId: VAULT });
    expect(fake.points).toHaveLength(2);
  });

  test('is looked at less and less often', async () => {
    const { call } = await setUpVault(
      new FakeVault(VAULT, [pointOf('a', { refusals: Array.from({ length: 7 }, () => LOCKED) })]),
    );
    await call({});
    expect(pauses).toEqual([500, 1000, 2000, 4000, 8000, 10_000, 10_000, 10_000]);
  });

  test('is not waited for longer than the function has time', async () => {
    const { call, told } = await setUpVault(
      new FakeVault(VAULT, [pointOf('a', { refusals: [LOCKED, LOCKED] })]),
    );
    await call({}, 61_000);
    expect(told()).toMatchObject({ Status: 'FAILED' });
    expect(pauses).toEqual([500]);
  });

  test.each([
    ['begins no round', 60_000, 0],
    ['ends after a round that it has time for', 60_001, 10],
  ])('%s with %d milliseconds left', async (_, timeLeft, deletions) => {
    const stubborn = Array.from({ length: 10 }, (_, index) =>
      pointOf(`${index}`, { refusals: [LOCKED, LOCKED] }),
    );
    const { call, told, vault } = await setUpVault(new FakeVault(VAULT, stubborn));
    await call({}, timeLeft);
    expect(told()).toMatchObject({ Status: 'FAILED' });
    expect(deletionsIn(vault)).toHaveLength(deletions);
  });

  test('stops between portions when the time gets short', async () => {
    const many = Array.from({ length: 30 }, (_, index) => pointOf(`${index}`));
    const { call, told, vault } = await setUpVault(new FakeVault(VAULT, many));
    await call({}, passing(62_000, 1000));
    expect(deletionsIn(vault)).toHaveLength(20);
    expect(told()).toMatchObject({ Status: 'FAILED' });
  });

  test('has a reason that CloudFormation takes, whatever is left', async () => {
    const many = Array.from({ length: 2000 }, (_, index) =>
      pointOf(`${index}`, { status: 'EXPIRED', statusMessage: 'why '.repeat(500) }),
    );
    const { answers, call, told } = await setUpVault(new FakeVault(VAULT, many));
    await call({}, 1000);
    const { Reason } = told();
    expect(Reason).toMatch(
      /^The vault intranet-copies still holds 2000 recovery points\. Delete them, then delete the stack again: arn/,
    );
    expect(Reason.match(/awsbackup:\d+ \(EXPIRED, why /g)).toHaveLength(5);
    expect(Reason).toMatch(/; and 1995 more$/);
    expect(answers[0]?.body.length).toBeLessThan(4096);
  });

  test.each([
    ['a right that lacks', 'AccessDeniedException', 'User: arn is not authorized to perform: backup:List'],
    ['a wrong name', 'InvalidParameterValueException', 'no such name'],
  ])('is FAILED for %s', async (_, name, message) => {
    const { call, told } = await setUp(() => refusal(400, name, message));
    await call({});
    expect(told()).toEqual({ ...SUCCESS, Status: 'FAILED', Reason: message });
  });

  test('is FAILED with a reason that is cut where it is too long', async () => {
    const { answers, call, told } = await setUp(() =>
      refusal(400, 'InvalidRequestException', `-${'é'.repeat(9000)}`),
    );
    await call({});
    expect(told()).toMatchObject({ Status: 'FAILED', Reason: expect.stringMatching(/^-é{800,}$/) });
    expect(Buffer.byteLength(answers[0]?.body ?? '')).toBeLessThan(4096);
  });
});

describe('CloudFormation’s address', () => {
  test('is tried again when it fails', async () => {
    const outcomes = [503, 200];
    const { answers, call } = await setUpAnswers((status) => ({ status: status.shift() ?? 500 }), outcomes);
    await call({ RequestType: 'Create' });
    expect(answers.map(({ body }) => body)).toEqual([answers[0]?.body, answers[0]?.body]);
    expect(pauses).toEqual([1000]);
  });

  test('that always fails makes the function fail, without a word of the address', async () => {
    const { answers, call } = await setUpAnswers(() => ({ status: 403 }), []);
    await expect(call({ RequestType: 'Create' })).rejects.toThrow(
      /^CloudFormation could not be answered: its address answers 403$/,
    );
    expect(answers).toHaveLength(3);
  });

  test('that says nothing is given up after three times 5 seconds', async () => {
    const timeout = AbortSignal.timeout.bind(AbortSignal);
    const patience = vi.spyOn(AbortSignal, 'timeout').mockImplementation((time) => timeout(time / 100));
    const { answers, call } = await setUp(
      () => ({}),
      () => undefined,
    );
    await expect(call({ RequestType: 'Create' })).rejects.toThrow(
      /^CloudFormation could not be answered: The operation was aborted/,
    );
    expect(answers).toHaveLength(3);
    expect(patience.mock.calls).toEqual([[5000], [5000], [5000]]);
    patience.mockRestore();
  });

  test('that nobody listens at makes the function fail', async () => {
    const { call } = await setUpAnswers(() => ({}), []);
    const nobody = await startService(() => ({}));
    await nobody.close();
    await expect(call({ RequestType: 'Create', ResponseURL: nobody.url })).rejects.toThrow(
      /^CloudFormation could not be answered: connect ECONNREFUSED/,
    );
  });

  test('must be one of HTTP', async () => {
    const { call } = await setUpAnswers(() => ({}), []);
    await expect(call({ RequestType: 'Create', ResponseURL: 'ftp://secret/' })).rejects.toThrow(
      /^the address of the answer is none of HTTP$/,
    );
  });

  function setUpAnswers(answer: (outcomes: number[]) => ServiceAnswer, outcomes: number[]) {
    return setUp(
      () => ({}),
      () => answer(outcomes),
    );
  }
});
