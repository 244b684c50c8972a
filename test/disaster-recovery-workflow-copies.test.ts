import { describe, expect, test } from 'vitest';
import { COLD, RecoverySystem } from './support/recovery-system';
import { NAMES } from './support/workflow-stacks';

const { databaseCopyParameter, primaryRegion, standbyRegion, stepBack, takeOver } = NAMES;

const OLD = {
  snapshotArn: 'arn:aws:rds:ap-northeast-3:1:snapshot:old',
  createdAt: '2026-11-20T03:00:00.000Z',
};
const NEW = {
  snapshotArn: 'arn:aws:rds:ap-northeast-3:1:snapshot:new',
  createdAt: '2026-11-21T02:40:00.000Z',
};

function system(profile = 'sandbox'): RecoverySystem {
  const it = new RecoverySystem(COLD, profile);
  it.aws.copies = [OLD];
  it.aws.standby.databases.clear();
  return it;
}

describe('a cold standby', () => {
  test('is checked without being touched', async () => {
    const it = system();
    const before = it.state;
    const { output, status, steps } = await it.takeOver(standbyRegion);
    expect({ output, status, steps }).toEqual({
      output: {
        mode: 'check',
        region: standbyRegion,
        activeRegion: primaryRegion,
        newestCopy: { ...OLD, ageSeconds: 24 * 3600 + 603 },
        builtOf: 'none',
      },
      status: 'SUCCEEDED',
      steps: ['FindActive', 'FindKept', 'FindCopy'],
    });
    expect(it.state).toEqual(before);
    expect(it.messages).toEqual([]);
  });

  test.each(['sandbox', 'production'])('is rehearsed and put to sleep again, in %s', async (profile) => {
    const it = system(profile);
    const asleep = it.state;
    expect(await it.takeOver(standbyRegion, 'rehearsal')).toMatchObject({ status: 'SUCCEEDED' });
    expect(it.aws.active).toBe(primaryRegion);
    expect(it.aws.standby.stack).toMatchObject({
      status: 'UPDATE_COMPLETE',
      builtOf: OLD.snapshotArn,
      leadsHere: false,
    });
    expect(await it.stepBack(standbyRegion)).toMatchObject({ status: 'SUCCEEDED' });
    expect(it.state).toEqual(asleep);
    expect(it.messages).toEqual([
      expect.stringContaining(
        `is awake: intranet in ${standbyRegion} is built and answers after a take-over of mode rehearsal`,
      ),
      expect.stringContaining(`${standbyRegion} sleeps: `),
    ]);
  });

  test('takes over in a disaster, while nothing in the primary region answers', async () => {
    const it = system();
    it.aws.primary.alive = false;
    const { status, steps } = await it.takeOver(standbyRegion, 'disaster');
    expect(status).toBe('SUCCEEDED');
    expect(steps.indexOf('Verify')).toBeLessThan(steps.indexOf('Switch'));
    expect(it.aws.active).toBe(standbyRegion);
    expect(it.aws.standby.stack).toMatchObject({ builtOf: OLD.snapshotArn, leadsHere: true });
    expect(it.aws.standby.value(databaseCopyParameter)).toBe(OLD.snapshotArn);
  });

  test('keeps its copy when the disaster is handled again and a newer copy has come', async () => {
    const it = system();
    await it.takeOver(standbyRegion, 'disaster');
    const served = it.state;
    it.aws.copies.unshift(NEW);
    expect(await it.takeOver(standbyRegion, 'disaster')).toMatchObject({ status: 'SUCCEEDED' });
    expect(it.state).toEqual(served);
  });

  test('does not serve what a rehearsal left, when there is a newer copy', async () => {
    const it = system();
    await it.takeOver(standbyRegion, 'rehearsal');
    it.aws.copies.unshift(NEW);
    const before = it.state;
    const { cause, error } = await it.takeOver(standbyRegion, 'disaster');
    expect(error).toBe('OldCopy');
    expect(cause).toContain(`Either start ${stepBack} and then this again`);
    expect(it.state).toEqual(before);
    await it.stepBack(standbyRegion);
    expect(await it.takeOver(standbyRegion, 'disaster')).toMatchObject({ status: 'SUCCEEDED' });
    expect(it.aws.standby.stack.builtOf).toBe(NEW.snapshotArn);
  });

  test.each([
    [OLD.snapshotArn, 'SUCCEEDED'],
    [NEW.snapshotArn, 'FAILED'],
    ['', 'FAILED'],
  ])('serves an older copy where it is asked for by its ARN: %s', async (copy, status) => {
    const it = system();
    await it.takeOver(standbyRegion, 'rehearsal');
    it.aws.copies.unshift(NEW);
    expect(await it.start(standbyRegion, takeOver, { mode: 'disaster', copy })).toMatchObject({ status });
    expect(it.aws.active).toBe(status === 'SUCCEEDED' ? standbyRegion : primaryRegion);
  });

  test('does not look at a copy in the input that is no text', async () => {
    const it = system();
    await it.takeOver(standbyRegion, 'rehearsal');
    it.aws.copies.unshift(NEW);
    const input = { mode: 'disaster', copy: 5 };
    expect(await it.start(standbyRegion, takeOver, input)).toMatchObject({ error: 'OldCopy' });
  });

  test('can not be built without a copy, and says so before it touches anything', async () => {
    const it = system();
    it.aws.copies = [];
    const before = it.state;
    for (const mode of ['check', 'rehearsal', 'disaster']) {
      expect(await it.takeOver(standbyRegion, mode)).toMatchObject({
        error: 'FindCopy',
        cause: expect.stringContaining('NoCopy'),
      });
    }
    expect(it.state).toEqual(before);
  });

  test('that is awake needs no copy any more', async () => {
    const it = system();
    await it.takeOver(standbyRegion, 'disaster');
    it.aws.copies = [];
    expect(await it.takeOver(standbyRegion, 'disaster')).toMatchObject({ status: 'SUCCEEDED' });
    expect(await it.takeOver(standbyRegion)).toMatchObject({ output: { builtOf: OLD.snapshotArn } });
  });

  test('that serves is not put to sleep', async () => {
    const it = system();
    await it.takeOver(standbyRegion, 'disaster');
    const before = it.state;
    expect(await it.stepBack(standbyRegion)).toMatchObject({ error: 'StillActive' });
    expect(it.state).toEqual(before);
  });

  test('is not put to sleep while the switch can not be read', async () => {
    const it = system();
    await it.takeOver(standbyRegion, 'rehearsal');
    const before = it.state;
    it.aws.standby.alive = false;
    expect(await it.stepBack(standbyRegion)).toMatchObject({ error: 'FindActive' });
    expect(it.state).toEqual(before);
  });

  test('waits for a change of its stack that is going on, and builds afterwards', async () => {
    const it = system();
    it.aws.standby.stack.status = 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS';
    it.aws.later(20 * 60_000, () => {
      it.aws.standby.stack.status = 'UPDATE_COMPLETE';
    });
    expect(await it.takeOver(standbyRegion, 'disaster')).toMatchObject({ status: 'SUCCEEDED' });
    expect(it.aws.standby.stack.builtOf).toBe(OLD.snapshotArn);
  });

  test('that can not be built sends no user there, and is built when it is started again', async () => {
    const it = system();
    it.aws.standby.stack.breaks = true;
    expect(await it.takeOver(standbyRegion, 'disaster')).toMatchObject({ error: 'StackBroken' });
    expect(it.aws.active).toBe(primaryRegion);
    it.aws.standby.stack.breaks = false;
    expect(await it.takeOver(standbyRegion, 'disaster')).toMatchObject({ status: 'SUCCEEDED' });
    expect(it.aws.active).toBe(standbyRegion);
  });

  test.each([
    ['Rebuild', 'UPDATE_IN_PROGRESS', 'RebuildFailed'],
    ['WaitRebuilt', 'REVIEW_IN_PROGRESS', 'StackTooSlow'],
  ])('gives up at last when %s meets a stack that stays %s', async (step, status, name) => {
    const it = system();
    const meddle = (called: string) => {
      if (called === step) it.aws.standby.stack.status = status;
    };
    const { error } = await it.start(standbyRegion, takeOver, { mode: 'disaster' }, { meddle });
    expect(error).toBe(name === 'RebuildFailed' ? 'Rebuild' : name);
    expect(it.aws.active).toBe(primaryRegion);
  });

  test('knows no planned take-over', async () => {
    expect(await system().takeOver(standbyRegion, 'planned')).toMatchObject({
      error: 'UnknownMode',
      cause: expect.stringContaining('check, rehearsal, disaster'),
    });
  });
});
