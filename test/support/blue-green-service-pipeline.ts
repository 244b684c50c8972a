import { expect } from 'vitest';
import { type StackTemplate, theOnly } from './apps';
import { actionOf } from './blue-green-service';
import { bucketOf, PRIVATE_BUCKET } from './distribution';
import { named } from './resources';

/** The source is a zip in a private bucket, there from the beginning, and each push starts the pipeline. */
export function expectPush(template: StackTemplate): void {
  const source = bucketOf(template, 'PipelineSourceBucket');
  expect(actionOf(template, 'Source', 'Source')).toMatchObject({
    ActionTypeId: { Provider: 'S3' },
    Configuration: {
      S3Bucket: { Ref: source.id },
      S3ObjectKey: 'source.zip',
      PollForSourceChanges: false,
    },
  });
  expect(source.Properties).toMatchObject(PRIVATE_BUCKET);
  const push = named(template, 'AWS::Events::Rule', 'PipelinePush');
  expect(push.Properties).toMatchObject({
    State: 'ENABLED',
    EventPattern: {
      source: ['aws.s3'],
      detail: { bucket: { name: [{ Ref: source.id }] }, object: { key: ['source.zip'] } },
    },
  });
  const seed = theOnly(template, 'Custom::SourceSeed');
  expect(seed.Properties).toMatchObject({ Bucket: { Ref: source.id }, Key: 'source.zip' });
  expect(theOnly(template, 'AWS::CodePipeline::Pipeline').DependsOn).toContain(seed.id);
  expect(template.Outputs?.PushCommand?.Value).toBeDefined();
}

/** The topic of the last environment hears how executions end. */
export function expectOutcomes(template: StackTemplate, hasProduction: boolean): void {
  const last = hasProduction ? 'Production' : 'Beta';
  const topic = named(template, 'AWS::SNS::Topic', `${last}MonitoringAlarmTopic`);
  const outcome = named(template, 'AWS::Events::Rule', 'PipelineOutcome');
  expect(outcome.Properties).toMatchObject({
    State: 'ENABLED',
    EventPattern: {
      source: ['aws.codepipeline'],
      'detail-type': ['CodePipeline Pipeline Execution State Change'],
      detail: {
        pipeline: [{ Ref: theOnly(template, 'AWS::CodePipeline::Pipeline').id }],
        state: ['SUCCEEDED', 'FAILED', 'CANCELED'],
      },
    },
    Targets: [{ Arn: { Ref: topic.id } }],
  });
  if (!hasProduction) return;
  const { Configuration } = actionOf(template, 'Production', 'Approve');
  expect(Configuration.NotificationArn).toEqual({ Ref: topic.id });
}
