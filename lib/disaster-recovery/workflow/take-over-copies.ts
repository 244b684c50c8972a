import { Duration } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { ASLEEP } from '../system-names';
import { invoke, notify, readParameter, readSwitch, writeParameter } from './calls';
import { allOf, is, not, present } from './conditions';
import { rebuild } from './rebuild';
import { enter, type Steps } from './steps';
import type { WorkflowFunctions, WorkflowProps } from './workflow-props';

/** A take-over by a region with copies. */
export type CopiesTakeOver = WorkflowProps & {
  readonly functions: Required<Omit<WorkflowFunctions, 'startStepBack'>>;
};

/** The modes that it knows; the first one is the default. */
export const COPIES_MODES = ['check', 'rehearsal', 'disaster'] as const;

const KEPT = '$.kept.parameter.Value';
const UNTOUCHED = 'Nothing was changed. Remove the cause, then start it again.';
const WAKING =
  'Users are not sent here yet, and this region is being built or was. Remove the cause, then start it again with the same mode; step-back puts the region to sleep.';

/** Adds the steps by which a region is built from copies, from `FindActive` to the end. */
export function takeOverWithCopies(steps: Steps, scope: Construct, props: CopiesTakeOver): void {
  look(steps, props);
  decide(steps, props);
  rebuild(steps, scope, props, 'FindAddress', WAKING);
  finish(steps, props);
}

function look(steps: Steps, props: CopiesTakeOver): void {
  const { functions, names } = props;
  steps.task('FindActive', { ...readSwitch(props), next: 'FindKept', leaves: UNTOUCHED });
  steps.task('FindKept', {
    ...readParameter(props, names.databaseCopyParameter, 'kept'),
    next: 'FindCopy',
    leaves: UNTOUCHED,
  });
  steps.task('FindCopy', {
    ...invoke(functions.newestCopy, {}),
    select: { 'newest.$': '$.Payload' },
    keepAs: 'copy',
    answers: { NoCopy: 'MustFindCopy' },
    timeout: Duration.minutes(5),
    next: 'Confirm',
    leaves: UNTOUCHED,
  });
  // A region that is awake needs no copy any more.
  steps.choice('MustFindCopy', [{ when: not(is(KEPT, ASLEEP)), next: 'OnlyKept' }], 'FindCopyFailed');
  steps.put('OnlyKept', 'copy', 'Confirm', {
    newest: { 'snapshotArn.$': KEPT, createdAt: 'unknown', ageSeconds: 'unknown' },
  });
}

function decide(steps: Steps, props: CopiesTakeOver): void {
  const { names, region } = props;
  const asleep = is(KEPT, ASLEEP);
  const newest = { Variable: KEPT, StringEqualsPath: '$.copy.newest.snapshotArn' };
  const asked = allOf(present('$.asked'), { Variable: KEPT, StringEqualsPath: '$.asked' });
  const stale = [not(asleep), not(newest), not(asked), not(is('$.switch.activeRegion', region))];
  steps.choice(
    'Confirm',
    [
      { when: is('$.mode', 'check'), next: 'Report' },
      { when: allOf(is('$.mode', 'disaster'), ...stale), next: 'OldCopy' },
      { when: asleep, next: 'KeepCopy' },
    ],
    enter('Rebuild'),
  );
  steps.add('Report', {
    Type: 'Pass',
    Parameters: {
      'mode.$': '$.mode',
      region,
      'activeRegion.$': '$.switch.activeRegion',
      'newestCopy.$': '$.copy.newest',
      'builtOf.$': KEPT,
    },
    End: true,
  });
  steps.refuse(
    'OldCopy',
    `This region is built of another copy than the newest one, maybe by a rehearsal. Nothing was changed. Either start ${names.stepBack} and then this again, so that it is built of the newest copy, or add to the input, as "copy", the ARN that mode check reports as builtOf, to serve with what is there.`,
  );
  steps.task('KeepCopy', {
    ...writeParameter(props, names.databaseCopyParameter, { 'Value.$': '$.copy.newest.snapshotArn' }),
    next: enter('Rebuild'),
    leaves: UNTOUCHED,
  });
}

function finish(steps: Steps, props: CopiesTakeOver): void {
  const { functions, names, region } = props;
  steps.task('FindAddress', {
    ...readParameter(props, names.loadBalancerParameter, 'address'),
    next: 'Verify',
    leaves: WAKING,
  });
  steps.task('Verify', {
    ...invoke(functions.verify, { 'address.$': '$.address.parameter.Value' }),
    patience: { errors: ['NotServing'], wait: Duration.seconds(15), times: 60 },
    next: 'MustSwitch',
    leaves: `The load balancer does not answer well. ${WAKING}`,
  });
  steps.choice(
    'MustSwitch',
    [{ when: allOf(is('$.mode', 'disaster'), not(present('$.switched'))), next: 'Switch' }],
    'Notify',
  );
  steps.task('Switch', {
    ...invoke(functions.switch, { activeRegion: region }),
    next: 'Switched',
    leaves:
      'This region is built and answers. It is not known whether users are sent here. Remove the cause, then start it again with the same mode.',
  });
  // The record that leads here is part of the stack once this region serves, and of no rehearsal.
  steps.put('Switched', 'switched', enter('Rebuild'), { activeRegion: region });
  steps.task('Notify', {
    ...notify(
      props,
      `${names.systemName}: ${region} is awake`,
      `States.Format('${names.systemName} in ${region} is built and answers after a take-over of mode {}. Users are sent here by mode disaster alone. Newest copy: {}', $.mode, States.JsonToString($.copy.newest))`,
    ),
    next: 'Done',
    leaves: 'All is done, and only the message could not be sent.',
  });
  steps.add('Done', { Type: 'Succeed' });
}
