import { beforeAll, describe, expect, test } from 'vitest';
import { ServiceError } from './support/fake-region';
import { COLD, RecoverySystem, WARM } from './support/recovery-system';
import type { Ending, Trouble } from './support/workflow-run';
import { NAMES } from './support/workflow-stacks';

const { databaseHostParameter, primaryRegion, standbyRegion, stepBack, takeOver } = NAMES;

/** A way from a state of a system to another one. */
interface Journey {
  readonly name: string;
  readonly begin: () => Promise<RecoverySystem>;
  readonly region: string;
  readonly workflow: string;
  readonly mode?: string;

  /** Whether nothing may be lost on the way. */
  readonly lossless?: boolean;
}

const warm = (profile: string) => new RecoverySystem(WARM, profile);

async function afterDisaster(profile: string): Promise<RecoverySystem> {
  const it = warm(profile);
  it.aws.primary.alive = false;
  await it.takeOver(standbyRegion, 'disaster');
  it.aws.settle();
  it.aws.primary.alive = true;
  return it;
}

async function elsewhere(): Promise<RecoverySystem> {
  const it = warm('sandbox');
  for (const region of [it.aws.primary, it.aws.standby]) {
    const parameter = region.parameters.get(databaseHostParameter);
    if (parameter && region === it.aws.standby) parameter.Value = 'elsewhere';
  }
  it.aws.standby.serversHost = 'elsewhere';
  return it;
}

async function asleep(profile = 'sandbox'): Promise<RecoverySystem> {
  const it = new RecoverySystem(COLD, profile);
  it.aws.standby.databases.clear();
  it.aws.copies = [{ snapshotArn: 'arn:snapshot-1', createdAt: '2026-11-21T02:00:00.000Z' }];
  return it;
}

async function awake(profile: string): Promise<RecoverySystem> {
  const it = await asleep(profile);
  await it.takeOver(standbyRegion, 'rehearsal');
  it.aws.settle();
  return it;
}

const there = { region: standbyRegion, workflow: takeOver };

const JOURNEYS: readonly Journey[] = [
  ...['sandbox', 'production'].flatMap((profile): Journey[] => [
    {
      ...there,
      name: `planned failover, ${profile}`,
      begin: async () => warm(profile),
      mode: 'planned',
      lossless: true,
    },
    {
      name: `planned failback after a disaster, ${profile}`,
      begin: () => afterDisaster(profile),
      region: primaryRegion,
      workflow: takeOver,
      mode: 'planned',
    },
    {
      name: `step-back of the primary, ${profile}`,
      begin: () => afterDisaster(profile),
      region: primaryRegion,
      workflow: stepBack,
    },
  ]),
  {
    name: 'step-back of the standby',
    begin: async () => {
      const it = await afterDisaster('sandbox');
      await it.stepBack(primaryRegion);
      await it.takeOver(primaryRegion, 'disaster');
      it.aws.settle();
      return it;
    },
    region: standbyRegion,
    workflow: stepBack,
  },
  { ...there, name: 'disaster', begin: async () => warm('sandbox'), mode: 'disaster' },
  { ...there, name: 'disaster with servers that look elsewhere', begin: elsewhere, mode: 'disaster' },
  { ...there, name: 'rehearsal of a cold standby', begin: () => asleep(), mode: 'rehearsal' },
  { ...there, name: 'disaster with a cold standby', begin: () => asleep(), mode: 'disaster' },
  ...['sandbox', 'production'].map((profile) => ({
    name: `a cold standby goes to sleep, ${profile}`,
    begin: () => awake(profile),
    region: standbyRegion,
    workflow: stepBack,
  })),
];

async function travel({ mode, region, workflow }: Journey, it: RecoverySystem, trouble?: Trouble) {
  return it.start(region, workflow, mode === undefined ? {} : { mode }, trouble);
}

/** Where a journey leads when nothing goes wrong. */
async function destination(journey: Journey): Promise<{ ending: Ending; state: unknown }> {
  const it = await journey.begin();
  const ending = await travel(journey, it);
  await it.settle();
  return { ending, state: it.state };
}

/** Of calls that follow each other under one name, the first two; the others happen in the same situation. */
function differentCalls(steps: readonly string[]): number[] {
  return steps.flatMap((step, index) =>
    step === steps[index - 1] && step === steps[index - 2] ? [] : [index + 1],
  );
}

/** A trouble at one step: the first time that it is called, or each time. */
function failing(at: string, error: Error, times: number, afterwards = false): Trouble {
  let left = times;
  return {
    meddle: (step, done) => {
      if (step !== at || done !== afterwards || left === 0) return;
      left -= 1;
      throw error;
    },
  };
}

const THROTTLED = new ServiceError('Rds.RdsException', 'Rate exceeded');
const BROKEN = new ServiceError('States.Timeout', '');

/** The error with which a step is told to wait, as its service names it. */
function throttle(step: string): Error {
  return step === 'Rebuild'
    ? new ServiceError('CloudFormation.CloudFormationException', 'Rate exceeded')
    : THROTTLED;
}

describe.each(JOURNEYS)('$name', (journey) => {
  let ending: Ending;
  let state: unknown;
  let calls: readonly string[];

  beforeAll(async () => {
    ({ ending, state } = await destination(journey));
    calls = [...new Set(ending.steps)];
  });

  test('arrives', () => {
    expect(ending).toMatchObject({ status: 'SUCCEEDED', steps: expect.arrayContaining(['FindActive']) });
  });

  test('arrives at the same place when it is started again at its end', async () => {
    const it = await journey.begin();
    await travel(journey, it);
    await it.settle();
    const again = await travel(journey, it);
    await it.settle();
    expect(again.status).toBe('SUCCEEDED');
    expect(it.state).toEqual(state);
  });

  test('arrives at the same place when it is stopped after any call and started again', async () => {
    for (const stopAfter of differentCalls(ending.steps)) {
      const it = await journey.begin();
      const stopped = await travel(journey, it, { stopAfter });
      const again = await travel(journey, it);
      await it.settle();
      const lost = journey.lossless ? it.lostIn(journey.region) : [];
      const at = ending.steps[stopAfter - 1];
      expect({ at, stopped: stopped.status, again: again.status, lost, state: it.state }).toEqual({
        at,
        stopped: 'ABORTED',
        again: 'SUCCEEDED',
        lost: [],
        state,
      });
    }
  });

  test.each([
    ['is throttled', false],
    ['did its work and gave no answer', true],
  ])('arrives at the same place when any call %s once', async (_, afterwards) => {
    for (const step of calls) {
      const it = await journey.begin();
      const troubled = await travel(journey, it, failing(step, throttle(step), 1, afterwards));
      await it.settle();
      expect(troubled.status, `${step}: ${troubled.cause}`).toBe('SUCCEEDED');
      expect(it.state, step).toEqual(state);
    }
  });

  test('tells the step and how things stand when any call fails for good, and arrives when it is started again', async () => {
    for (const step of calls.filter((name) => name !== 'StepBackOther')) {
      const it = await journey.begin();
      const { messages } = it.aws.region(journey.region);
      const told = messages.length;
      const { cause, error, status } = await travel(
        journey,
        it,
        failing(step, BROKEN, Number.POSITIVE_INFINITY),
      );
      expect({ step, status, error }).toEqual({ step, status: 'FAILED', error: step });
      expect(cause).toMatch(/^\w+ failed\. [A-Z].*\. .*Error: \{"Error":"States\.Timeout"/);
      expect(
        messages.slice(told).filter(({ subject }) => !subject.endsWith(' waits')),
        step,
      ).toEqual([{ subject: `${journey.workflow} failed in ${journey.region}`, text: cause }]);
      await travel(journey, it);
      await it.settle();
      expect(it.state, step).toEqual(state);
    }
  });
});

test('together, the journeys make every call of every workflow', async () => {
  const destinations = await Promise.all(JOURNEYS.map(destination));
  const made = new Set(destinations.flatMap(({ ending }) => ending.steps));
  const all = [WARM, COLD].flatMap((profiles) =>
    Object.values(profiles).flatMap((regions) =>
      Object.values(regions).flatMap((workflows) =>
        Object.values(workflows).flatMap(({ definition }) =>
          Object.entries(definition.States).flatMap(([name, { Type }]) => (Type === 'Task' ? [name] : [])),
        ),
      ),
    ),
  );
  expect([...new Set(all)].filter((name) => !made.has(name))).toEqual(['NotifyFailure']);
});

test('a failure fails with its own name when nobody can be told', async () => {
  const it = warm('sandbox');
  const meddle = (step: string) => {
    if (step === 'Switch' || step === 'NotifyFailure') throw BROKEN;
  };
  expect(await it.takeOver(standbyRegion, 'disaster', { meddle })).toMatchObject({
    error: 'Switch',
    cause: expect.stringContaining('Switch failed. '),
  });
});
