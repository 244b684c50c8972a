import type { Construct } from 'constructs';
import { HandlerCode } from '../../building-blocks/handler-code';
import { NodeFunction } from '../../building-blocks/node-function';
import type { Profile } from '../../profile';
import type { SystemNames } from '../system-names';
import { SMALL_FUNCTION } from './small-function';

/** Properties of StartStepBackFunction. */
export interface StartStepBackFunctionProps {
  readonly names: SystemNames;

  /** The region that the function is in; it starts the workflow of the other one. */
  readonly region: string;

  readonly profile: Profile;
}

/** Starts the workflow by which the other region steps back. Step Functions itself starts none in another region. */
export class StartStepBackFunction extends NodeFunction {
  constructor(scope: Construct, id: string, { names, profile, region }: StartStepBackFunctionProps) {
    const otherRegion = names.otherThan(region);
    const stateMachineArn = names.workflowArn(otherRegion, names.stepBack);
    super(scope, id, {
      ...SMALL_FUNCTION,
      description: 'Starts the workflow by which the other region steps back',
      code: new HandlerCode('disaster-recovery', 'start-step-back'),
      environment: { STATE_MACHINE_ARN: stateMachineArn, OTHER_REGION: otherRegion },
      profile,
    });
    this.allow(['states:StartExecution'], [stateMachineArn]);
  }
}
