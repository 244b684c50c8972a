import { createHash } from 'node:crypto';

const COMMIT = /^[0-9a-f]{40}$/;
const SAFE = /^[\w.-]{1,126}$/;

/**
 * The tag of the image that is made of a source: a commit's id itself, and otherwise, as for the version id of an object in
 * S3, `v-` and the id, or `v-` and its SHA-256 where a tag can't hold it. The same source has the same tag.
 *
 * @throws where the source has no version that tells it from others
 */
export function imageTagOf(sourceVersion: string): string {
  // S3 calls the version so where the bucket keeps only one: the next source would have the same tag.
  if (sourceVersion === '' || sourceVersion === 'null') {
    throw new Error(
      'SOURCE_VERSION has to be a commit id, or the version id of an object in a versioned bucket',
    );
  }
  if (COMMIT.test(sourceVersion)) return sourceVersion;
  return `v-${SAFE.test(sourceVersion) ? sourceVersion : createHash('sha256').update(sourceVersion).digest('hex')}`;
}
