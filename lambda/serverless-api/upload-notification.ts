import { type ObjectPlace, parseObjectKey } from './keys';
import type { StoredObject } from './stored-objects';

/** An object that arrived in `incoming/`, in exactly the version that the notification is about. */
export interface ArrivedUpload extends StoredObject {
  readonly place: ObjectPlace;
}

/**
 * A notification, as far as it is needed.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
 */
interface S3Notification {
  readonly Records: readonly S3Record[];
}

interface S3Record {
  readonly s3: {
    readonly bucket: { readonly name: string };
    readonly object: { readonly key: string; readonly versionId?: string };
  };
}

/**
 * The uploads that a message tells of; none where it is S3's test event.
 *
 * @param body the message's text
 * @param bucket the name of the only bucket that may be spoken of
 * @throws Error where it is no notification of objects in the bucket's `incoming/`
 */
export function parseNotification(body: string, bucket: string): ArrivedUpload[] {
  const message: unknown = JSON.parse(body);
  if (isTestEvent(message)) return [];
  if (!isNotification(message)) throw new Error('the message is no notification of new objects in S3');
  return message.Records.map(({ s3 }) => {
    const key = decodeKey(s3.object.key);
    const place = parseObjectKey(key);
    if (s3.bucket.name !== bucket || place?.folder !== 'incoming') {
      throw new Error(`the message is about ${s3.bucket.name}/${key}, where no uploads arrive`);
    }
    const { versionId } = s3.object;
    return versionId === undefined ? { key, place } : { key, place, versionId };
  });
}

/** Keys in notifications are encoded as in a form: https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html */
function decodeKey(key: string): string {
  return decodeURIComponent(key.replaceAll('+', ' '));
}

/** What S3 sends once when notifications are set up. */
function isTestEvent(message: unknown): boolean {
  return isObject(message) && message.Service === 'Amazon S3' && message.Event === 's3:TestEvent';
}

function isNotification(message: unknown): message is S3Notification {
  if (!isObject(message) || !Array.isArray(message.Records) || message.Records.length === 0) return false;
  return message.Records.every(isRecordOfNewObject);
}

function isRecordOfNewObject(record: unknown): record is S3Record {
  if (!isObject(record) || record.eventSource !== 'aws:s3' || !isObject(record.s3)) return false;
  const { bucket, object } = record.s3;
  return (
    String(record.eventName).startsWith('ObjectCreated:') &&
    isObject(bucket) &&
    typeof bucket.name === 'string' &&
    isObject(object) &&
    typeof object.key === 'string' &&
    (object.versionId === undefined || (typeof object.versionId === 'string' && object.versionId !== ''))
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
