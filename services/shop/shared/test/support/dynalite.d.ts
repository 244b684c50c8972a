declare module 'dynalite' {
  import type { Server } from 'node:http';

  /** A DynamoDB in memory; tables take `createTableMs` milliseconds until they are active (default 500). */
  export default function dynalite(options?: { readonly createTableMs?: number }): Server;
}

declare module 'dynalite/db' {
  /** Undefined or null where the condition of a request holds for an item. */
  export function checkConditional(request: object, item: object | undefined): unknown;
}

declare module 'dynalite/validations' {
  /** Parses the expressions of a request into it; returns what is wrong with them. */
  export function validateExpressions(request: object): string | undefined;
}
