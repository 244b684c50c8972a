import type { DocumentApi } from './api';
import { DocumentForm } from './document-form';
import { byId, onClick, onSubmit } from './elements';
import type { Gate } from './gate';
import { Messages } from './messages';
import type { OpenDocument } from './open-document';
import { Problem } from './problem';

/** The form that changes what a document says. */
export class ChangePart {
  private readonly form = byId('change-form', HTMLFormElement);
  private readonly fields = new DocumentForm(this.form);
  private readonly messages = new Messages(this.form);
  private opened: OpenDocument | undefined;
  /** The version that the person's changes are about. */
  private version = 0;

  constructor(
    private readonly api: DocumentApi,
    private readonly gate: Gate,
  ) {
    onSubmit(this.form, async () => this.opened && this.save(this.opened));
    onClick(byId('discard', HTMLButtonElement), async () => {
      if (this.opened) this.fill(this.opened);
      this.messages.say('The fields show the newest version again.');
    });
  }

  /** Takes the document to change. */
  open(opened: OpenDocument): void {
    this.opened = opened;
    this.messages.clear();
    this.fill(opened);
  }

  /** Follows a newer version, unless that would take away what the person wrote or hide what someone else wrote. */
  update(): void {
    if (!this.opened) return;
    const { document } = this.opened;
    if (!this.fields.isChanged) this.fill(this.opened);
    else if (this.fields.wasFilledLike(document)) this.version = document.version;
  }

  private fill({ document }: OpenDocument): void {
    this.fields.fill(document);
    this.version = document.version;
  }

  private async save(opened: OpenDocument): Promise<void> {
    this.fields.mark();
    this.messages.say('Saving…');
    try {
      const saved = await this.api.change(opened.document.id, this.version, this.fields.read());
      if (opened.left.aborted) return;
      this.fields.fill(saved);
      this.messages.say(SAVED);
      opened.replace(saved);
    } catch (error) {
      if (opened.left.aborted) return;
      if (error instanceof Problem && error.status === 412) return this.showNewest(opened, error);
      await this.gate.explain(error, this.messages, 'writing');
      this.fields.mark(error);
    }
  }

  /** Someone else was faster: shows what they wrote, keeps what this person wrote, and lets them decide. */
  private async showNewest(opened: OpenDocument, { correlationId }: Problem): Promise<void> {
    try {
      const newest = await this.api.get(opened.document.id);
      if (!newest || opened.left.aborted) return;
      // Browsers repeat a PUT whose answer got lost: then it was this person who was faster.
      const isSaved = this.fields.isIn(newest);
      if (this.fields.isChanged) this.fields.rebase(newest);
      opened.replace(newest);
      if (isSaved) this.messages.say(SAVED);
      else this.messages.complain(new Problem(412, CHANGED, WHAT_NOW, correlationId));
    } catch (error) {
      await this.gate.explain(error, this.messages, 'writing');
    }
  }
}

const SAVED = 'Your changes are saved.';
const CHANGED = 'Someone else changed this document in the meantime.';
const WHAT_NOW =
  'Nothing was saved. The newest version is shown above, and what you wrote is still in the fields: save again to replace the newest version, or discard your changes.';
