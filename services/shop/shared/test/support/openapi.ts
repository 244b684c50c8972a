import swagger from '@fastify/swagger';
import { Validator } from '@seriousme/openapi-schema-validator';
import Ajv2020 from 'ajv/dist/2020';
import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from 'fastify';
import { expect } from 'vitest';

/** What is read of an OpenAPI document here. */
interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

interface Operation {
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, unknown>> }>>;
}

const DATE_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;

/** Lets an application make a document of the routes that are added from now on. */
export async function describeRoutes(app: FastifyInstance, title: string): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title, version: '1' },
      components: {
        securitySchemes: { customer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
      },
    },
    refResolver: {
      buildLocalReference: (json, _base, _fragment, index) => String(json.$id ?? `def-${index}`),
    },
  });
}

/**
 * Checks that the document of an application is valid, and is the one in the file. `vitest -u` writes the file.
 *
 * @param file its absolute path
 */
export async function checkDocument(app: FastifyInstance, file: string): Promise<void> {
  await app.ready();
  const document = JSON.stringify(app.swagger(), null, 2);
  const { valid, errors } = await new Validator().validate(JSON.parse(document));
  expect({ valid, errors }).toEqual({ valid: true, errors: undefined });
  await expect(`${document}\n`).toMatchFileSnapshot(file);
}

/** Sends a request, and checks that the document describes the answer: its status, type and body. */
export type DescribedCall = (options: InjectOptions) => Promise<LightMyRequestResponse>;

/** Makes what does so. */
export async function describedCalls(app: FastifyInstance): Promise<DescribedCall> {
  await app.ready();
  const document = JSON.parse(JSON.stringify(app.swagger())) as Document;
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  ajv.addFormat('date-time', DATE_TIME);
  ajv.addSchema(document, 'openapi');

  function check(method: string, path: string, { statusCode, headers, body }: LightMyRequestResponse): void {
    const what = `${method.toUpperCase()} ${path} answered ${statusCode}`;
    const template = Object.keys(document.paths).find(
      (one) => patternOf(one).test(path) && document.paths[one]?.[method],
    );
    if (template === undefined) throw new Error(`${what}: the document has no such path`);
    const response = document.paths[template]?.[method]?.responses[statusCode];
    if (!response) throw new Error(`${what}, which is not described: ${body}`);
    if (!response.content) {
      if (body !== '') throw new Error(`${what} with a body, which is not described: ${body}`);
      return;
    }
    const type = String(headers['content-type']).split(';', 1)[0] ?? '';
    if (!response.content[type]) throw new Error(`${what} as ${type}, which is not described`);
    if (!type.includes('json')) return;
    const pointer = ['paths', template, method, 'responses', statusCode, 'content', type, 'schema'];
    const validate = ajv.compile({ $ref: `openapi#/${pointer.map(escapePart).join('/')}` });
    if (!validate(JSON.parse(body))) {
      throw new Error(`${what}, which is not as described: ${ajv.errorsText(validate.errors)}: ${body}`);
    }
  }

  return async (options) => {
    const answer = await app.inject(options);
    const method = (options.method ?? 'GET').toLowerCase();
    check(method, String(options.url).split('?', 1)[0] ?? '', answer);
    return answer;
  };
}

function patternOf(template: string): RegExp {
  const parts = template.split(/\{[^}]+\}/).map((part) => part.replace(/[.*+?^$()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('[^/]+')}$`);
}

/** As a part of a JSON pointer in a URI. */
function escapePart(part: string | number): string {
  return encodeURIComponent(String(part).replaceAll('~', '~0').replaceAll('/', '~1'));
}
