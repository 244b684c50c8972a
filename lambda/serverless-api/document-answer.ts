import type { DocumentRecord } from './document-repository';
import { etagOf } from './etags';

/**
 * A document as clients see it. Attributes are named one by one, so that nothing that is added to the items shows by
 * itself: keys, owners and places in the bucket are none of the clients' business.
 */
export function documentOf(document: DocumentRecord, downloadUrl?: string) {
  const { id, title, description, createdAt, updatedAt, version, expiresAt, upload, file } = document;
  return {
    ...{ id, title, description, createdAt, updatedAt, version, expiresAt },
    upload: upload && {
      fileName: upload.fileName,
      contentType: upload.contentType,
      size: upload.size,
      sha256: upload.sha256,
    },
    file: file && {
      status: file.status,
      name: file.name,
      type: file.type,
      size: file.size,
      sha256: file.sha256,
      recordedAt: file.recordedAt,
      reason: file.reason,
      downloadUrl,
    },
  };
}

/** An answer about one version of a document, which its ETag names. JSON leaves out what is undefined. */
export const versionAnswer = (
  body: object,
  version: number,
  { status = 200, headers = {} }: { status?: number; headers?: Record<string, string> } = {},
): Response => Response.json(body, { status, headers: { ...headers, etag: etagOf(version) } });
