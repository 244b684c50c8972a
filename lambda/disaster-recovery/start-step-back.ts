import { ExecutionAlreadyExists, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { CLIENT_OPTIONS } from '../shared/client-options';
import { requireVariable } from '../shared/environment';

/** Who asks. */
export interface StartStepBackEvent {
  /** The name of the execution that took over. */
  readonly execution: string;
}

/** What was started. */
export interface StartStepBackResult {
  readonly executionArn: string;
}

const stateMachineArn = requireVariable('STATE_MACHINE_ARN');
const states = new SFNClient({ ...CLIENT_OPTIONS, region: requireVariable('OTHER_REGION') });

/**
 * Starts the workflow by which the other region steps back, under the name of the execution that asks for it: asking twice
 * starts it once. It does not wait for the end.
 */
export async function handler({ execution }: StartStepBackEvent): Promise<StartStepBackResult> {
  try {
    const { executionArn = '' } = await states.send(
      new StartExecutionCommand({ stateMachineArn, name: execution, input: '{}' }),
    );
    return { executionArn };
  } catch (error) {
    if (!(error instanceof ExecutionAlreadyExists)) throw error;
    return { executionArn: `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${execution}` };
  }
}
