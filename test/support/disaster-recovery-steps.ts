import { expect } from 'vitest';
import { resourcesOf, type StackTemplate, theOnly } from './apps';
import { named } from './disaster-recovery-parts';
import { callsIn, changes, reachableWith, type Workflow, workflowOf } from './disaster-recovery-workflows';
import { groupOf } from './fleet';

/** The workflow by which a template's region takes over. */
export const takeOverIn = (template: StackTemplate) => workflowOf(template, 'shop-take-over');

/** The workflow by which a template's region steps back. */
export const stepBackIn = (template: StackTemplate) => workflowOf(template, 'shop-step-back');

/** What a call of a workflow is told. */
export const told = ({ states }: Workflow, name: string) => states[name]?.Parameters;

/** What a workflow does with a mode, in the order in which the states are written down: that of a run without trouble. */
export function stepsOf(workflow: Workflow, mode: string): string[] {
  const reached = reachableWith(workflow, mode);
  return Object.keys(callsIn(workflow)).filter((name) => {
    const state = workflow.states[name];
    return reached.has(name) && state !== undefined && changes(state);
  });
}

/** Without a state, what a workflow can come to. */
export const withoutState = (workflow: Workflow, name: string): Workflow => ({
  ...workflow,
  states: { ...workflow.states, [name]: { Type: 'Succeed' } },
});

/** The steps of a takeover are about this region's resources. */
export function expectWiring(template: StackTemplate, region: string): void {
  const workflow = takeOverIn(template);
  const group = { AutoScalingGroupName: `<${groupOf(template).id}>` };
  const switchId = Object.keys(resourcesOf(template, 'AWS::Lambda::Function')).find((id) =>
    id.startsWith('SwitchFunction'),
  );
  expect(told(workflow, 'Switch')).toEqual({
    FunctionName: switchId
      ? `<${switchId}.Arn>`
      : expect.stringMatching(/^<\S*StandbyBase\.\S*SwitchFunction\S*Arn/),
    Payload: { activeRegion: region },
  });
  expect(told(workflow, 'Promote')).toMatchObject({ DbInstanceIdentifier: 'shop-database' });
  expect(told(workflow, 'PointServers')).toEqual({
    Name: '/shop/database-host',
    'Value.$': '$.database.instance.Endpoint.Address',
    Overwrite: true,
  });
  expect(told(workflow, 'ReplaceServers')).toMatchObject(group);
  expect(told(workflow, 'ScaleUp')).toEqual({ ...group, MinSize: 2, MaxSize: 6 });
  const verify = named(resourcesOf(template, 'AWS::Lambda::Function'), 'VerificationFunction').id;
  expect(told(workflow, 'FindAddress')).toEqual({ Name: '/shop/load-balancer' });
  expect(told(workflow, 'Verify')).toEqual({
    FunctionName: `<${verify}.Arn>`,
    Payload: { 'address.$': '$.address.parameter.Value' },
  });
  const topic = `<${theOnly(template, 'AWS::SNS::Topic').id}>`;
  for (const name of ['Notify', 'NotifyFailure']) {
    expect(told(workflow, name)).toMatchObject({ TopicArn: topic });
    expect(told(stepBackIn(template), name)).toMatchObject({ TopicArn: topic });
  }
}
