import type { DocumentApi } from './api';
import type { SiteConfig } from './config';
import type { DocumentRecord } from './document-record';
import { byId, create, onClick, onSubmit } from './elements';
import { sizeText, typeText } from './formats';
import type { Gate } from './gate';
import { Messages } from './messages';
import type { OpenDocument } from './open-document';
import { Problem } from './problem';
import { checksumOf, sendFile, verdictOn } from './upload';

/** The file of a document: its facts, its upload and its download. */
export class FilePart {
  private readonly facts = byId('file-facts', HTMLElement);
  private readonly download = byId('download', HTMLButtonElement);
  private readonly checkAgain = byId('check-again', HTMLButtonElement);
  private readonly form = byId('upload-form', HTMLFormElement);
  private readonly field = byId('file', HTMLInputElement);
  private readonly progress = byId('upload-progress', HTMLProgressElement);
  private readonly messages = new Messages(byId('file-section', HTMLElement));
  private opened: OpenDocument | undefined;

  constructor(
    private readonly api: DocumentApi,
    private readonly gate: Gate,
    private readonly config: SiteConfig,
  ) {
    this.field.accept = config.allowedFileTypes.join(',');
    byId('file-rules', HTMLElement).textContent = this.rules();
    onClick(this.download, () => this.attempt((opened) => this.fetchFile(opened)));
    onClick(this.checkAgain, () => this.attempt((opened) => this.awaitVerdict(opened)));
    onSubmit(this.form, () => this.attempt((opened) => this.upload(opened)));
  }

  /** Takes the document whose file it is about. */
  open(opened: OpenDocument): void {
    this.opened = opened;
    this.form.reset();
    this.progress.hidden = true;
    this.messages.clear();
  }

  /** Shows the file of the document's newest version. */
  update(): void {
    const { file, upload } = this.opened?.document ?? {};
    const facts = file
      ? [
          `${file.name} (${typeText(file.type)}, ${sizeText(file.size)}) was ${file.status}.`,
          file.reason ?? '',
        ]
      : ['This document has no file yet.'];
    if (upload) facts.push(`${upload.fileName} was announced and is not checked yet.`);
    this.facts.replaceChildren(...facts.filter(Boolean).map((text) => create('p', text)));
    this.download.hidden = file?.status !== 'accepted';
    this.checkAgain.hidden = !upload;
  }

  private async attempt(action: (opened: OpenDocument) => Promise<void>): Promise<void> {
    const { opened } = this;
    if (!opened) return;
    try {
      await action(opened);
    } catch (error) {
      if (!opened.left.aborted) await this.gate.explain(error, this.messages, 'writing');
    } finally {
      if (!opened.left.aborted) this.progress.hidden = true;
    }
  }

  private async upload(opened: OpenDocument): Promise<void> {
    const { id } = opened.document;
    const file = this.chosenFile();
    this.messages.say('Computing the checksum…');
    const sha256 = await checksumOf(file);
    const request = { fileName: file.name, contentType: file.type, size: file.size, sha256 };
    const permission = await this.api.requestUpload(id, request);
    if (opened.left.aborted) return;
    this.messages.say(`Uploading ${file.name}…`);
    this.progress.value = 0;
    this.progress.hidden = false;
    await sendFile(permission, file, opened.left, (share) => {
      this.progress.value = share;
    });
    this.form.reset();
    await this.awaitVerdict(opened);
  }

  private chosenFile(): File {
    const file = this.field.files?.[0];
    const { allowedFileTypes, maxFileSize } = this.config;
    if (!file) throw new Problem(0, 'Choose a file first.');
    if (file.size === 0) throw new Problem(0, 'This file is empty.');
    if (file.size > maxFileSize) throw new Problem(0, `This file has ${sizeText(file.size)}.`, this.rules());
    if (!allowedFileTypes.includes(file.type))
      throw new Problem(0, 'Such files are not taken.', this.rules());
    return file;
  }

  private rules(): string {
    const { allowedFileTypes, maxFileSize } = this.config;
    return `${allowedFileTypes.map(typeText).join(', ')}; at most ${sizeText(maxFileSize)}.`;
  }

  private async awaitVerdict(opened: OpenDocument): Promise<void> {
    this.progress.hidden = true;
    this.messages.say('The file is being checked…');
    const document = await verdictOn(this.api, opened.document.id, opened.left);
    if (!document || opened.left.aborted) return;
    opened.replace(document);
    this.announce(document);
  }

  private announce({ upload, file }: DocumentRecord): void {
    if (upload) this.messages.say('Checking takes longer than usual. Look again later.');
    else if (file?.status === 'accepted') this.messages.say(`${file.name} was accepted.`);
    else this.messages.complain(new Problem(0, 'The file was rejected.', file?.reason));
  }

  /** The address in the document shown may be too old, so it asks for a new one. */
  private async fetchFile(opened: OpenDocument): Promise<void> {
    this.messages.say('Preparing the download…');
    const document = await this.api.get(opened.document.id);
    if (!document || opened.left.aborted) return;
    opened.replace(document);
    const { downloadUrl, name } = document.file ?? {};
    if (!downloadUrl) throw new Problem(0, 'There is no file to download any more.');
    this.messages.say(`Downloading ${name}…`);
    // The storage sends it as an attachment: the browser saves it and stays on this page.
    location.assign(downloadUrl);
  }
}
