import {
  CopyObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { BUCKET_NAME, s3 } from './storage-clients';

/** An object, or one version of it where the bucket keeps versions. */
export interface StoredObject {
  readonly key: string;
  readonly versionId?: string;
}

/** What S3 answers to GetObject, as far as it is needed. */
export interface OpenedObject {
  /** Changes with the content. */
  readonly etag: string | undefined;

  /** Bytes. */
  readonly size: number;
  readonly content: AsyncIterable<Uint8Array>;

  /** Ends the transfer, for content that is not read to its end. */
  close(): void;
}

/** An object that could not be removed. */
export interface FailedRemoval {
  readonly key: string;
  readonly error: unknown;
}

/** Whether S3 says that an object is not there. */
export function isMissing(error: unknown): boolean {
  if (!(error instanceof S3ServiceException) || error.name === 'NoSuchBucket') return false;
  return error.$metadata.httpStatusCode === 404;
}

/**
 * Starts to read an object.
 *
 * A missing object is an error: 404 (see isMissing), or 403 for those who may not list the bucket, who are not told
 * whether it is missing or forbidden.
 */
export async function openObject({ key, versionId }: StoredObject): Promise<OpenedObject> {
  const { Body, ContentLength, ETag } = await s3.send(
    new GetObjectCommand({ Bucket: BUCKET_NAME, Key: key, VersionId: versionId }),
  );
  if (!Body || ContentLength === undefined)
    throw new Error('S3 answered without content or without its length');
  const content = Body as AsyncIterable<Uint8Array> & { destroy(): void };
  return { etag: ETag, size: ContentLength, content, close: () => content.destroy() };
}

/**
 * Copies an object within the bucket, and fails where it is no longer the one that was read (412).
 *
 * Nothing of the metadata that came with the upload stays: the type is the one that was found, browsers are told to
 * save the file instead of showing it and caches not to keep it, and S3 computes and keeps its SHA-256.
 */
export async function copyObject(
  from: StoredObject,
  etag: string | undefined,
  to: { readonly key: string; readonly contentType: string },
): Promise<void> {
  const path = `${BUCKET_NAME}/${from.key}`.split('/').map(encodeURIComponent).join('/');
  const version = from.versionId === undefined ? '' : `?versionId=${encodeURIComponent(from.versionId)}`;
  await s3.send(
    new CopyObjectCommand({
      Bucket: BUCKET_NAME,
      Key: to.key,
      CopySource: `${path}${version}`,
      CopySourceIfMatch: etag,
      MetadataDirective: 'REPLACE',
      TaggingDirective: 'REPLACE',
      ContentType: to.contentType,
      ContentDisposition: 'attachment',
      CacheControl: 'no-store',
      ChecksumAlgorithm: 'SHA256',
    }),
  );
}

/**
 * Removes objects, at most 1000 in one request; those that are gone already count as removed.
 *
 * @returns the ones that are still there
 */
export async function removeObjects(objects: readonly StoredObject[]): Promise<FailedRemoval[]> {
  if (objects.length === 0) return [];
  const Objects = objects.map(({ key, versionId }) => ({ Key: key, VersionId: versionId }));
  try {
    const { Errors = [] } = await s3.send(
      new DeleteObjectsCommand({ Bucket: BUCKET_NAME, Delete: { Quiet: true, Objects } }),
    );
    return Errors.filter(({ Code }) => Code !== 'NoSuchKey' && Code !== 'NoSuchVersion').map(
      ({ Key = '', Code, Message }) => ({ key: Key, error: new Error(`${Code}: ${Message}`) }),
    );
  } catch (error) {
    return objects.map(({ key }) => ({ key, error }));
  }
}
