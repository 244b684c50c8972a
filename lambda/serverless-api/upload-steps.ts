import type { PendingUpload } from './document-item';
import type { UploadRules } from './environment';
import { type ObjectPlace, objectKey } from './keys';
import { type DocumentWithFile, type RecordedFile, readDocument, recordFile } from './stored-file';
import { copyObject, isMissing, openObject, removeObjects, type StoredObject } from './stored-objects';
import { readContent } from './upload-content';
import type { ArrivedUpload } from './upload-notification';
import { judge } from './upload-rules';

/**
 * What became of an upload: its file was accepted or rejected just now, or had been recorded before; the document waits
 * for another upload or is gone; or the object vanished before it was read.
 */
export type Outcome = 'accepted' | 'rejected' | 'recorded before' | 'superseded' | 'vanished';

/**
 * Moves an upload from `incoming/` to where it belongs, and records it. These are the steps:
 *
 * 1. Read the document, consistently. Where it does not wait for this upload, go on with step 5.
 * 2. Read the object and judge it.
 * 3. Copy it to `documents/` or `quarantine/`, only if it is still what was read.
 * 4. Record it as the document's file, only if the document still waits for this upload. This is the moment that
 *    counts: before it the upload never happened, after it the file is the document's.
 * 5. Remove what is left over: the incoming object and the file that was replaced; or, where the document has no use
 *    for the upload, the incoming object and the copies that may have been made of it.
 *
 * S3 and SQS deliver at least once and in any order, and the function may end after each step, or run twice at a time.
 * It does no harm:
 *
 * - Up to step 4 a repetition does the same again: it overwrites its own copy with the same content, since a key is of
 *   one upload and the copy is bound to what was read.
 * - Of two that record, one wins. The other reads again which of the two happened: the same upload was recorded (then
 *   its copy is the document's file and stays) or another one (then its copy goes).
 * - After step 4 a repetition finds the upload recorded, with the key of the file it replaced, and does step 5 again.
 *   Removing what is gone does nothing.
 * - An upload's id is new for each upload and comes to a document once, so that one which is neither awaited nor
 *   recorded never will be: what is removed as superseded can't be needed again.
 * - An object that is missing, or that S3 calls forbidden as it does for those who may not list the bucket, is the mark
 *   of a repetition: whoever removed it had recorded the upload, which the document tells. Where the document still
 *   waits, a missing object was removed by somebody else, and nothing can be done; a forbidden one is an error.
 */
export async function settleUpload(arrived: ArrivedUpload, rules: UploadRules): Promise<Outcome> {
  const { place } = arrived;
  const document = await readDocument(place);
  if (!isAwaited(place, document)) return tidyUp(arrived, document);

  const taken = await takeIn(arrived, document, rules).catch((failure: unknown) => ({ failure }));
  if ('file' in taken && (await recordFile(place, taken.file))) {
    const { replaces, status } = taken.file;
    await remove(replaces === undefined ? [arrived] : [arrived, { key: replaces }]);
    return status;
  }

  const latest = await readDocument(place);
  if (!isAwaited(place, latest)) return tidyUp(arrived, latest);
  if ('file' in taken) throw new Error('the document refused the upload that it waits for');
  if (isMissing(taken.failure)) return 'vanished';
  throw taken.failure;
}

/** Whether a document waits for an upload. */
function isAwaited(
  { uploadId }: ObjectPlace,
  document: DocumentWithFile | undefined,
): document is DocumentWithFile & { upload: PendingUpload } {
  return document?.upload?.id === uploadId;
}

/** Reads an upload, judges it and copies it to where it belongs. */
async function takeIn(
  arrived: ArrivedUpload,
  { file: previous, upload: pending }: DocumentWithFile & { upload: PendingUpload },
  rules: UploadRules,
): Promise<{ readonly file: RecordedFile }> {
  const { place } = arrived;
  const object = await openObject(arrived);
  const content = await readContent(object, rules.maxFileSize);
  const verdict = judge(content, pending, rules);
  const key = objectKey({ ...place, folder: verdict.status === 'accepted' ? 'documents' : 'quarantine' });
  await copyObject(arrived, object.etag, { key, contentType: verdict.type });
  return {
    file: {
      ...verdict,
      uploadId: place.uploadId,
      key,
      name: pending.fileName,
      size: content.size,
      sha256: content.sha256 ?? '',
      recordedAt: new Date().toISOString(),
      replaces: previous?.status === 'accepted' ? previous.key : undefined,
    },
  };
}

/** Step 5 for an upload that was recorded before, or that its document has no use for. */
async function tidyUp(arrived: ArrivedUpload, document: DocumentWithFile | undefined): Promise<Outcome> {
  const { place } = arrived;
  const file = document?.file;
  const isRecorded = file?.uploadId === place.uploadId;
  const copies = (['documents', 'quarantine'] as const)
    .map((folder) => ({ key: objectKey({ ...place, folder }) }))
    .filter(({ key }) => key !== file?.key);
  const replaced = isRecorded && file.replaces !== undefined ? [{ key: file.replaces }] : [];
  await remove([arrived, ...copies, ...replaced]);
  return isRecorded ? 'recorded before' : 'superseded';
}

async function remove(objects: readonly StoredObject[]): Promise<void> {
  const failed = await removeObjects(objects.map(({ key, versionId }) => ({ key, versionId })));
  if (failed.length > 0) {
    const keys = failed.map(({ key }) => key).join(', ');
    throw new AggregateError(
      failed.map(({ error }) => error),
      `could not remove ${keys}`,
    );
  }
}
