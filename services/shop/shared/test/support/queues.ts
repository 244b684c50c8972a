import { createHash, randomUUID } from 'node:crypto';
import type { Json } from './json-protocol';
import { Refusal } from './json-protocol';

/** A queue of SQS, as a test sees it. */
export interface FakeQueue {
  readonly url: string;
  /** Puts a message into it: a text as it is, anything else as JSON. */
  send(body: unknown): void;
  /** How many messages are in it, those included that are being handled. */
  readonly size: number;
  /** How often messages were taken out of it, to be handled. */
  readonly received: number;
}

interface Message {
  readonly id: string;
  readonly body: string;
  visibleAt: number;
}

class Queue implements FakeQueue {
  private readonly messages = new Map<string, Message>();
  private wake: (() => void)[] = [];
  received = 0;

  constructor(
    readonly url: string,
    private readonly visibility: number,
  ) {}

  get size(): number {
    return this.messages.size;
  }

  send(body: unknown): void {
    const id = randomUUID();
    this.messages.set(id, {
      id,
      body: typeof body === 'string' ? body : JSON.stringify(body),
      visibleAt: 0,
    });
    for (const wake of this.wake.splice(0)) wake();
  }

  remove(id: string): void {
    this.messages.delete(id);
  }

  /** Waits for messages as long as the request says, but no longer than the connection lives. */
  async receive(most: number, seconds: number, gone: AbortSignal): Promise<Json[]> {
    const end = Date.now() + seconds * 1_000;
    for (;;) {
      if (gone.aborted) return [];
      const now = Date.now();
      const found = [...this.messages.values()].filter(({ visibleAt }) => visibleAt <= now).slice(0, most);
      if (found.length > 0 || now >= end) {
        this.received += found.length;
        for (const message of found) message.visibleAt = now + this.visibility;
        return found.map(({ id, body }) => ({
          MessageId: id,
          ReceiptHandle: id,
          Body: body,
          MD5OfBody: createHash('md5').update(body).digest('hex'),
        }));
      }
      await new Promise<void>((resolve) => {
        this.wake.push(resolve);
        gone.addEventListener('abort', () => resolve(), { once: true });
        setTimeout(resolve, Math.min(50, end - now));
      });
    }
  }
}

/** The queues of a test. */
export class Queues {
  private readonly queues = new Map<string, Queue>();

  /** The queue of a name; a message that is not removed comes back after `visibility` milliseconds. */
  queue(origin: string, name: string, visibility = 30_000): FakeQueue {
    const url = `${origin}/000000000000/${name}`;
    const known = this.queues.get(url);
    if (known) return known;
    const queue = new Queue(url, visibility);
    this.queues.set(url, queue);
    return queue;
  }

  async answer(operation: string, body: Json, gone: AbortSignal): Promise<Json> {
    const queue = this.queues.get(String(body.QueueUrl));
    if (!queue) throw new Refusal('QueueDoesNotExist', `there is no queue ${body.QueueUrl}`);
    if (operation === 'ReceiveMessage') {
      const { MaxNumberOfMessages = 1, WaitTimeSeconds = 0 } = body;
      const Messages = await queue.receive(Number(MaxNumberOfMessages), Number(WaitTimeSeconds), gone);
      return Messages.length > 0 ? { Messages } : {};
    }
    if (operation === 'DeleteMessage') {
      queue.remove(String(body.ReceiptHandle));
      return {};
    }
    throw new Refusal('UnsupportedOperation', operation);
  }
}
