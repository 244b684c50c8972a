import { ListObjectsV2Command, type ListObjectsV2CommandOutput } from '@aws-sdk/client-s3';
import { forgetCheckpoint, noteCheckpoint, readCheckpoint } from './clean-up-checkpoint';
import { findNamedObjects, READ_AT_ONCE } from './clean-up-named';
import type { CleanUpRun } from './clean-up-run';
import { type ObjectPlace, objectKey, parseObjectKey } from './keys';
import { logger } from './observability';
import { BUCKET_NAME, s3 } from './storage-clients';
import { removeObjects } from './stored-objects';

/** A younger object may be one that the upload function is about to record, in milliseconds. */
const MINIMUM_AGE = 24 * 60 * 60 * 1000;

/** The objects of a page, which S3 limits to this number, and after which the progress is noted. */
const PAGE_SIZE = 1000;

/**
 * Removes files under `documents/` that are older than a day and belong to no document: the traces of functions that
 * ended half-way, and the files of documents that were deleted.
 *
 * No document can come to name a file between the look at the table and the removal. A file is named from its upload
 * on: its document waits for the upload (`upload.id`), then names it (`file.key`), and the upload function changes the
 * one into the other in one write. A file counts as an orphan only where a consistent read shows neither, or no
 * document at all; and the id of an upload never comes to a document a second time. So what is an orphan remains one.
 *
 * @returns whether it came to the end
 */
export async function removeOrphans(run: CleanUpRun): Promise<boolean> {
  let lastKey = await run.attempt('the reading of the checkpoint', readCheckpoint);
  for (;;) {
    if (!run.hasTime()) return false;
    const page = await run.attempt('the list of the files', () => listFiles(lastKey));
    if (!page) return false;
    await removePage(page, run);
    const end = page.IsTruncated ? page.Contents?.at(-1)?.Key : undefined;
    if (end === undefined) break;
    lastKey = end;
    await run.attempt('the note of the checkpoint', () => noteCheckpoint(end));
  }
  await run.attempt('the removal of the checkpoint', forgetCheckpoint);
  return true;
}

function listFiles(lastKey: string | undefined): Promise<ListObjectsV2CommandOutput> {
  return s3.send(
    new ListObjectsV2Command({
      Bucket: BUCKET_NAME,
      Prefix: 'documents/',
      StartAfter: lastKey,
      MaxKeys: PAGE_SIZE,
    }),
  );
}

async function removePage({ Contents = [] }: ListObjectsV2CommandOutput, run: CleanUpRun): Promise<void> {
  const newest = run.startedAt.getTime() - MINIMUM_AGE;
  const old = Contents.filter(({ LastModified }) => LastModified && LastModified.getTime() < newest);
  const places = old.map(({ Key = '' }) => parseObjectKey(Key)).filter((place) => place !== undefined);
  if (places.length < old.length) {
    logger.warn('files that are none of ours are left alone', { count: old.length - places.length });
  }
  const portions = Array.from({ length: Math.ceil(places.length / READ_AT_ONCE) }, (_, index) =>
    places.slice(index * READ_AT_ONCE, (index + 1) * READ_AT_ONCE),
  );
  await Promise.all(portions.map((portion) => removePortion(portion, run)));
}

/** Where the table does not say for sure who names the files, all of them stay. */
async function removePortion(places: readonly ObjectPlace[], run: CleanUpRun): Promise<void> {
  const named = await run.attempt('the reading of the documents', () => findNamedObjects(places));
  if (!named) return;
  const orphans = places.map((place) => ({ key: objectKey(place) })).filter(({ key }) => !named.has(key));
  const failed = await removeObjects(orphans);
  for (const { key, error } of failed) run.fail(`the removal of ${key}`, error);
  run.counts.orphansRemoved += orphans.length - failed.length;
}
