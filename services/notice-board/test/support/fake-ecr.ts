import { createServer } from 'node:http';
import { type Listening, listening } from './listening';

/** What ECR answers to an operation: a body, or the name of an error. */
export type EcrAnswer = Readonly<Record<string, unknown>> | string;

/** An ECR that answers what a test says. */
export interface FakeEcr extends Listening {
  readonly requests: { readonly operation: string; readonly input: Readonly<Record<string, unknown>> }[];
  /** By operation; a list answers one after the other. */
  readonly answers: Map<string, EcrAnswer | EcrAnswer[]>;
}

/** Starts one. */
export async function startEcr(): Promise<FakeEcr> {
  const requests: FakeEcr['requests'] = [];
  const answers: FakeEcr['answers'] = new Map();
  const server = createServer((request, response) => {
    const operation = String(request.headers['x-amz-target']).replace(/^.*\./, '');
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      requests.push({ operation, input: JSON.parse(Buffer.concat(parts).toString()) });
      const known = answers.get(operation);
      const answer = (Array.isArray(known) ? known.shift() : known) ?? 'ServerException';
      const isError = typeof answer === 'string';
      const body = isError ? { __type: answer, message: `${operation} failed` } : answer;
      response
        .writeHead(isError ? 400 : 200, { 'content-type': 'application/x-amz-json-1.1' })
        .end(JSON.stringify(body));
    });
  });
  return { ...(await listening(server)), requests, answers };
}
