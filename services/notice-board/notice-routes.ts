import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { CURSOR, cursorAfter, idOf } from './cursor';
import { NOTICE_ID } from './notice-id';
import type { Draft, NoticePage, NoticeStore } from './notices';
import { sendProblem } from './problem';
import { carriesToken } from './token';

/** How many notices a page has where nobody asks for a number. */
const USUAL_LIMIT = 20;

/** Which page is wanted. */
export interface PageQuery {
  readonly limit?: string;
  readonly next?: string;
}

/** The schema of a query for a page. Numbers stay texts: Fastify's coercion would apply to bodies, too. */
export const PAGE_QUERY = {
  type: 'object',
  properties: {
    limit: { type: 'string', pattern: '^([1-9]\\d?|100)$' },
    next: { type: 'string', pattern: CURSOR },
  },
};

const PARAMS = {
  type: 'object',
  required: ['id'],
  properties: { id: { type: 'string', pattern: NOTICE_ID } },
};

/** At most 4 bytes a character: the store relies on these limits, and the body limit fits them. */
const DRAFT = {
  type: 'object',
  required: ['title', 'body'],
  additionalProperties: false,
  properties: {
    title: { type: 'string', maxLength: 100, pattern: '^(?=.*\\S)\\P{Cc}+$' },
    body: { type: 'string', maxLength: 2_000, pattern: '\\S' },
  },
};

/** The notices as JSON. */
export function addNoticeRoutes(
  app: FastifyInstance,
  store: NoticeStore,
  postToken: string | undefined,
): void {
  const onRequest = requireToken(postToken);

  app.get<{ Querystring: PageQuery }>(
    '/notices',
    { schema: { querystring: PAGE_QUERY } },
    async (request, reply) => {
      const page = await findPage(store, request.query);
      if (!page) return refuseCursor(reply);
      return { notices: page.notices, ...(page.last && { next: cursorAfter(page.last) }) };
    },
  );

  app.post<{ Body: Draft }>('/notices', { onRequest, schema: { body: DRAFT } }, async ({ body }, reply) => {
    const notice = await store.add(body);
    return reply.code(201).header('location', `/notices/${notice.id}`).send(notice);
  });

  app.get<{ Params: { id: string } }>(
    '/notices/:id',
    { schema: { params: PARAMS } },
    async ({ params }, reply) =>
      (await store.get(params.id)) ?? sendProblem(reply, 404, 'There is no such notice.'),
  );

  app.delete<{ Params: { id: string } }>(
    '/notices/:id',
    { onRequest, schema: { params: PARAMS } },
    async ({ params }, reply) => {
      await store.remove(params.id);
      return reply.code(204).send();
    },
  );
}

/** The page that is asked for; undefined where its cursor is none. */
export async function findPage(
  store: NoticeStore,
  { limit, next }: PageQuery,
): Promise<NoticePage | undefined> {
  const after = next === undefined ? undefined : idOf(next);
  if (next !== undefined && after === undefined) return undefined;
  return await store.list(limit === undefined ? USUAL_LIMIT : Number(limit), after);
}

/** Says that a cursor was not made here. */
export function refuseCursor(reply: FastifyReply): FastifyReply {
  return sendProblem(reply, 400, "querystring/next must be the 'next' of an answer");
}

/** Before the body is read, so that strangers can't make this service parse what they send. */
function requireToken(token: string | undefined) {
  return async ({ headers }: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> => {
    if (!token) return sendProblem(reply, 403, 'Nobody may write here: no POST_TOKEN is set.');
    if (carriesToken(headers.authorization, token)) return undefined;
    void reply.header('www-authenticate', 'Bearer realm="notice-board"');
    return sendProblem(reply, 401, 'Writing needs the token, as Authorization: Bearer.');
  };
}
