import type { Credentials } from './credentials';
import type {
  DocumentEntry,
  DocumentPage,
  DocumentRecord,
  UploadPermission,
  UploadRequest,
} from './document-record';
import { fetchOrExplain, jsonOf, Problem } from './problem';

const DOCUMENTS = '/api/documents';

/** The document API. Every method throws a Problem if it fails. */
export class DocumentApi {
  constructor(private readonly credentials: Credentials) {}

  /** The newest documents, or those that follow a page. */
  async list(next?: string): Promise<DocumentPage> {
    return jsonOf(await this.send('GET', next ? `?next=${encodeURIComponent(next)}` : ''));
  }

  /** One document; undefined if it still has the version that the caller knows. */
  async get(id: string, knownVersion?: number): Promise<DocumentRecord | undefined> {
    const condition: HeadersInit = knownVersion ? { 'if-none-match': etagOf(knownVersion) } : {};
    const response = await this.send('GET', pathOf(id), condition);
    return response.status === 304 ? undefined : jsonOf(response);
  }

  /** Registers a document. A repetition with the same key gets the first answer, and no second document. */
  async register(entry: DocumentEntry, idempotencyKey: string): Promise<DocumentRecord> {
    return jsonOf(await this.send('POST', '', { 'idempotency-key': idempotencyKey }, entry));
  }

  /** Changes a document, unless it has another version by now. */
  async change(id: string, version: number, entry: DocumentEntry): Promise<DocumentRecord> {
    return jsonOf(await this.send('PUT', pathOf(id), { 'if-match': etagOf(version) }, entry));
  }

  /** Deletes a document, unless it has another version by now. */
  async remove(id: string, version: number): Promise<void> {
    await this.send('DELETE', pathOf(id), { 'if-match': etagOf(version) });
  }

  /** Asks for the leave to upload a document's file. */
  async requestUpload(id: string, request: UploadRequest): Promise<UploadPermission> {
    return jsonOf(await this.send('POST', `${pathOf(id)}/upload`, {}, request));
  }

  private async send(
    method: string,
    path: string,
    headers: HeadersInit = {},
    body?: object,
  ): Promise<Response> {
    const attempt = async () =>
      fetchOrExplain(`${DOCUMENTS}${path}`, {
        method,
        headers: {
          ...(await this.credentials.headers()),
          ...headers,
          ...(body && { 'content-type': 'application/json' }),
        },
        body: body && JSON.stringify(body),
      });
    try {
      const response = await attempt();
      this.credentials.wereAccepted();
      return response;
    } catch (error) {
      // A token may have been revoked, or have expired by a clock that is ahead of this one.
      if (!(error instanceof Problem && error.status === 401 && (await this.credentials.renew())))
        throw error;
      return attempt();
    }
  }
}

const pathOf = (id: string): string => `/${encodeURIComponent(id)}`;

const etagOf = (version: number): string => `"${version}"`;
