import { createHash, randomUUID } from 'node:crypto';
import type { DeskAnswer, DeskRequest } from './fake-document-desk';

/** A document as the desk keeps it. */
export interface DeskDocument {
  id: string;
  title: string;
  description: string;
  createdAt: string;
  updatedAt: string;
  version: number;
  expiresAt?: string;
  upload?: { fileName: string; contentType: string; size: number; sha256: string };
  file?: Record<string, unknown>;
}

/** The documents and their files, with the rules of the API and of the storage. */
export class FakeDocuments {
  /** The documents, oldest first. */
  readonly all: DeskDocument[] = [];

  /** What becomes of a file that was uploaded; undefined leaves it unchecked. */
  verdict: { status: 'accepted' | 'rejected'; reason?: string } | undefined = { status: 'accepted' };

  /** Adds a document that is there already. */
  add(document: Partial<DeskDocument> = {}): DeskDocument {
    const now = new Date().toISOString();
    const added = {
      id: randomUUID(),
      title: 'Report',
      description: '',
      createdAt: now,
      updatedAt: now,
      version: 1,
    };
    this.all.push(Object.assign(added, document));
    return added;
  }

  /** Answers a request for the API; links to the storage begin with an origin. */
  answer(request: DeskRequest, origin: string): DeskAnswer {
    const [, , , id, rest] = request.path.split('/');
    if (!id) return request.method === 'POST' ? this.register(request) : this.list(request);
    const document = this.all.find((one) => one.id === id);
    if (!document) return problem(404, 'Not Found', 'There is no such document.');
    if (rest === 'upload') return this.permit(document, request, origin);
    if (request.method === 'GET') return this.read(document, request, origin);
    const isOld = request.headers['if-match'] !== etagOf(document);
    if (isOld) return problem(412, 'Precondition Failed', 'The document has another version.');
    if (request.method === 'PUT') return this.change(document, request);
    this.all.splice(this.all.indexOf(document), 1);
    return { status: 204 };
  }

  private register({ body }: DeskRequest): DeskAnswer {
    return { status: 201, body: this.add(JSON.parse(String(body))) };
  }

  private list({ query }: DeskRequest): DeskAnswer {
    const start = Number(query.get('next') ?? 0);
    const end = start + 25;
    const newestFirst = this.all.toReversed();
    const next = end < newestFirst.length ? { next: String(end) } : {};
    return { status: 200, body: { documents: newestFirst.slice(start, end), ...next } };
  }

  private read(document: DeskDocument, { headers }: DeskRequest, origin: string): DeskAnswer {
    if (headers['if-none-match'] === etagOf(document)) return { status: 304 };
    const isAccepted = document.file?.status === 'accepted';
    const downloadUrl = `${origin}/storage/${document.id}`;
    const file = document.file && { ...document.file, ...(isAccepted && { downloadUrl }) };
    return { status: 200, headers: { etag: etagOf(document) }, body: { ...document, file } };
  }

  private change(document: DeskDocument, { body }: DeskRequest): DeskAnswer {
    const { title, description = '', expiresAt } = JSON.parse(String(body)) as Partial<DeskDocument>;
    Object.assign(document, { title, description, expiresAt, version: document.version + 1 });
    return { status: 200, body: document };
  }

  private permit(document: DeskDocument, { body }: DeskRequest, origin: string): DeskAnswer {
    const upload = JSON.parse(String(body)) as NonNullable<DeskDocument['upload']>;
    Object.assign(document, { upload, version: document.version + 1 });
    const headers = {
      'content-type': upload.contentType,
      'content-length': String(upload.size),
      'x-amz-checksum-sha256': upload.sha256,
    };
    return {
      status: 200,
      body: { url: `${origin}/storage/${document.id}`, method: 'PUT', headers },
    };
  }

  /** Answers a request for the storage. */
  store({ method, path, headers, body }: DeskRequest): DeskAnswer {
    const document = this.all.find(({ id }) => path.endsWith(id));
    if (method === 'OPTIONS') return { status: 204 };
    if (method === 'GET')
      return { status: 200, headers: { 'content-disposition': 'attachment' }, body: 'content' };
    const upload = document?.upload;
    const sha256 = createHash('sha256').update(body).digest('base64');
    const isAsSigned =
      headers['content-type'] === upload?.contentType &&
      body.length === upload?.size &&
      headers['x-amz-checksum-sha256'] === sha256;
    if (!document || !upload || upload.sha256 !== sha256 || !isAsSigned)
      return { status: 403, body: '<Error/>' };
    if (this.verdict) this.judge(document, upload, this.verdict);
    return { status: 200 };
  }

  private judge(document: DeskDocument, upload: NonNullable<DeskDocument['upload']>, verdict: object): void {
    const { fileName: name, contentType: type, size, sha256 } = upload;
    document.file = { name, type, size, sha256, ...verdict };
    document.upload = undefined;
    document.version += 1;
  }
}

/** A failure as the API describes it. */
export function problem(status: number, title: string, detail = '', more: object = {}): DeskAnswer {
  const body = { type: 'about:blank', title, status, detail, correlationId: 'correlation-1', ...more };
  return { status, headers: { 'content-type': 'application/problem+json' }, body };
}

const etagOf = ({ version }: DeskDocument): string => `"${version}"`;
