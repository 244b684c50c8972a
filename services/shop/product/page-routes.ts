import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';

/** Only what comes from this origin, and no script in the page itself. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join('; ');

/** The shop's page, which asks all services at the address from which it came. Its main script is /shop.js. */
export function addPageRoutes(app: FastifyInstance): void {
  const folder = join(__dirname, 'page');
  const page = readFileSync(join(folder, 'page.html'));
  const style = readFileSync(join(folder, 'page.css'));

  app.get('/', { schema: { hide: true } }, async (_request, reply) =>
    reply
      .headers({ 'content-security-policy': POLICY, 'cross-origin-opener-policy': 'same-origin' })
      .type('text/html; charset=utf-8')
      .send(page),
  );

  app.get('/shop.css', { schema: { hide: true } }, async (_request, reply) =>
    // A release may change it with the page: it is small enough to be asked for each time.
    reply.header('cache-control', 'no-cache').type('text/css; charset=utf-8').send(style),
  );

  for (const name of readdirSync(folder).filter((file) => file.endsWith('.mjs'))) {
    const script = readFileSync(join(folder, name));
    const path = name === 'page.mjs' ? '/shop.js' : `/${name}`;
    app.get(path, { schema: { hide: true } }, async (_request, reply) =>
      reply.header('cache-control', 'no-cache').type('text/javascript; charset=utf-8').send(script),
    );
  }
}
