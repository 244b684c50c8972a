import type { IncomingMessage } from 'node:http';
import { type Draft, MOST_CHARACTERS } from './news';

/** The longest texts, with each byte of each character written as %XX, and the names of the fields. */
const MOST_BYTES = 64 * 1024;

/** A form that is not taken, with the status and the reason that the visitor reads. */
export class RefusedForm extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/**
 * Reads the form of a new piece of news.
 *
 * @throws RefusedForm
 */
export async function readDraft(request: IncomingMessage): Promise<Draft> {
  if (!isFromThisSite(request)) throw new RefusedForm(403, 'News is taken from the form of this site only.');
  const type = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/x-www-form-urlencoded') throw new RefusedForm(415, 'Please use the form.');
  const fields = new URLSearchParams(await readText(request));
  return { title: field(fields, 'title'), body: field(fields, 'body') };
}

/**
 * Another site can make a visitor's browser send a form to an intranet that only the visitor reaches. The browser
 * says where a form comes from: in Sec-Fetch-Site, on HTTPS only, and in Origin, always. No page can change either.
 * Who says neither is no browser of today.
 */
function isFromThisSite({ headers }: IncomingMessage): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin';
  const { origin = '', host } = headers;
  return URL.canParse(origin) && new URL(origin).host === host?.toLowerCase();
}

/** Reads a form that is too long to its end, but keeps nothing of it: who is still sending would miss the answer. */
async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size <= MOST_BYTES) chunks.push(chunk);
  }
  if (size > MOST_BYTES) throw new RefusedForm(413, 'The news is too long.');
  return Buffer.concat(chunks).toString('utf8');
}

function field(fields: URLSearchParams, name: keyof Draft): string {
  const value = fields.get(name)?.trim() ?? '';
  const characters = [...value].length;
  if (characters < 1 || characters > MOST_CHARACTERS[name]) {
    throw new RefusedForm(400, `Please give a ${name} of 1 to ${MOST_CHARACTERS[name]} characters.`);
  }
  return value;
}
