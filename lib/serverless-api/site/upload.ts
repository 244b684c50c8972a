import type { DocumentApi } from './api';
import type { DocumentRecord, UploadPermission } from './document-record';
import { Problem, unreachable } from './problem';

/** The SHA-256 of a file in base64, as S3 writes checksums. */
export async function checksumOf(file: File): Promise<string> {
  const hash = await crypto.subtle.digest('SHA-256', await file.arrayBuffer());
  return btoa(String.fromCharCode(...new Uint8Array(hash)));
}

/** Headers that only the browser may set, and sets to what was signed. */
const BROWSERS_OWN = ['content-length', 'host'];

/**
 * Sends a file to the storage; throws a Problem if it does not take it. Reports the share that is sent, 0..1: that is
 * why it is an XMLHttpRequest, since fetch does not tell.
 */
export function sendFile(
  { url, method, headers }: UploadPermission,
  file: File,
  left: AbortSignal,
  onProgress: (share: number) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open(method, url);
    for (const [name, value] of Object.entries(headers)) {
      if (!BROWSERS_OWN.includes(name.toLowerCase())) request.setRequestHeader(name, value);
    }
    request.upload.addEventListener('progress', ({ loaded, total }) =>
      onProgress(total ? loaded / total : 0),
    );
    request.addEventListener('error', () => reject(unreachable()));
    request.addEventListener('abort', () => reject(unreachable()));
    request.addEventListener('load', () => {
      if (request.status >= 200 && request.status < 300) resolve();
      else reject(new Problem(request.status, 'The storage refused the file.', 'Try to upload it again.'));
    });
    left.addEventListener('abort', () => request.abort());
    request.send(file);
  });
}

/** Milliseconds between two looks at a document: first short, since most files are checked in seconds. */
const PAUSES = { first: 500, growth: 1.6, longest: 10_000, altogether: 120_000 };

/** The document as soon as its upload is checked, or as it is after two minutes; undefined if the person left. */
export async function verdictOn(
  api: DocumentApi,
  id: string,
  left: AbortSignal,
): Promise<DocumentRecord | undefined> {
  let document = await api.get(id);
  let waited = 0;
  for (let pause = PAUSES.first; document?.upload && waited < PAUSES.altogether; pause *= PAUSES.growth) {
    const now = Math.min(pause, PAUSES.longest);
    await sleep(now, left);
    if (left.aborted) return undefined;
    waited += now;
    document = (await lookAgain(api, document)) ?? document;
  }
  return document;
}

/** A look that fails for a moment is no reason to give up. */
async function lookAgain(api: DocumentApi, { id, version }: DocumentRecord) {
  try {
    return await api.get(id, version);
  } catch (error) {
    const isPassing = error instanceof Problem && (error.status === 0 || error.status >= 500);
    if (isPassing || (error instanceof Problem && error.status === 429)) return undefined;
    throw error;
  }
}

function sleep(milliseconds: number, left: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    left.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
