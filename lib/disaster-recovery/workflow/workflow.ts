import { Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { notify } from './calls';
import { grant } from './rights';
import { FAILED, Steps } from './steps';
import type { WorkflowProps } from './workflow-props';

/** Properties of Workflow. */
interface Definition {
  readonly props: WorkflowProps;

  /** The state machine's name. */
  readonly name: string;

  /** What it does, in words, as IAM shows it. */
  readonly description: string;

  readonly startAt: string;

  /** Adds the states. */
  readonly define: (steps: Steps) => void;
}

/**
 * A state machine with its log and its role.
 *
 * Its definition is written in JSONPath, since the tests run it, and the interpreter that they run it in knows no JSONata.
 */
export class Workflow extends Construct {
  /** The state machine. */
  readonly stateMachine: sfn.StateMachine;

  constructor(scope: Construct, id: string, { define, description, name, props, startAt }: Definition) {
    super(scope, id);
    const steps = new Steps();
    define(steps);
    addFailure(steps, props, name);
    const role = new iam.Role(this, 'Role', {
      assumedBy: new iam.ServicePrincipal('states.amazonaws.com'),
      description,
    });
    grant(role, steps.rights);
    const { logRetention, removalPolicy } = props.profile;
    this.stateMachine = new sfn.StateMachine(this, 'StateMachine', {
      stateMachineName: name,
      comment: description,
      definitionBody: sfn.DefinitionBody.fromString(
        Stack.of(this).toJsonString({ Comment: description, StartAt: startAt, States: steps.states }),
      ),
      role,
      tracingEnabled: true,
      logs: {
        destination: new logs.LogGroup(this, 'LogGroup', { retention: logRetention, removalPolicy }),
        level: sfn.LogLevel.ALL,
        includeExecutionData: true,
      },
    });
  }
}

/** Adds the end of all states that failed: people are told, and the execution fails with the step's name and the same text. */
function addFailure(steps: Steps, props: WorkflowProps, name: string): void {
  const call = notify(props, `${name} failed in ${props.region}`, '$.failure.text');
  steps.task(FAILED, { ...call, next: 'Failed', otherwise: 'Failed', leaves: '' });
  steps.add('Failed', { Type: 'Fail', ErrorPath: '$.failure.step', CausePath: '$.failure.text' });
}
