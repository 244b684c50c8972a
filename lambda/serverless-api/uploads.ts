import { requireUploadRules } from './environment';
import { count, logger, metrics } from './observability';
import { BUCKET_NAME } from './storage-clients';
import { parseNotification } from './upload-notification';
import { type Outcome, settleUpload } from './upload-steps';

/** A message of SQS, as far as it is needed. */
export interface QueueMessage {
  readonly messageId: string;
  readonly body: string;
}

/** The messages that are not done, for SQS to deliver again. */
export interface BatchAnswer {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

const METRICS: Record<Outcome, string> = {
  accepted: 'FilesAccepted',
  rejected: 'FilesRejected',
  'recorded before': 'UploadsRepeated',
  superseded: 'UploadsSuperseded',
  vanished: 'UploadsVanished',
};

const rules = requireUploadRules();

/**
 * Takes in what people uploaded: each message is a notification of S3 about objects in `incoming/`.
 *
 * A message that fails is delivered again by itself; one that always fails ends in the dead-letter queue. A file that
 * is not accepted is no failure: its document says why.
 *
 * @see settleUpload for the steps
 */
export async function handler(event: { readonly Records: QueueMessage[] }): Promise<BatchAnswer> {
  const batchItemFailures: { itemIdentifier: string }[] = [];
  // One after the other: an error leaves nothing running, and what came before it does no harm twice.
  for (const message of event.Records) {
    if (!(await isDone(message))) batchItemFailures.push({ itemIdentifier: message.messageId });
  }
  if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
  return { batchItemFailures };
}

async function isDone({ messageId, body }: QueueMessage): Promise<boolean> {
  try {
    for (const arrived of parseNotification(body, BUCKET_NAME)) {
      const outcome = await settleUpload(arrived, rules);
      const { documentId, uploadId } = arrived.place;
      logger.info('upload settled', { messageId, documentId, uploadId, outcome });
      count(METRICS[outcome]);
    }
    return true;
  } catch (error) {
    logger.error('message failed', { messageId, error });
    count('UploadMessagesFailed');
    return false;
  }
}
