import { expect, test } from 'vitest';
import { SANDBOX } from '../lib/profile';
import { resourcesOf, templateOfConstructs } from './support/apps';
import { textOf } from './support/fleet';
import { addShop, shopPart } from './support/shop-stack';

const template = templateOfConstructs((stack) => addShop(stack, SANDBOX));

const queue = (words: string) => shopPart(template, 'AWS::SQS::Queue', `ShopEvents${words}`);
const topic = (words: string) => shopPart(template, 'AWS::SNS::Topic', `ShopEvents${words}`);
const arnOf = ({ id }: { id: string }) => ({ 'Fn::GetAtt': [id, 'Arn'] });
const subscriptions = Object.values(resourcesOf(template, 'AWS::SNS::Subscription'));

test.each([
  ['Product', 'ReviewTopic', undefined],
  ['Cart', 'OrderTopic', { type: ['order.confirmed'] }],
  ['Review', 'OrderTopic', { type: ['order.confirmed'] }],
])('events reach %s as they were published', (name, from, filter) => {
  const own = subscriptions.filter(
    ({ Properties }) => JSON.stringify(Properties.Endpoint) === JSON.stringify(arnOf(queue(`${name}Queue`))),
  );
  expect(own).toMatchObject([
    {
      Properties: {
        Protocol: 'sqs',
        RawMessageDelivery: true,
        TopicArn: { Ref: topic(from).id },
        RedrivePolicy: { deadLetterTargetArn: arnOf(queue(`${name}DeadLetters`)) },
      },
    },
  ]);
  expect(own[0]?.Properties.FilterPolicy).toEqual(filter);
});

test('events have no other way', () => {
  expect(subscriptions).toHaveLength(3);
  expect(Object.keys(resourcesOf(template, 'AWS::SNS::Topic'))).toHaveLength(2);
  expect(Object.keys(resourcesOf(template, 'AWS::SQS::Queue'))).toHaveLength(6);
});

test.each(['Product', 'Cart', 'Review'])('events that %s can not handle are kept for people', (name) => {
  expect(queue(`${name}Queue`).Properties).toMatchObject({
    RedrivePolicy: { deadLetterTargetArn: arnOf(queue(`${name}DeadLetters`)), maxReceiveCount: 5 },
    SqsManagedSseEnabled: true,
    VisibilityTimeout: 60,
  });
  expect(queue(`${name}DeadLetters`).Properties).toMatchObject({
    MessageRetentionPeriod: 14 * 86_400,
    SqsManagedSseEnabled: true,
  });
});

test.each([
  ['Product', 'ReviewTopic'],
  ['Cart', 'OrderTopic'],
  ['Review', 'OrderTopic'],
])('events come to %s from nowhere else', (name, from) => {
  for (const words of [`${name}Queue`, `${name}DeadLetters`]) {
    const { PolicyDocument } = shopPart(template, 'AWS::SQS::QueuePolicy', `ShopEvents${words}Policy`)
      .Properties as {
      PolicyDocument: { Statement: { Effect: string }[] };
    };
    expect(PolicyDocument.Statement.filter(({ Effect }) => Effect === 'Allow')).toEqual([
      {
        Effect: 'Allow',
        Action: 'sqs:SendMessage',
        Principal: { Service: 'sns.amazonaws.com' },
        Resource: arnOf(queue(words)),
        Condition: { ArnEquals: { 'aws:SourceArn': { Ref: topic(from).id } } },
      },
    ]);
  }
});

test('events are encrypted in topics with a key that costs nothing', () => {
  for (const name of ['OrderTopic', 'ReviewTopic']) {
    expect(textOf(topic(name).Properties.KmsMasterKeyId)).toMatch(/:alias\/aws\/sns$/);
  }
});

test.each(['AWS::SNS::TopicPolicy', 'AWS::SQS::QueuePolicy'])('events travel over TLS only: %s', (type) => {
  const policies = Object.values(resourcesOf(template, type));
  expect(policies).toHaveLength(type === 'AWS::SNS::TopicPolicy' ? 2 : 6);
  for (const { Properties } of policies) {
    const { Statement } = Properties.PolicyDocument as { Statement: unknown[] };
    expect(Statement).toContainEqual(
      expect.objectContaining({
        Effect: 'Deny',
        Principal: type === 'AWS::SNS::TopicPolicy' ? '*' : { AWS: '*' },
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      }),
    );
  }
});
