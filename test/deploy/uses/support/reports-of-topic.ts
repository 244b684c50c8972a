import { SubscribeCommand, UnsubscribeCommand } from '@aws-sdk/client-sns';
import { CreateQueueCommand, DeleteQueueCommand, GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { v7 as uuid } from 'uuid';
import { until } from '../../support/polling';
import { takeMessages } from '../../support/reports';
import type { DeployedStack } from '../../support/stacks';

/** What a topic told. */
interface Notification {
  readonly Subject?: string;
  readonly Message: string;
}

/** The message of a subject, as soon as there is one; a message is given once. */
export type NextMessage = (subject: string) => Promise<string>;

/** Does something while a queue takes what a region's topic tells. Only for the emulator: the queue has no policy. */
export async function withReports(
  { aws, idOf }: DeployedStack,
  act: (next: NextMessage) => Promise<void>,
): Promise<void> {
  const { sns, sqs } = aws;
  const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: `reports-${uuid()}` }));
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }),
  );
  const { SubscriptionArn } = await sns.send(
    new SubscribeCommand({
      TopicArn: await idOf('AWS::SNS::Topic'),
      Protocol: 'sqs',
      Endpoint: Attributes?.QueueArn,
    }),
  );
  const received: Notification[] = [];
  try {
    await act((subject) =>
      until(`a report "${subject}" (there are ${received.map(({ Subject }) => Subject)})`, async () => {
        received.push(...(await takeMessages(aws, QueueUrl)).map((body): Notification => JSON.parse(body)));
        const index = received.findIndex(({ Subject }) => Subject === subject);
        return index < 0 ? undefined : received.splice(index, 1)[0]?.Message;
      }),
    );
  } finally {
    await sns.send(new UnsubscribeCommand({ SubscriptionArn }));
    await sqs.send(new DeleteQueueCommand({ QueueUrl }));
  }
}
