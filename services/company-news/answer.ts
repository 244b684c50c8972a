import type { OutgoingHttpHeaders } from 'node:http';
import type { PublicFile } from './public-files';

/** What goes back to the browser. */
export interface Answer {
  readonly status: number;
  readonly headers: OutgoingHttpHeaders;
  readonly body: string;
}

/** What answers say unless they know better: they are made for one request, and load nothing but the site's own files. */
const ALWAYS: OutgoingHttpHeaders = {
  'cache-control': 'no-store',
  'content-security-policy':
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
};

/** A page. */
export function html(status: number, body: string, headers: OutgoingHttpHeaders = {}): Answer {
  return { status, headers: { ...ALWAYS, 'content-type': 'text/html; charset=utf-8', ...headers }, body };
}

/** A line for machines. */
export function text(status: number, line: string, headers: OutgoingHttpHeaders = {}): Answer {
  return {
    status,
    headers: { ...ALWAYS, 'content-type': 'text/plain; charset=utf-8', ...headers },
    body: `${line}\n`,
  };
}

/** A file that is the same for everyone, and may be kept for an hour. */
export function file({ type, body }: PublicFile): Answer {
  return {
    status: 200,
    headers: { ...ALWAYS, 'cache-control': 'public, max-age=3600', 'content-type': type },
    body,
  };
}
