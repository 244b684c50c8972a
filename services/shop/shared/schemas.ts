import { STATUS_CODES } from 'node:http';
// For the types of what the document says of a route: summary, tags, security.
import type {} from '@fastify/swagger';
import { PROBLEM_TYPE } from './problem';

/** A JSON schema, or a part of one. */
export type Schema = Readonly<Record<string, unknown>>;

/** The schema of all problems, which `buildApplications` adds to each document. */
export const PROBLEM = {
  $id: 'Problem',
  type: 'object',
  required: ['type', 'title', 'status', 'detail', 'requestId'],
  properties: {
    type: { type: 'string', pattern: '^(about:blank|urn:shop:[a-z-]+)$' },
    title: { type: 'string' },
    status: { type: 'integer', minimum: 400, maximum: 599 },
    detail: { type: 'string' },
    requestId: { type: 'string' },
  },
};

/** What a route says that needs the customer's token. */
export const SECURED = { security: [{ customer: [] }] };

/** An object with exactly these members; all of them are required but the optional ones. */
export function object(properties: Readonly<Record<string, Schema>>, optional: readonly string[] = []) {
  const required = Object.keys(properties).filter((name) => !optional.includes(name));
  return {
    type: 'object',
    ...(required.length > 0 && { required }),
    additionalProperties: false,
    properties,
  };
}

/** An answer in JSON. */
export function json(description: string, schema: Schema) {
  return { description, content: { 'application/json': { schema } } };
}

/** Answers with problem details, by status. */
export function problems(...statuses: readonly number[]) {
  return Object.fromEntries(
    statuses.map((status) => [
      status,
      {
        description: STATUS_CODES[status] ?? 'Error',
        content: { [PROBLEM_TYPE]: { schema: { $ref: 'Problem#' } } },
      },
    ]),
  );
}
