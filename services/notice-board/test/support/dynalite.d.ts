declare module 'dynalite' {
  import type { Server } from 'node:http';

  /** A DynamoDB in memory; tables take `createTableMs` milliseconds until they are active (default 500). */
  export default function dynalite(options?: { readonly createTableMs?: number }): Server;
}
