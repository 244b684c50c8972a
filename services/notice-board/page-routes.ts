import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { findPage, PAGE_QUERY, type PageQuery, refuseCursor } from './notice-routes';
import type { NoticeStore } from './notices';
import { renderPage } from './page';

const POLICY = [
  "default-src 'none'",
  "style-src 'self'",
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** The board as a page for people, and its style sheet. */
export function addPageRoutes(app: FastifyInstance, store: NoticeStore, version: string): void {
  const style = readFileSync(join(__dirname, 'public', 'style.css'));

  app.get<{ Querystring: PageQuery }>(
    '/',
    { schema: { querystring: PAGE_QUERY } },
    async ({ query }, reply) => {
      const page = await findPage(store, query);
      if (!page) return refuseCursor(reply);
      return reply
        .header('content-security-policy', POLICY)
        .type('text/html; charset=utf-8')
        .send(renderPage(page, version));
    },
  );

  app.get('/style.css', async (_request, reply) =>
    reply.header('cache-control', 'public, max-age=3600').type('text/css; charset=utf-8').send(style),
  );
}
