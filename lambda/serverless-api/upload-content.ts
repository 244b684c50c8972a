import { createHash } from 'node:crypto';
import { fileTypeFromBuffer } from 'file-type';
import type { OpenedObject } from './stored-objects';

/** What the content of an upload is. */
export interface Content {
  /** Bytes. */
  readonly size: number;

  /** SHA-256 in base64; undefined where the content is too large to be read. */
  readonly sha256: string | undefined;

  /** The media type by the file's signature; undefined where it has none that is known. */
  readonly signature: string | undefined;

  /** Whether all of it is text: valid UTF-8 without control characters other than tab, line and page breaks. */
  readonly isText: boolean;
}

/**
 * How much is kept for the recognition. Signatures are at the beginning; only the list of contents of an office file
 * may stand behind all its pictures, and is then told by the names of its folders.
 */
const BYTES_TO_RECOGNIZE = 4 * 1024 * 1024;

/** What must not be in text: a control character that is not one of the four. */
const FORBIDDEN = /[^\P{Cc}\t\n\f\r]/u;

/**
 * Reads an object once, without holding more of it than the recognition needs.
 *
 * @param limit the largest size, in bytes, that is read; of a larger object nothing is
 */
export async function readContent(object: OpenedObject, limit: number): Promise<Content> {
  if (object.size > limit) {
    object.close();
    return { size: object.size, sha256: undefined, signature: undefined, isText: false };
  }
  const hash = createHash('sha256');
  const text = new TextCheck();
  const head: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of object.content) {
    if (size < BYTES_TO_RECOGNIZE) head.push(chunk);
    size += chunk.length;
    hash.update(chunk);
    text.add(chunk);
  }
  // A transfer that broke off must not look like another, shorter file.
  if (size !== object.size) throw new Error(`S3 announced ${object.size} bytes and sent ${size}`);
  return {
    size,
    sha256: hash.digest('base64'),
    signature: await recognize(Buffer.concat(head)),
    isText: text.end(),
  };
}

/** The media type by signature. What makes the recognition fail is not recognized: it would fail each time. */
async function recognize(head: Uint8Array): Promise<string | undefined> {
  const found = await fileTypeFromBuffer(head).catch(() => undefined);
  return found?.mime;
}

/** Looks at bytes in portions, each of which may end within a character. */
class TextCheck {
  private readonly decoder = new TextDecoder('utf-8', { fatal: true });
  private good = true;

  add(chunk: Uint8Array): void {
    this.look(() => this.decoder.decode(chunk, { stream: true }));
  }

  /** Whether all of it was text. */
  end(): boolean {
    this.look(() => this.decoder.decode());
    return this.good;
  }

  private look(decode: () => string): void {
    if (!this.good) return;
    try {
      this.good = !FORBIDDEN.test(decode());
    } catch {
      this.good = false;
    }
  }
}
