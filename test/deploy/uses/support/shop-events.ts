import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { PublishCommand } from '@aws-sdk/client-sns';
import {
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  StartMessageMoveTaskCommand,
} from '@aws-sdk/client-sqs';
import { until } from '../../support/polling';
import type { DeployedStack } from '../../support/stacks';
import { idWith } from './shop';

const ATTEMPTS = 5;

async function publish(stack: DeployedStack, topic: string, type: string): Promise<string> {
  const id = randomUUID();
  await stack.aws.sns.send(
    new PublishCommand({
      TopicArn: await idWith(stack, 'AWS::SNS::Topic', topic),
      Message: JSON.stringify({ id, type }),
      MessageAttributes: { type: { DataType: 'String', StringValue: type } },
    }),
  );
  return id;
}

const queueOf = (stack: DeployedStack, name: string) => idWith(stack, 'AWS::SQS::Queue', name);

async function receive({ aws }: DeployedStack, QueueUrl: string, seconds = 30): Promise<Message[]> {
  const { Messages = [] } = await aws.sqs.send(
    new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, VisibilityTimeout: seconds }),
  );
  return Messages;
}

/** Takes the next event out of a queue. */
async function take(stack: DeployedStack, QueueUrl: string): Promise<{ id: string; type: string }> {
  const [message, ...others] = await until(`an event in ${QueueUrl}`, async () => {
    const messages = await receive(stack, QueueUrl);
    return messages.length > 0 ? messages : undefined;
  });
  assert.equal(others.length, 0, 'more than one event');
  const { ReceiptHandle } = message ?? {};
  await stack.aws.sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
  return JSON.parse(message?.Body ?? '{}');
}

/** Shows which events reach whom, as they were published, and that no other events do. */
export async function delivered(stack: DeployedStack): Promise<void> {
  const [cart, review, product] = await Promise.all(
    ['CartQueue', 'ReviewQueue', 'ProductQueue'].map((name) => queueOf(stack, name)),
  );
  await publish(stack, 'OrderTopic', 'order.rejected');
  const id = await publish(stack, 'OrderTopic', 'order.confirmed');
  for (const queue of [cart, review]) {
    assert.deepEqual(await take(stack, queue ?? ''), { id, type: 'order.confirmed' });
    assert.deepEqual(await receive(stack, queue ?? ''), [], 'what nobody subscribed to');
  }
  assert.deepEqual(await receive(stack, product ?? ''), [], 'orders are not for the product service');
  const changed = await publish(stack, 'ReviewTopic', 'review.changed');
  assert.deepEqual(await take(stack, product ?? ''), { id: changed, type: 'review.changed' });
}

/** Shows that an event that nobody handles is put aside after five attempts, and comes back when people say so. */
export async function putAside(stack: DeployedStack): Promise<void> {
  const { sqs } = stack.aws;
  const [queue, deadLetters] = await Promise.all([
    queueOf(stack, 'CartQueue'),
    queueOf(stack, 'CartDeadLetters'),
  ]);
  const id = await publish(stack, 'OrderTopic', 'order.confirmed');
  await take(stack, await queueOf(stack, 'ReviewQueue'));
  let attempts = 0;
  const dead = await until('a dead letter', async () => {
    attempts += (await receive(stack, queue, 0)).length;
    const [letter] = await receive(stack, deadLetters, 0);
    return letter;
  });
  assert.deepEqual([attempts, JSON.parse(dead.Body ?? '{}').id], [ATTEMPTS, id]);
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: deadLetters, AttributeNames: ['QueueArn'] }),
  );
  await sqs.send(new StartMessageMoveTaskCommand({ SourceArn: Attributes?.QueueArn }));
  assert.equal((await take(stack, queue)).id, id);
}
