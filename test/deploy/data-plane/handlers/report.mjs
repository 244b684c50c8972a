import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';

const sqs = new SQSClient();

/** Tells the test what a function was called with. */
export async function report(by, what) {
  await sqs.send(
    new SendMessageCommand({
      QueueUrl: process.env.REPORTS_QUEUE_URL,
      MessageBody: JSON.stringify({ by, what }),
    }),
  );
}
