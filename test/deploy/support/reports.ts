import { DeleteMessageCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import type { Aws } from './aws';

/** What a function of the data plane told. */
export interface Report {
  readonly by: string;
  readonly what: Record<string, unknown>;
}

/** Reads a queue to which functions report. Several callers may wait at a time: none takes a report from another. */
export class ReportReader {
  private readonly received: Report[] = [];

  constructor(
    private readonly aws: Aws,
    private readonly queueUrl: string,
  ) {}

  /** What one of the functions told up to now. */
  soFar(by: string): Record<string, unknown>[] {
    return this.received.filter((report) => report.by === by).map(({ what }) => what);
  }

  /** What one of the functions told, as soon as there are so many reports of it. */
  async first(count: number, by: string, seconds = 20): Promise<Record<string, unknown>[]> {
    const end = Date.now() + seconds * 1000;
    while (this.soFar(by).length < count) {
      if (Date.now() > end) {
        throw new Error(
          `${this.soFar(by).length} of ${count} reports by "${by}" after ${seconds} s; all reports: ${JSON.stringify(this.received)}`,
        );
      }
      await this.receive();
    }
    return this.soFar(by);
  }

  /** How many reports there are by each function, after the queue was found empty. */
  async counts(): Promise<Record<string, number>> {
    let isEmpty = false;
    while (!isEmpty) isEmpty = (await this.receive()) === 0;
    return Object.fromEntries(this.received.map(({ by }) => [by, this.soFar(by).length]));
  }

  private async receive(): Promise<number> {
    const bodies = await takeMessages(this.aws, this.queueUrl);
    this.received.push(...bodies.map((body): Report => JSON.parse(body)));
    return bodies.length;
  }
}

/** Waits up to a second for messages of a queue, deletes them from it, and gives their bodies. */
export async function takeMessages({ sqs }: Aws, QueueUrl: string): Promise<string[]> {
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 1, MaxNumberOfMessages: 10 }),
  );
  for (const { ReceiptHandle } of Messages)
    await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
  return Messages.map(({ Body = '' }) => Body);
}
