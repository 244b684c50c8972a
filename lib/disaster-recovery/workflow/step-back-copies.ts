import { Duration } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { ASLEEP } from '../system-names';
import { ERRORS, notify, writeParameter } from './calls';
import { guard } from './guard';
import { rebuild } from './rebuild';
import { allow } from './rights';
import { enter, type Steps } from './steps';
import type { WorkflowProps } from './workflow-props';

const AGAIN =
  'The other region serves, and this one is not asleep yet. Remove the cause, then start it again.';

/** Adds the steps that put a region with copies to sleep, from `FindActive` to the end. */
export function stepBackWithCopies(steps: Steps, scope: Construct, props: WorkflowProps): void {
  const { names, region } = props;
  guard(steps, props, unprotect(steps, props, 'ForgetCopy'));
  steps.task('ForgetCopy', {
    ...writeParameter(props, names.databaseCopyParameter, { Value: ASLEEP }),
    next: enter('Rebuild'),
    leaves: AGAIN,
  });
  rebuild(steps, scope, props, 'Notify', AGAIN);
  steps.task('Notify', {
    ...notify(
      props,
      `${names.systemName}: ${region} sleeps`,
      `States.Format('${names.systemName}: ${region} keeps copies of what {} has, and nothing runs there.', $.switch.activeRegion)`,
    ),
    next: 'Done',
    leaves: 'All is done, and only the message could not be sent.',
  });
  steps.add('Done', { Type: 'Succeed' });
}

/**
 * Adds the step that takes the database's protection off, where it has one: CloudFormation could not delete it. Its template
 * still asks for a final snapshot.
 */
function unprotect(steps: Steps, { names, profile, region }: WorkflowProps, next: string): string {
  if (!profile.deletionProtection) return next;
  steps.task('Unprotect', {
    resource: 'aws-sdk:rds:modifyDBInstance',
    parameters: {
      DbInstanceIdentifier: names.database,
      DeletionProtection: false,
      ApplyImmediately: true,
    },
    rights: [allow('rds:ModifyDBInstance', names.databaseArn(region))],
    answers: { [ERRORS.noDatabase]: next },
    patience: { errors: [ERRORS.databaseBusy], wait: Duration.seconds(30), times: 60 },
    next,
    leaves: AGAIN,
  });
  return 'Unprotect';
}
