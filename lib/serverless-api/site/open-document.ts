import type { DocumentRecord } from './document-record';

/** The document that is open, for the parts of its view. */
export interface OpenDocument {
  /** Its newest version that this page knows. */
  readonly document: DocumentRecord;

  /** Says when the person has left it: what comes later must not be shown. */
  readonly left: AbortSignal;

  /** Shows a newer version of it everywhere in its view. */
  replace(document: DocumentRecord): void;
}
