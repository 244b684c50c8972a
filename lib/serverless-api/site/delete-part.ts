import type { DocumentApi } from './api';
import type { DocumentRecord } from './document-record';
import { byId, onClick } from './elements';
import type { Gate } from './gate';
import { Messages } from './messages';
import type { OpenDocument } from './open-document';
import { Problem } from './problem';

/** Deletes a document, after a question. */
export class DeletePart {
  private readonly dialog = byId('delete-dialog', HTMLDialogElement);
  private readonly question = byId('delete-question', HTMLElement);
  private readonly messages = new Messages(byId('delete-section', HTMLElement));
  private opened: OpenDocument | undefined;

  constructor(
    private readonly api: DocumentApi,
    private readonly gate: Gate,
    /** Goes where to be when the document is gone. */
    private readonly onDeleted: (document: DocumentRecord) => void,
  ) {
    onClick(byId('delete', HTMLButtonElement), async () => this.ask());
    onClick(byId('delete-no', HTMLButtonElement), async () => this.dialog.close());
    onClick(byId('delete-yes', HTMLButtonElement), async () => {
      this.dialog.close();
      if (this.opened) await this.remove(this.opened);
    });
  }

  /** Takes the document that may be deleted. */
  open(opened: OpenDocument): void {
    this.opened = opened;
    this.messages.clear();
    this.dialog.close();
  }

  private ask(): void {
    this.question.textContent = `Delete “${this.opened?.document.title}”?`;
    this.dialog.showModal();
  }

  private async remove({ document, left, replace }: OpenDocument): Promise<void> {
    this.messages.say('Deleting…');
    try {
      await this.api.remove(document.id, document.version);
      if (!left.aborted) this.onDeleted(document);
    } catch (error) {
      if (left.aborted) return;
      const isOld = error instanceof Problem && error.status === 412;
      const newest = isOld ? await this.api.get(document.id).catch(() => undefined) : undefined;
      if (newest) replace(newest);
      await this.gate.explain(newest ? changedProblem(error) : error, this.messages, 'writing');
    }
  }
}

function changedProblem(error: unknown): Problem {
  const id = error instanceof Problem ? error.correlationId : '';
  const advice = 'It was not deleted. Look at its newest version above before you delete it.';
  return new Problem(412, 'Someone else changed this document in the meantime.', advice, id);
}
