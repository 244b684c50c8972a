import type { DocumentEntry, DocumentRecord } from './document-record';
import { within } from './elements';
import { endOfDay, expiryDays, lastDayOf } from './formats';
import { Problem } from './problem';

/** The fields for what people write about a document. */
export class DocumentForm {
  private readonly title: HTMLInputElement;
  private readonly description: HTMLTextAreaElement;
  private readonly lastDay: HTMLInputElement;
  private filledWith: DocumentRecord | undefined;

  constructor(form: HTMLFormElement) {
    this.title = within(form, '[name=title]', HTMLInputElement);
    this.description = within(form, '[name=description]', HTMLTextAreaElement);
    this.lastDay = within(form, '[name=expiresAt]', HTMLInputElement);
    const { first, last } = expiryDays();
    this.lastDay.min = first;
    this.lastDay.max = last;
  }

  /** Shows what a document says, or nothing. */
  fill(document?: DocumentRecord): void {
    this.filledWith = document;
    this.title.value = document?.title ?? '';
    this.description.value = document?.description ?? '';
    this.lastDay.value = document?.expiresAt ? lastDayOf(document.expiresAt) : '';
    this.mark();
  }

  /** Compares what the person wrote with another version from now on. */
  rebase(document: DocumentRecord): void {
    this.filledWith = document;
  }

  /** Whether the person has written something that is not saved. */
  get isChanged(): boolean {
    return !sameEntry(this.read(), this.filledWith);
  }

  /** Whether a document says what the person wrote. */
  isIn(document: DocumentRecord): boolean {
    return sameEntry(this.read(), document);
  }

  /** Whether a document still says what the fields were filled with. */
  wasFilledLike(document: DocumentRecord): boolean {
    return sameEntry(document, this.filledWith);
  }

  /** What the person wrote. */
  read(): DocumentEntry {
    const description = this.description.value.trim();
    const expiresAt = this.readExpiry();
    return {
      title: this.title.value.trim(),
      ...(description && { description }),
      ...(expiresAt && { expiresAt }),
    };
  }

  /** Marks the fields that a problem names, and moves to the first of them; without a problem, none. */
  mark(error?: unknown): void {
    const paths = error instanceof Problem ? error.errors.map(({ path }) => path) : [];
    const fields = [this.title, this.description, this.lastDay];
    for (const field of fields) field.setAttribute('aria-invalid', String(paths.includes(field.name)));
    fields.find(({ name }) => paths.includes(name))?.focus();
  }

  private readExpiry(): string | undefined {
    const before = this.filledWith?.expiresAt;
    // Others may have set a time of day, which must not change with the title.
    return before && lastDayOf(before) === this.lastDay.value ? before : endOfDay(this.lastDay.value);
  }
}

function sameEntry(one: DocumentEntry, other: DocumentEntry | undefined): boolean {
  return (
    one.title === (other?.title ?? '') &&
    (one.description ?? '') === (other?.description ?? '') &&
    one.expiresAt === other?.expiresAt
  );
}
