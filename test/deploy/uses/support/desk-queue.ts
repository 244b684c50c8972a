import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { GetEventSourceMappingCommand, UpdateEventSourceMappingCommand } from '@aws-sdk/client-lambda';
import { GetBucketNotificationConfigurationCommand } from '@aws-sdk/client-s3';
import {
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  SendMessageCommand,
  SetQueueAttributesCommand,
} from '@aws-sdk/client-sqs';
import { until } from '../../support/polling';
import { takeMessages } from '../../support/reports';
import type { DeployedStack } from '../../support/stacks';
import { emulatorOf } from './addresses';
import { type Ask, functionOf } from './desk';
import { announce, pdf, send, settled } from './desk-files';
import { register } from './documents';

interface Queue {
  readonly url: string;
  readonly arn: string;
  readonly attributes: Record<string, string>;
}

async function queueOf({ aws }: DeployedStack, arn: string): Promise<Queue> {
  const { QueueUrl: url = '' } = await aws.sqs.send(
    new GetQueueUrlCommand({ QueueName: arn.split(':').at(-1) }),
  );
  const { Attributes = {} } = await aws.sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['All'] }),
  );
  return { url, arn, attributes: Attributes };
}

/** The queue of the uploads, what it hands on to, and the mapping by which the function takes from it. */
async function uploadQueues(stack: DeployedStack) {
  const UUID = await stack.idOf('AWS::Lambda::EventSourceMapping');
  const mapping = await stack.aws.lambda.send(new GetEventSourceMappingCommand({ UUID }));
  const uploads = await queueOf(stack, mapping.EventSourceArn ?? '');
  const redrive = JSON.parse(uploads.attributes.RedrivePolicy ?? '{}') as {
    deadLetterTargetArn?: string;
    maxReceiveCount?: number | string;
  };
  const deadLetters = await queueOf(stack, redrive.deadLetterTargetArn ?? '');
  return { mapping, uploads, deadLetters, maxReceiveCount: Number(redrive.maxReceiveCount) };
}

/** Shows how the bucket tells of uploads, how often one is tried, and who may write to the queues. */
export async function queueSettings(stack: DeployedStack): Promise<void> {
  const { deadLetters, mapping, maxReceiveCount, uploads } = await uploadQueues(stack);
  const { arn, bucket: Bucket, configuration } = await functionOf(stack, 'uploads');
  assert.equal(maxReceiveCount, 5);
  assert.equal(Number(uploads.attributes.VisibilityTimeout), 6 * Number(configuration.Timeout));
  for (const { attributes } of [uploads, deadLetters]) {
    assert.equal(attributes.SqsManagedSseEnabled, 'true');
    assert.match(attributes.Policy ?? '', /"aws:SecureTransport": ?"false"/);
  }
  assert.equal(deadLetters.attributes.MessageRetentionPeriod, String(14 * 24 * 60 * 60));
  assert.match(uploads.attributes.Policy ?? '', /"Service": ?"s3\.amazonaws\.com"/);
  const { BatchSize, FunctionArn, FunctionResponseTypes, ScalingConfig } = mapping;
  assert.deepEqual(
    { BatchSize, FunctionArn, FunctionResponseTypes, ScalingConfig },
    {
      BatchSize: 10,
      FunctionArn: arn,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: 5 },
    },
  );
  const { QueueConfigurations = [] } = await stack.aws.s3.send(
    new GetBucketNotificationConfigurationCommand({ Bucket }),
  );
  assert.deepEqual(
    QueueConfigurations.map(({ Events, Filter, QueueArn }) => ({
      QueueArn,
      Events,
      // S3 writes the names in its own way.
      rules: Filter?.Key?.FilterRules?.map(({ Name, Value }) => `${Name?.toLowerCase()} ${Value}`),
    })),
    [{ QueueArn: uploads.arn, Events: ['s3:ObjectCreated:*'], rules: ['prefix incoming/'] }],
  );
}

/** Shows that a message that nobody can make anything of ends in the dead-letter queue, and takes no upload with it. */
export async function poison(stack: DeployedStack, ask: Ask): Promise<void> {
  const { sqs } = stack.aws;
  const { deadLetters, uploads } = await uploadQueues(stack);
  const content = pdf('in bad company');
  const { id } = await register(ask);
  const ticket = await announce(ask, id, content);
  await withQuickRetries(stack, uploads, async () => {
    await inOneBatch(stack, async () => {
      await sqs.send(new SendMessageCommand({ QueueUrl: uploads.url, MessageBody: 'poison' }));
      assert.equal((await send(ticket, content)).status, 200);
    });
    assert.equal((await settled(ask, id)).file?.status, 'accepted');
    const dead = await until(
      'the dead letter',
      async () => {
        const letters = await takeMessages(stack.aws, deadLetters.url);
        return letters.length > 0 ? letters : undefined;
      },
      40,
    );
    assert.deepEqual(dead, ['poison']);
  });
}

/** Does something while the queue hands out again at once what failed: five times six minutes are too long to wait for. */
async function withQuickRetries(stack: DeployedStack, queue: Queue, act: () => Promise<void>): Promise<void> {
  const { sqs } = stack.aws;
  const set = (VisibilityTimeout: string) =>
    sqs.send(new SetQueueAttributesCommand({ QueueUrl: queue.url, Attributes: { VisibilityTimeout } }));
  await set('1');
  try {
    // "It can take up to 60 seconds": nothing tells when all of the queue's parts have heard of it.
    // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html
    if (!(await emulatorOf(stack.aws))) await sleep(60_000);
    await act();
  } finally {
    await set(queue.attributes.VisibilityTimeout ?? '');
  }
}

/**
 * Lets messages come in while nobody takes any, so that the next batch has all of them. AWS needs minutes for it: there
 * they come in at the same time, and may be in one batch or not.
 */
async function inOneBatch(stack: DeployedStack, comeIn: () => Promise<void>): Promise<void> {
  if (!(await emulatorOf(stack.aws))) return comeIn();
  const UUID = await stack.idOf('AWS::Lambda::EventSourceMapping');
  const take = (Enabled: boolean) =>
    stack.aws.lambda.send(new UpdateEventSourceMappingCommand({ UUID, Enabled }));
  await take(false);
  try {
    await comeIn();
  } finally {
    await take(true);
  }
}
