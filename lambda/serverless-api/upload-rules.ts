import type { PendingUpload, StoredFile } from './document-item';
import type { UploadRules } from './environment';
import type { Content } from './upload-content';

/** Whether a file is accepted, what it is, and why not. */
export type Verdict = Pick<StoredFile, 'status' | 'type' | 'reason'>;

/** Texts look alike: one is what it was announced as. */
const TEXT_TYPES = ['text/plain', 'text/csv', 'text/markdown', 'text/tab-separated-values'];

/** What a file is called that nothing is known of. */
const UNKNOWN_TYPE = 'application/octet-stream';

/**
 * The media type that a content shows.
 *
 * Some signatures of pictures, sounds and films are a letter or two, with which a text may begin as well ('BM'); but
 * none of them goes without control characters, so that what is text from end to end is none of them.
 */
function typeOf({ signature, isText }: Content, announced: string): string {
  if (isText && (signature === undefined || /^(?:image|audio|video)\//.test(signature))) {
    return TEXT_TYPES.includes(announced) ? announced : 'text/plain';
  }
  return signature ?? UNKNOWN_TYPE;
}

/**
 * Judges what arrived by what was announced and what is allowed. The first rule that is broken gives the reason, which
 * the document's owner reads.
 */
export function judge(content: Content, pending: PendingUpload, rules: UploadRules): Verdict {
  const type = typeOf(content, pending.contentType);
  const reason = findFault(content, type, pending, rules);
  return reason === undefined ? { status: 'accepted', type } : { status: 'rejected', type, reason };
}

function findFault(
  content: Content,
  type: string,
  pending: PendingUpload,
  { allowedFileTypes, maxFileSize }: UploadRules,
): string | undefined {
  if (content.size === 0) return 'The file is empty.';
  if (content.size > maxFileSize) {
    return `The file is ${inWords(content.size)} large; at most ${inWords(maxFileSize)} are allowed.`;
  }
  if (content.size !== pending.size || content.sha256 !== pending.sha256) {
    return 'What arrived is not the file that was announced. Please upload it again.';
  }
  if (type === UNKNOWN_TYPE) return 'The content of the file shows no type that is known here.';
  if (!allowedFileTypes.includes(type)) {
    return `The content of the file is ${type}; allowed are ${allowedFileTypes.join(', ')}.`;
  }
  if (type !== pending.contentType) {
    return `The file was announced as ${pending.contentType}, but its content is ${type}.`;
  }
  return undefined;
}

/** A size for people, like '2.5 MiB'. */
function inWords(bytes: number): string {
  const units = ['bytes', 'KiB', 'MiB', 'GiB'];
  const power = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(1, bytes)) / 10));
  return `${Number((bytes / 1024 ** power).toFixed(1))} ${units[power]}`;
}
