import { Duration, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { ERRORS } from './calls';
import { allOf, anyOf, is, present } from './conditions';
import { allow } from './rights';
import { again, enter, type Steps } from './steps';
import type { WorkflowProps } from './workflow-props';

const STATUS = '$.stack.status';

/**
 * Adds the steps that let CloudFormation build the stack of `scope` anew from the template that it has, with what the
 * parameters of Systems Manager hold now, from `enter('Rebuild')` on.
 *
 * No parameter is given: one that is left out gets its default, and all of the template's have one that is right. The
 * stack keeps the role with which it was deployed:
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_UpdateStack.html
 */
export function rebuild(
  steps: Steps,
  scope: Construct,
  { names, region }: WorkflowProps,
  next: string,
  leaves: string,
): void {
  const { stackId } = Stack.of(scope);
  const cause = (text: string) => ({ Variable: '$.error.Cause', StringMatches: `*${text}*` });
  steps.put(enter('Rebuild'), 'tries', 'Rebuild', { count: 0 });
  steps.task('Rebuild', {
    resource: 'aws-sdk:cloudformation:updateStack',
    parameters: {
      StackName: stackId,
      UsePreviousTemplate: true,
      Capabilities: ['CAPABILITY_IAM', 'CAPABILITY_NAMED_IAM', 'CAPABILITY_AUTO_EXPAND'],
    },
    rights: [
      allow('cloudformation:UpdateStack', stackId),
      // CloudFormation looks up the template's parameters, of which the CDK adds one, for who asks for the update.
      {
        ...allow(
          'ssm:GetParameters',
          names.parameterArn(region, names.databaseCopyParameter),
          names.parameterArn(region, names.activeRegionParameter),
          names.parameterArn(region, '/cdk-bootstrap/*'),
        ),
        why: 'The wildcard stands for the qualifier of the bootstrap stack, whose version can be read.',
      },
    ],
    answers: { [ERRORS.stack]: 'WhyNotRebuilt' },
    next: enter('WaitRebuilt'),
    leaves,
  });
  const later = anyOf(cause('_IN_PROGRESS'), cause('Rate exceeded'), cause('Throttling'));
  const few = { Variable: '$.tries.count', NumericLessThan: 480 };
  steps.choice(
    'WhyNotRebuilt',
    [
      { when: allOf(present('$.error.Cause'), cause('No updates are to be performed')), next },
      { when: allOf(present('$.error.Cause'), later, few), next: again('Rebuild') },
    ],
    'RebuildFailed',
  );
  steps.wait(again('Rebuild'), Duration.seconds(30), 'RebuildCount');
  steps.put('RebuildCount', 'tries', 'Rebuild', { 'count.$': 'States.MathAdd($.tries.count, 1)' });
  steps.poll('WaitRebuilt', {
    resource: 'aws-sdk:cloudformation:describeStacks',
    parameters: { StackName: stackId },
    rights: [allow('cloudformation:DescribeStacks', stackId)],
    select: { 'status.$': '$.Stacks[0].StackStatus' },
    keepAs: 'stack',
    rules: [
      { when: is(STATUS, 'UPDATE_COMPLETE'), next },
      {
        when: allOf(
          present(STATUS),
          anyOf({ Variable: STATUS, StringMatches: '*_FAILED' }, is(STATUS, 'UPDATE_ROLLBACK_COMPLETE')),
        ),
        next: 'StackBroken',
      },
    ],
    every: Duration.seconds(30),
    times: 480,
    exhausted: 'StackTooSlow',
    leaves,
  });
  steps.refuse('StackBroken', `CloudFormation could not change the stack; its events say why. ${leaves}`);
  steps.refuse('StackTooSlow', `CloudFormation did not change the stack within four hours. ${leaves}`);
}
