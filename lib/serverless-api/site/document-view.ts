import type { DocumentApi } from './api';
import { ChangePart } from './change-part';
import type { SiteConfig } from './config';
import { DeletePart } from './delete-part';
import type { DocumentRecord } from './document-record';
import { byId, create } from './elements';
import { FilePart } from './file-part';
import { lastDayText, momentText } from './formats';
import type { Gate } from './gate';
import { Messages } from './messages';
import type { OpenDocument } from './open-document';
import type { Screen } from './screen';

/** The view of one document. */
export class DocumentView {
  private readonly heading = byId('document-heading', HTMLElement);
  private readonly messages = new Messages(byId('document-messages', HTMLElement));
  private readonly parts = byId('document-parts', HTMLElement);
  private readonly description = byId('document-description', HTMLElement);
  private readonly facts = byId('document-facts', HTMLElement);
  private readonly change: ChangePart;
  private readonly file: FilePart;
  private readonly removal: DeletePart;
  private leaving = new AbortController();

  constructor(
    private readonly api: DocumentApi,
    private readonly gate: Gate,
    private readonly screen: Screen,
    config: SiteConfig,
    onDeleted: (document: DocumentRecord) => void,
  ) {
    this.change = new ChangePart(api, gate);
    this.file = new FilePart(api, gate, config);
    this.removal = new DeletePart(api, gate, onDeleted);
  }

  /** Fetches a document and shows it, after some words about what happened before. */
  async show(id: string, words = ''): Promise<void> {
    this.leave();
    this.leaving = new AbortController();
    const { signal } = this.leaving;
    this.heading.textContent = 'Document';
    this.parts.hidden = true;
    this.screen.reveal('document-view');
    this.messages.say('Loading…');
    try {
      const document = await this.api.get(id);
      if (signal.aborted || !document) return;
      this.messages.say(words);
      this.open(document, signal);
    } catch (error) {
      if (signal.aborted) return;
      this.screen.show('document-view', 'Document');
      await this.gate.explain(error, this.messages, 'reading');
    }
  }

  /** Stops what is under way for the document that was shown. */
  leave(): void {
    this.leaving.abort();
  }

  private open(document: DocumentRecord, left: AbortSignal): void {
    const opened = {
      document,
      left,
      replace: (newer: DocumentRecord) => {
        opened.document = newer;
        if (left.aborted) return;
        this.messages.clear();
        this.update(opened);
      },
    };
    this.change.open(opened);
    this.file.open(opened);
    this.removal.open(opened);
    this.update(opened);
    this.parts.hidden = false;
    this.screen.show('document-view', document.title);
  }

  private update({ document }: OpenDocument): void {
    this.heading.textContent = document.title;
    this.description.textContent = document.description ?? '';
    this.description.hidden = !document.description;
    this.facts.replaceChildren(
      ...fact('Registered', momentText(document.createdAt)),
      ...fact('Last change', momentText(document.updatedAt)),
      ...fact('Kept until', document.expiresAt ? lastDayText(document.expiresAt) : 'someone deletes it'),
      ...fact('Version', String(document.version)),
    );
    this.change.update();
    this.file.update();
  }
}

const fact = (name: string, value: string): HTMLElement[] => [create('dt', name), create('dd', value)];
