/**
 * The table's key design. One table holds:
 *
 * | item | pk | sk |
 * | --- | --- | --- |
 * | a document | `OWNER#<owner>` | `DOCUMENT#<document id>` |
 * | what a request with an Idempotency-Key was answered | `IDEMPOTENCY#<owner>` | a hash of the request |
 * | where the clean-up goes on | `CLEAN-UP` | `CHECKPOINT` |
 *
 * A document's id is a UUID of version 7, which begins with its time: an owner's documents are one query, in the order in
 * which they were registered, and consistent at once. Nobody can name another owner's document, since the owner is part
 * of the key and comes from the token. Documents that expire are also in the index `byExpiryDay`, one partition a day.
 */

/** The index of the documents that expire: partition `expiryDay`, sort key `expiresAt`. */
export const EXPIRY_INDEX = 'byExpiryDay';

/** The attribute after whose time, in seconds since 1970, DynamoDB deletes an item by itself within a few days. */
export const TIME_TO_LIVE = 'timeToLive';

/** Whose documents all are where nobody signs in. */
export const EVERYONE = 'everyone';

/** The primary key of an item. */
export interface ItemKey {
  readonly pk: string;
  readonly sk: string;
}

/** Where an owner's documents are. */
export const ownerPartition = (owner: string): string => `OWNER#${owner}`;

/** What the sort keys of documents begin with. */
export const DOCUMENT_PREFIX = 'DOCUMENT#';

/** Where a document is. */
export const documentKey = (owner: string, id: string): ItemKey => ({
  pk: ownerPartition(owner),
  sk: `${DOCUMENT_PREFIX}${id}`,
});

/** Where the answers to an owner's requests with an Idempotency-Key are. */
export const idempotencyPartition = (owner: string): string => `IDEMPOTENCY#${owner}`;

/** Where the clean-up notes how far it came. */
export const CHECKPOINT_KEY: ItemKey = { pk: 'CLEAN-UP', sk: 'CHECKPOINT' };

/**
 * The bucket's folders. What people upload arrives in `incoming`; the upload function moves it to `documents`, from where
 * it can be downloaded, or to `quarantine`, from where it can't.
 */
export const FOLDERS = ['incoming', 'documents', 'quarantine'] as const;
export type Folder = (typeof FOLDERS)[number];

/** An object's place: each upload has a key of its own, so that none overwrites another. */
export interface ObjectPlace {
  readonly folder: Folder;
  readonly owner: string;
  readonly documentId: string;
  readonly uploadId: string;
}

/** The key of an object. */
export const objectKey = ({ folder, owner, documentId, uploadId }: ObjectPlace): string =>
  [folder, owner, documentId, uploadId].join('/');

/** What an object's key says, or undefined where it is none of ours. */
export function parseObjectKey(key: string): ObjectPlace | undefined {
  const [folder, owner, documentId, uploadId, ...rest] = key.split('/');
  const known = FOLDERS.find((name) => name === folder);
  if (!known || !owner || !documentId || !uploadId || rest.length > 0) return undefined;
  return { folder: known, owner, documentId, uploadId };
}
