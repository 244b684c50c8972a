import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { Problem } from '../problem';
import { json, object, problems, SECURED } from '../schemas';
import type { Service } from '../service';
import { checkDocument } from './support/openapi';
import { openService } from './support/service';

const folder = mkdtempSync(join(tmpdir(), 'openapi-'));
afterAll(() => rmSync(folder, { recursive: true }));

const NUMBER = object({ number: { type: 'integer' } });

/** Answers with what it is asked for. */
const service: Service = {
  routes(app) {
    app.get<{ Params: { status: string }; Querystring: { type?: string; body?: string } }>(
      '/answers/:status',
      {
        schema: {
          ...SECURED,
          params: object({ status: { type: 'string' } }),
          response: {
            200: json('A number', NUMBER),
            204: { description: 'Nothing', type: 'null' },
            ...problems(409),
          },
        },
      },
      async ({ params, query }, reply) => {
        if (params.status === '409') throw new Problem(409, 'no', 'No.');
        // A text goes out as it is, without the schema's serializer.
        return reply
          .code(Number(params.status))
          .type(query.type ?? 'application/json')
          .send(query.body ?? '');
      },
    );
  },
  check: async () => undefined,
};

test('the document is valid, has security and problems, and not the routes of operation', async () => {
  const { app, close } = await openService('answers', service);
  const file = join(folder, 'openapi.json');
  writeFileSync(file, `${JSON.stringify(app.swagger(), null, 2)}\n`);
  await checkDocument(app, file);
  const document = JSON.parse(readFileSync(file, 'utf8'));
  expect(document.openapi).toBe('3.1.0');
  expect(Object.keys(document.paths)).toEqual(['/answers/{status}']);
  const { security, responses } = document.paths['/answers/{status}'].get;
  expect(security).toEqual([{ customer: [] }]);
  expect(responses[409].content['application/problem+json'].schema).toEqual({
    $ref: '#/components/schemas/Problem',
  });
  expect(document.components.schemas.Problem.required).toContain('requestId');
  await close();
});

test('a route that says what OpenAPI has not is found', async () => {
  const { app, close } = await openService('answers', {
    ...service,
    routes: (one) =>
      void one.get('/', { schema: { security: [{ customer: 'none' }] as never } }, async () => ({})),
  });
  await expect(checkDocument(app, join(folder, 'invalid.json'))).rejects.toThrow(/valid/);
  await close();
});

test.each([
  ['/answers/200?body={"number":1}', undefined],
  ['/answers/204', undefined],
  ['/answers/409', undefined],
  ['/answers/200?body={"number":"1"}', /200, which is not as described: data\/number must be integer/],
  ['/answers/200?body={"number":1,"more":2}', /must NOT have additional properties/],
  ['/answers/200?type=text/plain&body=1', /as text\/plain, which is not described/],
  ['/answers/202?body={"number":1}', /answered 202, which is not described/],
  ['/else', /the document has no such path/],
])('an answer to %s is compared with the document', async (url, wrong) => {
  const { call, close } = await openService('answers', service);
  if (wrong) await expect(call({ url })).rejects.toThrow(wrong);
  else expect((await call({ url })).statusCode).toBe(Number(url.slice(9, 12)));
  await close();
});
