import type { OutgoingHttpHeaders } from 'node:http';

/** What goes back to the browser. */
export interface Answer {
  readonly status: number;
  readonly headers: OutgoingHttpHeaders;
  readonly body: string;
}

/** What every answer says: it is made for this request, and the page loads nothing but the site's own files. */
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
