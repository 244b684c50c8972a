import type { DocumentApi } from './api';
import { DocumentForm } from './document-form';
import type { DocumentRecord } from './document-record';
import { byId, create, onClick, onSubmit } from './elements';
import { lastDayText, momentText } from './formats';
import type { Gate } from './gate';
import { Messages } from './messages';
import { addressOf } from './router';

/** The view with all documents, where new ones are registered. */
export class ListView {
  private readonly form = byId('register-form', HTMLFormElement);
  private readonly fields = new DocumentForm(this.form);
  private readonly formMessages = new Messages(this.form);
  private readonly list = byId('documents', HTMLUListElement);
  private readonly more = byId('more', HTMLButtonElement);
  private readonly listMessages = new Messages(byId('list-section', HTMLElement));
  private next: string | undefined;
  private attempt = { entry: '', key: '' };
  private showings = 0;

  constructor(
    private readonly api: DocumentApi,
    private readonly gate: Gate,
    /** Goes to a document that was just registered. */
    private readonly onRegistered: (document: DocumentRecord) => void,
  ) {
    onSubmit(this.form, () => this.register());
    onClick(this.more, () => this.showMore());
  }

  /** Shows the newest documents, after some words about what happened before. */
  async show(words = ''): Promise<void> {
    this.formMessages.clear();
    this.list.replaceChildren();
    this.more.hidden = true;
    this.next = undefined;
    this.showings += 1;
    await this.showPage(words);
  }

  private async showMore(): Promise<void> {
    const before = this.list.children.length;
    await this.showPage();
    // A hidden button has no focus: what it brought goes on from there.
    if (this.more.hidden) this.list.children[before]?.querySelector('a')?.focus();
  }

  private async showPage(words = ''): Promise<void> {
    const { showings } = this;
    this.listMessages.say(`${words} Loading…`.trim());
    try {
      const { documents, next } = await this.api.list(this.next);
      // The person may have left and come back meanwhile.
      if (showings !== this.showings) return;
      this.list.append(...documents.map(itemOf));
      this.next = next;
      this.more.hidden = !next;
      this.listMessages.say(`${words} ${this.countText()}`.trim());
    } catch (error) {
      if (showings === this.showings) await this.gate.explain(error, this.listMessages, 'reading');
    }
  }

  private countText(): string {
    const count = this.list.children.length;
    if (count === 0) return 'There are no documents yet.';
    return `${count} ${count === 1 ? 'document' : 'documents'} shown${this.next ? '; there are more.' : '.'}`;
  }

  private async register(): Promise<void> {
    this.fields.mark();
    this.formMessages.say('Registering…');
    const entry = this.fields.read();
    try {
      const document = await this.api.register(entry, this.keyFor(JSON.stringify(entry)));
      this.attempt = { entry: '', key: '' };
      this.fields.fill();
      this.onRegistered(document);
    } catch (error) {
      await this.gate.explain(error, this.formMessages, 'writing');
      this.fields.mark(error);
    }
  }

  /** The same key for the same words: who tries again after a lost answer wants one document, not two. */
  private keyFor(entry: string): string {
    if (this.attempt.entry !== entry) this.attempt = { entry, key: crypto.randomUUID() };
    return this.attempt.key;
  }
}

function itemOf(document: DocumentRecord): HTMLLIElement {
  const link = create('a', document.title);
  link.href = addressOf(document.id);
  const facts = [`Registered ${momentText(document.createdAt)}`];
  if (document.expiresAt) facts.push(`kept until ${lastDayText(document.expiresAt)}`);
  facts.push(fileFact(document));
  return create('li', link, create('p', facts.join(' · ')));
}

function fileFact({ upload, file }: DocumentRecord): string {
  if (upload) return 'file is being checked';
  if (!file) return 'no file';
  return file.status === 'accepted' ? `file ${file.name}` : 'file rejected';
}
