import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { SiteConfig } from '../../lib/serverless-api/site/config';
import { FakeDocuments, problem } from './fake-documents';
import { FakeSignIn } from './fake-sign-in';

/** A request that the desk got. */
export interface DeskRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

/** What the desk answers. */
export interface DeskAnswer {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly body?: unknown;
}

const TYPES: Record<string, string> = {
  html: 'text/html',
  css: 'text/css',
  js: 'text/javascript',
  svg: 'image/svg+xml',
};

/** The API, the storage and the site on one server: the storage under another host name, and so another origin. */
export class FakeDocumentDesk {
  /** All requests for the API and the storage, oldest first. */
  readonly requests: DeskRequest[] = [];

  /** Answers in place of the desk, where it gives one. */
  intercept: (request: DeskRequest) => DeskAnswer | 'hang up' | 'say nothing' | undefined = () => undefined;

  readonly documents = new FakeDocuments();
  readonly signIn = new FakeSignIn();
  config: SiteConfig;
  private readonly server = createServer((request, response) => void this.serve(request, response));

  constructor(
    private readonly siteFiles: ReadonlyMap<string, Buffer>,
    config: Partial<SiteConfig> = {},
  ) {
    this.config = {
      stage: 'dev',
      maxFileSize: 26_214_400,
      allowedFileTypes: ['application/pdf', 'image/png'],
      apiKeyRequired: false,
      signIn: null,
      ...config,
    };
  }

  /** Starts it at a free port. */
  async listen(): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(0, resolve));
  }

  /** Ends it, and the connections with it. */
  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  /** The address of the page. */
  get url(): string {
    return `http://localhost:${this.port}/`;
  }

  /** The address of everything that is not the page's own. */
  get otherOrigin(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** How the page finds the sign-in of this desk. */
  get signInConfig(): NonNullable<SiteConfig['signIn']> {
    const authority = `${this.otherOrigin}/oidc`;
    return { authority, clientId: 'page', scope: 'openid', logoutUrl: `${authority}/logout` };
  }

  /** The requests with a method whose path ends like that. */
  received(method: string, end: string): DeskRequest[] {
    return this.requests.filter((request) => request.method === method && request.path.endsWith(end));
  }

  private get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  private async serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const url = new URL(incoming.url ?? '/', this.url);
    const { method = 'GET', headers } = incoming;
    const request = {
      method,
      path: url.pathname,
      query: url.searchParams,
      headers,
      body: Buffer.concat(chunks),
    };
    const isOurs = /^\/(api|storage)\//.test(request.path);
    if (isOurs && method !== 'OPTIONS') this.requests.push(request);
    const answer = (isOurs && this.intercept(request)) || this.answer(request);
    if (answer === 'say nothing') return;
    if (answer === 'hang up') {
      incoming.socket.destroy();
      return;
    }
    const { body = '' } = answer;
    const isPlain = typeof body === 'string' || Buffer.isBuffer(body);
    response.writeHead(answer.status, {
      'cache-control': 'no-store',
      ...(!isPlain && { 'content-type': 'application/json' }),
      ...answer.headers,
    });
    response.end(isPlain ? body : JSON.stringify(body));
  }

  private answer(request: DeskRequest): DeskAnswer {
    const { path } = request;
    if (path.startsWith('/api/documents')) return this.answerApi(request);
    if (path.startsWith('/storage/')) return withCors(this.documents.store(request));
    if (path.startsWith('/oidc/')) return withCors(this.signIn.answer(request, `${this.otherOrigin}/oidc`));
    if (path === '/config.json') return { status: 200, body: this.config };
    const name = path === '/' ? 'index.html' : path.slice(1);
    const body = this.siteFiles.get(name);
    return body
      ? { status: 200, headers: { 'content-type': TYPES[name.split('.')[1] ?? ''] ?? '' }, body }
      : { status: 404 };
  }

  private answerApi(request: DeskRequest): DeskAnswer {
    const isRefused = this.config.signIn && !this.signIn.accepts(request.headers.authorization);
    return isRefused ? problem(401, 'Unauthorized') : this.documents.answer(request, this.otherOrigin);
  }
}

function withCors(answer: DeskAnswer): DeskAnswer {
  const headers = {
    'access-control-allow-origin': '*',
    'access-control-allow-methods': '*',
    'access-control-allow-headers': 'content-type, x-amz-checksum-sha256',
  };
  return { ...answer, headers: { ...headers, ...answer.headers } };
}
