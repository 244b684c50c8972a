import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { checkProps } from './check-props';
import { stepBackWithCopies } from './step-back-copies';
import { type ReplicaStepBack, stepBackWithReplica } from './step-back-replica';
import { Workflow } from './workflow';
import type { WorkflowProps } from './workflow-props';

/**
 * The workflow by which a region steps back behind the one that serves: it gets a replica of the other one's database, or
 * goes to sleep. It refuses with `StillActive` in the region that serves. It may be started again at any time.
 */
export class StepBack extends Construct {
  /** The workflow. */
  readonly stateMachine: sfn.IStateMachine;

  constructor(scope: Construct, id: string, props: WorkflowProps) {
    super(scope, id);
    checkProps(this, props, []);
    const { names, region } = props;
    this.stateMachine = new Workflow(this, 'Workflow', {
      props,
      name: names.stepBack,
      description: `Lets ${region} wait behind the region that serves ${names.systemName}`,
      startAt: 'Begin',
      define: (steps) => {
        // Whatever the input is: nothing of it is used.
        steps.add('Begin', { Type: 'Pass', Parameters: {}, Next: 'FindActive' });
        if (props.database === 'replica') stepBackWithReplica(steps, props as ReplicaStepBack);
        else stepBackWithCopies(steps, this, props);
      },
    }).stateMachine;
  }
}
