import { readSwitch } from './calls';
import { is } from './conditions';
import type { Steps } from './steps';
import type { WorkflowProps } from './workflow-props';

/** Adds the steps that refuse to go on in the region that serves, or when it can't be told which one does. */
export function guard(steps: Steps, props: WorkflowProps, next: string): void {
  const { names, region } = props;
  const other = names.otherThan(region);
  steps.task('FindActive', {
    ...readSwitch(props),
    next: 'IsOtherActive',
    leaves:
      'Nothing was changed, as it is not known which region serves. Remove the cause, then start it again.',
  });
  steps.choice('IsOtherActive', [{ when: is('$.switch.activeRegion', other), next }], 'StillActive');
  steps.refuse(
    'StillActive',
    `${region} may be the region that serves, and only the other one may step back. Nothing was changed. Let ${other} take over first.`,
  );
}
