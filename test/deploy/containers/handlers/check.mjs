import { DescribeNetworkInterfacesCommand, EC2Client } from '@aws-sdk/client-ec2';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';

const ec2 = new EC2Client();
const sqs = new SQSClient();

/** Asks both listeners at the load balancer's own addresses, tells what they answer, and refuses what is "bad". */
export async function handler({ lifecycleStage }) {
  const { NetworkInterfaces } = await ec2.send(
    new DescribeNetworkInterfacesCommand({
      Filters: [{ Name: 'description', Values: [`ELB ${process.env.LOAD_BALANCER}`] }],
    }),
  );
  const versions = async (port) => {
    const answers = NetworkInterfaces.map(async ({ PrivateIpAddress }) => {
      const answer = await fetch(`http://${PrivateIpAddress}:${port}/`);
      return answer.ok ? (await answer.json()).version : answer.status;
    });
    return [...new Set(await Promise.all(answers))];
  };
  const what = {
    lifecycleStage,
    production: await versions(process.env.USERS_PORT),
    test: await versions(process.env.TEST_PORT),
  };
  await sqs.send(
    new SendMessageCommand({
      QueueUrl: process.env.REPORTS_QUEUE_URL,
      MessageBody: JSON.stringify({ by: 'hook', what }),
    }),
  );
  return { hookStatus: what.test.includes('bad') ? 'FAILED' : 'SUCCEEDED' };
}
