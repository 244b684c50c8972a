import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';

/** What sends a request, by protocol. The browsers' fetch would add to the time of a start. */
export const SENDERS: ReadonlyMap<string, typeof requestHttps> = new Map([
  ['http', requestHttp],
  ['https', requestHttps],
]);
