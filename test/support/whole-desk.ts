import { createHash } from 'node:crypto';
import { ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import type { Format } from './api-events';
import { type ApiAnswer, type ApiFunction, startApi } from './api-function';

/** How a file is to be sent, as the API says it. */
interface Ticket {
  readonly url: string;
  readonly method: string;
  readonly headers: Record<string, string>;
}

/** What a file is announced as. */
export interface Announcement {
  readonly content: Uint8Array;
  readonly contentType: string;
  readonly fileName?: string;
}

/** All functions of the document desk, with one table and one bucket. */
export interface WholeDesk {
  readonly api: ApiFunction;

  /** Asks for an address for a file. */
  announce(path: string, file: Announcement, format?: Format): Promise<ApiAnswer>;

  /** Sends a file to its address. */
  send(ticket: ApiAnswer, content: Uint8Array, headers?: Record<string, string>): Promise<Response>;

  /** The bodies of the messages that tell of the objects in `incoming/`. */
  notifications(): Promise<string[]>;

  /** Gives messages to the upload function, and returns the ids of those that it could not handle. */
  deliver(bodies: readonly string[]): Promise<string[]>;

  /** Runs the clean-up. */
  cleanUp(): Promise<unknown>;

  /** The keys of all objects. */
  objects(): Promise<string[]>;
}

/** Lets the functions work together, as API Gateway, SQS and the scheduler would call them. */
export async function withWholeDesk(use: (desk: WholeDesk) => Promise<void>): Promise<void> {
  const api = await startApi();
  const s3 = new S3Client({ endpoint: api.s3.endpoint, forcePathStyle: true });
  const Bucket = api.s3.bucketName;
  const uploads = await import('../../lambda/serverless-api/uploads.js');
  const cleanUp = await import('../../lambda/serverless-api/clean-up.js');
  const objects = async () => {
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket }));
    return Contents.map(({ Key = '' }) => Key).sort();
  };
  try {
    await use({
      api,
      announce: (path, { content, contentType, fileName = 'report.pdf' }, format) => {
        const sha256 = createHash('sha256').update(content).digest('base64');
        const body = { fileName, contentType, size: content.length, sha256 };
        return api.call({ method: 'POST', path: `${path}/upload`, body, ...(format && { format }) });
      },
      send: (answer, content, changed = {}) => {
        const { url, method, headers } = answer.body as unknown as Ticket;
        return fetch(url, { method, headers: { ...headers, ...changed }, body: Buffer.from(content) });
      },
      notifications: async () => {
        const arrived = (await objects()).filter((key) => key.startsWith('incoming/'));
        return arrived.map((key) =>
          JSON.stringify({
            Records: [
              {
                eventSource: 'aws:s3',
                eventName: 'ObjectCreated:Put',
                s3: { bucket: { name: Bucket }, object: { key: encodeURIComponent(key) } },
              },
            ],
          }),
        );
      },
      deliver: async (bodies) => {
        const Records = bodies.map((body, index) => ({ messageId: `message ${index}`, body }));
        const { batchItemFailures } = await uploads.handler({ Records });
        return batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
      },
      cleanUp: () => cleanUp.handler({}, { getRemainingTimeInMillis: () => 60_000 }),
      objects,
    });
  } finally {
    s3.destroy();
    await api.close();
  }
}
