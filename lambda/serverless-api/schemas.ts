/**
 * What requests may hold. The body schemas are also what API Gateway validates a REST API's requests with
 * (`z.toJSONSchema`): the refinements, which JSON Schema cannot say, stay with the function.
 */
import { en } from 'zod/locales';
import * as z from 'zod/mini';
import type { UploadRules } from './environment';

// zod/mini brings no words of its own: without a locale every message would be "Invalid input". To compile schemas, as it
// does otherwise, takes longer than the few requests of a function's copy can win back.
z.config({ ...en(), jitless: true });

const TEN_YEARS_MS = 3653 * 24 * 60 * 60 * 1000;

/** Half of a surrogate pair is no character: it has no UTF-8, and so no place in a URL or a header. */
const characters = z.refine<string>((text) => !/\p{Surrogate}/u.test(text), {
  error: 'Must be valid Unicode',
});

const text = (shortest: number, longest: number) =>
  z.string().check(z.minLength(shortest), z.maxLength(longest), characters);

/** The body of POST /documents and PUT /documents/{id}; attributes that are not named here are refused. */
export const documentBody = z.strictObject({
  title: text(1, 200),
  description: z.optional(text(0, 1000)),
  expiresAt: z.optional(
    z.iso.datetime({ offset: true, abort: true }).check(
      z.refine((time) => Date.parse(time) > Date.now(), { error: 'Must be in the future' }),
      z.refine((time) => Date.parse(time) <= Date.now() + TEN_YEARS_MS, {
        error: 'Must be within ten years',
      }),
    ),
  ),
});
export type DocumentBody = z.output<typeof documentBody>;

/** The body of POST /documents/{id}/upload. */
export const uploadBody = ({ maxFileSize, allowedFileTypes }: UploadRules) =>
  z.strictObject({
    fileName: text(1, 255),
    contentType: z.enum(allowedFileTypes),
    size: z.int().check(z.minimum(1), z.maximum(maxFileSize)),
    // 32 bytes are 43 characters and a filler; the last of them carries four bits only.
    sha256: z.string().check(z.regex(/^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$/, 'Must be 32 bytes in base64')),
  });

/** The id of a document: a UUID of version 7. */
export const documentId = z.uuidv7();

const idIn = (token: string) => Buffer.from(token, 'base64url').toString('latin1');

/** The query of GET /documents: how many documents, and after which one. Others are ignored. */
export const listQuery = z.object({
  limit: z._default(
    z.pipe(
      z.pipe(z.string().check(z.regex(/^[0-9]{1,3}$/, 'Must be a whole number')), z.transform(Number)),
      z.number().check(z.minimum(1), z.maximum(100)),
    ),
    25,
  ),
  next: z.optional(z.pipe(z.pipe(z.string(), z.transform(idIn)), documentId)),
});

/** The `next` of a list that ends with this document: opaque for clients, and without anything of its owner. */
export const pageToken = (lastId: string): string => Buffer.from(lastId, 'latin1').toString('base64url');

/** The header Idempotency-Key. */
export const idempotencyKey = z
  .string()
  .check(z.regex(/^[!-~]{1,255}$/, 'Must be 1 to 255 visible ASCII characters'));
