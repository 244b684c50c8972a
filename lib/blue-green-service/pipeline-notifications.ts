import { Stack, Validations } from 'aws-cdk-lib';
import type * as codepipeline from 'aws-cdk-lib/aws-codepipeline';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import type * as sns from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';

/** How an execution of a pipeline can end, as CodePipeline calls it; CANCELED is one whose pipeline was changed meanwhile. */
export const OUTCOMES = ['SUCCEEDED', 'FAILED', 'CANCELED', 'STOPPED', 'SUPERSEDED'] as const;

/** One of them. */
export type Outcome = (typeof OUTCOMES)[number];

/** The pipeline's address in the console. */
export function pipelineUrlOf(pipeline: codepipeline.IPipeline): string {
  const { region } = Stack.of(pipeline);
  return `https://${region}.console.aws.amazon.com/codesuite/codepipeline/pipelines/${pipeline.pipelineName}/view?region=${region}`;
}

/**
 * Tells a topic how executions end, in a sentence.
 *
 * Not by a notification rule: that leaves a role of the service in the account. The rule publishes with a role of its own, as
 * the policy of a topic can have no condition for EventBridge, and may be somebody else's:
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html
 */
export function notifyOf(
  scope: Construct,
  pipeline: codepipeline.IPipeline,
  outcomes: readonly Outcome[],
  topic: sns.ITopic,
): void {
  const state = events.EventField.fromPath('$.detail.state');
  const execution = events.EventField.fromPath('$.detail.execution-id');
  const rule = new events.Rule(scope, 'Outcome', {
    description: 'Tells how executions of the pipeline end',
    eventPattern: {
      source: ['aws.codepipeline'],
      detailType: ['CodePipeline Pipeline Execution State Change'],
      detail: { pipeline: [pipeline.pipelineName], state: [...outcomes] },
    },
    targets: [
      new targets.SnsTopic(topic, {
        authorizeUsingRole: true,
        message: events.RuleTargetInput.fromText(
          `${state}: execution ${execution} of the pipeline ${pipeline.pipelineName}. ${pipelineUrlOf(pipeline)}`,
        ),
      }),
    ],
  });
  Validations.of(rule).acknowledge({
    id: 'Serverless::Serverless-EventBusDLQ',
    reason: 'EventBridge tries for a day, and the console shows how each execution ended.',
  });
}
