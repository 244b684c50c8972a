import { Duration } from 'aws-cdk-lib';
import {
  BROKEN,
  databaseIs,
  describeDatabase,
  ERRORS,
  IS_REPLICA,
  IS_WRITABLE,
  invoke,
  NEWEST_LAG,
  notify,
  readLag,
} from './calls';
import { allOf, is, numberIs } from './conditions';
import { confirm, lookAtRegion, type ReplicaTakeOver } from './look-at-region';
import { allow } from './rights';
import { pointServers, scaleUp } from './servers';
import { again, enter, type Steps } from './steps';

/** The modes that it knows; the first one is the default. */
export const REPLICA_MODES = ['check', 'planned', 'disaster'] as const;

const READ_ONLY =
  'Users are sent to this region, whose database can be read and not written yet. Remove the cause, then start it again with the same mode.';
const SERVING =
  'Users are sent to this region, and its database takes what they write. Remove the cause, then start it again with the same mode.';

/** Adds the steps of a take-over by a region with a replica, from `FindActive` to the end. */
export function takeOverWithReplica(steps: Steps, props: ReplicaTakeOver): void {
  lookAtRegion(steps, props);
  confirm(steps, props, 'Switch');
  turnUsers(steps, props);
  makeWritable(steps, props);
  pointServers(steps, props, 'IsFleetSmall', SERVING);
  scaleUp(steps, props, 'Verify', SERVING);
  finish(steps, props);
}

function turnUsers(steps: Steps, props: ReplicaTakeOver): void {
  const { drainTime, functions, region } = props;
  steps.task('Switch', {
    ...invoke(functions.switch, { activeRegion: region }),
    next: 'MustDrain',
    leaves:
      'It is not known whether users are sent to this region; its database is still a replica, so that nothing can be written here. Remove the cause, then start it again with the same mode.',
  });
  const drains = allOf(is('$.mode', 'planned'), IS_REPLICA);
  steps.choice('MustDrain', [{ when: drains, next: 'WaitForClients' }], enter('WaitWritable'));
  steps.wait('WaitForClients', drainTime, 'ClientsAreHere');
  steps.put('ClientsAreHere', 'drain', enter('Drain'), { 'start.$': '$$.State.EnteredTime' });
  steps.poll('Drain', {
    ...readLag(props, '$.drain.start'),
    // Less than 0 means that replication has stopped.
    rules: [{ when: numberIs(NEWEST_LAG, 'NumericEquals', 0), next: enter('WaitWritable') }],
    meanwhile: 'LookAtReplica',
    waitFirst: true,
    every: Duration.seconds(30),
    times: 60,
    exhausted: 'StillBehind',
    leaves: READ_ONLY,
  });
  // An earlier execution may have promoted it, and then there is no lag any more.
  steps.task('LookAtReplica', { ...describeDatabase(props), next: 'IsStillReplica', leaves: READ_ONLY });
  steps.choice('IsStillReplica', [{ when: IS_REPLICA, next: again('Drain') }], enter('WaitWritable'));
  steps.refuse(
    'StillBehind',
    `The replica did not catch up within half an hour after the last clients came. ${READ_ONLY} Mode disaster gives up what was not replicated.`,
  );
}

function makeWritable(steps: Steps, props: ReplicaTakeOver): void {
  const { names, region, replica } = props;
  steps.poll('WaitWritable', {
    ...describeDatabase(props),
    rules: [
      { when: IS_WRITABLE, next: 'FindHost' },
      { when: BROKEN, next: 'DatabaseBroken' },
      { when: allOf(IS_REPLICA, databaseIs('available')), next: 'Promote' },
    ],
    every: Duration.seconds(15),
    times: 480,
    exhausted: 'StillReadOnly',
    leaves: READ_ONLY,
  });
  steps.task('Promote', {
    resource: 'aws-sdk:rds:promoteReadReplica',
    parameters: {
      DbInstanceIdentifier: names.database,
      BackupRetentionPeriod: replica.backupRetention.toDays(),
    },
    rights: [allow('rds:PromoteReadReplica', names.databaseArn(region))],
    // A replica can't be promoted while it is backed up, and takes a while to show that it is being promoted.
    answers: { [ERRORS.databaseBusy]: again('WaitWritable') },
    next: again('WaitWritable'),
    leaves: READ_ONLY,
  });
  steps.refuse('DatabaseBroken', `The database is in a state that it does not leave by itself. ${READ_ONLY}`);
  steps.refuse('StillReadOnly', `The replica was not promoted within two hours. ${READ_ONLY}`);
}

function finish(steps: Steps, props: ReplicaTakeOver): void {
  const { functions, names, region } = props;
  steps.task('Verify', {
    ...invoke(functions.verify, { 'address.$': '$.address.parameter.Value' }),
    patience: { errors: ['NotServing'], wait: Duration.seconds(15), times: 60 },
    next: 'IsOtherLeft',
    leaves: `The load balancer does not answer well. ${SERVING}`,
  });
  const other = names.otherThan(region);
  steps.choice('IsOtherLeft', [{ when: is('$.mode', 'planned'), next: 'StepBackOther' }], 'OtherWaits');
  const byHand = `Start ${names.stepBack} in ${other} when that region is well: it makes a replica there.`;
  steps.put('OtherWaits', 'other', 'Notify', { text: byHand });
  steps.task('StepBackOther', {
    ...invoke(functions.startStepBack, { 'execution.$': '$$.Execution.Name' }),
    select: { 'text.$': "States.Format('The other region steps back: {}', $.Payload.executionArn)" },
    keepAs: 'other',
    otherwise: 'OtherDoesNotAnswer',
    next: 'Notify',
    leaves: SERVING,
  });
  steps.put('OtherDoesNotAnswer', 'other', 'Notify', {
    text: `${other} could not be asked to step back. ${byHand}`,
  });
  steps.task('Notify', {
    ...notify(
      props,
      `${names.systemName}: ${region} serves`,
      `States.Format('${names.systemName} is served by ${region} after a take-over of mode {}. Before it, the replica was behind by this number of seconds: {}. {}', $.mode, $.lag.seconds, $.other.text)`,
    ),
    next: 'Done',
    leaves: `All is done, and only the message could not be sent. ${SERVING}`,
  });
  steps.add('Done', { Type: 'Succeed' });
}
