import { Duration } from 'aws-cdk-lib';
import {
  describeDatabase,
  ERRORS,
  HAS_DATABASE,
  IS_REPLICA,
  NEWEST_LAG,
  readLag,
  readParameter,
  readSwitch,
  rightsToRun,
} from './calls';
import { allOf, is, not, numberIs, present } from './conditions';
import { findFleet, type WithFleet } from './servers';
import { enter, type Steps } from './steps';
import type { ReplicaSettings, WorkflowFunctions } from './workflow-props';

/** A take-over by a region with a replica. */
export type ReplicaTakeOver = WithFleet & {
  readonly replica: ReplicaSettings;
  readonly functions: Required<Omit<WorkflowFunctions, 'newestCopy'>>;
};

/** A planned take-over starts only where the replica is not further behind than this. */
const MOST_LAG = Duration.minutes(1);

const UNTOUCHED =
  'The region that serves does so as before; this one did nothing, or stepped back at most. Remove the cause, then start it again.';

/** Adds the steps that look at the region, from `FindActive` to `Confirm`, and change nothing. */
export function lookAtRegion(steps: Steps, props: ReplicaTakeOver): void {
  const { names } = props;
  steps.task('FindActive', { ...readSwitch(props), next: 'FindDatabase', leaves: UNTOUCHED });
  steps.task('FindDatabase', {
    ...describeDatabase(props),
    answers: { [ERRORS.noDatabase]: 'NoDatabase' },
    next: 'FindFleet',
    leaves: UNTOUCHED,
  });
  steps.put('NoDatabase', 'database', 'FindFleet', {});
  findFleet(steps, props, 'FindAddress', UNTOUCHED);
  steps.task('FindAddress', {
    ...readParameter(props, names.loadBalancerParameter, 'address'),
    next: 'HasLag',
    leaves: UNTOUCHED,
  });
  steps.choice('HasLag', [{ when: IS_REPLICA, next: 'SinceMidnight' }], 'NoLag');
  steps.put('NoLag', 'lag', 'Confirm', { seconds: 'none, as it is no replica' });
  // The language can't subtract from a time, and more than the newest value is not looked at. After midnight, the day has
  // no value for a minute or two: then it is asked again, unless there is no time for it.
  steps.put('SinceMidnight', 'day', enter('FindLag'), {
    'start.$': `States.Format('{}T00:00:00Z', States.ArrayGetItem(States.StringSplit($$.State.EnteredTime, 'T'), 0))`,
  });
  steps.poll('FindLag', {
    ...readLag(props, '$.day.start'),
    rules: [
      { when: present(NEWEST_LAG), next: 'KeepLag' },
      { when: is('$.mode', 'disaster'), next: 'LagUnknown' },
    ],
    every: Duration.seconds(30),
    times: 6,
    exhausted: 'LagUnknown',
    leaves: UNTOUCHED,
  });
  steps.put('KeepLag', 'lag', 'Confirm', { 'seconds.$': NEWEST_LAG });
  steps.put('LagUnknown', 'lag', 'Confirm', { seconds: 'unknown' });
}

/** Adds the step `Confirm`, and where it leads; a take-over that goes on does so at `next`. */
export function confirm(steps: Steps, { names, region }: ReplicaTakeOver, next: string): void {
  const waiting = allOf(is('$.mode', 'planned'), not(is('$.switch.activeRegion', region)));
  const near = allOf(
    numberIs('$.lag.seconds', 'NumericGreaterThanEquals', 0),
    numberIs('$.lag.seconds', 'NumericLessThanEquals', MOST_LAG.toSeconds()),
  );
  const behind = allOf(waiting, not(IS_REPLICA));
  steps.choice(
    'Confirm',
    [
      { when: is('$.mode', 'check'), next: 'Report' },
      { when: allOf(behind, present('$.stepBack')), next: 'NoReplica' },
      { when: behind, next: 'StepBack' },
      { when: not(HAS_DATABASE), next: 'DatabaseMissing' },
      { when: allOf(waiting, not(near)), next: 'ReplicaBehind' },
    ],
    next,
  );
  steps.add('Report', {
    Type: 'Pass',
    Parameters: {
      'mode.$': '$.mode',
      region,
      'activeRegion.$': '$.switch.activeRegion',
      'database.$': '$.database',
      'lagSeconds.$': '$.lag.seconds',
      'servers.$': '$.fleet',
      'address.$': '$.address.parameter.Value',
    },
    End: true,
  });
  const workflowArn = names.workflowArn(region, names.stepBack);
  steps.task('StepBack', {
    resource: 'states:startExecution.sync:2',
    parameters: {
      StateMachineArn: workflowArn,
      Input: { 'AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID.$': '$$.Execution.Id' },
    },
    rights: rightsToRun(workflowArn, region, names.stepBack),
    select: { 'execution.$': '$.ExecutionArn' },
    keepAs: 'stepBack',
    timeout: Duration.hours(24),
    next: 'FindDatabase',
    leaves: `The other region serves as before. The execution of ${names.stepBack} says what it left here. Remove the cause, then start it again.`,
  });
  steps.refuse(
    'NoReplica',
    'This region stepped back, and yet its database is no replica. The other region serves as before. Look at the database, then start it again.',
  );
  steps.refuse(
    'DatabaseMissing',
    `This region has no database named ${names.database}. Nothing was changed. Restore it from a backup, or let this region step back while the other one serves.`,
  );
  steps.refuse(
    'ReplicaBehind',
    `A planned take-over loses nothing, so it starts only with a replica that is at most ${MOST_LAG.toSeconds()} seconds behind, and this one is not, or not known to be. Nothing was changed. Start it again later, or with mode disaster to give up what was not replicated.`,
  );
}
