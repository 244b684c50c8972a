import * as z from 'zod/mini';
import { settings } from './api-settings';
import { EVERYONE } from './keys';
import { Problem, parse } from './problem';
import { documentId } from './schemas';

/** AWS WAF's common rule set refuses bodies of more than 8 KiB, so that no request works only where there is no WAF. */
const MAX_BODY_BYTES = 8192;

/** Part of an event of the HTTP API and of the REST API: both name the request, each has its own place for the claims. */
const origin = z.object({
  requestContext: z.object({
    requestId: z.string().check(z.regex(/^[\w=+/-]{1,128}$/)),
  }),
});
const claims = z.object({
  // A user pool may have other clients, and the authorizer of a REST API takes the tokens of all of them.
  client_id: z.literal(settings.clientId ?? ''),
  // It becomes part of keys, in which '#' and '/' divide.
  sub: z.string().check(z.regex(/^[\w-]{1,128}$/)),
  token_use: z.literal('access'),
});
const signedIn = z.object({
  requestContext: z.object({
    authorizer: z.union([z.object({ jwt: z.object({ claims }) }), z.object({ claims })]),
  }),
});

/** What of an event of the HTTP API tells its path; the REST API's has no stage in it. */
const staged = z.looseObject({
  rawPath: z.string(),
  requestContext: z.looseObject({ stage: z.string() }),
});

/** The event with the path that the routes know: an HTTP API puts the name of its stage before it. */
export function withoutStage(event: unknown): unknown {
  const result = staged.safeParse(event);
  if (!result.success) return event;
  const { rawPath, requestContext } = result.data;
  const prefix = `/${requestContext.stage}`;
  if (rawPath !== prefix && !rawPath.startsWith(`${prefix}/`)) return event;
  return { ...result.data, rawPath: rawPath.slice(prefix.length) || '/' };
}

/** By which id API Gateway's logs and ours know a request. */
export function correlationIdOf(event: unknown): string {
  const result = origin.safeParse(event);
  return result.success ? result.data.requestContext.requestId : 'unknown';
}

/** Whose documents a request is about: the one who signed in, or everyone. An ID token does not do. */
export function ownerOf(event: unknown): string {
  if (!settings.signIn) return EVERYONE;
  const result = signedIn.safeParse(event);
  if (!result.success) {
    throw new Problem(401, 'Sign in first.', { headers: { 'www-authenticate': 'Bearer' } });
  }
  const { authorizer } = result.data.requestContext;
  return 'jwt' in authorizer ? authorizer.jwt.claims.sub : authorizer.claims.sub;
}

/** The id in the path. What can't be an id is nobody's document. */
export function idOf(params: Record<string, string>): string {
  const result = documentId.safeParse(params.id);
  if (!result.success) throw new Problem(404, 'There is no such document.');
  return result.data;
}

/** The JSON body as the schema has it. */
export async function bodyOf<T extends z.core.$ZodType>(request: Request, schema: T): Promise<z.output<T>> {
  const [type] = (request.headers.get('content-type') ?? '').split(';');
  if (type?.trim().toLowerCase() !== 'application/json') {
    throw new Problem(415, 'The body must be JSON, with the content type application/json.');
  }
  const text = await request.text();
  if (Buffer.byteLength(text) > MAX_BODY_BYTES) {
    throw new Problem(413, `The body must not have more than ${MAX_BODY_BYTES} bytes.`);
  }
  return parse(schema, jsonOf(text));
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own message quotes the body.
    throw new Problem(400, 'The body is not valid JSON.');
  }
}
