import type { ItemKey } from './keys';

/** An upload that was allowed and has not arrived yet; a later one takes its place. */
export interface PendingUpload {
  readonly id: string;
  readonly fileName: string;
  readonly contentType: string;

  /** Bytes. */
  readonly size: number;

  /** SHA-256 of the content, in base64, as S3 writes checksums. */
  readonly sha256: string;
}

/** The file of a document, as the upload function found it. */
export interface StoredFile {
  readonly status: 'accepted' | 'rejected';

  /** The upload that brought it. */
  readonly uploadId: string;

  /** Where it is in the bucket. */
  readonly key: string;

  readonly name: string;

  /** The media type that its content shows, which may differ from what was announced. */
  readonly type: string;

  /** Bytes. */
  readonly size: number;

  /** SHA-256 of the content, in base64. */
  readonly sha256: string;

  /** When it was recorded, ISO 8601 in UTC. */
  readonly recordedAt: string;

  /** Why it was rejected, in words for its owner. */
  readonly reason?: string;
}

/** A document as the table holds it. Times are ISO 8601 in UTC. */
export interface DocumentItem extends ItemKey {
  readonly id: string;
  readonly owner: string;
  readonly title: string;
  readonly description: string;
  readonly createdAt: string;
  readonly updatedAt: string;

  /** Counts the changes, from 1; every writer names the one it saw. */
  readonly version: number;

  /** From when on it is gone for its readers. */
  readonly expiresAt?: string;

  /** The day of `expiresAt` in UTC, like '2026-11-21': the index's partition. */
  readonly expiryDay?: string;

  /** Seconds since 1970: a week after `expiresAt`, so that DynamoDB deletes what the clean-up did not. */
  readonly timeToLive?: number;

  readonly upload?: PendingUpload;
  readonly file?: StoredFile;
}
