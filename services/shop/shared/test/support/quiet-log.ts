import fastify, { type FastifyBaseLogger } from 'fastify';
import { loggerOptions } from '../../log';

/** A log as services have it, whose lines a test can read. */
export function quietLog(): { log: FastifyBaseLogger; lines: Readonly<Record<string, unknown>>[] } {
  const lines: Readonly<Record<string, unknown>>[] = [];
  const stream = { write: (line: string) => void lines.push(JSON.parse(line)) };
  return { log: fastify({ logger: loggerOptions('test', 'v-1', stream) }).log, lines };
}
