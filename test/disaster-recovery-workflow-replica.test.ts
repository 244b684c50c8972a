import { describe, expect, test } from 'vitest';
import { RecoverySystem, WARM } from './support/recovery-system';
import { NAMES } from './support/workflow-stacks';

const {
  database,
  databaseHostParameter,
  primaryRegion,
  standbyCapacityParameter,
  standbyRegion,
  stepBack,
  takeOver,
} = NAMES;

const system = (profile = 'sandbox', start?: string) => new RecoverySystem(WARM, profile, start);

/** A system whose primary's region was lost and came back, with its old database, after the standby took over. */
async function afterDisaster(profile = 'sandbox'): Promise<RecoverySystem> {
  const it = system(profile);
  it.aws.primary.alive = false;
  await it.takeOver(standbyRegion, 'disaster');
  it.aws.settle();
  it.aws.primary.alive = true;
  it.aws.pass(60_000);
  return it;
}

describe('check', () => {
  test.each([
    ['of the standby', standbyRegion, 0],
    ['of the primary', primaryRegion, 'none, as it is no replica'],
  ])('%s looks and reports, and touches nothing', async (_, region, lagSeconds) => {
    const it = system();
    const before = it.state;
    const { output, status } = await it.takeOver(region);
    expect(status).toBe('SUCCEEDED');
    expect(output).toMatchObject({ mode: 'check', region, activeRegion: primaryRegion, lagSeconds });
    expect(output).toMatchObject({ servers: { min: region === standbyRegion ? 1 : 2, max: 4 } });
    expect(output).toMatchObject({ address: `balancer.${region}.elb.amazonaws.com` });
    expect(it.state).toEqual(before);
    expect(it.messages).toEqual([]);
    expect(await it.takeOver(region, 'check')).toMatchObject({ status, output: { mode: 'check' } });
  });

  test('takes a database with an empty source for none that replicates', async () => {
    const it = system();
    if (it.aws.standby.database) it.aws.standby.database.source = '';
    expect(await it.takeOver(standbyRegion)).toMatchObject({
      output: { lagSeconds: 'none, as it is no replica' },
    });
  });

  test('reports a missing database', async () => {
    const it = system();
    it.aws.standby.databases.clear();
    expect(await it.takeOver(standbyRegion)).toMatchObject({ status: 'SUCCEEDED', output: { database: {} } });
  });

  test('waits for a value of the lag where the day has none yet', async () => {
    const it = system('sandbox', '2026-11-20T23:49:30.000Z');
    it.aws.standby.metrics.length = 0;
    const { output, steps } = await it.takeOver(standbyRegion);
    expect(output).toMatchObject({ lagSeconds: 0 });
    expect(steps.filter((step) => step === 'FindLag').length).toBeGreaterThan(1);
  });
});

test.each([{ mode: 'Planned' }, { mode: 7 }, { mode: null }, { mode: 'rehearsal' }])(
  'refuses the mode of %o with a text that lists them',
  async (input) => {
    const it = system();
    const before = it.state;
    expect(await it.start(standbyRegion, takeOver, input)).toMatchObject({
      status: 'FAILED',
      error: 'UnknownMode',
      cause:
        'The mode must be one of check, planned, disaster; without one it is check. Nothing was changed.',
      steps: [],
    });
    expect(it.state).toEqual(before);
  },
);

describe.each(['sandbox', 'production'])('in %s', (profile) => {
  test('a planned failover loses nothing, and the primary becomes the replica', async () => {
    const it = system(profile);
    const { steps, ...ending } = await it.takeOver(standbyRegion, 'planned');
    expect(ending.status).toBe('SUCCEEDED');
    expect(steps.indexOf('Switch')).toBeLessThan(steps.indexOf('Drain'));
    expect(steps.indexOf('Drain')).toBeLessThan(steps.indexOf('Promote'));
    await it.settle();
    const { aws } = it;
    expect(aws.active).toBe(standbyRegion);
    expect(it.lostIn(standbyRegion)).toEqual([]);
    expect(aws.standby.database).toMatchObject({
      status: 'available',
      backupRetention: profile === 'sandbox' ? 1 : 14,
    });
    expect(aws.standby.database?.source).toBeUndefined();
    expect(aws.standby.group).toEqual({ MinSize: 2, MaxSize: 4, DesiredCapacity: 2 });
    expect(aws.standby.value(standbyCapacityParameter)).toBe('2');
    expect(aws.primary.database).toMatchObject({
      source: aws.arnOf(aws.standby, database),
      protected: profile === 'production',
      settings: {
        DbInstanceClass: 'db.t4g.micro',
        DbSubnetGroupName: 'isolated',
        VpcSecurityGroupIds: ['sg-1'],
        DbParameterGroupName: 'tls-only',
        KmsKeyId: expect.stringContaining(`:${primaryRegion}:`),
        MultiAZ: profile === 'production',
        PubliclyAccessible: false,
        CopyTagsToSnapshot: true,
        MaxAllocatedStorage: 100,
      },
    });
    expect(it.messages).toEqual([
      expect.stringMatching(`^${primaryRegion}: intranet: ${primaryRegion} waits: `),
      expect.stringMatching(
        `^${standbyRegion}: intranet: ${standbyRegion} serves: .* of mode planned\\. .*: 0\\. The other region steps back: arn:`,
      ),
    ]);
  });

  test('there and back again loses nothing', async () => {
    const it = system(profile);
    const before = it.state as { active: string };
    await it.takeOver(standbyRegion, 'planned');
    await it.settle();
    expect(await it.takeOver(primaryRegion, 'planned')).toMatchObject({ status: 'SUCCEEDED' });
    await it.settle();
    expect(it.lostIn(primaryRegion)).toEqual([]);
    expect(it.lostIn(standbyRegion)).toEqual([]);
    expect(it.aws.active).toBe(before.active);
    expect(it.aws.primary.database?.source).toBeUndefined();
    expect(it.aws.standby.database?.source).toBe(it.aws.arnOf(it.aws.primary, database));
    expect(it.aws.standby.group).toEqual({ MinSize: 1, MaxSize: 4, DesiredCapacity: 1 });
    expect(it.aws.standby.value(standbyCapacityParameter)).toBe('1');
    expect(it.aws.primary.group).toEqual({ MinSize: 2, MaxSize: 4, DesiredCapacity: 2 });
  });

  test('a failover works while nothing in the primary region answers, and loses no more than was on its way', async () => {
    const it = system(profile);
    const before = [...it.aws.written];
    it.aws.primary.alive = false;
    it.aws.pass(5 * 60_000);
    expect(await it.takeOver(standbyRegion)).toMatchObject({ output: { lagSeconds: -1 } });
    const { status, steps } = await it.takeOver(standbyRegion, 'disaster');
    expect(status).toBe('SUCCEEDED');
    expect(steps).not.toContain('Drain');
    expect(steps).not.toContain('StepBackOther');
    expect(it.aws.active).toBe(standbyRegion);
    expect(it.lostIn(standbyRegion).length).toBeLessThanOrEqual(1);
    it.aws.pass(60_000);
    expect(it.aws.written.length).toBeGreaterThan(before.length);
    expect(it.messages).toEqual([
      expect.stringContaining(`-1. Start ${stepBack} in ${primaryRegion} when that region is well`),
    ]);
  });

  test('a failover does not wait for a lag that is not known', async () => {
    const it = system(profile);
    if (it.aws.standby.database) it.aws.standby.database.status = 'backing-up';
    it.aws.standby.metrics.length = 0;
    it.aws.later(5 * 60_000, () => {
      if (it.aws.standby.database) it.aws.standby.database.status = 'available';
    });
    const { status, steps } = await it.takeOver(standbyRegion, 'disaster');
    expect(status).toBe('SUCCEEDED');
    expect(steps.filter((step) => step === 'FindLag')).toHaveLength(1);
    expect(it.messages).toEqual([expect.stringContaining('number of seconds: unknown.')]);
  });

  test('a planned failback makes the old primary a replica first', async () => {
    const it = await afterDisaster(profile);
    const lost = it.lostIn(standbyRegion);
    const { status, steps } = await it.takeOver(primaryRegion, 'planned');
    expect(status).toBe('SUCCEEDED');
    expect(steps.indexOf('StepBack')).toBeLessThan(steps.indexOf('Switch'));
    await it.settle();
    expect(it.aws.active).toBe(primaryRegion);
    expect(it.lostIn(primaryRegion)).toEqual(lost);
    expect(it.aws.standby.database?.source).toBe(it.aws.arnOf(it.aws.primary, database));
  });

  test('a database that steps back is kept under another name where data are protected', async () => {
    const it = await afterDisaster(profile);
    const old = it.aws.primary.database?.rows;
    expect(await it.stepBack(primaryRegion)).toMatchObject({ status: 'SUCCEEDED' });
    const kept = [...it.aws.primary.databases].filter(([id]) => id !== database);
    expect(kept.map(([id]) => id.replace(/[0-9a-f]{8}$/, ''))).toEqual(
      profile === 'production' ? [`${database}-retired-`] : [],
    );
    if (profile === 'production') expect(kept[0]?.[1]).toMatchObject({ status: 'available', rows: old });
  });
});

describe('a region that serves', () => {
  test.each([primaryRegion, standbyRegion])('never steps back: %s', async (region) => {
    const it = region === primaryRegion ? system() : await afterDisaster();
    const before = it.state;
    const { cause, error, steps } = await it.stepBack(region);
    expect({ error, steps }).toEqual({ error: 'StillActive', steps: ['FindActive', 'NotifyFailure'] });
    expect(cause).toContain(`Let ${NAMES.otherThan(region)} take over first`);
    expect(it.state).toEqual(before);
  });

  test('does not step back when the switch names no region that is known', async () => {
    const it = system();
    it.aws.active = 'eu-west-1';
    expect(await it.stepBack(primaryRegion)).toMatchObject({ error: 'StillActive' });
  });

  test('does not step back when the switch can not be read', async () => {
    const it = await afterDisaster();
    it.aws.standby.alive = false;
    const before = it.state;
    for (const region of [primaryRegion, standbyRegion]) {
      expect(await it.stepBack(region)).toMatchObject({ status: 'FAILED', error: 'FindActive' });
    }
    expect(it.state).toEqual(before);
  });

  test('does not step back when it took over while its database was busy', async () => {
    const it = await afterDisaster();
    const old = it.aws.primary.database;
    if (old) old.status = 'backing-up';
    it.aws.later(60_000, () => it.aws.turn(primaryRegion));
    it.aws.later(120_000, () => {
      if (old) old.status = 'available';
    });
    expect(await it.stepBack(primaryRegion)).toMatchObject({ error: 'StillActive' });
    expect(it.aws.primary.database).toBe(old);
  });

  test('steps back once its database is no longer busy', async () => {
    const it = await afterDisaster();
    const old = it.aws.primary.database;
    if (old) old.status = 'backing-up';
    it.aws.later(5 * 60_000, () => {
      if (old) old.status = 'available';
    });
    expect(await it.stepBack(primaryRegion)).toMatchObject({ status: 'SUCCEEDED' });
    expect(it.aws.primary.database?.source).toBe(it.aws.arnOf(it.aws.standby, database));
  });

  test('gives up on a database that stays busy, and leaves it alone', async () => {
    const it = await afterDisaster();
    if (it.aws.primary.database) it.aws.primary.database.status = 'backing-up';
    const before = it.state;
    expect(await it.stepBack(primaryRegion)).toMatchObject({ error: 'StillBusy' });
    expect(it.state).toEqual(before);
  });

  test('does not step back by a planned take-over', async () => {
    const it = system();
    const before = it.state;
    const { status, steps } = await it.takeOver(primaryRegion, 'planned');
    expect(status).toBe('SUCCEEDED');
    expect(steps).not.toContain('StepBack');
    await it.settle();
    expect(it.state).toEqual(before);
    expect(it.lostIn(primaryRegion)).toEqual([]);
  });
});

test.each(['deleting', 'renaming'])('a step-back waits for a database that is %s already', async (status) => {
  const it = await afterDisaster();
  const { databases } = it.aws.primary;
  if (it.aws.primary.database) it.aws.primary.database.status = status;
  it.aws.later(5 * 60_000, () => databases.delete(database));
  const ending = await it.stepBack(primaryRegion);
  expect(ending.status).toBe('SUCCEEDED');
  expect(ending.steps).not.toContain('Retire');
});

test('a step-back waits for the other region to be ready for a replica', async () => {
  const it = await afterDisaster();
  const source = it.aws.standby.database;
  const meddle = (step: string) => {
    if (step !== 'Retire' || !source) return;
    source.status = 'backing-up';
    it.aws.later(10 * 60_000, () => {
      source.status = 'available';
    });
  };
  expect(await it.stepBack(primaryRegion, { meddle })).toMatchObject({ status: 'SUCCEEDED' });
  expect(it.aws.primary.database?.source).toBe(it.aws.arnOf(it.aws.standby, database));
});

describe('a planned take-over refuses', () => {
  test('a replica whose replication stands still', async () => {
    const it = system();
    it.aws.primary.alive = false;
    it.aws.pass(5 * 60_000);
    const before = it.state;
    expect(await it.takeOver(standbyRegion, 'planned')).toMatchObject({ error: 'ReplicaBehind' });
    expect(it.state).toEqual(before);
    expect(it.messages).toEqual([expect.stringContaining('Nothing was changed')]);
  });

  test.each([
    ['more than a minute behind', [{ time: Date.parse('2026-11-21T03:09:00Z'), lag: 61 }]],
    ['of which the lag is not known', []],
  ])('a replica that is %s', async (_, metrics) => {
    const it = system();
    if (it.aws.standby.database) it.aws.standby.database.status = 'stopped';
    it.aws.standby.metrics.splice(0, Number.POSITIVE_INFINITY, ...metrics);
    expect(await it.takeOver(standbyRegion, 'planned')).toMatchObject({ error: 'ReplicaBehind' });
    expect(it.aws.active).toBe(primaryRegion);
  });

  test('to write while the replica does not catch up', async () => {
    const it = system();
    it.aws.later(90_000, () => {
      it.aws.primary.alive = false;
    });
    expect(await it.takeOver(standbyRegion, 'planned')).toMatchObject({
      error: 'StillBehind',
      cause: expect.stringContaining('can be read and not written yet'),
    });
    expect(it.aws.standby.database?.source).toBeDefined();
    expect(await it.takeOver(standbyRegion, 'disaster')).toMatchObject({ status: 'SUCCEEDED' });
    expect(it.aws.standby.database?.source).toBeUndefined();
  });
});

test('a planned take-over does not need the other region to step back at once', async () => {
  const it = system();
  it.aws.later(6 * 60_000, () => {
    it.aws.primary.alive = false;
  });
  expect(await it.takeOver(standbyRegion, 'planned')).toMatchObject({ status: 'SUCCEEDED' });
  expect(it.messages).toEqual([expect.stringContaining(`${primaryRegion} could not be asked to step back`)]);
});

test('a take-over without a database fails before it touches anything', async () => {
  const it = system();
  it.aws.standby.databases.clear();
  const before = it.state;
  expect(await it.takeOver(standbyRegion, 'disaster')).toMatchObject({ error: 'DatabaseMissing' });
  expect(it.state).toEqual(before);
});

test('a planned take-over makes a replica where there is no database', async () => {
  const it = system();
  it.aws.standby.databases.clear();
  expect(await it.takeOver(standbyRegion, 'planned')).toMatchObject({ status: 'SUCCEEDED' });
  await it.settle();
  expect(it.lostIn(standbyRegion)).toEqual([]);
});

test.each(['backing-up', 'modifying'])('a replica that is %s is promoted afterwards', async (status) => {
  const it = system();
  const replica = it.aws.standby.database;
  if (replica) replica.status = status;
  it.aws.later(10 * 60_000, () => {
    if (replica) replica.status = 'available';
  });
  expect(await it.takeOver(standbyRegion, 'disaster')).toMatchObject({ status: 'SUCCEEDED' });
  expect(replica?.source).toBeUndefined();
});

test.each([
  ['storage-full', 'DatabaseBroken'],
  ['upgrading', 'StillReadOnly'],
])('a replica that stays %s fails the take-over with %s', async (status, error) => {
  const it = system();
  if (it.aws.standby.database) it.aws.standby.database.status = status;
  expect(await it.takeOver(standbyRegion, 'disaster')).toMatchObject({ status: 'FAILED', error });
});

describe('servers', () => {
  const elsewhere = () => {
    const it = system();
    const parameter = it.aws.standby.parameters.get(databaseHostParameter);
    if (parameter) parameter.Value = 'elsewhere';
    it.aws.standby.serversHost = 'elsewhere';
    return it;
  };
  const host = `${database}.abc.${standbyRegion}.rds.amazonaws.com`;

  test('are pointed at the database and replaced when they look elsewhere', async () => {
    const it = elsewhere();
    expect(await it.takeOver(standbyRegion, 'disaster')).toMatchObject({ status: 'SUCCEEDED' });
    expect(it.aws.standby.value(databaseHostParameter)).toBe(host);
    expect(it.aws.standby.serversHost).toBe(host);
    await it.takeOver(standbyRegion, 'disaster');
    expect(it.aws.standby.refreshes).toHaveLength(1);
  });

  test('are replaced after a refresh that began too early', async () => {
    const it = elsewhere();
    it.aws.standby.refreshes.push({
      InstanceRefreshId: 'early',
      Status: 'InProgress',
      StartTime: '2026-11-21T03:01:00.000Z',
    });
    it.aws.later(8 * 60_000, () =>
      Object.assign(it.aws.standby.refreshes[0] ?? {}, { Status: 'Successful' }),
    );
    expect(await it.takeOver(standbyRegion, 'disaster')).toMatchObject({ status: 'SUCCEEDED' });
    expect(it.aws.standby.serversHost).toBe(host);
  });

  test.each(['Failed', 'Cancelled'])('are replaced again after a refresh that was %s', async (Status) => {
    const it = elsewhere();
    await it.takeOver(standbyRegion, 'disaster');
    Object.assign(it.aws.standby.refreshes[0] ?? {}, { Status });
    await it.takeOver(standbyRegion, 'disaster');
    expect(it.aws.standby.refreshes).toHaveLength(2);
  });

  test('are replaced once when the take-over is started again before the refresh has begun', async () => {
    const it = elsewhere();
    const meddle = (step: string, done: boolean) => {
      if (step === 'FindRefreshes' && !done)
        Object.assign(it.aws.standby.refreshes[0] ?? {}, { Status: 'Pending' });
    };
    await it.takeOver(standbyRegion, 'disaster');
    delete it.aws.standby.refreshes[0]?.StartTime;
    expect(await it.takeOver(standbyRegion, 'disaster', { meddle })).toMatchObject({ status: 'SUCCEEDED' });
    expect(it.aws.standby.refreshes).toHaveLength(1);
  });

  test('may be as many as the region needs at most', async () => {
    const it = system();
    Object.assign(it.aws.standby.group, { MinSize: 2, MaxSize: 3, DesiredCapacity: 2 });
    await it.takeOver(standbyRegion, 'disaster');
    expect(it.aws.standby.group).toEqual({ MinSize: 2, MaxSize: 4, DesiredCapacity: 2 });
  });

  test('keep a size that is larger than needed', async () => {
    const it = system();
    Object.assign(it.aws.standby.group, { MinSize: 3, MaxSize: 9, DesiredCapacity: 5 });
    await it.takeOver(standbyRegion, 'disaster');
    expect(it.aws.standby.group).toEqual({ MinSize: 3, MaxSize: 9, DesiredCapacity: 5 });
  });

  test('that do not answer for a quarter of an hour fail the take-over at Verify', async () => {
    const it = system();
    it.aws.standby.serversHost = 'elsewhere';
    const { cause, error, steps } = await it.takeOver(standbyRegion, 'disaster');
    expect(error).toBe('Verify');
    expect(cause).toContain('NotServing');
    expect(steps.filter((step) => step === 'Verify')).toHaveLength(61);
    it.aws.standby.serversHost = host;
    expect(await it.takeOver(standbyRegion, 'disaster')).toMatchObject({ status: 'SUCCEEDED' });
  });
});

test.each([
  ['storage-full', 'ReplicaBroken'],
  ['available', 'ReplicaPromoted'],
])('a step-back whose replica gets %s fails with %s', async (status, error) => {
  const it = await afterDisaster();
  const meddle = (step: string) => {
    const made = it.aws.primary.database;
    if (step !== 'WaitReplica' || !made) return;
    made.status = status;
    if (error === 'ReplicaPromoted') delete made.source;
  };
  expect(await it.stepBack(primaryRegion, { meddle })).toMatchObject({ status: 'FAILED', error });
});
