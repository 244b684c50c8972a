import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { checkProps } from './check-props';
import { allOf, is, not, present } from './conditions';
import type { ReplicaTakeOver } from './look-at-region';
import type { StepBack } from './step-back';
import type { Steps } from './steps';
import { COPIES_MODES, type CopiesTakeOver, takeOverWithCopies } from './take-over-copies';
import { REPLICA_MODES, takeOverWithReplica } from './take-over-replica';
import { Workflow } from './workflow';
import type { WorkflowProps } from './workflow-props';

/** Properties of TakeOver. */
export interface TakeOverProps extends WorkflowProps {
  /** The same region's way back, which a planned take-over uses when the region's database is no replica. */
  readonly stepBack: StepBack;
}

/**
 * The workflow by which a region takes over: the failover in the standby's region, the failback in the primary's.
 *
 * It is given a mode, `{ "mode": "planned" }`, and without one looks at everything, reports it, and changes nothing.
 * A replica knows `planned`, which loses nothing, and `disaster`, which asks nothing of the other region. Copies
 * know `rehearsal`, which sends no user here, and `disaster`. It may be started again at any time: what is done already is
 * not done again.
 */
export class TakeOver extends Construct {
  /** The workflow. */
  readonly stateMachine: sfn.IStateMachine;

  constructor(scope: Construct, id: string, props: TakeOverProps) {
    super(scope, id);
    checkProps(this, props, ['verify', props.database === 'replica' ? 'startStepBack' : 'newestCopy']);
    const { names, region, stepBack } = props;
    const workflow = new Workflow(this, 'Workflow', {
      props,
      name: names.takeOver,
      description: `Lets ${region} serve ${names.systemName}`,
      startAt: 'ChooseMode',
      define: (steps) => {
        if (props.database === 'replica') {
          chooseMode(steps, REPLICA_MODES);
          takeOverWithReplica(steps, props as ReplicaTakeOver);
        } else {
          chooseMode(steps, COPIES_MODES);
          takeOverWithCopies(steps, this, props as CopiesTakeOver);
        }
      },
    });
    this.stateMachine = workflow.stateMachine;
    workflow.node.addDependency(stepBack);
  }
}

/** Adds the states that read the input, and nothing else of it than what is known. */
function chooseMode(steps: Steps, modes: readonly [string, ...string[]]): void {
  steps.choice(
    'ChooseMode',
    [
      { when: not(present('$.mode')), next: 'AsCheck' },
      {
        when: allOf(is('$.mode', ...modes), present('$.copy'), { Variable: '$.copy', IsString: true }),
        next: 'AsAskedOfCopy',
      },
      { when: is('$.mode', ...modes), next: 'AsAsked' },
    ],
    'UnknownMode',
  );
  const begin = (name: string, value: Readonly<Record<string, string>>) =>
    steps.add(name, { Type: 'Pass', Parameters: value, Next: 'FindActive' });
  begin('AsCheck', { mode: modes[0] });
  begin('AsAsked', { 'mode.$': '$.mode' });
  begin('AsAskedOfCopy', { 'mode.$': '$.mode', 'asked.$': '$.copy' });
  steps.add('UnknownMode', {
    Type: 'Fail',
    Error: 'UnknownMode',
    Cause: `The mode must be one of ${modes.join(', ')}; without one it is ${modes[0]}. Nothing was changed.`,
  });
}
