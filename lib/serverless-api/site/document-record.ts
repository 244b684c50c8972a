/** What people write about a document. */
export interface DocumentEntry {
  readonly title: string;
  readonly description?: string;

  /** From when on it is gone, ISO 8601. */
  readonly expiresAt?: string;
}

/** A document as the API shows it. Times are ISO 8601 in UTC. */
export interface DocumentRecord extends DocumentEntry {
  readonly id: string;
  readonly createdAt: string;
  readonly updatedAt: string;

  /** Counts the changes; its ETag is the same number in quotes. */
  readonly version: number;

  /** An upload that has not been checked yet. */
  readonly upload?: { readonly fileName: string };

  readonly file?: DocumentFile;
}

/** The file of a document. */
export interface DocumentFile {
  readonly status: 'accepted' | 'rejected';
  readonly name: string;

  /** The media type that its content shows. */
  readonly type: string;

  /** Bytes. */
  readonly size: number;

  /** SHA-256 in base64. */
  readonly sha256: string;

  /** Why it was rejected. */
  readonly reason?: string;

  /** Where an accepted one can be fetched, for five minutes; only where a single document was asked for. */
  readonly downloadUrl?: string;
}

/** Some of the documents. */
export interface DocumentPage {
  readonly documents: readonly DocumentRecord[];

  /** What to ask for the following ones with; absent on the last page. */
  readonly next?: string;
}

/** What the API must know of a file before it comes. */
export interface UploadRequest {
  readonly fileName: string;
  readonly contentType: string;

  /** Bytes. */
  readonly size: number;

  /** SHA-256 in base64. */
  readonly sha256: string;
}

/** The leave to upload one file. */
export interface UploadPermission {
  readonly url: string;
  readonly method: string;

  /** The headers that the signature covers, and so must be sent as they are. */
  readonly headers: Readonly<Record<string, string>>;
}
